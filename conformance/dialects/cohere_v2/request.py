"""ChatRequest -> the JSON body of POST /v2/chat.

Rule of the file: every canonical field lands on the wire or is refused aloud; what was not said is not sent.
"""

from __future__ import annotations

from conformance.dialects import Quirks
from conformance.dialects.functions import said_tool
from conformance.errors import UnsupportedError
from conformance.model import JSON, ChatRequest, Reasoning, ResponseFormat, Tool, ToolChoice

from .turns import messages_of

MOST_STOPS = 5


def body_of(request: ChatRequest, quirks: Quirks) -> JSON:
    """The request body. Raises `UnsupportedError` for what the language cannot say. There are no quirks."""
    if request.parallel_tool_calls is False:
        raise UnsupportedError("cohere-v2 cannot forbid parallel tool calls")  # True is what it does anyway
    if len(request.stop) > MOST_STOPS:
        raise UnsupportedError(f"cohere-v2 takes at most {MOST_STOPS} stop sequences, not {len(request.stop)}")
    tools = _chosen(request.tools, request.tool_choice)
    said: dict[str, JSON] = {
        "model": request.model,
        "messages": list(messages_of(request)),
        "tools": [said_tool(tool) for tool in tools] or None,
        "strict_tools": _strict(tools),
        "tool_choice": _tool_choice(request.tool_choice, tools),
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
        "p": request.top_p,
        "stop_sequences": list(request.stop) or None,
        "response_format": _response_format(request.response_format),
        "thinking": _thinking(request.reasoning),
        "stream": request.stream or None,
    }
    return {name: value for name, value in said.items() if value is not None} | dict(request.extra)


def _chosen(tools: tuple[Tool, ...], choice: ToolChoice | None) -> tuple[Tool, ...]:
    """The tools to offer. A tool cannot be named, so a named one is offered alone."""
    if choice is None or choice.mode != "tool":
        return tools
    found = tuple(tool for tool in tools if tool.name == choice.name)
    if not found:
        raise UnsupportedError(f"the tool choice names {choice.name!r}, which is not among the tools")
    return found


def _tool_choice(choice: ToolChoice | None, tools: tuple[Tool, ...]) -> str | None:
    if choice is None or choice.mode == "auto":  # auto is what it does when nothing is said
        return None
    if choice.mode == "none":
        return "NONE" if tools else None
    if not tools:
        raise UnsupportedError("cohere-v2 can demand a call only where tools are offered")
    return "REQUIRED"


def _strict(tools: tuple[Tool, ...]) -> bool | None:
    """One switch for all tools."""
    wishes = {tool.strict for tool in tools}
    if True in wishes and len(wishes) > 1:
        raise UnsupportedError("cohere-v2 has one strictness for all tools: make all of them strict, or none")
    return True if True in wishes else False if False in wishes else None


def _response_format(wanted: ResponseFormat | None) -> JSON:
    """The raw schema; a format has no name here and is always held to."""
    if wanted is None:
        return None
    return {"type": "json_object"} | ({} if wanted.schema is None else {"json_schema": wanted.schema})


def _thinking(wish: Reasoning | None) -> JSON:
    """Thinking is on or off, with or without a budget. "medium" is what a model does that is told neither."""
    if wish is None:
        return None
    if wish.effort not in (None, "none", "medium"):
        raise UnsupportedError(
            f"cohere-v2 has no reasoning effort {wish.effort!r}", "give a budget in tokens, or one of: none, medium"
        )
    if wish.effort == "none":
        return {"type": "disabled"}
    return {"type": "enabled"} | ({} if wish.budget_tokens is None else {"token_budget": wish.budget_tokens})
