"""Say the parts of an answer as content blocks, whole or as the frames of a stream.

Rule of the file: one row of the table for each kind of part; no piece ends inside a character.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from conformance.dialects.anthropic_messages.content import tool_use
from conformance.dialects.anthropic_messages.reply import ReplyPart
from conformance.errors import UnsupportedError
from conformance.model import JSON, Opaque, Text, Thinking, ToolCall

_STREAMED_INPUT = ("server_tool_use", "mcp_tool_use")
"""Opaque blocks whose `input` comes in pieces, as that of `tool_use` does."""


def block(part: ReplyPart) -> JSON:
    """A part as the content block of a whole reply."""
    return _WHOLE[type(part)](part)


def frames_of_block(index: int, part: ReplyPart) -> Iterator[dict[str, JSON]]:
    """A part as a stream tells it: start, deltas, stop."""
    start, deltas = _STREAMED[type(part)](part)
    yield {"type": "content_block_start", "index": index, "content_block": start}
    for delta in deltas:
        yield {"type": "content_block_delta", "index": index, "delta": delta}
    yield {"type": "content_block_stop", "index": index}


def pieces_of(text: str) -> list[str]:
    """A text in two to four pieces; a single character stays whole."""
    step = max(1, -(-len(text) // 4))
    return [text[at : at + step] for at in range(0, len(text), step)]


def _text(part: Text) -> JSON:
    return {"type": "text", "text": part.text}


def _thinking(part: Thinking) -> JSON:
    if part.redacted is not None:
        return {"type": "redacted_thinking", "data": part.redacted}
    return {"type": "thinking", "thinking": part.text, "signature": _signature(part)}


def _signature(part: Thinking) -> str:
    """The vendor signs all thinking; for thinking that has no signature one is made that follows from the text."""
    return part.signature or b64encode(hashlib.sha256(part.text.encode("utf-8", "surrogatepass")).digest()).decode()


def _opaque(part: Opaque) -> JSON:
    if not isinstance(part.raw, dict) or not isinstance(part.raw.get("type"), str):
        raise UnsupportedError(f"an opaque part of kind {part.kind!r} is no content block of anthropic-messages")
    return part.raw


_Streamed = tuple[JSON, list[dict[str, JSON]]]


def _text_stream(part: Text) -> _Streamed:
    return {"type": "text", "text": ""}, [{"type": "text_delta", "text": piece} for piece in pieces_of(part.text)]


def _thinking_stream(part: Thinking) -> _Streamed:
    if part.redacted is not None:
        return _thinking(part), []
    deltas: list[dict[str, JSON]] = [{"type": "thinking_delta", "thinking": piece} for piece in pieces_of(part.text)]
    deltas.append({"type": "signature_delta", "signature": _signature(part)})
    return {"type": "thinking", "thinking": "", "signature": ""}, deltas


def _call_stream(part: ToolCall) -> _Streamed:
    """The call's JSON as it is, even when it was cut off: a stream can say that, a whole reply cannot."""
    return {"type": "tool_use", "id": part.id, "name": part.name, "input": {}}, _input(part.arguments)


def _opaque_stream(part: Opaque) -> _Streamed:
    whole = _opaque(part)
    if part.kind not in _STREAMED_INPUT or not whole.get("input"):
        return whole, []
    return {**whole, "input": {}}, _input(json.dumps(whole["input"], ensure_ascii=False))


def _input(text: str) -> list[dict[str, JSON]]:
    """JSON text in pieces, an empty one first: so the vendor sends it."""
    return [{"type": "input_json_delta", "partial_json": piece} for piece in ("", *pieces_of(text))]


_WHOLE: Mapping[type, Callable[[Any], JSON]] = {Text: _text, Thinking: _thinking, ToolCall: tool_use, Opaque: _opaque}

_STREAMED: Mapping[type, Callable[[Any], _Streamed]] = {
    Text: _text_stream,
    Thinking: _thinking_stream,
    ToolCall: _call_stream,
    Opaque: _opaque_stream,
}
