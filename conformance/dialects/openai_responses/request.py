"""ChatRequest -> the JSON body of POST /responses.

Rule of the file: every canonical field lands on the wire or is refused aloud; what was not said is not sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from conformance.dialects import Quirks
from conformance.errors import UnsupportedError, UsageError
from conformance.model import JSON, ChatRequest, Reasoning, ResponseFormat, Tool, ToolChoice

from .turns import input_of
from .words import ENCRYPTED

QUIRKS: Quirks = MappingProxyType(
    {
        # What `store` says; None: not sent, and the official server then keeps the response.
        "store": None,
        # Ask for encrypted reasoning whenever reasoning is asked for. False for vendors that refuse `include`.
        "encrypted_reasoning": True,
        # How `reasoning.summary` is asked for; None for vendors (or accounts) that refuse it.
        "reasoning_summary": "auto",
        # Send reasoning back as plain `reasoning_text` when it came without encrypted content: open models want that.
        "plain_reasoning": False,
        # The role that carries system messages in `input`: "developer" for OpenAI's reasoning models.
        "system_role": "system",
        # Where the system text goes: True for `instructions`, False for a first message of `system_role`.
        "instructions": True,
        # Send `strict` of tools and schemas. False: a strict that was asked for is refused aloud.
        "strict": True,
    }
)
"""What one speaker may do otherwise, with the official way as the default."""


def body_of(request: ChatRequest, quirks: Quirks) -> JSON:
    """The request body.

    Raises `UnsupportedError` for what the language cannot say, `UsageError` for an unknown quirk.
    """
    if unknown := quirks.keys() - QUIRKS.keys():
        raise UsageError(
            f"openai-responses has no quirk {min(unknown)!r}", f"choose among: {', '.join(sorted(QUIRKS))}"
        )
    if request.stop:
        raise UnsupportedError(
            "openai-responses has no stop sequences", "leave them out, or use openai-chat where the vendor speaks it"
        )
    facts = {**QUIRKS, **quirks}
    body: dict[str, JSON] = {"model": request.model, "input": input_of(request, facts)}
    if request.tools:
        body["tools"] = [_tool(tool, facts) for tool in request.tools]
    body |= _said(
        instructions=request.system if facts["instructions"] else None,
        tool_choice=_tool_choice(request.tool_choice),
        parallel_tool_calls=request.parallel_tool_calls,
        max_output_tokens=request.max_tokens,
        temperature=request.temperature,
        top_p=request.top_p,
        text=_text(request.response_format, facts),
        store=facts["store"],
        stream=request.stream or None,
        **_reasoning(request.reasoning, facts),
    )
    return body | dict(request.extra)


def _said(**fields: JSON) -> dict[str, JSON]:
    return {name: value for name, value in fields.items() if value is not None}


def _reasoning(wish: Reasoning | None, facts: Mapping[str, JSON]) -> dict[str, JSON]:
    if wish is None:
        return {}
    if wish.budget_tokens is not None:
        raise UnsupportedError(
            "openai-responses has no reasoning budget in tokens", "give an effort word instead, e.g. medium"
        )
    include = [ENCRYPTED] if facts["encrypted_reasoning"] else None
    return _said(reasoning=_said(effort=wish.effort, summary=facts["reasoning_summary"]), include=include)


def _strict(strict: bool | None, facts: Mapping[str, JSON]) -> dict[str, JSON]:
    if strict and not facts["strict"]:
        raise UnsupportedError("this vendor's openai-responses takes no strict schemas")
    return {"strict": strict} if facts["strict"] else {}


def _tool(tool: Tool, facts: Mapping[str, JSON]) -> JSON:
    """A tool, flat. The keys `parameters` and `strict` are required; null says nothing."""
    said: dict[str, JSON] = {"type": "function", "name": tool.name}
    if tool.description:
        said["description"] = tool.description
    return said | {"parameters": tool.parameters} | _strict(tool.strict, facts)


def _tool_choice(choice: ToolChoice | None) -> JSON:
    if choice is None:
        return None
    return choice.mode if choice.mode != "tool" else {"type": "function", "name": choice.name}


def _text(wanted: ResponseFormat | None, facts: Mapping[str, JSON]) -> JSON:
    if wanted is None:
        return None
    if wanted.schema is None:
        return {"format": {"type": "json_object"}}
    named: dict[str, JSON] = {"type": "json_schema", "name": wanted.name, "schema": wanted.schema}
    return {"format": named | ({} if wanted.strict is None else _strict(wanted.strict, facts))}
