"""A request body, as Ollama's server reads it -> ChatRequest.

Rule of the file: what the server refuses is refused in its words. Fields without a canonical word go to `extra`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from conformance.dialects import Refusal
from conformance.dialects.functions import arguments_of, read_tool
from conformance.model import (
    JSON,
    ChatRequest,
    Image,
    Message,
    Opaque,
    Reasoning,
    ResponseFormat,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    error,
)

from .reply import made_id
from .turns import IMAGES
from .validity import first_fault

_CANONICAL = frozenset({"model", "messages", "tools", "format", "think", "options", "stream"})
_OPTIONS = frozenset({"num_predict", "temperature", "top_p", "stop"})
_MAGIC: Mapping[str, str] = {
    "iVBORw0KGgo": "image/png",
    "/9j/": "image/jpeg",
    "R0lGOD": "image/gif",
    "UklGR": "image/webp",
}
"""How the base64 of each kind of picture begins."""


def parse(body: JSON) -> ChatRequest:
    """The canonical request. Raises `Refusal` for a body that the server refuses."""
    if fault := first_fault(body):
        raise Refusal(error("invalid_request", fault, status=400))
    options = body.get("options") or {}
    extra = {name: value for name, value in body.items() if name not in _CANONICAL}
    if rest := {name: value for name, value in options.items() if name not in _OPTIONS}:
        extra["options"] = rest
    return ChatRequest(
        model=body["model"],
        messages=tuple(_messages(body.get("messages") or [])),
        tools=tuple(read_tool(one) for one in body.get("tools") or ()),
        max_tokens=options.get("num_predict"),
        temperature=options.get("temperature"),
        top_p=options.get("top_p"),
        stop=_stop(options.get("stop")),
        response_format=_format(body.get("format")),
        reasoning=_reasoning(body.get("think")),
        stream=body.get("stream") is not False,
        extra=extra,
    )


def _stop(stop: JSON) -> tuple[str, ...]:
    return (stop,) if isinstance(stop, str) else tuple(stop or ())


def _format(wanted: JSON) -> ResponseFormat | None:
    if not wanted and wanted != {}:
        return None
    return ResponseFormat() if wanted == "json" else ResponseFormat(wanted)


def _reasoning(think: JSON) -> Reasoning | None:
    if think is None:
        return None
    return Reasoning(think) if isinstance(think, str) else Reasoning() if think else Reasoning("none")


def _messages(said: list[dict[str, JSON]]) -> Iterator[Message]:
    """The turns; a result that names no call answers the first open one of its tool, or else the first open one."""
    waiting: list[ToolCall] = []
    for at, one in enumerate(said):
        if one["role"] == "tool":
            yield Message("tool", (ToolResult(_answered(one, waiting), (*_texts(one), *_images(one))),))
            continue
        turn = _ROLES[one["role"]](one, at)
        waiting += [part for part in turn.parts if isinstance(part, ToolCall)]
        yield turn


def _answered(said: dict[str, JSON], waiting: list[ToolCall]) -> str:
    id, name = said.get("tool_call_id"), said.get("tool_name")
    alike = [call for call in waiting if call.id == id] or [call for call in waiting if call.name == name] or waiting
    if alike:
        waiting.remove(alike[0])
    return id or (alike[0].id if alike else "")


def _system(said: dict[str, JSON], at: int) -> Message:
    return Message("system", (*_texts(said, always=True),))


def _user(said: dict[str, JSON], at: int) -> Message:
    images = tuple(_images(said))
    return Message("user", (*_texts(said, always=not images), *images))


def _assistant(said: dict[str, JSON], at: int) -> Message:
    calls = [_call(call, at, number) for number, call in enumerate(said.get("tool_calls") or ())]
    thoughts = [Thinking(said["thinking"])] if said.get("thinking") else []
    drawn = [Opaque(IMAGES, said["images"])] if said.get("images") else []
    always = not (calls or thoughts or drawn)
    return Message("assistant", (*thoughts, *_texts(said, always=always), *drawn, *calls))


def _call(call: dict[str, JSON], at: int, number: int) -> ToolCall:
    function = call["function"]
    arguments = arguments_of(function["arguments"])
    return ToolCall(call.get("id") or made_id(at, number, function["name"], arguments), function["name"], arguments)


_ROLES: Mapping[str, Callable[[dict[str, JSON], int], Message]] = {
    "system": _system,
    "user": _user,
    "assistant": _assistant,
}


def _texts(said: dict[str, JSON], always: bool = True) -> Iterator[Text]:
    content = said.get("content") or ""
    if content or always:
        yield Text(content)


def _images(said: dict[str, JSON]) -> Iterator[Image]:
    for data in said.get("images") or ():
        kind = next((kind for magic, kind in _MAGIC.items() if data.startswith(magic)), "image/png")
        yield Image(data=data, media_type=kind)
