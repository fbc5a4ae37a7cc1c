"""One streamed chunk of this language: content may be a list of parts, told here as pieces that openai-chat knows.

Rule of the file: the order of parts is kept: a choice whose content is a list becomes a row of choices, one a piece.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct

from conformance.dialects.openai_chat import chunks as plain
from conformance.model import JSON

from .content import Piece, pieces_of

NO_ID = "null"
"""What the vendor's SDK writes for an id that is absent."""


class Delta(Struct, gc=False):
    """What one chunk adds to a choice."""

    content: str | list[Any] | None = None
    tool_calls: list[plain.Call] | None = None


class Choice(Struct, gc=False):
    """One choice of a chunk."""

    index: int | None = None
    delta: Delta | None = None
    finish_reason: str | None = None


class Chunk(Struct, gc=False):
    """One chunk. Keys that decoding has no use for, such as the padding `p`, are skipped unread."""

    choices: list[Choice] | None = None
    usage: Any = None
    error: Any = None
    id: str | None = None
    model: str | None = None
    object: str | None = None


_LISTED = b'"content":['
_decode = msgspec.json.Decoder(Chunk).decode


def typed(data: bytes) -> plain.Chunk:
    """Bytes -> a chunk of openai-chat; raises `msgspec.MsgspecError` for what is not well formed or well typed."""
    if _LISTED not in data:  # the common case, on its own for speed
        try:
            return _with_known_ids(plain.typed(data))
        except msgspec.ValidationError:  # a list after all, or what the other reading refuses too
            pass
    chunk = _decode(data)
    choices = [one for choice in chunk.choices or () for one in _told(choice)]
    return plain.Chunk(choices, chunk.usage, chunk.error, chunk.id, chunk.model, chunk.object)


def _with_known_ids(chunk: plain.Chunk) -> plain.Chunk:
    for choice in chunk.choices or ():
        if choice.delta is not None and choice.delta.tool_calls:
            choice.delta.tool_calls = [_call(one) for one in choice.delta.tool_calls]
    return chunk


def _told(choice: Choice) -> Iterator[plain.Choice]:
    delta = choice.delta
    content = None if delta is None else delta.content
    calls = None if delta is None or not delta.tool_calls else [_call(one) for one in delta.tool_calls]
    if isinstance(content, list):
        for piece in pieces_of(content):
            yield plain.Choice(choice.index, _delta(piece))
        content = None
    yield plain.Choice(choice.index, plain.Delta(content, tool_calls=calls), choice.finish_reason)


def _delta(piece: Piece) -> plain.Delta:
    if piece.raw is not None:
        return plain.Delta(beside=[piece.raw])
    if piece.thinking:
        return plain.Delta(reasoning_content=piece.text, signature=piece.signature)
    return plain.Delta(piece.text)


def _call(call: plain.Call) -> plain.Call:
    """A fragment whose id is told only when it is one; a whole call without id is known by its name, not by index 0."""
    if call.id == NO_ID:
        call.id = None
    if not call.id and not call.index and call.function is not None and call.function.name:
        call.index = None
    return call


def id_of(call: JSON) -> str:
    """The id of a whole call; "" for the SDK's word for none."""
    id = call.get("id") if isinstance(call, dict) else None
    return id if isinstance(id, str) and id != NO_ID else ""
