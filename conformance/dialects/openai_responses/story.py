"""What happened in a stream: its events in order, its items with what was told of them, gathered once for all rules.

Rule of the file: facts only, from any frames. What an event means is the business of rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from conformance.model import JSON
from conformance.reading import Frame, Reading

_KEY = "openai-responses story"

LIFECYCLE = ("response.created", "response.queued", "response.in_progress")
TERMINAL = ("response.completed", "response.incomplete", "response.failed")
ADDED, DONE = "response.output_item.added", "response.output_item.done"


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
class Item:
    """One output item, told apart by `output_index`."""

    index: JSON
    added: list[Step] = field(default_factory=list)
    told: list[Step] = field(default_factory=list)
    """The events between: deltas, parts, progress."""
    done: list[Step] = field(default_factory=list)
    first: int = 0
    """The frame of its first event."""

    @property
    def begun(self) -> dict[str, JSON]:
        """The item as it was added."""
        return self.added[0].object("item") if self.added else {}

    @property
    def final(self) -> dict[str, JSON]:
        """The item as it was done."""
        return self.done[-1].object("item") if self.done else {}

    @property
    def kind(self) -> str:
        return text_of(self.begun.get("type") or self.final.get("type"))

    def all(self, kind: str) -> list[Step]:
        return [step for step in self.told if step.kind == kind]


@dataclass
class Story:
    """A stream as its rules see it."""

    steps: list[Step] = field(default_factory=list)
    items: dict[str, Item] = field(default_factory=dict)
    done_lines: list[int] = field(default_factory=list)
    """The frames that say [DONE]."""
    left: bool = False
    """It did not come whole: what is missing is told by other rules, or is not the server's."""

    @property
    def lifecycle(self) -> list[Step]:
        return [step for step in self.steps if step.kind in (*LIFECYCLE, *TERMINAL)]

    @property
    def terminals(self) -> list[Step]:
        return [step for step in self.steps if step.kind in TERMINAL]

    @property
    def errors(self) -> list[Step]:
        return [step for step in self.steps if step.kind == "error" or (not step.kind and step.data.get("error"))]

    @property
    def failed(self) -> bool:
        """A failure ends the stream early, and that is legal: what was owed is owed no more."""
        return bool(self.errors) or any(step.kind == "response.failed" for step in self.steps)

    @property
    def finished(self) -> list[Step]:
        """The terminal events of an answer that did not fail."""
        return [step for step in self.terminals if step.kind != "response.failed"]


def story(reading: Reading) -> Story:
    """The story of a streamed answer. Kept in the reading, as its own properties are."""
    found = vars(reading).get(_KEY)
    if found is None:
        found = vars(reading)[_KEY] = _tell(reading)
    assert isinstance(found, Story)
    return found


def _tell(reading: Reading) -> Story:
    told = Story(left=reading.partial)
    told.done_lines = [frame.number for frame in reading.frames if frame.data.strip() == b"[DONE]"]
    told.steps = list(_steps(reading.chunks))
    for step in told.steps:
        if "output_index" in step.data and step.kind.startswith("response."):
            _add(told.items.setdefault(repr(step.data["output_index"]), Item(step.data["output_index"])), step)
    return told


def _steps(frames: tuple[Frame, ...]) -> Iterator[Step]:
    for frame in frames:
        yield Step(frame.number, text_of(frame.json.get("type")), frame.json)


def _add(item: Item, step: Step) -> None:
    if not (item.added or item.told or item.done):
        item.first = step.frame
    {ADDED: item.added, DONE: item.done}.get(step.kind, item.told).append(step)


def text_of(value: JSON) -> str:
    """A string as it is, anything else as ""."""
    return value if isinstance(value, str) else ""
