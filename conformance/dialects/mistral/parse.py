"""A request body, as Mistral's server reads it -> ChatRequest.

Rule of the file: what is valid here is put into the words of openai-chat, whose reading does the rest.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from msgspec.structs import replace

from conformance.dialects.openai_chat.parse import read
from conformance.model import JSON, ChatRequest, Message, Opaque, Part

from .content import parts_of
from .validity import check


def parse(body: JSON) -> ChatRequest:
    """The canonical request. Raises `Refusal` for a body that the official server refuses."""
    check(body)
    asked = read({**body, **dict(_in_other_words(body))})
    return replace(asked, messages=tuple(_message(one) for one in asked.messages))


def _in_other_words(body: dict[str, JSON]) -> Iterator[tuple[str, JSON]]:
    yield "messages", [_plain(said) for said in body["messages"]]
    choice = body.get("tool_choice")
    if choice == "any":
        yield "tool_choice", "required"
    elif isinstance(choice, dict):
        yield "tool_choice", {"type": "function", **choice}
    if body.get("tools"):
        yield "tools", [{"type": "function", **one} for one in body["tools"]]


def _plain(said: dict[str, JSON]) -> dict[str, JSON]:
    """A message whose images and calls have openai-chat's form."""
    found = dict(said)
    if isinstance(content := said.get("content"), list):
        found["content"] = [_image(part) for part in content]
    elif content is None and said["role"] != "assistant":
        found["content"] = ""
    if said["role"] == "tool":
        found["tool_call_id"] = said.get("tool_call_id") or ""
    if said.get("tool_calls"):
        found["tool_calls"] = [_call(one) for one in said["tool_calls"]]
    return found


def _image(part: dict[str, JSON]) -> dict[str, JSON]:
    url = part.get("image_url")
    return {**part, "image_url": {"url": url}} if part["type"] == "image_url" and isinstance(url, str) else part


def _call(call: dict[str, JSON]) -> dict[str, JSON]:
    function = call["function"]
    arguments = function["arguments"]
    text = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
    return {"id": call["id"], "type": "function", "function": {"name": function["name"], "arguments": text}}


def _message(message: Message) -> Message:
    """Thinking is read as such; other parts that only this language knows stay as they came."""
    return Message(message.role, tuple(one for part in message.parts for one in _part(part)))


def _part(part: Part) -> Iterator[Part]:
    if isinstance(part, Opaque) and part.kind == "thinking":
        yield from parts_of([part.raw])
    else:
        yield part
