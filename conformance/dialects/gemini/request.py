"""ChatRequest -> the JSON body of generateContent. Model and streaming are said by the path.

Rule of the file: every canonical field lands on the wire or is refused aloud; what was not said is not sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from conformance.dialects import Quirks
from conformance.errors import UnsupportedError, UsageError
from conformance.model import JSON, ChatRequest, Reasoning, Tool, ToolChoice

from .turns import contents_of, system_of

QUIRKS: Quirks = MappingProxyType(
    {
        # Where a tool's JSON Schema goes: "parameters" for servers that know only the OpenAPI subset.
        "tool_schema_field": "parametersJsonSchema",
        # Where the schema of the answer goes: "responseSchema" for the same servers.
        "answer_schema_field": "responseJsonSchema",
        # Ask to be shown the thoughts whenever reasoning is asked for.
        "include_thoughts": True,
    }
)
"""What one speaker may do otherwise, with the official way as the default."""

LEVELS = ("minimal", "low", "medium", "high", "xhigh")
"""Efforts that the language knows; "none" is a budget of 0."""

_MERGED = ("generationConfig", "toolConfig")
"""Objects that `extra` adds to, instead of replacing them."""


def body_of(request: ChatRequest, quirks: Quirks) -> JSON:
    """The request body.

    Raises `UnsupportedError` for what the language cannot say, `UsageError` for an unknown quirk.
    """
    if unknown := quirks.keys() - QUIRKS.keys():
        raise UsageError(f"gemini has no quirk {min(unknown)!r}", f"choose among: {', '.join(sorted(QUIRKS))}")
    facts = {**QUIRKS, **quirks}
    if request.parallel_tool_calls is False:
        raise UnsupportedError("gemini cannot forbid parallel tool calls", "leave parallel_tool_calls unsaid")
    body: dict[str, JSON] = {"contents": contents_of(request)}
    body |= _said(
        systemInstruction=system_of(request),
        tools=_tools(request.tools, facts),
        toolConfig=_tool_config(request),
        generationConfig=_generation_config(request, facts) or None,
    )
    extra = dict(request.extra)
    for name in _MERGED:
        if isinstance(extra.get(name), Mapping):
            extra[name] = {**body.get(name, {}), **extra[name]}
    return body | extra


def _said(**fields: JSON) -> dict[str, JSON]:
    return {name: value for name, value in fields.items() if value is not None}


def _tools(tools: tuple[Tool, ...], facts: Mapping[str, JSON]) -> JSON:
    """All functions stand in one entry."""
    return [{"functionDeclarations": [_function(tool, facts) for tool in tools]}] if tools else None


def _function(tool: Tool, facts: Mapping[str, JSON]) -> JSON:
    said = _said(name=tool.name, description=tool.description or None)
    return said | ({} if tool.parameters is None else {facts["tool_schema_field"]: tool.parameters})


def _tool_config(request: ChatRequest) -> JSON:
    """The mode. VALIDATED is AUTO that keeps to the schemas, which is what a strict tool asks for."""
    choice = request.tool_choice
    if any(tool.strict for tool in request.tools):
        if not all(tool.strict for tool in request.tools):
            raise UnsupportedError("gemini keeps to the schemas of all tools or of none: make all or none strict")
        if choice is not None and choice.mode != "auto":
            raise UnsupportedError(f"gemini cannot say tool choice {choice.mode!r} together with strict tools")
        return {"functionCallingConfig": {"mode": "VALIDATED"}}
    return None if choice is None else {"functionCallingConfig": _MODES[choice.mode] | _named(choice)}


_MODES: Mapping[str, dict[str, JSON]] = {
    "auto": {"mode": "AUTO"},
    "none": {"mode": "NONE"},
    "required": {"mode": "ANY"},
    "tool": {"mode": "ANY"},
}


def _named(choice: ToolChoice) -> dict[str, JSON]:
    return {"allowedFunctionNames": [choice.name]} if choice.mode == "tool" else {}


def _generation_config(request: ChatRequest, facts: Mapping[str, JSON]) -> dict[str, JSON]:
    wanted = request.response_format
    said = _said(
        maxOutputTokens=request.max_tokens,
        temperature=request.temperature,
        topP=request.top_p,
        stopSequences=list(request.stop) or None,
        responseMimeType="application/json" if wanted else None,
        thinkingConfig=_thinking(request.reasoning, facts),
    )
    if wanted and wanted.schema is not None:
        said[facts["answer_schema_field"]] = wanted.schema
    return said


def _thinking(wish: Reasoning | None, facts: Mapping[str, JSON]) -> JSON:
    if wish is None:
        return None
    if wish.effort is not None and wish.budget_tokens is not None:
        raise UnsupportedError("gemini takes a thinking level or a thinking budget, not both", "leave one of them out")
    if wish.effort not in (None, "none", *LEVELS):
        raise UnsupportedError(f"gemini knows no effort {wish.effort!r}", f"choose one of: none, {', '.join(LEVELS)}")
    if wish.effort == "none":
        return {"thinkingBudget": 0}
    shown = {"includeThoughts": True} if facts["include_thoughts"] else {}
    return shown | _said(thinkingLevel=wish.effort, thinkingBudget=wish.budget_tokens)
