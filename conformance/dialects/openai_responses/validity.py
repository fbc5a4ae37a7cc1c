"""What makes an official server refuse a request body: fields of other languages, the schema, what no schema can say.

Rule of the file: checks yield `(message, param, code)`; the first one found is what the server says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from conformance.model import JSON

from .schemas import SCHEMAS


class Fault(NamedTuple):
    """Why a body is refused, in the server's manner."""

    message: str
    param: str | None = None
    code: str | None = None


MOVED: Mapping[str, str | None] = {
    "messages": "input",
    "max_tokens": "max_output_tokens",
    "max_completion_tokens": "max_output_tokens",
    "response_format": "text.format",
    "reasoning_effort": "reasoning.effort",
    "functions": "tools",
    "function_call": "tool_choice",
    "stop": None,
    "n": None,
}
"""Fields of openai-chat, and where this language has them (None: nowhere)."""


def first_fault(body: JSON) -> Fault | None:
    """The first reason to refuse; None for a valid body."""
    if not isinstance(body, dict):
        return Fault("We could not parse the JSON body of your request: it must be an object.")
    return next((fault for check in _CHECKS for fault in check(body)), None)


def _moved(body: dict[str, JSON]) -> Iterator[Fault]:
    for name, here in MOVED.items():
        if name in body:
            hint = f" In the Responses API, it is '{here}'." if here else ""
            yield Fault(f"Unsupported parameter: '{name}'.{hint}", name, "unsupported_parameter")


def _missing(body: dict[str, JSON]) -> Iterator[Fault]:
    for name in ("model", "input"):
        if body.get(name) is None:
            yield Fault(f"Missing required parameter: '{name}'.", name, "missing_required_parameter")


def _schema(body: dict[str, JSON]) -> Iterator[Fault]:
    from conformance.schema import problems

    for problem in problems(SCHEMAS["request"], body):
        param = (problem.path or "$").removeprefix("$").lstrip(".") or None
        yield Fault(f"Invalid value for '{param}': {problem.message}", param, "invalid_value")


def _answers(body: dict[str, JSON]) -> Iterator[Fault]:
    """Every result answers a call, every call has its result; a stored conversation may hold the other half."""
    if isinstance(body["input"], str) or body.get("previous_response_id") or body.get("conversation"):
        return
    kinds = (("function_call", "function_call_output"), ("custom_tool_call", "custom_tool_call_output"))
    for asked, answered in kinds:
        calls = [item["call_id"] for item in body["input"] if item.get("type") == asked]
        results = [item["call_id"] for item in body["input"] if item.get("type") == answered]
        for id in results:
            if id not in calls:
                yield Fault(f"No tool call found for function call output with call_id {id}.", "input")
        for id in calls:
            if id not in results:
                yield Fault(f"No tool output found for function call {id}.", "input")


def _choice_of_tool(body: dict[str, JSON]) -> Iterator[Fault]:
    choice, tools = body.get("tool_choice"), body.get("tools") or []
    if choice == "required" and not tools:
        yield Fault("Tool choice 'required' must be specified with 'tools' parameter.", "tool_choice")
    if not isinstance(choice, dict) or choice["type"] not in ("function", "custom"):
        return
    if choice["name"] not in [tool.get("name") for tool in tools]:
        yield Fault(f"Tool choice '{choice['type']}' not found in 'tools' parameter.", "tool_choice")


def _two_histories(body: dict[str, JSON]) -> Iterator[Fault]:
    if body.get("conversation") and body.get("previous_response_id"):
        yield Fault(
            "Mutually exclusive parameters: 'conversation' and 'previous_response_id'.",
            "previous_response_id",
            "mutually_exclusive_parameters",
        )


_CHECKS: tuple[Callable[[dict[str, JSON]], Iterator[Fault]], ...] = (
    _moved,
    _missing,
    _schema,
    _answers,
    _choice_of_tool,
    _two_histories,
)
