"""Say canonical messages and parts in this language: blocks with one key each, that key being what they are.

Rule of the file: one function a part, found by table; what has no place in a turn is refused aloud.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import groupby
from typing import Any

from conformance.errors import UnsupportedError
from conformance.model import JSON, Image, Message, Opaque, Part, Text, Thinking, ToolCall, ToolResult

from .words import IMAGE_FORMATS

_ROLES = {"user": "user", "tool": "user", "assistant": "assistant", "system": "system"}


def messages_of(turns: tuple[Message, ...]) -> list[JSON]:
    """The `messages`. All answers to the calls of one turn are one user's message, the results before all else."""
    said: list[JSON] = []
    for role, group in groupby(turns, lambda turn: _ROLES[turn.role]):
        neighbours = list(group)
        if any(turn.role == "tool" for turn in neighbours):
            parts = [part for turn in neighbours for part in turn.parts]
            parts.sort(key=lambda part: not isinstance(part, ToolResult))
            neighbours = [Message("user", tuple(parts))]
        said += [{"role": role, "content": _content(role, turn.parts)} for turn in neighbours]
    return said


def _content(role: str, parts: tuple[Part, ...]) -> list[JSON]:
    """The blocks. Empty texts, which the service refuses, go unless alone."""
    kept = [part for part in parts if not (isinstance(part, Text) and not part.text)] or list(parts)
    return [_block(role, part) for part in kept]


def _block(role: str, part: Part) -> JSON:
    if not isinstance(part, _MAY[role]):
        raise UnsupportedError(f"bedrock-converse has no place for {type(part).__name__} in a turn of the {role}")
    return _BLOCKS[type(part)](part)


def image(part: Image) -> JSON:
    """An image block. Only bytes travel here; a `data:` URL holds some."""
    if part.detail not in (None, "auto"):
        raise UnsupportedError(
            f"bedrock-converse has no image detail (asked for: {part.detail!r})", "leave the detail out"
        )
    data, media_type = part.data, part.media_type
    if data is None and part.url is not None and part.url.startswith("data:") and ";base64," in part.url:
        head, _, data = part.url.partition(";base64,")
        media_type = head.removeprefix("data:")
    if data is None:
        raise UnsupportedError("bedrock-converse takes no image by URL", "fetch the image and give its bytes")
    if media_type not in IMAGE_FORMATS:
        raise UnsupportedError(
            f"bedrock-converse takes no image of type {media_type!r}",
            f"convert it to one of: {', '.join(IMAGE_FORMATS)}",
        )
    return {"image": {"format": IMAGE_FORMATS[media_type], "source": {"bytes": data}}}


def thinking(part: Thinking) -> JSON:
    """Reasoning, byte for byte as it came: the model checks its signature."""
    if part.redacted is not None:
        return {"reasoningContent": {"redactedContent": part.redacted}}
    signature = {} if part.signature is None else {"signature": part.signature}
    return {"reasoningContent": {"reasoningText": {"text": part.text, **signature}}}


def tool_use(part: ToolCall) -> JSON:
    """A call. On this wire its input is an object, not text."""
    if not isinstance(part.input, dict):
        raise UnsupportedError(
            f"the arguments of call {part.id!r} are no JSON object: {part.arguments[:80]!r}",
            "toolUse.input must be an object: mend or drop the call before replaying it",
        )
    return {"toolUse": {"toolUseId": part.id, "name": part.name, "input": part.input}}


def text(part: Text) -> JSON:
    return {"text": part.text}


def _tool_result(part: ToolResult) -> JSON:
    said: dict[str, Any] = {
        "toolUseId": part.call_id,
        "content": [_BLOCKS[type(piece)](piece) for piece in part.content],
    }
    if part.is_error:
        said["status"] = "error"
    return {"toolResult": said}


def _raw(part: Opaque) -> JSON:
    return part.raw


_BLOCKS: Mapping[type, Callable[[Any], JSON]] = {
    Text: text,
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
