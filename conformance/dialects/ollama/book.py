"""The book that every rule module of this language writes into, and the small readers that they share.

Rule of the file: a reader gives what is there in the right type and skips the rest; another rule names what it skipped.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.dialects.cohere_v2.book import inside, objects, word_in
from conformance.model import JSON
from conformance.reading import ABSENT, Frame, Reading
from conformance.rulebook import Rulebook

__all__ = ["BOOK", "answers", "failed", "inside", "lines", "objects", "word_in"]

BOOK = Rulebook("ollama")


def lines(reading: Reading) -> tuple[Frame, ...]:
    """The lines of a stream that are JSON objects and no errors."""
    return tuple(frame for frame in reading.chunks if not frame.json.get("error"))


def answers(reading: Reading) -> Iterator[tuple[int | None, dict[str, JSON]]]:
    """Every object of an answer, whole or line by line, with its frame."""
    if reading.streamed:
        yield from ((frame.number, frame.json) for frame in lines(reading))
    elif isinstance(reading.reply, dict):
        yield None, reading.reply


def failed(reading: Reading) -> bool:
    """Whether the stream ended with an error, or did not come whole: its end is not missed."""
    said = any(frame.json is not ABSENT and inside(frame.json, "error") for frame in reading.frames)
    return said or reading.partial
