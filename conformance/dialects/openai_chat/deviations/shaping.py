"""The joints at which an answer is bent: its chunks, its choices, its usage.

Rule of the file: helpers that lift a change of one part to a change of all chunks, or of a whole answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from conformance.deviating import Bend, Chunk
from conformance.model import JSON, Reply


def choices_of(chunk: Chunk) -> Iterator[Chunk]:
    """The choices of a chunk or of a whole answer."""
    yield from chunk.get("choices") or ()


def saying(choice: Chunk) -> Chunk:
    """What a choice says: its delta, or its message."""
    said: Chunk = choice["delta"] if "delta" in choice else choice["message"]
    return said


def finish_of(chunks: list[Chunk]) -> Chunk:
    """The chunk that tells the finish reason."""
    return next(chunk for chunk in reversed(chunks) if any(one.get("finish_reason") for one in choices_of(chunk)))


def last_with_usage(chunks: list[Chunk]) -> Chunk:
    """The last chunk that holds usage; the last of all when none does."""
    return next((chunk for chunk in reversed(chunks) if chunk.get("usage")), chunks[-1])


def everywhere(change: Callable[[Chunk], object]) -> Bend:
    """The same change to each chunk and to a whole answer."""

    def chunks(told: list[Chunk], reply: Reply) -> list[Chunk]:
        for chunk in told:
            change(chunk)
        return told

    def whole(told: Chunk, reply: Reply) -> Chunk:
        change(told)
        return told

    return Bend(chunks=chunks, whole=whole)


def each_choice(change: Callable[[Chunk], object]) -> Bend:
    """The same change to every choice of each chunk and of a whole answer."""

    def apply(chunk: Chunk) -> None:
        for choice in choices_of(chunk):
            change(choice)

    return everywhere(apply)


def streams_only(bend: Bend) -> Bend:
    """The part of a transformation that streams undergo."""
    return Bend(chunks=bend.chunks, frames=bend.frames)


def at_the_end(change: Callable[[Chunk], object]) -> Bend:
    """A change to the chunk that brings the usage, and to a whole answer."""

    def chunks(told: list[Chunk], reply: Reply) -> list[Chunk]:
        change(last_with_usage(told))
        return told

    def whole(told: Chunk, reply: Reply) -> Chunk:
        change(told)
        return told

    return Bend(chunks=chunks, whole=whole)


def with_keys(**keys: JSON) -> Callable[[Chunk], None]:
    """A change that adds keys."""
    return lambda told: told.update(keys)


def without(*keys: str) -> Callable[[Chunk], None]:
    """A change that drops keys."""

    def drop(told: Chunk) -> None:
        for key in keys:
            told.pop(key, None)

    return drop
