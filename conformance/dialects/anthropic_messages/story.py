"""What happened in a stream: its events in order and its blocks with their deltas, gathered once for all rules.

Rule of the file: facts only, from any frames; what is wrong in the order of blocks is kept as a fact too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from conformance.model import JSON
from conformance.reading import Frame, Reading

_KEY = "anthropic-messages story"


class Step(NamedTuple):
    """One event that is a JSON object; `kind` is its `type`, "" without one."""

    frame: int
    kind: str
    data: dict[str, JSON]

    def object(self, key: str) -> dict[str, JSON]:
        """A field that should be an object; empty when it is none."""
        found = self.data.get(key)
        return found if isinstance(found, dict) else {}


@dataclass
class Block:
    """One content block of the stream."""

    index: JSON
    start: Step
    deltas: list[Step] = field(default_factory=list)
    stop: Step | None = None

    @property
    def content(self) -> dict[str, JSON]:
        return self.start.object("content_block")

    @property
    def kind(self) -> str:
        return _text(self.content.get("type"))

    def pieces(self, kind: str, key: str) -> list[str]:
        """The texts of all deltas of one type."""
        found = [step.object("delta") for step in self.deltas]
        return [_text(delta.get(key)) for delta in found if delta.get("type") == kind]


@dataclass
class Story:
    """A stream as its rules see it."""

    steps: tuple[Step, ...]
    blocks: list[Block] = field(default_factory=list)
    disorder: list[tuple[Step, str]] = field(default_factory=list)
    """Block events that do not belong where they are, each with what is wrong."""

    def all(self, kind: str) -> list[Step]:
        return [step for step in self.steps if step.kind == kind]

    def first(self, kind: str) -> Step | None:
        return next((step for step in self.steps if step.kind == kind), None)

    @property
    def failed(self) -> bool:
        """An error ends the stream early, and that is legal: what was owed is owed no more."""
        return self.first("error") is not None

    @property
    def stop_reason(self) -> JSON:
        """The last one that a `message_delta` said."""
        said = [step.object("delta").get("stop_reason") for step in self.all("message_delta")]
        return said[-1] if said else None

    @property
    def message(self) -> dict[str, JSON]:
        """The message of `message_start`; empty without one."""
        start = self.first("message_start")
        return start.object("message") if start else {}


def story(reading: Reading) -> Story:
    """The story of a streamed answer. Kept in the reading, as its own properties are."""
    found = vars(reading).get(_KEY)
    if found is None:
        found = vars(reading)[_KEY] = _tell(reading.chunks)
    assert isinstance(found, Story)
    return found


def _tell(frames: tuple[Frame, ...]) -> Story:
    told = Story(tuple(Step(frame.number, _text(frame.json.get("type")), frame.json) for frame in frames))
    current: Block | None = None
    for step in told.steps:
        if step.kind == "content_block_start":
            if current is not None:
                told.disorder.append((step, f"block {step.data.get('index')} starts while {current.index} is open"))
            current = Block(step.data.get("index"), step)
            told.blocks.append(current)
        elif step.kind in ("content_block_delta", "content_block_stop"):
            index = step.data.get("index")
            if current is None or index != current.index:
                what = "no block is" if current is None else f"{current.index} is"
                told.disorder.append((step, f"{step.kind} for block {index} while {what} open"))
            elif step.kind == "content_block_delta":
                current.deltas.append(step)
            else:
                current.stop, current = step, None
    return told


def _text(value: JSON) -> str:
    return value if isinstance(value, str) else ""
