"""Canonical messages -> the messages of a request body.

Rule of the file: a part lands in its role's form or is refused aloud; thinking alone has no form and stays behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from conformance.errors import UnsupportedError
from conformance.model import JSON, ChatRequest, Image, Opaque, Part, Role, Text, Thinking, ToolCall, ToolResult


def messages_of(request: ChatRequest, facts: Mapping[str, JSON]) -> Iterator[JSON]:
    """The messages of a request as they travel, the system text first."""
    if request.system is not None:
        yield {"role": facts["system_role"], "content": request.system}
    for message in request.messages:
        for said in _TURNS[message.role](message.parts):
            yield said if message.role != "system" else said | {"role": facts["system_role"]}


def _system(parts: tuple[Part, ...]) -> Iterator[dict[str, JSON]]:
    yield {"role": "system", "content": _content([_text(part, "system") for part in parts])}


def _user(parts: tuple[Part, ...]) -> Iterator[dict[str, JSON]]:
    yield {"role": "user", "content": _content([_user_part(part) for part in parts])}


def _assistant(parts: tuple[Part, ...]) -> Iterator[dict[str, JSON]]:
    # Thinking cannot be replayed here: the language has no field for it (wire reference: "thinking: none, drop").
    spoken = [part for part in parts if not isinstance(part, Thinking)]
    calls = [part for part in spoken if isinstance(part, ToolCall)]
    texts = [_text(part, "assistant") for part in spoken if not isinstance(part, ToolCall)]
    said: dict[str, JSON] = {"role": "assistant", "content": None if calls and not texts else _content(texts)}
    if calls:
        said["tool_calls"] = [_call(call) for call in calls]
    yield said


def _tool_results(parts: tuple[Part, ...]) -> Iterator[dict[str, JSON]]:
    for part in parts:
        if not isinstance(part, ToolResult):
            raise UnsupportedError(f"a tool message holds tool results only, not {type(part).__name__}")
        # is_error has no flag in this language: the text of the result says it
        content = _content([_text(one, "tool") for one in part.content])
        yield {"role": "tool", "tool_call_id": part.call_id, "content": content}


_TURNS: Mapping[Role, Callable[[tuple[Part, ...]], Iterator[dict[str, JSON]]]] = {
    "system": _system,
    "user": _user,
    "assistant": _assistant,
    "tool": _tool_results,
}


def _content(parts: list[JSON]) -> JSON:
    """A lone text as a string, the form that every speaker takes; else the list of parts."""
    if not parts:
        return ""
    if len(parts) == 1 and parts[0].keys() == {"type", "text"}:
        return parts[0]["text"]
    return parts


def _text(part: Part, role: str) -> JSON:
    match part:
        case Text(text):
            return {"type": "text", "text": text}
        case Opaque(_, raw) if role == "assistant":
            return raw
    raise UnsupportedError(f"openai-chat takes no {type(part).__name__} in a message of role {role}")


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


def _call(call: ToolCall) -> JSON:
    function = {"name": call.name, "arguments": call.arguments or "{}"}
    return {"id": call.id, "type": "function", "function": function}
