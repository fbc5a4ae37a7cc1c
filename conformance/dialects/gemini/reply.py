"""A whole 2xx body -> Reply: one chunk, read as the chunks of a stream are.

Rule of the file: one reader, so that a streamed and a whole answer cannot differ.
"""

from __future__ import annotations

from conformance.model import JSON, Event, Reply

from .frames import lenient, raw_of
from .stream import ChunkReader


def reply_of(value: JSON) -> Reply:
    """The finished answer. Raises `ValueError` for a body that is no answer, an error too."""
    chunk = lenient(value)
    if value.get("error"):
        raise ValueError("the reply holds an error object")
    if not chunk.candidates and not (chunk.prompt_feedback and chunk.prompt_feedback.block_reason):
        raise ValueError("the reply has neither candidates nor promptFeedback.blockReason")
    out: list[Event] = []
    reader = ChunkReader()
    reader.take(chunk, bytes(raw_of(value)), out)
    return reader.finish(out)
