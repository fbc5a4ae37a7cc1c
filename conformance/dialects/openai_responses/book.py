"""The book that every rule module of this language writes into, and the small readers that they share.

Rule of the file: a reader gives what is there in the right type and skips the rest; another rule names what it skipped.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.dialects.openai_chat.book import inside, objects, whole
from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Rulebook

from .story import story

__all__ = ["BOOK", "finals", "inside", "items", "objects", "whole"]

BOOK = Rulebook("openai-responses")


def items(reading: Reading) -> Iterator[tuple[int, dict[str, JSON]]]:
    """The items of the request's `input`, with their positions; none when it is a string."""
    return objects(reading.asked, "input")


def finals(reading: Reading) -> Iterator[tuple[str, int | None, dict[str, JSON]]]:
    """The finished response, with its path and frame: the whole body, or what the terminal event of a stream holds."""
    if not reading.streamed:
        if isinstance(reading.reply, dict) and not reading.reply.get("error"):
            yield "$", None, reading.reply
        return
    for step in story(reading).terminals:
        yield "$.response", step.frame, step.object("response")
