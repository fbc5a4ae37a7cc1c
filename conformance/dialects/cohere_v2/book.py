"""The book that every rule module of this language writes into, and the small readers that they share.

Rule of the file: a reader gives what is there in the right type and skips the rest; another rule names what it skipped.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeGuard

from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Rulebook

BOOK = Rulebook("cohere-v2")


def objects(value: JSON, key: str) -> Iterator[tuple[int, dict[str, JSON]]]:
    """The objects of a list field with their positions; nothing when it is no list."""
    found = value.get(key) if isinstance(value, dict) else None
    for at, one in enumerate(found if isinstance(found, list) else ()):
        if isinstance(one, dict):
            yield at, one


def inside(value: JSON, *keys: str) -> JSON:
    """A value some keys deep; None when a step is missing or no object."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def whole(value: JSON) -> TypeGuard[int]:
    """Whether it is a JSON integer."""
    return isinstance(value, int) and not isinstance(value, bool)


def number(value: JSON) -> TypeGuard[float]:
    """Whether it is a JSON number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def word_in(value: JSON, words: tuple[str, ...]) -> bool:
    """Whether it is one of the words, and not some list or object."""
    return isinstance(value, str) and value in words


def usages(reading: Reading) -> Iterator[tuple[int | None, str, dict[str, JSON]]]:
    """Every usage object of an answer: its frame, its path, itself."""
    if not reading.streamed:
        found = inside(reading.reply, "usage")
        if isinstance(found, dict):
            yield None, "$.usage", found
        return
    for frame in reading.chunks:
        found = inside(frame.json, "delta", "usage")
        if isinstance(found, dict):
            yield frame.number, "$.delta.usage", found
