"""A whole 2xx body -> Reply.

Rule of the file: tolerant. A part without a word in the model is kept whole as `Opaque`; nothing is lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conformance.dialects.functions import arguments_of
from conformance.model import JSON, Opaque, Reply, Text, Thinking, ToolCall

from .turns import CITATIONS
from .words import failure_of, stop_of, usage_of


def reply_of(value: JSON) -> Reply:
    """The finished answer. Raises `ValueError` for a body that is none, a failed answer too."""
    if not isinstance(value, dict):
        raise ValueError(f"the reply is a JSON {type(value).__name__}, not an object")
    if failed := failure_of(value):
        raise ValueError(failed.message)
    message = value.get("message")
    if not isinstance(message, dict):
        raise ValueError("the reply has no object `message`")
    parts = tuple(parts_of(message))
    calls = any(isinstance(part, ToolCall) for part in parts)
    return Reply(
        id=text_of(value.get("id")),
        parts=parts,
        stop=stop_of(value.get("finish_reason"), calls=calls),
        usage=usage_of(value.get("usage")),
    )


def parts_of(message: Mapping[str, JSON]) -> Iterator[Text | Thinking | ToolCall | Opaque]:
    """The parts of a message of the assistant: content, the plan, the calls, the citations."""
    content = message.get("content")
    if isinstance(content, str) and content:
        yield Text(content)
    for part in content if isinstance(content, list) else ():
        yield part_of(part)
    if plan := text_of(message.get("tool_plan")):
        yield Thinking(plan)
    calls = message.get("tool_calls")
    for call in calls if isinstance(calls, list) else ():
        if isinstance(call, dict):
            yield call_in(call)
    if isinstance(found := message.get(CITATIONS), list) and found:
        yield Opaque(CITATIONS, found)


def part_of(part: JSON) -> Text | Thinking | Opaque:
    """One part of the content."""
    match part:
        case {"type": "text", "text": str(text)}:
            return Text(text)
        case {"type": "thinking", "thinking": str(text)}:
            return Thinking(text)
    return Opaque(text_of(part.get("type")) if isinstance(part, dict) else "", part)


def call_in(call: Mapping[str, JSON]) -> ToolCall:
    """One call."""
    function = call.get("function")
    function = function if isinstance(function, dict) else {}
    arguments = arguments_of(function.get("arguments"))
    return ToolCall(text_of(call.get("id")), text_of(function.get("name")), arguments)


def text_of(value: JSON) -> str:
    return value if isinstance(value, str) else ""
