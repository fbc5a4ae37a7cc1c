"""ChatRequest -> the JSON body of POST /chat/completions.

Rule of the file: every canonical field lands on the wire or is refused aloud; what was not said is not sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from conformance.dialects import Quirks
from conformance.errors import UnsupportedError, UsageError
from conformance.model import (
    JSON,
    ChatRequest,
    Image,
    Opaque,
    Part,
    ResponseFormat,
    Role,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
)

QUIRKS: Quirks = MappingProxyType(
    {
        # The field that carries max_tokens. Official: max_completion_tokens; most compatible vendors: max_tokens.
        "max_tokens_field": "max_completion_tokens",
        # The role that carries the system text: "developer" for OpenAI's reasoning models.
        "system_role": "system",
        # Ask for the usage chunk of a stream. False for vendors that refuse stream_options or send usage anyway.
        "include_usage": True,
        # Send `strict` of tools and schemas. False: a strict that was asked for is refused aloud.
        "strict": True,
    }
)
"""What one speaker may do otherwise, with the official way as the default."""

MOST_STOPS = 4


def body_of(request: ChatRequest, quirks: Quirks) -> JSON:
    """The request body. Raises `UnsupportedError` for what cannot be said, `UsageError` for an unknown quirk."""
    if unknown := quirks.keys() - QUIRKS.keys():
        raise UsageError(f"openai-chat has no quirk {min(unknown)!r}", f"choose among: {', '.join(sorted(QUIRKS))}")
    facts = {**QUIRKS, **quirks}
    body: dict[str, JSON] = {"model": request.model, "messages": list(_messages(request, facts))}
    if request.tools:
        body["tools"] = [_tool(tool, facts) for tool in request.tools]
    if request.tool_choice:
        body["tool_choice"] = _tool_choice(request.tool_choice)
    if request.response_format:
        body["response_format"] = _response_format(request.response_format, facts)
    body |= _said(
        parallel_tool_calls=request.parallel_tool_calls,
        temperature=request.temperature,
        top_p=request.top_p,
        stop=_stop(request.stop),
        reasoning_effort=_effort(request),
        **{facts["max_tokens_field"]: request.max_tokens},
    )
    if request.stream:
        body["stream"] = True
        if facts["include_usage"]:
            body["stream_options"] = {"include_usage": True}
    return body | dict(request.extra)


def _said(**fields: JSON) -> dict[str, JSON]:
    return {name: value for name, value in fields.items() if value is not None}


def _stop(stop: tuple[str, ...]) -> list[str] | None:
    if len(stop) > MOST_STOPS:
        raise UnsupportedError(f"openai-chat takes at most {MOST_STOPS} stop sequences, not {len(stop)}")
    return list(stop) or None


def _effort(request: ChatRequest) -> str | None:
    if request.reasoning and request.reasoning.budget_tokens is not None:
        raise UnsupportedError("openai-chat has no reasoning budget in tokens; give an effort word instead")
    return request.reasoning.effort if request.reasoning else None


# ------------------------------------------------------------------ tools and formats


def _strict(strict: bool | None, facts: Mapping[str, JSON]) -> dict[str, JSON]:
    if strict and not facts["strict"]:
        raise UnsupportedError("this vendor's openai-chat takes no strict schemas")
    return {} if strict is None or not facts["strict"] else {"strict": strict}


def _tool(tool: Tool, facts: Mapping[str, JSON]) -> JSON:
    function: dict[str, JSON] = {"name": tool.name}
    if tool.description:
        function["description"] = tool.description
    if tool.parameters is not None:
        function["parameters"] = tool.parameters
    return {"type": "function", "function": function | _strict(tool.strict, facts)}


def _tool_choice(choice: ToolChoice) -> JSON:
    if choice.mode != "tool":
        return choice.mode
    return {"type": "function", "function": {"name": choice.name}}


def _response_format(wanted: ResponseFormat, facts: Mapping[str, JSON]) -> JSON:
    if wanted.schema is None:
        return {"type": "json_object"}
    named = {"name": wanted.name, "schema": wanted.schema}
    return {"type": "json_schema", "json_schema": named | _strict(wanted.strict, facts)}


# ------------------------------------------------------------------ messages


def _messages(request: ChatRequest, facts: Mapping[str, JSON]) -> Iterator[JSON]:
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
