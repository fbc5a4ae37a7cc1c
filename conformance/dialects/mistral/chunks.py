"""One streamed chunk of this language: content may be a list of parts, told here as pieces that openai-chat knows.

Rule of the file: the order of parts is kept: a choice whose content is a list becomes a row of choices, one a piece.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from conformance.dialects.openai_chat import chunks as plain
from conformance.model import JSON

from .content import Piece, pieces_of

NO_ID = "null"
"""What the vendor's SDK writes for an id that is absent."""


class Words(Struct, gc=False):
    """One text within a thought."""

    text: str


class Thought(Struct, gc=False, tag_field="type", tag="thinking"):
    """A part that was thought."""

    thinking: list[Words]
    signature: str | None = None


class Said(Struct, gc=False, tag_field="type", tag="text"):
    """A part that was said."""

    text: str


class Delta(plain.Delta, gc=False):
    """What one chunk adds to a choice; its content may be a list of the parts that streams are made of."""

    content: str | list[Thought | Said] | None = None  # type: ignore[assignment]  # a list only until it is told


class Choice(plain.Choice, gc=False):
    """One choice of such a chunk."""

    delta: Delta | None = None


class Chunk(plain.Chunk, gc=False):
    """A chunk of parts that are known. Keys that decoding has no use for, such as the padding `p`, are skipped."""

    choices: list[Choice] | None = None  # type: ignore[assignment]  # lists are invariant


class LooseDelta(plain.Delta, gc=False):
    """A delta whose content may be a list of anything."""

    content: str | list[Any] | None = None  # type: ignore[assignment]  # a list only until it is told


class LooseChoice(plain.Choice, gc=False):
    """One choice of such a chunk."""

    delta: LooseDelta | None = None


class LooseChunk(plain.Chunk, gc=False):
    """A chunk of any parts."""

    choices: list[LooseChoice] | None = None  # type: ignore[assignment]  # lists are invariant


_LISTED = b'"content":['
_listed = msgspec.json.Decoder(Chunk).decode
_loose = msgspec.json.Decoder(LooseChunk).decode


def typed(data: bytes) -> plain.Chunk:
    """Bytes -> a chunk of openai-chat; raises `msgspec.MsgspecError` for what is not well formed or well typed."""
    try:  # the two common cases, each on its own for speed
        return _told(_listed(data) if _LISTED in data else plain.typed(data))
    except msgspec.ValidationError:  # neither, or what the last reading refuses too
        return _told(_with_pieces(_loose(data)))


def _with_pieces(chunk: LooseChunk) -> LooseChunk:
    for choice in chunk.choices or ():
        if choice.delta is not None and isinstance(choice.delta.content, list):
            choice.delta.content = list(pieces_of(choice.delta.content))
    return chunk


def _told(chunk: plain.Chunk) -> plain.Chunk:
    """The chunk with no id that is none, and no list: parts before the last become choices of their own."""
    told: list[plain.Choice] = []
    for choice in chunk.choices or ():
        if (delta := choice.delta) is not None:
            if delta.tool_calls:
                delta.tool_calls = [_call(one) for one in delta.tool_calls]
            parts: Any = delta.content
            if type(parts) is list:
                delta.content = None
                if parts:
                    _say(delta, parts.pop())
                if parts:
                    told += [plain.Choice(choice.index, _say(plain.Delta(), one)) for one in parts]
        told.append(choice)
    chunk.choices = told
    return chunk


def _say(delta: plain.Delta, part: Thought | Said | Piece) -> plain.Delta:
    if isinstance(part, Thought):
        said = part.thinking
        delta.reasoning_content = said[0].text if len(said) == 1 else "".join([one.text for one in said])
        delta.signature = part.signature
    elif isinstance(part, Said):
        delta.content = part.text
    elif part.raw is not None:
        delta.beside = [part.raw]
    elif part.thinking:
        delta.reasoning_content, delta.signature = part.text, part.signature
    else:
        delta.content = part.text
    return delta


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
