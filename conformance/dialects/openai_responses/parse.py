"""A request body, as a server of this language reads it -> ChatRequest.

Rule of the file: neighbouring items of one side are one message. Fields without a canonical word go to `extra` as they
came, so that encoding the request again gives the same body.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby

from conformance.dialects import Refusal
from conformance.dialects.openai_chat.failure import BadField
from conformance.model import (
    JSON,
    ChatRequest,
    Image,
    Message,
    Opaque,
    Part,
    Reasoning,
    ResponseFormat,
    Role,
    Text,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
    user,
)

from .reply import Item, arguments_in, reasoning_in, said_in
from .validity import first_fault
from .words import ENCRYPTED

_CANONICAL = frozenset(
    {
        "include",
        "input",
        "instructions",
        "max_output_tokens",
        "model",
        "parallel_tool_calls",
        "reasoning",
        "stream",
        "temperature",
        "text",
        "tool_choice",
        "tools",
        "top_p",
    }
)


def parse(body: JSON) -> ChatRequest:
    """The canonical request. Raises `Refusal` for a body that the official server refuses."""
    if fault := first_fault(body):
        raise Refusal(BadField("invalid_request", fault.message, code=fault.code, status=400, param=fault.param))
    instructions = body.get("instructions")
    return ChatRequest(
        model=body["model"],
        system=instructions if isinstance(instructions, str) else None,
        messages=_messages(body["input"]),
        tools=tuple(_tool(one) for one in body.get("tools") or () if one["type"] == "function"),
        tool_choice=_tool_choice(body.get("tool_choice")),
        parallel_tool_calls=body.get("parallel_tool_calls"),
        max_tokens=body.get("max_output_tokens"),
        temperature=body.get("temperature"),
        top_p=body.get("top_p"),
        response_format=_response_format(body.get("text")),
        reasoning=_reasoning(body.get("reasoning")),
        stream=body.get("stream") is True,
        extra=dict(_extra(body)),
    )


def _extra(body: dict[str, JSON]) -> Iterator[tuple[str, JSON]]:
    """What the canonical request has no word for."""
    yield from ((name, value) for name, value in body.items() if name not in _CANONICAL)
    choice, reasoning, text = body.get("tool_choice"), body.get("reasoning") or {}, body.get("text") or {}
    wanted = text.get("format") or {"type": "text"}
    held = {
        "tool_choice": isinstance(choice, dict) and choice["type"] != "function",
        "tools": any(one["type"] != "function" for one in body.get("tools") or ()),
        "instructions": isinstance(body.get("instructions"), list),
        "reasoning": bool(reasoning)
        and (reasoning.keys() - {"effort"} != {"summary"} or reasoning["summary"] != "auto"),
        "include": body.get("include") not in (None, [ENCRYPTED] if reasoning else None),
        "text": bool(text) and (text.keys() != {"format"} or wanted["type"] == "text"),
    }
    yield from ((name, body[name]) for name, holds in held.items() if holds)


# ------------------------------------------------------------------ fields


def _tool(tool: Item) -> Tool:
    return Tool(tool["name"], tool.get("description") or "", tool.get("parameters"), tool.get("strict"))


def _tool_choice(choice: JSON) -> ToolChoice | None:
    if isinstance(choice, dict):
        return ToolChoice("tool", choice["name"]) if choice["type"] == "function" else None
    return ToolChoice(choice) if choice else None


def _response_format(text: JSON) -> ResponseFormat | None:
    wanted = text.get("format") if text else None
    if not wanted or wanted["type"] == "text":
        return None
    if wanted["type"] == "json_object":
        return ResponseFormat()
    return ResponseFormat(wanted["schema"], wanted["name"], wanted.get("strict"))


def _reasoning(wanted: JSON) -> Reasoning | None:
    return Reasoning(wanted.get("effort")) if wanted else None


# ------------------------------------------------------------------ items

_SIDES: Mapping[str, Role] = {
    "function_call_output": "tool",
    "custom_tool_call_output": "tool",
    "computer_call_output": "tool",
    "local_shell_call_output": "tool",
    "shell_call_output": "tool",
    "apply_patch_call_output": "tool",
    "mcp_approval_response": "tool",
}
"""Whose items are whose; a message says it by its role, all others are the assistant's."""

_ROLES: Mapping[str, Role] = {"user": "user", "assistant": "assistant", "system": "system", "developer": "system"}


def _messages(given: JSON) -> tuple[Message, ...]:
    if isinstance(given, str):
        return (user(given),)
    said: list[Message] = []
    for side, group in groupby(given, _side):
        items = list(group)
        if side in ("user", "system"):  # each of them is a message of its own
            said += [Message(side, tuple(_content(item))) for item in items]
        else:
            said.append(Message(side, tuple(part for item in items for part in _parts(item))))
    return tuple(said)


def _side(item: Item) -> Role:
    kind = item.get("type", "message")
    return _ROLES[item["role"]] if kind == "message" else _SIDES.get(kind, "assistant")


def _parts(item: Item) -> Iterator[Part]:
    read = _ITEMS.get(item.get("type", "message"))
    if read is None:
        yield Opaque(item["type"], item)
    else:
        yield from read(item)


def _content(item: Item) -> Iterator[Part]:
    content = item["content"]
    if isinstance(content, str):
        yield Text(content)
    for part in content if isinstance(content, list) else ():
        yield _part(part)


def _part(part: Item) -> Part:
    if part["type"] == "input_image" and isinstance(part.get("image_url"), str):
        return _image(part)
    if part["type"] in ("input_text", "output_text", "refusal"):
        return Text(said_in(part))
    return Opaque(part["type"], part)


def _image(part: Item) -> Image:
    url, detail = part["image_url"], part.get("detail")
    detail = None if detail == "auto" else detail
    head, comma, data = url.partition(";base64,")
    if comma and head.startswith("data:"):
        return Image(data=data, media_type=head.removeprefix("data:"), detail=detail)
    return Image(url=url, detail=detail)


def _call(item: Item) -> Iterator[Part]:
    yield ToolCall(item["call_id"], item["name"], arguments_in(item))


def _result(item: Item) -> Iterator[Part]:
    output = item["output"]
    if isinstance(output, str):
        parts: tuple[Text | Image, ...] = (Text(output),) if output else ()
    else:
        parts = tuple(part for part in map(_part, output) if isinstance(part, Text | Image))
    yield ToolResult(item["call_id"], parts)


_ITEMS: Mapping[str, Callable[[Item], Iterator[Part]]] = {
    "message": _content,
    "reasoning": reasoning_in,
    "function_call": _call,
    "custom_tool_call": _call,
    "function_call_output": _result,
    "custom_tool_call_output": _result,
}
