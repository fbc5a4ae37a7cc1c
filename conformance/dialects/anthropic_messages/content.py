"""Say canonical messages and parts in this language: two roles, and results of tools inside the user's turn.

Rule of the file: one function a part, found by table; what has no place in a turn is refused aloud.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import groupby
from typing import Any

from conformance.dialects.anthropic_messages.words import IMAGE_TYPES
from conformance.errors import UnsupportedError
from conformance.model import JSON, Image, Message, Opaque, Part, Text, Thinking, ToolCall, ToolResult

_ROLES = {"user": "user", "tool": "user", "assistant": "assistant", "system": "system"}


def messages_of(turns: tuple[Message, ...]) -> list[JSON]:
    """The `messages`. A user's turn that answers calls is one message, the results before all else."""
    said: list[JSON] = []
    for role, group in groupby(turns, lambda turn: _ROLES[turn.role]):
        neighbours = list(group)
        if any(turn.role == "tool" for turn in neighbours):
            parts = [part for turn in neighbours for part in turn.parts]
            parts.sort(key=lambda part: not _answers(part))
            neighbours = [Message("user", tuple(parts))]
        said += [{"role": role, "content": _content(role, turn.parts)} for turn in neighbours]
    return said


def _answers(part: Part) -> bool:
    return isinstance(part, ToolResult) or (isinstance(part, Opaque) and part.kind == "tool_result")


def _content(role: str, parts: tuple[Part, ...]) -> JSON:
    """A string when one text is all there is, else blocks. Empty texts, which servers refuse, go unless alone."""
    if len(parts) == 1 and isinstance(parts[0], Text):
        return parts[0].text
    kept = [part for part in parts if not (isinstance(part, Text) and not part.text)] or list(parts)
    return [_block(role, part) for part in kept]


def _block(role: str, part: Part) -> JSON:
    if not isinstance(part, _MAY[role]):
        raise UnsupportedError(f"anthropic-messages has no place for {type(part).__name__} in a turn of the {role}")
    return _BLOCKS[type(part)](part)


def _text(part: Text) -> JSON:
    return {"type": "text", "text": part.text}


def image(part: Image) -> JSON:
    """An image block. A `data:` URL becomes what this language has for it: base64."""
    if part.detail not in (None, "auto"):
        raise UnsupportedError(
            f"anthropic-messages has no image detail (asked for: {part.detail!r})", "leave the detail out"
        )
    data, media_type = part.data, part.media_type
    if data is None and part.url is not None and part.url.startswith("data:") and ";base64," in part.url:
        head, _, data = part.url.partition(";base64,")
        media_type = head.removeprefix("data:")
    if data is None:
        return {"type": "image", "source": {"type": "url", "url": part.url}}
    if media_type not in IMAGE_TYPES:
        raise UnsupportedError(
            f"anthropic-messages takes no image of type {media_type!r}",
            f"convert it to one of: {', '.join(IMAGE_TYPES)}",
        )
    return {"type": "image", "source": {"type": "base64", "media_type": media_type, "data": data}}


def thinking(part: Thinking) -> JSON:
    """A thinking block, byte for byte as it came: the server checks its signature."""
    if part.redacted is not None:
        return {"type": "redacted_thinking", "data": part.redacted}
    if part.signature is None:
        raise UnsupportedError(
            "anthropic-messages takes back no thinking without its signature", "leave out thinking of another vendor"
        )
    return {"type": "thinking", "thinking": part.text, "signature": part.signature}


def tool_use(part: ToolCall) -> JSON:
    """A call. On this wire its input is an object, not text."""
    if not isinstance(part.input, dict):
        raise UnsupportedError(
            f"the arguments of call {part.id!r} are no JSON object: {part.arguments[:80]!r}",
            "tool_use.input must be an object: mend or drop the call before replaying it",
        )
    return {"type": "tool_use", "id": part.id, "name": part.name, "input": part.input}


def _tool_result(part: ToolResult) -> JSON:
    said: dict[str, Any] = {"type": "tool_result", "tool_use_id": part.call_id}
    if len(part.content) == 1 and isinstance(part.content[0], Text):
        said["content"] = part.content[0].text
    elif part.content:
        said["content"] = [_BLOCKS[type(piece)](piece) for piece in part.content]
    if part.is_error:
        said["is_error"] = True
    return said


def _raw(part: Opaque) -> JSON:
    return part.raw


_BLOCKS: Mapping[type, Callable[[Any], JSON]] = {
    Text: _text,
    Image: image,
    Thinking: thinking,
    ToolCall: tool_use,
    ToolResult: _tool_result,
    Opaque: _raw,
}

_MAY: Mapping[str, tuple[type, ...]] = {
    "user": (Text, Image, ToolResult, Opaque),
    "assistant": (Text, Thinking, ToolCall, Opaque),
    "system": (Text,),
}
