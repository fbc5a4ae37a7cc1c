"""Read a whole reply, block by block.

Rule of the file: tolerant. A block without a word in the model is kept whole as `Opaque`; nothing is lost.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TypeAlias

from conformance.model import JSON, Opaque, Reply, Text, Thinking, ToolCall

from .words import stop_of, usage_of

ReplyPart: TypeAlias = Text | Thinking | ToolCall | Opaque


def reply(body: JSON) -> Reply:
    """A whole 2xx body -> Reply. Raises `ValueError` for a body that is no answer. It has no id and no model here."""
    if not isinstance(body, dict):
        raise ValueError(f"the body is no answer: it is a JSON {type(body).__name__}, not an object")
    output = body.get("output")
    message = output.get("message") if isinstance(output, dict) else None
    content = message.get("content") if isinstance(message, dict) else None
    if not isinstance(content, list):
        raise ValueError("the body is no answer: it has no list `output.message.content`")
    return Reply(
        parts=tuple(part_of(block) for block in content),
        stop=stop_of(body.get("stopReason")),
        stop_sequence=stop_sequence_of(body),
        usage=usage_of(body.get("usage")),
    )


def stop_sequence_of(said: Mapping[str, JSON]) -> str | None:
    """The sequence that stopped the answer: an additional field of the models that tell it, when it was asked for."""
    found: JSON = said.get("additionalModelResponseFields")
    if isinstance(found, dict) and isinstance(found.get("delta"), dict):
        found = found["delta"]
    word = found.get("stop_sequence") if isinstance(found, dict) else None
    return word if isinstance(word, str) and word else None


def part_of(block: JSON) -> ReplyPart:
    """One content block of an answer. What does not have the shape of its key is kept as `Opaque`."""
    if not isinstance(block, dict):
        return Opaque("", block)
    kind = next((key for key in block if key in _PARTS), next(iter(block), ""))
    try:
        return _PARTS[kind](block[kind])
    except (KeyError, TypeError):
        return Opaque(kind, block)


def arguments_of(value: JSON) -> str:
    """The `input` of a call as JSON text: compact, and "" for an empty object."""
    return "" if value == {} else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _must(value: JSON) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _text(value: JSON) -> Text:
    return Text(_must(value))


def _tool_use(value: JSON) -> ToolCall:
    return ToolCall(_must(value["toolUseId"]), _must(value["name"]), arguments_of(value.get("input", {})))


def _reasoning(value: JSON) -> Thinking:
    if "redactedContent" in value:
        return Thinking("", redacted=_must(value["redactedContent"]))
    said = value["reasoningText"]
    signature = said.get("signature")
    return Thinking(_must(said["text"]), signature if isinstance(signature, str) and signature else None)


def _cited(value: JSON) -> Text:
    """A text with its sources: the text is the answer."""
    return Text("".join(_must(one["text"]) for one in value["content"]))


_PARTS: Mapping[str, Callable[[JSON], ReplyPart]] = {
    "text": _text,
    "toolUse": _tool_use,
    "reasoningContent": _reasoning,
    "citationsContent": _cited,
}
