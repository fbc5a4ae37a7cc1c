"""Read a request as the server does: the canonical request that a body says.

Rule of the file: refusing is over before reading begins, so readers may trust the shape of the body. Hints on a known
block or tool that change no meaning (`cache_control`) have no word in the model and end here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from conformance.dialects import Refusal
from conformance.dialects.anthropic_messages.refusing import refuse_body
from conformance.dialects.anthropic_messages.reply import arguments_of
from conformance.dialects.anthropic_messages.words import count_of
from conformance.exchange import path_of
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
    Thinking,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
)


def parse(body: JSON) -> ChatRequest:
    """The canonical request. Raises `Refusal` for a body that the vendor answers with 400."""
    if (found := refuse_body(body)) is not None:
        raise Refusal(found)
    return _request(body)


_HOSTED = re.compile(r"/publishers/anthropic/models/([^/:]+):(?:streamR|r)awPredict")


def heard(url: str, body: JSON) -> JSON:
    """The body with the model of a URL that names one, as clouds want it that host the model."""
    found = _HOSTED.search(path_of(url))
    return {**body, "model": unquote(found[1])} if found and isinstance(body, dict) else body


def _request(body: dict[str, JSON]) -> ChatRequest:
    rest = {key: value for key, value in body.items() if value is not None}
    rest.pop("anthropic_version", None)  # where it stands in the body it says what else a header says
    messages = tuple(message for raw in rest.pop("messages") for message in _messages(raw))
    system = rest.pop("system", None)
    if isinstance(system, list):
        lead = tuple(Message("system", (Text(block["text"]),)) for block in system)
        system, messages = None, (*lead, *messages)
        if len(lead) == 1:
            system, messages = lead[0].parts[0].text, messages[1:]  # type: ignore[union-attr]
    return ChatRequest(
        model=rest.pop("model"),
        messages=messages,
        system=system,
        max_tokens=int(rest.pop("max_tokens")),
        tools=_tools(rest),
        parallel_tool_calls=_parallel(rest.get("tool_choice")),
        tool_choice=_tool_choice(rest),
        temperature=rest.pop("temperature", None),
        top_p=rest.pop("top_p", None),
        stop=tuple(rest.pop("stop_sequences", None) or ()),
        reasoning=_reasoning(rest),
        response_format=_response_format(rest),
        stream=rest.pop("stream", None) is True,
        extra=rest,
    )


def _messages(raw: dict[str, JSON]) -> Iterator[Message]:
    """The canonical turns of one message: results of tools stand in a turn of their own."""
    role, content = raw["role"], raw["content"]
    parts = (Text(content),) if isinstance(content, str) else tuple(_part(block) for block in content)
    results = tuple(part for part in parts if _answers(part)) if role == "user" else ()
    if results:
        yield Message("tool", results)
    if rest := tuple(part for part in parts if part not in results) if results else parts:
        yield Message(role, rest)


def _answers(part: Part) -> bool:
    return isinstance(part, ToolResult) or (isinstance(part, Opaque) and part.kind == "tool_result")


def _part(block: dict[str, JSON]) -> Part:
    read = _PARTS.get(block["type"])
    return Opaque(block["type"], block) if read is None else read(block)


def _image(block: dict[str, JSON]) -> Image | Opaque:
    source = block["source"]
    if source["type"] == "url":
        return Image(url=source["url"])
    if source["type"] == "base64":
        return Image(data=source["data"], media_type=source["media_type"])
    return Opaque("image", block)


def _tool_result(block: dict[str, JSON]) -> ToolResult | Opaque:
    content = block.get("content")
    parts = [Text(content)] if isinstance(content, str) else [_part(one) for one in content or ()]
    if not all(isinstance(part, Text | Image) for part in parts):
        return Opaque("tool_result", block)
    return ToolResult(block["tool_use_id"], tuple(parts), block.get("is_error") is True)  # type: ignore[arg-type]


_PARTS: Mapping[str, Callable[[dict[str, Any]], Part]] = {
    "text": lambda block: Text(block["text"]),
    "image": _image,
    "thinking": lambda block: Thinking(block["thinking"], block["signature"]),
    "redacted_thinking": lambda block: Thinking("", redacted=block["data"]),
    "tool_use": lambda block: ToolCall(block["id"], block["name"], arguments_of(block["input"])),
    "tool_result": _tool_result,
}


def _tools(rest: dict[str, JSON]) -> tuple[Tool, ...]:
    """The functions of the client; tools that the server runs stay in `extra`."""
    tools = rest.pop("tools", None) or []
    ours = [tool for tool in tools if tool.get("type") in (None, "custom")]
    if len(ours) < len(tools):
        rest["tools"] = [tool for tool in tools if tool not in ours]
    return tuple(
        Tool(tool["name"], tool.get("description") or "", tool["input_schema"], tool.get("strict")) for tool in ours
    )


_MODES: Mapping[str, Any] = {"auto": "auto", "any": "required", "none": "none", "tool": "tool"}


def _parallel(choice: JSON) -> bool | None:
    said = choice.get("disable_parallel_tool_use") if choice else None
    return None if said is None else not said


def _tool_choice(rest: dict[str, JSON]) -> ToolChoice | None:
    choice = rest.pop("tool_choice", None)
    return ToolChoice(_MODES[choice["type"]], choice.get("name")) if choice else None


def _reasoning(rest: dict[str, JSON]) -> Reasoning | None:
    """What the model has a word for; other ways to think, and effort without thinking, stay in `extra`."""
    thinking, config = rest.get("thinking") or {}, dict(rest.get("output_config") or {})
    kind = thinking.get("type")
    if kind not in ("adaptive", "enabled", "disabled") or set(thinking) - {"type", "budget_tokens"}:
        return None
    del rest["thinking"]
    if kind == "disabled":
        return Reasoning("none")
    effort = config.pop("effort", None)
    _keep(rest, "output_config", config)
    return Reasoning(effort, count_of(thinking.get("budget_tokens")))


def _response_format(rest: dict[str, JSON]) -> ResponseFormat | None:
    config = dict(rest.get("output_config") or {})
    wanted = config.get("format")
    if not wanted or set(wanted) - {"type", "schema"}:
        return None
    del config["format"]
    _keep(rest, "output_config", config)
    return ResponseFormat(wanted["schema"])


def _keep(rest: dict[str, JSON], key: str, value: dict[str, JSON]) -> None:
    """Put back what is left of a field, or nothing."""
    rest.pop(key, None)
    if value:
        rest[key] = value
