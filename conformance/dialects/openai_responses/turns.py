"""Canonical messages -> the items of `input`: messages, reasoning, calls and their results stand side by side.

Rule of the file: one function a part, found by table; what has no place in a turn is refused aloud.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby

from conformance.errors import UnsupportedError
from conformance.model import (
    JSON,
    ChatRequest,
    Image,
    Message,
    Opaque,
    Part,
    Role,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)

Facts = Mapping[str, JSON]


def input_of(request: ChatRequest, facts: Facts) -> list[JSON]:
    """The items of `input`, in order."""
    items: list[JSON] = []
    if request.system is not None and not facts["instructions"]:
        items.append(_message(facts["system_role"], [Text(request.system)]))
    for message in request.messages:
        items += _TURNS[message.role](message, facts)
    return items


def _system(message: Message, facts: Facts) -> Iterator[JSON]:
    yield _message(facts["system_role"], message.parts)


def _user(message: Message, facts: Facts) -> Iterator[JSON]:
    yield _message("user", message.parts)


def _message(role: str, parts: tuple[Part, ...] | list[Part]) -> JSON:
    """A message. A lone text is a string, the form that every speaker takes."""
    if len(parts) == 1 and isinstance(parts[0], Text):
        return {"type": "message", "role": role, "content": parts[0].text}
    return {"type": "message", "role": role, "content": [_content(part, role) for part in parts]}


def _content(part: Part, role: str) -> JSON:
    match part:
        case Text(text):
            return {"type": "output_text" if role == "assistant" else "input_text", "text": text}
        case Image() if role == "user":
            return _image(part)
        case Opaque(_, raw) if role == "user":
            return raw
    raise UnsupportedError(f"openai-responses takes no {type(part).__name__} in a message of role {role}")


def _image(image: Image) -> JSON:
    """An image: its URL is a plain string here. The key `detail` is required, "auto" says nothing."""
    if (image.url is None) == (image.data is None):
        raise UnsupportedError("an image has either a URL or data, exactly one of them")
    url = image.url or f"data:{image.media_type};base64,{image.data}"
    return {"type": "input_image", "image_url": url, "detail": image.detail or "auto"}


# ------------------------------------------------------------------ the assistant's turn


def _assistant(message: Message, facts: Facts) -> Iterator[JSON]:
    """Neighbouring texts are one message; all else is an item of its own, in order: reasoning before its call."""
    for spoken, group in groupby(message.parts, lambda part: isinstance(part, Text)):
        if spoken:
            yield _message("assistant", tuple(group))
        else:
            yield from (_item(part, facts) for part in group)


def _item(part: Part, facts: Facts) -> JSON:
    match part:
        case ToolCall(id, name, arguments):
            return {"type": "function_call", "call_id": id, "name": name, "arguments": arguments or "{}"}
        case Thinking():
            return _thinking(part, facts)
        case Opaque(_, raw):
            return raw
    raise UnsupportedError(f"openai-responses takes no {type(part).__name__} in a turn of the assistant")


def _thinking(part: Thinking, facts: Facts) -> JSON:
    """A reasoning item. Without its encrypted content a server that keeps nothing cannot take it back."""
    summary = [{"type": "summary_text", "text": part.text}] if part.text else []
    if sealed := part.signature or part.redacted:
        return {"type": "reasoning", "summary": summary, "encrypted_content": sealed}
    if not facts["plain_reasoning"]:
        raise UnsupportedError(
            "openai-responses takes back no reasoning without its encrypted content",
            "ask for reasoning.encrypted_content, or leave out thinking of another vendor",
        )
    return {"type": "reasoning", "summary": [], "content": [{"type": "reasoning_text", "text": part.text}]}


# ------------------------------------------------------------------ results of tools


def _tool_results(message: Message, facts: Facts) -> Iterator[JSON]:
    for part in message.parts:
        match part:
            case ToolResult(call_id, content):
                # is_error has no flag in this language: the text of the result says it
                yield {"type": "function_call_output", "call_id": call_id, "output": _output(content)}
            case Opaque(_, raw):
                yield raw
            case _:
                raise UnsupportedError(f"a tool message holds tool results only, not {type(part).__name__}")


def _output(content: tuple[Text | Image, ...]) -> JSON:
    if not content:
        return ""
    if len(content) == 1 and isinstance(content[0], Text):
        return content[0].text
    return [_content(part, "user") for part in content]


_TURNS: Mapping[Role, Callable[[Message, Facts], Iterator[JSON]]] = {
    "system": _system,
    "user": _user,
    "assistant": _assistant,
    "tool": _tool_results,
}
