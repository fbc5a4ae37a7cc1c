"""ChatRequest -> the JSON body of POST /api/chat.

Rule of the file: every canonical field lands on the wire or is refused aloud. Whether to stream is always said, for
silence means yes.
"""

from __future__ import annotations

from typing import Any

from conformance.dialects import Quirks
from conformance.dialects.functions import said_tool
from conformance.errors import UnsupportedError
from conformance.model import JSON, ChatRequest, Reasoning, ResponseFormat, Tool

from .turns import messages_of
from .words import EFFORTS


def body_of(request: ChatRequest, quirks: Quirks) -> JSON:
    """The request body. Raises `UnsupportedError` for what the language cannot say. There are no quirks."""
    if request.parallel_tool_calls is False:
        raise UnsupportedError("ollama cannot forbid parallel tool calls")  # True is what it does anyway
    said: dict[str, Any] = {
        "model": request.model,
        "messages": list(messages_of(request)),
        "tools": [_tool(tool) for tool in _offered(request)] or None,
        "format": _format(request.response_format),
        "think": _think(request.reasoning),
        "options": _options(request) or None,
        "stream": request.stream,
    }
    found = {name: value for name, value in said.items() if value is not None}
    for name, value in request.extra.items():
        beside = found.get(name) if name == "options" and isinstance(value, dict) else None
        found[name] = {**beside, **value} if beside else value
    return found


def _offered(request: ChatRequest) -> tuple[Tool, ...]:
    """The tools to offer. There is no tool choice: only auto and, by offering nothing, none can be said."""
    choice = request.tool_choice
    if choice is None or choice.mode == "auto":
        return request.tools
    if choice.mode == "none":
        return ()
    raise UnsupportedError("ollama has no tool choice: a call cannot be demanded", "ask for the call in the prompt")


def _tool(tool: Tool) -> JSON:
    if tool.strict:
        raise UnsupportedError(f"ollama holds no call to its schema: tool {tool.name!r} cannot be strict")
    return said_tool(tool)


def _format(wanted: ResponseFormat | None) -> JSON:
    """The raw schema; a format has no name here and is always held to."""
    if wanted is None:
        return None
    return "json" if wanted.schema is None else wanted.schema


def _think(wish: Reasoning | None) -> JSON:
    if wish is None:
        return None
    if wish.budget_tokens is not None:
        raise UnsupportedError("ollama has no reasoning budget in tokens; give an effort word instead")
    if wish.effort in (None, "none"):
        return wish.effort is None
    if wish.effort not in EFFORTS:
        raise UnsupportedError(
            f"ollama has no reasoning effort {wish.effort!r}", f"choose one of: none, {', '.join(EFFORTS)}"
        )
    return wish.effort


def _options(request: ChatRequest) -> dict[str, JSON]:
    said = {
        "num_predict": request.max_tokens,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "stop": list(request.stop) or None,
    }
    return {name: value for name, value in said.items() if value is not None}
