"""The tools for faults of this language: changes to events of one type, to calls, and to what a client sends.

Rule of the file: a fault that loses, adds or moves events leaves the numbers in order: what is wrong with numbers is a
fault of its own.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from conformance.deviating import Bend, Chunk
from conformance.faults import kit
from conformance.model import Reply, ToolCall

NAME = "openai-responses"
CREATED, PROGRESS, COMPLETED = "response.created", "response.in_progress", "response.completed"
ADDED, DONE = "response.output_item.added", "response.output_item.done"
PART, PART_DONE = "response.content_part.added", "response.content_part.done"
DELTA, TEXT = "response.output_text.delta", "response.output_text.done"
ARGUMENTS, ARGUMENTS_DONE = "response.function_call_arguments.delta", "response.function_call_arguments.done"
SUMMARY = "response.reasoning_summary"

Events = list[Chunk]


def events(change: Callable[[Events], Events]) -> Bend:
    """A change to the order of events, which are numbered anew."""

    def numbered(told: Events) -> Events:
        return [one | {"sequence_number": at} for at, one in enumerate(change(told))]

    return kit.sequence(numbered)


def each(kind: str, change: kit.Change) -> Bend:
    """A change to all events of a type."""
    return kit.chunks(change, lambda one: one["type"] == kind)


def nth(kind: str, number: int, change: kit.Change) -> Bend:
    """A change to one event of a type: the first is 0, the last -1."""

    def one(told: Events) -> Events:
        change([event for event in told if event["type"] == kind][number])
        return told

    return kit.sequence(one)


def without(*kinds: str) -> Bend:
    """All events of these types are left out."""
    return events(lambda told: [one for one in told if one["type"] not in kinds])


def lost(kind: str, number: int) -> Bend:
    """One event of a type is left out."""
    return events(lambda told: [one for at, one in enumerate(told) if at != _place(told, kind, number)])


def again(kind: str, number: int = 0) -> Bend:
    """One event of a type comes twice."""
    return events(lambda told: [*told[: (at := _place(told, kind, number)) + 1], *told[at:]])


def moved(kind: str, number: int, to: Callable[[int], int]) -> Bend:
    """One event of a type comes elsewhere: so many places from its own."""
    return events(lambda told: kit.moved(told, at := _place(told, kind, number), to(at)))


def after(kind: str, *added: Chunk) -> Bend:
    """Events are added after the last one of a type."""
    return events(lambda told: [*told[: (at := _place(told, kind, -1)) + 1], *added, *told[at + 1 :]])


def cut(kind: str, *end: Chunk) -> Bend:
    """The stream ends before the first event of a type, with these events in place of the rest."""
    return events(lambda told: [*told[: _place(told, kind, 0)], *end])


def _place(told: Events, kind: str, number: int) -> int:
    return [at for at, one in enumerate(told) if one["type"] == kind][number]


def calls_say(**fields: str) -> Bend:
    """The calls are made with these fields."""

    def one(told: Reply) -> Reply:
        parts = (replace(part, **fields) if isinstance(part, ToolCall) else part for part in told.parts)
        return replace(told, parts=tuple(parts))

    return kit.reply(one)


def under_function(*paths: str) -> kit.Change:
    """The name and the arguments of calls stand under `function`."""

    def change(told: dict[str, object]) -> None:
        for one in (item for path in paths for item in kit.at(told, path)):
            one["function"] = {"name": one.pop("name", ""), "arguments": one.pop("arguments", "")}

    return change


def fields(**told: object) -> kit.Change:
    """Fields of a request, set otherwise."""
    return lambda body: body.update(told)


def input_items(change: kit.Change) -> kit.Change:
    """A change to every item of the input."""
    return lambda body: [change(item) for item in kit.at(body, "input[]")]
