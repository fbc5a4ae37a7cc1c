"""What happened in a stream: its events in order and its blocks, gathered once for all rules.

Rule of the file: facts only, from any frames; what is out of order is kept as a fact too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from conformance.model import JSON
from conformance.reading import Frame, Reading

from .book import inside, whole

_KEY = "cohere-v2 story"
INDEXED = ("content", "tool-call", "citation")


class Step(NamedTuple):
    """One event; `kind` is its `type`, "" without one."""

    frame: int
    kind: str
    data: dict[str, JSON]

    def said(self, key: str) -> JSON:
        """A field of `delta.message`."""
        return inside(self.data, "delta", "message", key)


@dataclass
class Block:
    """One block of the stream: content, a call or a citation."""

    family: str
    index: JSON
    start: Step
    deltas: list[Step] = field(default_factory=list)
    closed: bool = False


@dataclass
class Story:
    """A stream as its rules see it."""

    steps: tuple[Step, ...]
    blocks: list[Block] = field(default_factory=list)
    disorder: list[tuple[Step, str]] = field(default_factory=list)
    left: bool = False
    """The consumer left early, or nothing came: a missing end is not the server's."""

    def all(self, kind: str) -> list[Step]:
        return [step for step in self.steps if step.kind == kind]

    def of(self, family: str) -> list[Block]:
        return [block for block in self.blocks if block.family == family]

    @property
    def reason(self) -> JSON:
        """The last reason why the answer ended."""
        said = [inside(step.data, "delta", "finish_reason") for step in self.all("message-end")]
        return said[-1] if said else None


def story(reading: Reading) -> Story:
    """The story of a streamed answer. Kept in the reading, as its own properties are."""
    found = vars(reading).get(_KEY)
    if found is None:
        found = vars(reading)[_KEY] = _tell(reading.chunks)
        found.left = reading.partial
    assert isinstance(found, Story)
    return found


def _tell(frames: tuple[Frame, ...]) -> Story:
    told = Story(tuple(Step(frame.number, _text(frame.json.get("type")), frame.json) for frame in frames))
    for step in told.steps:
        family, _, phase = step.kind.rpartition("-")
        if family in INDEXED:
            _place(told, step, family, phase)
    for block in told.blocks:
        if not block.closed and told.all("message-end") and told.reason not in ("ERROR", "TIMEOUT"):
            told.disorder.append((block.start, f"{block.family} {block.index} has no end"))
    return told


def _place(told: Story, step: Step, family: str, phase: str) -> None:
    index = step.data.get("index")
    if not whole(index):
        told.disorder.append((step, f"{step.kind} has no integer index"))
        return
    block = next((one for one in reversed(told.of(family)) if one.index == index and not one.closed), None)
    if phase == "start":
        if block is not None:
            told.disorder.append((step, f"{family} {index} starts while it is open"))
        told.blocks.append(Block(family, index, step))
    elif block is None:
        told.disorder.append((step, f"{step.kind} for {family} {index}, which is not open"))
    elif phase == "end":
        block.closed = True
    else:
        block.deltas.append(step)


def _text(value: JSON) -> str:
    return value if isinstance(value, str) else ""
