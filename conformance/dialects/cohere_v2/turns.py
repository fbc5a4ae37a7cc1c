"""Canonical messages -> the messages of a request body.

Rule of the file: a part lands in its role's form or is refused aloud. Thinking right before the calls of a turn is its
`tool_plan`; all other thinking is content.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from conformance.errors import UnsupportedError
from conformance.model import JSON, ChatRequest, Image, Opaque, Part, Role, Text, Thinking, ToolCall, ToolResult

CITATIONS = "citations"
"""The kind of the opaque part that keeps the citations of an answer."""


def messages_of(request: ChatRequest) -> Iterator[JSON]:
    """The messages as they travel, the system text first."""
    if request.system is not None:
        yield {"role": "system", "content": request.system}
    led = True
    for message in request.messages:
        led = led and message.role == "system"
        if message.role == "system" and not led:
            raise UnsupportedError("cohere-v2 takes system messages at the beginning only")
        yield from _TURNS[message.role](message.parts)


def _system(parts: tuple[Part, ...]) -> Iterator[JSON]:
    yield {"role": "system", "content": _content([_text(part, "system") for part in parts])}


def _user(parts: tuple[Part, ...]) -> Iterator[JSON]:
    yield {"role": "user", "content": _content([_user_part(part) for part in parts])}


def _assistant(parts: tuple[Part, ...]) -> Iterator[JSON]:
    """Content, then the plan, then the calls: the order in which the model makes them."""
    calls = [part for part in parts if isinstance(part, ToolCall)]
    plan = plan_of(parts)
    content = [_said(part) for part in parts if part is not plan and not _beside(part)]
    said: dict[str, JSON] = {"role": "assistant"}
    if content or not calls:
        said["content"] = _content(content)
    if plan is not None:
        said["tool_plan"] = plan.text
    if calls:
        said["tool_calls"] = [call_of(call) for call in calls]
    for part in parts:
        if isinstance(part, Opaque) and part.kind == CITATIONS:
            said["citations"] = part.raw
    yield said


def plan_of(parts: tuple[Part, ...]) -> Thinking | None:
    """The thinking right before the first call."""
    first = next((at for at, part in enumerate(parts) if isinstance(part, ToolCall)), 0)
    before = parts[first - 1] if first else None
    return before if isinstance(before, Thinking) and before.redacted is None else None


def _beside(part: Part) -> bool:
    return isinstance(part, ToolCall) or (isinstance(part, Opaque) and part.kind == CITATIONS)


def call_of(call: ToolCall) -> dict[str, JSON]:
    """A call; on this wire its arguments are text."""
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments or "{}"}}


def _tool_results(parts: tuple[Part, ...]) -> Iterator[JSON]:
    for part in parts:
        if not isinstance(part, ToolResult):
            raise UnsupportedError(f"a tool message holds tool results only, not {type(part).__name__}")
        # is_error has no flag in this language: the text of the result says it
        content = _content([_text(one, "tool") for one in part.content])
        yield {"role": "tool", "tool_call_id": part.call_id, "content": content}


_TURNS: Mapping[Role, Callable[[tuple[Part, ...]], Iterator[JSON]]] = {
    "system": _system,
    "user": _user,
    "assistant": _assistant,
    "tool": _tool_results,
}


def _content(parts: list[JSON]) -> JSON:
    """A lone text as a string, else the list of parts."""
    if not parts:
        return ""
    return parts[0]["text"] if len(parts) == 1 and parts[0].keys() == {"type", "text"} else parts


def _text(part: Part, role: str) -> JSON:
    if isinstance(part, Text):
        return {"type": "text", "text": part.text}
    raise UnsupportedError(f"cohere-v2 takes no {type(part).__name__} in a message of role {role}")


def _said(part: Part) -> JSON:
    match part:
        case Thinking(text, redacted=None):
            return {"type": "thinking", "thinking": text}
        case Thinking():
            raise UnsupportedError("cohere-v2 takes no sealed thinking", "leave out thinking of another vendor")
        case Opaque(_, raw):
            return raw
    return _text(part, "assistant")


def _user_part(part: Part) -> JSON:
    match part:
        case Image():
            return _image(part)
        case Opaque(_, raw):
            return raw
    return _text(part, "user")


def _image(image: Image) -> JSON:
    if (image.url is None) == (image.data is None):
        raise UnsupportedError("an image has either a URL or data, exactly one of them")
    url: dict[str, JSON] = {"url": image.url or f"data:{image.media_type};base64,{image.data}"}
    if image.detail is not None:
        url["detail"] = image.detail
    return {"type": "image_url", "image_url": url}
