"""A streamed answer folded by choice, once a reading: what the stream rules look at.

Rule of the file: facts with their frame numbers, no opinion. Error frames are not chunks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from conformance.model import JSON
from conformance.reading import Frame, Reading

from .book import objects, whole

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
    finishes: list[Piece] = field(default_factory=list)
    late: list[Piece] = field(default_factory=list)
    """Content after the finish reason."""
    refused: bool = False

    def of_call(self, index: int) -> list[Fragment]:
        """The fragments of one call."""
        return self._by_call.get(index, [])

    @cached_property
    def _by_call(self) -> dict[JSON, list[Fragment]]:
        found: dict[JSON, list[Fragment]] = {}
        for one in self.fragments:
            if whole(index := one.call.get("index")):
                found.setdefault(index, []).append(one)
        return found

    @property
    def reason(self) -> JSON:
        return self.finishes[-1].value if self.finishes else None

    @property
    def calls(self) -> list[int]:
        """The indexes of its calls, in the order of their first fragments."""
        return list(self._by_call)


@dataclass
class Fold:
    """A whole stream: its chunks, its choices, and whether it failed on the way."""

    chunks: list[Frame] = field(default_factory=list)
    kinds: list[Frame] = field(default_factory=list)
    """The chunks that are unlike those before: see `Reading.kinds`."""
    choices: dict[int, Choice] = field(default_factory=dict)
    failed: bool = False
    left: bool = False
    """The consumer left early, or nothing came: the missing end is told by other rules, or is not the server's."""
    audio: bool = False
    """A spoken answer: the official server tells it by looser rules."""
    done: list[int] = field(default_factory=list)
    """The frames that say [DONE]."""

    @property
    def judged_to_the_end(self) -> bool:
        return not self.failed and not self.left


def folded(reading: Reading) -> Fold:
    """The fold of a reading, computed at the first look."""
    kept: dict[str, Fold] = reading.__dict__  # where its cached properties live too
    if "openai_chat_fold" not in kept:
        kept["openai_chat_fold"] = _fold(reading)
    return kept["openai_chat_fold"]


def _fold(reading: Reading) -> Fold:
    fold = Fold(left=reading.exchange.response.end == "closed" or not reading.exchange.response.body.strip())
    for frame in reading.frames:
        if isinstance(frame.json, dict):
            if _tells_failure(frame):
                fold.failed = True
            else:
                fold.chunks.append(frame)
                _add(fold, frame)
        elif frame.data.strip() == DONE:
            fold.done.append(frame.number)
    told = {frame.number for frame in reading.kinds}
    fold.kinds = [frame for frame in fold.chunks if frame.number in told]
    return fold


def _tells_failure(frame: Frame) -> bool:
    said = frame.json
    return bool(said.get("error")) or frame.event == "error" or said.get("object") == "error"


def _add(fold: Fold, frame: Frame) -> None:
    for at, said in objects(frame.json, "choices"):
        told = said.get("index")
        index = told if whole(told) else 0
        choice = fold.choices.get(index)
        if choice is None:
            choice = fold.choices[index] = Choice(index)
        delta = said.get("delta")
        if isinstance(delta, dict):
            fold.audio = fold.audio or delta.get("audio") is not None
            _add_delta(choice, frame.number, f"$.choices[{at}].delta", delta)
        if said.get("finish_reason") is not None:
            choice.finishes.append(Piece(frame.number, f"$.choices[{at}].finish_reason", said["finish_reason"]))
        if said.get("error"):
            fold.failed = True


def _add_delta(choice: Choice, frame: int, path: str, delta: dict[str, JSON]) -> None:
    if delta.get("role") is not None:
        choice.roles.append(Piece(frame, f"{path}.role", delta["role"]))
    if text := delta.get("content"):
        (choice.late if choice.finishes else choice.texts).append(Piece(frame, f"{path}.content", text))
    if text := delta.get("refusal"):
        (choice.late if choice.finishes else choice.texts).append(Piece(frame, f"{path}.refusal", text))
        choice.refused = True
    for at, call in objects(delta, "tool_calls") if "tool_calls" in delta else ():
        choice.fragments.append(Fragment(frame, f"{path}.tool_calls[{at}]", call))
        if choice.finishes:
            choice.late.append(Piece(frame, f"{path}.tool_calls[{at}]", call))
