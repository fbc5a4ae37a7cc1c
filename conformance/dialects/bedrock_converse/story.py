"""What happened in a stream: its events in order and its blocks with their deltas, gathered once for all rules.

Rule of the file: facts only, from any frames; what is wrong in the order of blocks is kept as a fact too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from conformance.model import JSON
from conformance.reading import Frame, Reading

from .frames import index_of
from .words import object_of, string_of

_KEY = "bedrock-converse story"
_FAILURES = ("exception:", "error:")


class Step(NamedTuple):
    """One event whose payload is a JSON object; `kind` is its `:event-type`."""

    frame: int
    kind: str
    data: dict[str, JSON]

    def object(self, key: str) -> dict[str, JSON]:
        """A field that should be an object; empty when it is none."""
        return object_of(self.data.get(key))

    @property
    def failed(self) -> bool:
        return self.kind.startswith(_FAILURES)


@dataclass
class Block:
    """One content block of the stream."""

    index: int
    start: Step | None = None
    deltas: list[Step] = field(default_factory=list)
    stop: Step | None = None

    @property
    def frame(self) -> int:
        """Where the block begins."""
        first = self.start or next(iter(self.deltas), None) or self.stop
        return first.frame if first else 0

    @property
    def call(self) -> JSON:
        """The call that its start names; None when it names none."""
        return self.start.object("start").get("toolUse") if self.start else None

    @property
    def is_call(self) -> bool:
        return self.call is not None or any("toolUse" in step.object("delta") for step in self.deltas)

    @property
    def input(self) -> str:
        """The text of the call's arguments."""
        return "".join(string_of(object_of(step.object("delta").get("toolUse")).get("input")) for step in self.deltas)


@dataclass
class Story:
    """A stream as its rules see it."""

    steps: tuple[Step, ...]
    blocks: list[Block] = field(default_factory=list)
    disorder: list[tuple[Step, str]] = field(default_factory=list)
    """Block events that do not belong where they are, each with what is wrong."""

    def all(self, kind: str) -> list[Step]:
        return [step for step in self.steps if step.kind == kind]

    @property
    def failed(self) -> bool:
        """A failure ends the stream early, and that is legal: what was owed is owed no more."""
        return any(step.failed for step in self.steps)

    @property
    def stop_reason(self) -> JSON:
        return next((step.data.get("stopReason") for step in self.all("messageStop")), None)


def story(reading: Reading) -> Story:
    """The story of a streamed answer. Kept in the reading, as its own properties are."""
    found = vars(reading).get(_KEY)
    if found is None:
        found = vars(reading)[_KEY] = _tell(reading.chunks)
    assert isinstance(found, Story)
    return found


def _tell(frames: tuple[Frame, ...]) -> Story:
    told = Story(tuple(Step(frame.number, frame.event, frame.json) for frame in frames))
    current: Block | None = None
    for step in told.steps:
        if step.kind not in ("contentBlockStart", "contentBlockDelta", "contentBlockStop"):
            continue
        index = index_of(step.data)
        if current is None or current.index != index:
            current = _next(told, current, step, index)
        if step.kind == "contentBlockStart":
            current.start = step
        elif step.kind == "contentBlockDelta":
            current.deltas.append(step)
        else:
            current.stop, current = step, None
    return told


def _next(told: Story, current: Block | None, step: Step, index: int) -> Block:
    """The block that this event begins."""
    if current is not None:
        told.disorder.append((step, f"{step.kind} of block {index} while block {current.index} is open"))
    if index != len(told.blocks):
        told.disorder.append((step, f"block {index} begins where block {len(told.blocks)} is due"))
    block = Block(index)
    told.blocks.append(block)
    return block
