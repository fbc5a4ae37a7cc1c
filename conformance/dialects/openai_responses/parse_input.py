"""The items of `input` -> canonical messages.

Rule of the file: neighbouring items of one side are one message; an item without a canonical word is kept whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby

from conformance.model import JSON, Image, Message, Opaque, Part, Role, Text, ToolCall, ToolResult, user

from .reply import Item, arguments_in, reasoning_in, said_in

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


def messages_of(given: JSON) -> tuple[Message, ...]:
    """The canonical messages of `input`."""
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
