"""The book that every rule module of this language writes into, and the small readers that they share.

Rule of the file: a reader gives what is there in the right type and skips the rest; another rule names what it skipped.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from conformance.dialects.openai_chat.book import inside, objects, whole
from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Rulebook

from .names import spelt

__all__ = ["BOOK", "Chunk", "asked", "candidates", "chunks", "inside", "objects", "parts", "whole"]

BOOK = Rulebook("gemini")

_KEY = "gemini request in camelCase"


class Chunk(NamedTuple):
    """A chunk of a stream with its frame, or a whole reply without one."""

    frame: int | None
    data: dict[str, JSON]


def asked(reading: Reading) -> dict[str, JSON]:
    """The request with its fields in camelCase. Kept in the reading, as its own properties are."""
    found = vars(reading).get(_KEY)
    if found is None:
        found = vars(reading)[_KEY] = spelt(reading.asked)
    assert isinstance(found, dict)
    return found


def chunks(reading: Reading) -> list[Chunk]:
    """All chunks of an answer; a whole one is one chunk."""
    if reading.streamed:
        return [Chunk(frame.number, frame.json) for frame in reading.chunks]
    return [Chunk(None, reading.reply)] if isinstance(reading.reply, dict) else []


def candidates(chunk: Chunk) -> Iterator[tuple[str, dict[str, JSON]]]:
    """The candidates of a chunk, with their paths."""
    for at, one in objects(chunk.data, "candidates"):
        yield f"$.candidates[{at}]", one


def parts(chunk: Chunk) -> Iterator[tuple[str, dict[str, JSON]]]:
    """The parts of all candidates of a chunk, with their paths."""
    for path, one in candidates(chunk):
        for at, part in objects(one.get("content"), "parts"):
            yield f"{path}.content.parts[{at}]", part
