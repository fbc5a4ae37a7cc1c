"""The tools that faults of streams of named events are made with: picked, changed, lost, added, moved.

Rule of the file: an event is a chunk of the stream; bends own what they are given.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from conformance.deviating import Bend, Chunk
from conformance.faults import kit

Where = Callable[[Chunk], bool]


def of(*kinds: str) -> Where:
    """Events of these types."""
    return lambda chunk: chunk.get("type") in kinds


def change(where: Where, told: kit.Change, at: int | None = None) -> Bend:
    """A change to every event that fits, or to one of them."""

    def each(chunks: list[Chunk]) -> list[Chunk]:
        found = [one for one in chunks if where(one)]
        for one in found if at is None else [found[at]]:
            told(one)
        return chunks

    return kit.sequence(each)


def setting(where: Where, path: str, at: int | None = None, **keys: Any) -> Bend:
    """Keys of every event that fits, set otherwise."""
    return change(where, kit.set_at(path, **keys), at)


def dropping(where: Where, path: str, *keys: str) -> Bend:
    """Keys of every event that fits, left out."""
    return change(where, kit.drop_at(path, *keys))


def without(where: Where, at: int | None = None) -> Bend:
    """The events that fit, or one of them, are not sent."""

    def lose(chunks: list[Chunk]) -> list[Chunk]:
        found = [place for place, one in enumerate(chunks) if where(one)]
        lost = found if at is None else [found[at]]
        return [one for place, one in enumerate(chunks) if place not in lost]

    return kit.sequence(lose)


def before(where: Where, *more: Chunk) -> Bend:
    """Events before the first that fits."""
    return _beside(where, more, 0)


def after(where: Where, *more: Chunk) -> Bend:
    """Events after the first that fits."""
    return _beside(where, more, 1)


def _beside(where: Where, more: tuple[Chunk, ...], shift: int) -> Bend:
    def add(chunks: list[Chunk]) -> list[Chunk]:
        at = next(place for place, one in enumerate(chunks) if where(one)) + shift
        return [*chunks[:at], *deepcopy(more), *chunks[at:]]

    return kit.sequence(add)


def twice(where: Where, at: int = 0) -> Bend:
    """One of the events that fit is sent twice."""

    def again(chunks: list[Chunk]) -> list[Chunk]:
        place = [place for place, one in enumerate(chunks) if where(one)][at]
        return [*chunks[: place + 1], deepcopy(chunks[place]), *chunks[place + 1 :]]

    return kit.sequence(again)


def moved(where: Where, ahead_of: Where, at: int = 0) -> Bend:
    """One of the events that fit is sent ahead of the first of others."""

    def move(chunks: list[Chunk]) -> list[Chunk]:
        one = [one for one in chunks if where(one)][at]
        rest = [other for other in chunks if other is not one]
        to = next(place for place, other in enumerate(rest) if ahead_of(other))
        return [*rest[:to], one, *rest[to:]]

    return kit.sequence(move)
