"""What a streamed answer said, choice by choice: the values that the stream rules look at.

Rule of the file: facts with their frame numbers, no opinion; `fold.py` makes them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from conformance.model import JSON
from conformance.reading import Frame

DONE = b"[DONE]"


class Fragment(NamedTuple):
    """One entry of a delta's tool_calls."""

    frame: int
    path: str
    call: dict[str, JSON]


class Piece(NamedTuple):
    """Something that a chunk says of a choice, and where."""

    frame: int
    path: str
    value: JSON


@dataclass
class Choice:
    """All that a stream said of one choice."""

    index: int
    roles: list[Piece] = field(default_factory=list)
    texts: list[Piece] = field(default_factory=list)
    fragments: list[Fragment] = field(default_factory=list)
    telling: list[Fragment] = field(default_factory=list)
    """The fragments without those that only bring more arguments, in a chunk like one before."""
    finishes: list[Piece] = field(default_factory=list)
    late: list[Piece] = field(default_factory=list)
    """Content after the finish reason."""
    refused: bool = False
    by_call: dict[int, list[Fragment]] = field(default_factory=dict)

    def of_call(self, index: int) -> list[Fragment]:
        """The fragments of one call."""
        return self.by_call.get(index, [])

    @property
    def reason(self) -> JSON:
        return self.finishes[-1].value if self.finishes else None

    @property
    def calls(self) -> list[int]:
        """The indexes of its calls, in the order of their first fragments."""
        return list(self.by_call)


@dataclass
class Fold:
    """A whole stream: its chunks, its choices, and whether it failed on the way."""

    chunks: list[Frame] = field(default_factory=list)
    kinds: list[Frame] = field(default_factory=list)
    """The chunks that are unlike those before: see `Reading.kinds`."""
    choices: dict[int, Choice] = field(default_factory=dict)
    failed: bool = False
    left: bool = False
    """It did not come whole: the missing end is told by other rules, or is not the server's."""
    audio: bool = False
    """A spoken answer: the official server tells it by looser rules."""
    done: list[int] = field(default_factory=list)
    """The frames that say [DONE]."""

    @property
    def finished(self) -> bool:
        """Whether every choice says why it ended; of one that does not OC-S10 tells, and nothing else is missed."""
        return self.audio or (bool(self.choices) and all(one.finishes for one in self.choices.values()))

    @property
    def judged_to_the_end(self) -> bool:
        return not self.failed and not self.left
