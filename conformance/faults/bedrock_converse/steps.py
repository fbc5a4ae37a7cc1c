"""The tools that faults of this language are made with: events picked by name, lost, added, moved, spoilt as bytes.

Rule of the file: a chunk is `{name: payload}`; a change is given the payload.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from conformance.deviating import Bend, Chunk
from conformance.faults import kit

NAME = "bedrock-converse"
START, DELTA, STOP = "contentBlockStart", "contentBlockDelta", "contentBlockStop"
BEGIN, END, COST = "messageStart", "messageStop", "metadata"

Where = Callable[[str, dict[str, Any]], bool]


def event(*names: str) -> Where:
    """Events of these names."""
    return lambda name, payload: name in names


def bringing(member: str) -> Where:
    """Deltas that bring this member."""
    return lambda name, payload: name == DELTA and member in payload["delta"]


def change(where: Where, told: kit.Change, at: int | None = None) -> Bend:
    """A change to the payload of every event that fits, or of one of them."""

    def each(chunks: list[Chunk]) -> list[Chunk]:
        found = [payload for one in chunks for name, payload in one.items() if where(name, payload)]
        for payload in found if at is None else [found[at]]:
            told(payload)
        return chunks

    return kit.sequence(each)


def setting(where: Where, path: str, at: int | None = None, **keys: Any) -> Bend:
    """Keys of every event that fits, set otherwise."""
    return change(where, kit.set_at(path, **keys), at)


def dropping(where: Where, path: str, *keys: str) -> Bend:
    """Keys of every event that fits, left out."""
    return change(where, kit.drop_at(path, *keys))


def _places(chunks: list[Chunk], where: Where) -> list[int]:
    return [place for place, one in enumerate(chunks) if all(where(*pair) for pair in one.items())]


def without(where: Where, at: int | None = None) -> Bend:
    """The events that fit, or one of them, are not sent."""

    def lose(chunks: list[Chunk]) -> list[Chunk]:
        found = _places(chunks, where)
        lost = found if at is None else [found[at]]
        return [one for place, one in enumerate(chunks) if place not in lost]

    return kit.sequence(lose)


def twice(where: Where, at: int = 0) -> Bend:
    """One of the events that fit is sent twice."""

    def again(chunks: list[Chunk]) -> list[Chunk]:
        place = _places(chunks, where)[at]
        return [*chunks[: place + 1], deepcopy(chunks[place]), *chunks[place + 1 :]]

    return kit.sequence(again)


def before(where: Where, *more: Chunk) -> Bend:
    """Events before the first that fits."""

    def add(chunks: list[Chunk]) -> list[Chunk]:
        at = _places(chunks, where)[0]
        return [*chunks[:at], *deepcopy(more), *chunks[at:]]

    return kit.sequence(add)


def moved(where: Where, ahead_of: Where, at: int = 0) -> Bend:
    """An event that fits is sent ahead of the first of others."""

    def move(chunks: list[Chunk]) -> list[Chunk]:
        one = chunks[_places(chunks, where)[at]]
        rest = [other for other in chunks if other is not one]
        to = _places(rest, ahead_of)[0]
        return [*rest[:to], one, *rest[to:]]

    return kit.sequence(move)


def failing(frame: bytes, *, goes_on: bool = False) -> Bend:
    """After some events this frame comes, and nothing more; or all the rest."""
    return kit.frames(lambda told: [*told[:3], frame, *(told[3:] if goes_on else ())])
