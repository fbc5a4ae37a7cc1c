"""Read a whole reply, block by block.

Rule of the file: tolerant. A block without a word in the model is kept whole as `Opaque`; nothing is lost.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TypeAlias

from conformance.dialects.anthropic_messages.words import said, stop_of, usage_of
from conformance.model import JSON, Opaque, Reply, Text, Thinking, ToolCall

ReplyPart: TypeAlias = Text | Thinking | ToolCall | Opaque


def reply(body: JSON) -> Reply:
    """A whole 2xx body -> Reply. Raises `ValueError` for a body that is no message."""
    if not isinstance(body, dict):
        raise ValueError(f"the body is no message: it is a JSON {type(body).__name__}, not an object")
    if body.get("type", "message") != "message":
        raise ValueError(f"the body is no message: its type is {body['type']!r}")
    if not isinstance(body.get("content"), list):
        raise ValueError("the body is no message: it has no list `content`")
    return Reply(
        id=string_of(body.get("id")),
        model=string_of(body.get("model")),
        parts=tuple(part_of(block) for block in body["content"]),
        stop=stop_of(body.get("stop_reason")),
        stop_sequence=string_of(body.get("stop_sequence")) or None,
        usage=usage_of(dict(said(body.get("usage")))),
    )


def part_of(block: JSON) -> ReplyPart:
    """One content block of an answer. What does not have the shape of its type is kept as `Opaque`."""
    if not isinstance(block, dict):
        return Opaque("", block)
    kind = string_of(block.get("type"))
    read = _PARTS.get(kind)
    try:
        return Opaque(kind, block) if read is None else read(block)
    except (KeyError, TypeError):
        return Opaque(kind, block)


def arguments_of(value: JSON) -> str:
    """The `input` of a call as JSON text: compact, and "" for an empty object."""
    return "" if value == {} else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def string_of(value: JSON) -> str:
    return value if isinstance(value, str) else ""


def _must(value: JSON) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _text(block: Mapping[str, JSON]) -> Text:
    return Text(_must(block["text"]))


def _thinking(block: Mapping[str, JSON]) -> Thinking:
    signature = block.get("signature")
    return Thinking(_must(block["thinking"]), signature if isinstance(signature, str) and signature else None)


def _redacted(block: Mapping[str, JSON]) -> Thinking:
    return Thinking("", redacted=_must(block["data"]))


def _tool_use(block: Mapping[str, JSON]) -> ToolCall:
    return ToolCall(_must(block["id"]), _must(block["name"]), arguments_of(block.get("input", {})))


_PARTS: Mapping[str, Callable[[Mapping[str, JSON]], ReplyPart]] = {
    "text": _text,
    "thinking": _thinking,
    "redacted_thinking": _redacted,
    "tool_use": _tool_use,
}
