"""Say the parts of an answer as content blocks, whole or as the events of a stream.

Rule of the file: one row of a table for each kind of part; no piece ends inside a character.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from conformance.errors import UnsupportedError
from conformance.model import JSON, Opaque, Text, Thinking, ToolCall

from .content import text, thinking, tool_use
from .reply import ReplyPart


def block(part: ReplyPart) -> JSON:
    """A part as the content block of a whole reply."""
    return _WHOLE[type(part)](part)


def events_of_block(index: int, part: ReplyPart) -> Iterator[tuple[str, dict[str, JSON]]]:
    """A part as a stream tells it: a start where the vendor sends one, deltas, stop."""
    start, deltas = _STREAMED[type(part)](part)
    if start is not None:
        yield "contentBlockStart", {"contentBlockIndex": index, "start": start}
    for delta in deltas:
        yield "contentBlockDelta", {"contentBlockIndex": index, "delta": delta}
    yield "contentBlockStop", {"contentBlockIndex": index}


def pieces_of(text: str) -> list[str]:
    """A text in two to four pieces; a single character stays whole."""
    step = max(1, -(-len(text) // 4))
    return [text[at : at + step] for at in range(0, len(text), step)]


def _signed(part: Thinking) -> Thinking:
    """The models sign all thinking; for thinking that has no signature one is made that follows from the text."""
    if part.signature or part.redacted is not None:
        return part
    digest = hashlib.sha256(part.text.encode("utf-8", "surrogatepass")).digest()
    return replace(part, signature=b64encode(digest).decode())


def _opaque(part: Opaque) -> JSON:
    if not isinstance(part.raw, dict) or not part.raw:
        raise UnsupportedError(f"an opaque part of kind {part.kind!r} is no content block of bedrock-converse")
    return part.raw


_Streamed = tuple[JSON, list[dict[str, JSON]]]


def _text_stream(part: Text) -> _Streamed:
    return None, [{"text": piece} for piece in pieces_of(part.text) or [""]]


def _thinking_stream(part: Thinking) -> _Streamed:
    if part.redacted is not None:
        return None, [{"reasoningContent": {"redactedContent": part.redacted}}]
    deltas: list[dict[str, JSON]] = [{"reasoningContent": {"text": piece}} for piece in pieces_of(part.text)]
    return None, [*deltas, {"reasoningContent": {"signature": _signed(part).signature}}]


def _call_stream(part: ToolCall) -> _Streamed:
    """The call's JSON as it is, even when it was cut off: a stream can say that, a whole reply cannot."""
    start = {"toolUse": {"toolUseId": part.id, "name": part.name}}
    return start, [{"toolUse": {"input": piece}} for piece in pieces_of(part.arguments)]


def _opaque_stream(part: Opaque) -> _Streamed:
    raw = _opaque(part)
    if raw.keys() == {"start", "deltas"}:  # as it was read from a stream
        return raw["start"] or None, raw["deltas"]
    raise UnsupportedError(f"bedrock-converse streams no block of kind {part.kind!r}", "serve the reply whole")


_WHOLE: Mapping[type, Callable[[Any], JSON]] = {
    Text: text,
    Thinking: lambda part: thinking(_signed(part)),
    ToolCall: tool_use,
    Opaque: _opaque,
}

_STREAMED: Mapping[type, Callable[[Any], _Streamed]] = {
    Text: _text_stream,
    Thinking: _thinking_stream,
    ToolCall: _call_stream,
    Opaque: _opaque_stream,
}
