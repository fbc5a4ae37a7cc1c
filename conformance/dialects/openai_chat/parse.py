"""A request body, as a server of this language reads it -> ChatRequest.

Rule of the file: what the official server refuses is refused with its status, its words and the name of the field.
Fields without a canonical word go to `extra` as they came.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NoReturn

from conformance.dialects import Refusal
from conformance.model import (
    JSON,
    ChatRequest,
    Image,
    Message,
    Opaque,
    Part,
    Reasoning,
    ResponseFormat,
    Text,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
)

from .failure import BadField
from .validity import first_fault

_CANONICAL = frozenset(
    {
        "max_completion_tokens",
        "max_tokens",
        "messages",
        "model",
        "parallel_tool_calls",
        "reasoning_effort",
        "response_format",
        "stop",
        "stream",
        "stream_options",
        "temperature",
        "tool_choice",
        "tools",
        "top_p",
    }
)


def refuse(message: str, param: str | None, code: str | None = None) -> NoReturn:
    """Refuse the request as invalid, naming the field."""
    raise Refusal(BadField("invalid_request", message, code=code, status=400, param=param))


def parse(body: JSON) -> ChatRequest:
    """The canonical request. Raises `Refusal` for a body that the official server refuses."""
    if fault := first_fault(body):
        refuse(*fault)
    return read(body)


def read(body: dict[str, JSON]) -> ChatRequest:
    """The canonical request of a body that was found valid."""
    limit = body.get("max_completion_tokens")
    return ChatRequest(
        model=body["model"],
        messages=tuple(_message(one) for one in body["messages"]),
        tools=tuple(_tool(one["function"]) for one in body.get("tools") or () if one["type"] == "function"),
        tool_choice=_tool_choice(body.get("tool_choice")),
        parallel_tool_calls=body.get("parallel_tool_calls"),
        max_tokens=limit if limit is not None else body.get("max_tokens"),
        temperature=body.get("temperature"),
        top_p=body.get("top_p"),
        stop=_stop(body.get("stop")),
        response_format=_response_format(body.get("response_format")),
        reasoning=Reasoning(effort) if (effort := body.get("reasoning_effort")) else None,
        stream=body.get("stream") is True,
        extra=dict(_extra(body)),
    )


def _extra(body: dict[str, JSON]) -> Iterator[tuple[str, JSON]]:
    """What the canonical request has no word for, so that encoding it again gives the same body."""
    yield from ((name, value) for name, value in body.items() if name not in _CANONICAL)
    choice = body.get("tool_choice")
    if isinstance(choice, dict) and choice["type"] != "function":
        yield "tool_choice", choice
    if any(one["type"] != "function" for one in body.get("tools") or ()):
        yield "tools", body["tools"]
    if body.get("stream_options") not in (None, {"include_usage": True}):
        yield "stream_options", body["stream_options"]


# ------------------------------------------------------------------ fields


def _stop(stop: JSON) -> tuple[str, ...]:
    return (stop,) if isinstance(stop, str) else tuple(stop or ())


def _tool(function: dict[str, JSON]) -> Tool:
    return Tool(function["name"], function.get("description") or "", function.get("parameters"), function.get("strict"))


def _tool_choice(choice: JSON) -> ToolChoice | None:
    if isinstance(choice, dict):
        return ToolChoice("tool", choice["function"]["name"]) if choice["type"] == "function" else None
    return ToolChoice(choice) if choice else None


def _response_format(wanted: JSON) -> ResponseFormat | None:
    if not wanted or wanted["type"] == "text":
        return None
    named = wanted.get("json_schema")
    if not named:
        return ResponseFormat()
    return ResponseFormat(named.get("schema") or {}, named["name"], named.get("strict"))


# ------------------------------------------------------------------ messages


def _message(said: dict[str, JSON]) -> Message:
    return _ROLES[said["role"]](said)


def _system(said: dict[str, JSON]) -> Message:
    return Message("system", tuple(_parts(said["content"])))


def _user(said: dict[str, JSON]) -> Message:
    return Message("user", tuple(_parts(said["content"])))


def _assistant(said: dict[str, JSON]) -> Message:
    refusal = said.get("refusal")
    parts: list[Part] = [*_parts(said.get("content")), *([Text(refusal)] if refusal else [])]
    parts += [_call(one) for one in said.get("tool_calls") or ()]
    if old := said.get("function_call"):
        parts.append(ToolCall("", old["name"], old["arguments"]))
    return Message("assistant", tuple(parts))


def _call(call: dict[str, JSON]) -> ToolCall:
    named = call.get("function") or call.get("custom") or {}
    return ToolCall(call["id"], named["name"], named.get("arguments", named.get("input", "")))


def _tool_message(said: dict[str, JSON]) -> Message:
    content = tuple(part for part in _parts(said["content"]) if isinstance(part, Text))
    return Message("tool", (ToolResult(said["tool_call_id"], content),))


def _function(said: dict[str, JSON]) -> Message:
    return Message("tool", (ToolResult(said["name"], (Text(said.get("content") or ""),)),))


_ROLES: Mapping[str, Callable[[dict[str, JSON]], Message]] = {
    "system": _system,
    "developer": _system,
    "user": _user,
    "assistant": _assistant,
    "tool": _tool_message,
    "function": _function,
}


def _parts(content: JSON) -> Iterator[Part]:
    if isinstance(content, str):
        yield Text(content)
    for part in content if isinstance(content, list) else ():
        match part["type"]:
            case "text":
                yield Text(part["text"])
            case "refusal":
                yield Text(part["refusal"])
            case "image_url":
                yield _image(part["image_url"])
            case kind:
                yield Opaque(kind, part)


def _image(image: dict[str, JSON]) -> Image:
    url, detail = image["url"], image.get("detail")
    head, comma, data = url.partition(";base64,")
    if comma and head.startswith("data:"):
        return Image(data=data, media_type=head.removeprefix("data:"), detail=detail)
    return Image(url=url, detail=detail)
