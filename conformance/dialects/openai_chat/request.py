"""ChatRequest -> the JSON body of POST /chat/completions.

Rule of the file: every canonical field lands on the wire or is refused aloud; what was not said is not sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from conformance.dialects import Quirks
from conformance.errors import UnsupportedError, UsageError
from conformance.model import JSON, ChatRequest, ResponseFormat, Tool, ToolChoice

from .turns import messages_of

QUIRKS: Quirks = MappingProxyType(
    {
        # The field that carries max_tokens. Official: max_completion_tokens; most compatible vendors: max_tokens.
        "max_tokens_field": "max_completion_tokens",
        # The role that carries the system text: "developer" for OpenAI's reasoning models.
        "system_role": "system",
        # Ask for the usage chunk of a stream. False for vendors that refuse stream_options or send usage anyway.
        "include_usage": True,
        # Send `strict` of tools and schemas. False: a strict that was asked for is refused aloud.
        "strict": True,
    }
)
"""What one speaker may do otherwise, with the official way as the default."""

MOST_STOPS = 4


def body_of(request: ChatRequest, quirks: Quirks) -> JSON:
    """The request body. Raises `UnsupportedError` for what cannot be said, `UsageError` for an unknown quirk."""
    if unknown := quirks.keys() - QUIRKS.keys():
        raise UsageError(f"openai-chat has no quirk {min(unknown)!r}", f"choose among: {', '.join(sorted(QUIRKS))}")
    facts = {**QUIRKS, **quirks}
    body: dict[str, JSON] = {"model": request.model, "messages": list(messages_of(request, facts))}
    if request.tools:
        body["tools"] = [_tool(tool, facts) for tool in request.tools]
    if request.tool_choice:
        body["tool_choice"] = _tool_choice(request.tool_choice)
    if request.response_format:
        body["response_format"] = _response_format(request.response_format, facts)
    body |= _said(
        parallel_tool_calls=request.parallel_tool_calls,
        temperature=request.temperature,
        top_p=request.top_p,
        stop=_stop(request.stop),
        reasoning_effort=_effort(request),
        **{facts["max_tokens_field"]: request.max_tokens},
    )
    if request.stream:
        body["stream"] = True
        if facts["include_usage"]:
            body["stream_options"] = {"include_usage": True}
    return body | dict(request.extra)


def _said(**fields: JSON) -> dict[str, JSON]:
    return {name: value for name, value in fields.items() if value is not None}


def _stop(stop: tuple[str, ...]) -> list[str] | None:
    if len(stop) > MOST_STOPS:
        raise UnsupportedError(f"openai-chat takes at most {MOST_STOPS} stop sequences, not {len(stop)}")
    return list(stop) or None


def _effort(request: ChatRequest) -> str | None:
    if request.reasoning and request.reasoning.budget_tokens is not None:
        raise UnsupportedError("openai-chat has no reasoning budget in tokens; give an effort word instead")
    return request.reasoning.effort if request.reasoning else None


# ------------------------------------------------------------------ tools and formats


def _strict(strict: bool | None, facts: Mapping[str, JSON]) -> dict[str, JSON]:
    if strict and not facts["strict"]:
        raise UnsupportedError("this vendor's openai-chat takes no strict schemas")
    return {} if strict is None or not facts["strict"] else {"strict": strict}


def _tool(tool: Tool, facts: Mapping[str, JSON]) -> JSON:
    function: dict[str, JSON] = {"name": tool.name}
    if tool.description:
        function["description"] = tool.description
    if tool.parameters is not None:
        function["parameters"] = tool.parameters
    return {"type": "function", "function": function | _strict(tool.strict, facts)}


def _tool_choice(choice: ToolChoice) -> JSON:
    if choice.mode != "tool":
        return choice.mode
    return {"type": "function", "function": {"name": choice.name}}


def _response_format(wanted: ResponseFormat, facts: Mapping[str, JSON]) -> JSON:
    if wanted.schema is None:
        return {"type": "json_object"}
    named = {"name": wanted.name, "schema": wanted.schema}
    return {"type": "json_schema", "json_schema": named | _strict(wanted.strict, facts)}
