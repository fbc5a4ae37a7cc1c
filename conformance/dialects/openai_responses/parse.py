"""A request body, as a server of this language reads it -> ChatRequest.

Rule of the file: fields without a canonical word go to `extra` as they came, so that encoding the request again gives
the same body.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.dialects import Refusal
from conformance.dialects.openai_chat.failure import BadField
from conformance.model import JSON, ChatRequest, Reasoning, ResponseFormat, Tool, ToolChoice

from .parse_input import messages_of
from .reply import Item
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
        messages=messages_of(body["input"]),
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
