"""A request body, as Cohere's server reads it -> ChatRequest.

Rule of the file: what the server refuses is refused in its words. Fields without a canonical word go to `extra`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import NoReturn

from conformance.dialects import Refusal
from conformance.dialects.functions import read_tool
from conformance.model import (
    JSON,
    ChatRequest,
    Image,
    Message,
    Part,
    Reasoning,
    ResponseFormat,
    Text,
    ToolChoice,
    ToolResult,
    error,
)

from .reply import part_of, parts_of
from .validity import first_fault

_CANONICAL = frozenset(
    "model messages tools strict_tools tool_choice max_tokens temperature p stop_sequences response_format thinking"
    " stream".split()
)
_CHOICES: Mapping[str, ToolChoice] = {"REQUIRED": ToolChoice("required"), "NONE": ToolChoice("none")}


def parse(body: JSON) -> ChatRequest:
    """The canonical request. Raises `Refusal` for a body that the server refuses."""
    if fault := first_fault(body):
        refuse(fault)
    return ChatRequest(
        model=body["model"],
        messages=tuple(_ROLES[one["role"]](one) for one in body["messages"]),
        tools=tuple(read_tool(one, body.get("strict_tools")) for one in body.get("tools") or ()),
        tool_choice=_CHOICES.get((body.get("tool_choice") or "").upper()),
        max_tokens=body.get("max_tokens"),
        temperature=body.get("temperature"),
        top_p=body.get("p"),
        stop=tuple(body.get("stop_sequences") or ()),
        response_format=_response_format(body.get("response_format")),
        reasoning=_reasoning(body.get("thinking")),
        stream=body.get("stream") is True,
        extra={name: value for name, value in body.items() if name not in _CANONICAL},
    )


def refuse(message: str) -> NoReturn:
    """Refuse the request as invalid."""
    raise Refusal(error("invalid_request", f"invalid request: {message}", status=400))


def _response_format(wanted: JSON) -> ResponseFormat | None:
    if not wanted or wanted["type"] == "text":
        return None
    return ResponseFormat(wanted.get("json_schema"))


def _reasoning(wish: JSON) -> Reasoning | None:
    if not wish:
        return None
    return Reasoning("none") if wish["type"] == "disabled" else Reasoning(budget_tokens=wish.get("token_budget"))


def _spoken(role: str) -> Callable[[dict[str, JSON]], Message]:
    return lambda said: Message("user" if role == "user" else "system", tuple(_content(said["content"])))


def _assistant(said: dict[str, JSON]) -> Message:
    return Message("assistant", tuple(parts_of(said)))


def _tool(said: dict[str, JSON]) -> Message:
    content = said["content"]
    parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
    texts = tuple(Text(one["text"] if one["type"] == "text" else _document(one["document"])) for one in parts)
    return Message("tool", (ToolResult(said["tool_call_id"], texts),))


def _document(document: JSON) -> str:
    """A document as the text that a model would see of it."""
    data = document.get("data") if isinstance(document, dict) else document
    return data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)


_ROLES: Mapping[str, Callable[[dict[str, JSON]], Message]] = {
    "system": _spoken("system"),
    "user": _spoken("user"),
    "assistant": _assistant,
    "tool": _tool,
}


def _content(content: JSON) -> Iterator[Part]:
    if isinstance(content, str):
        yield Text(content)
    for part in content if isinstance(content, list) else ():
        yield _image(part["image_url"]) if part["type"] == "image_url" else part_of(part)


def _image(image: dict[str, JSON]) -> Image:
    url, detail = image["url"], image.get("detail")
    head, comma, data = url.partition(";base64,")
    if comma and head.startswith("data:"):
        return Image(data=data, media_type=head.removeprefix("data:"), detail=detail)
    return Image(url=url, detail=detail)
