"""What makes an official server refuse a request body: the schema first, then what no schema can say.

Rule of the file: checks yield `(message, param, code)`; the first one found is what the server says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from conformance.model import JSON

from .schemas import SCHEMAS


class Fault(NamedTuple):
    """Why a body is refused, in the server's manner."""

    message: str
    param: str | None = None
    code: str | None = None


def first_fault(body: JSON) -> Fault | None:
    """The first reason to refuse; None for a valid body."""
    if not isinstance(body, dict):
        return Fault("We could not parse the JSON body of your request: it must be an object.")
    for name in ("model", "messages"):
        if body.get(name) is None:
            return Fault(f"Missing required parameter: '{name}'.", name, "missing_required_parameter")
    return next((fault for check in _CHECKS for fault in check(body)), None)


def _schema(body: dict[str, JSON]) -> Iterator[Fault]:
    from conformance.schema import problems

    for problem in problems(SCHEMAS["request"], body):
        param = (problem.path or "$").removeprefix("$").lstrip(".") or None
        yield Fault(f"Invalid value for '{param}': {problem.message}", param, "invalid_value")


def _tool_turns(body: dict[str, JSON]) -> Iterator[Fault]:
    """Every call is answered, and every tool message answers a call."""
    open_ids: set[str] = set()
    for at, said in enumerate(body["messages"]):
        if said["role"] == "tool":
            if said["tool_call_id"] not in open_ids:
                yield Fault(
                    f"Invalid parameter: messages[{at}] with role 'tool' must be a response to a preceding message with"
                    " 'tool_calls'.",
                    f"messages[{at}].role",
                )
            open_ids.discard(said["tool_call_id"])
            continue
        if open_ids:
            yield _unanswered(open_ids, f"messages[{at}].role")
        open_ids = {call["id"] for call in said.get("tool_calls") or ()} if said["role"] == "assistant" else set()
    if open_ids:
        yield _unanswered(open_ids, f"messages[{len(body['messages']) - 1}].tool_calls")


def _unanswered(ids: set[str], param: str) -> Fault:
    told = "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'."
    return Fault(f"{told} Without a response: {', '.join(sorted(ids))}", param)


def _assistant_content(body: dict[str, JSON]) -> Iterator[Fault]:
    for at, said in enumerate(body["messages"]):
        speaks = said.get("content") is not None or said.get("tool_calls") or said.get("function_call")
        if said["role"] == "assistant" and not (speaks or said.get("audio") or said.get("refusal")):
            yield Fault(f"Invalid value for 'messages[{at}].content': expected a string.", f"messages[{at}].content")


def _choice_of_tool(body: dict[str, JSON]) -> Iterator[Fault]:
    choice = body.get("tool_choice")
    tools = body.get("tools") or []
    if choice in ("required", "auto") and not tools:
        yield Fault("'tool_choice' is only allowed when 'tools' are specified.", "tool_choice")
    if not isinstance(choice, dict) or choice["type"] not in ("function", "custom"):
        return
    name = choice[choice["type"]]["name"]
    if name not in {tool[tool["type"]]["name"] for tool in tools}:
        yield Fault(f"Invalid value for 'tool_choice': no function named '{name}' was given in 'tools'.", "tool_choice")


def _stream_options(body: dict[str, JSON]) -> Iterator[Fault]:
    if body.get("stream_options") is not None and body.get("stream") is not True:
        yield Fault("The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options")


def _both_limits(body: dict[str, JSON]) -> Iterator[Fault]:
    if body.get("max_tokens") is not None and body.get("max_completion_tokens") is not None:
        yield Fault("Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.", "max_tokens")


_CHECKS: tuple[Callable[[dict[str, JSON]], Iterator[Fault]], ...] = (
    _schema,
    _assistant_content,
    _tool_turns,
    _choice_of_tool,
    _stream_options,
    _both_limits,
)
