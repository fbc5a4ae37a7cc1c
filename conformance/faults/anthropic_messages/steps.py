"""Events of this language by what they bring: deltas, starts of blocks, usage.

Rule of the file: the tools themselves (`typed`) are shared with other streams whose events tell their type.
"""

from __future__ import annotations

from typing import Any

from conformance.deviating import Bend, Chunk
from conformance.faults import kit
from conformance.faults.typed import Where

NAME = "anthropic-messages"
PING: Chunk = {"type": "ping"}
END: Chunk = {"type": "message_stop"}
BUSY: Chunk = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}


def delta(*kinds: str) -> Where:
    """Deltas of these types."""
    return lambda chunk: kit_object(chunk, "delta").get("type") in kinds


def block(*kinds: str) -> Where:
    """Starts of blocks of these types."""
    return lambda chunk: kit_object(chunk, "content_block").get("type") in kinds


def numbered(index: int) -> Where:
    """All that is said of one block."""
    return lambda chunk: chunk.get("index") == index


def kit_object(chunk: Chunk, key: str) -> dict[str, Any]:
    found = chunk.get(key)
    return found if isinstance(found, dict) else {}


def usage(**keys: Any) -> Bend:
    """Counts set otherwise wherever usage is told, streamed or whole."""

    def each(told: dict[str, Any]) -> None:
        for path in ("usage", "message.usage"):
            for one in kit.at(told, path):
                one.update(keys)

    return kit.both(each)
