"""What makes Cohere's server refuse a request body: the schema first, then what no schema can say.

Rule of the file: checks yield sentences; the first one found is what the server says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from conformance.model import JSON

from .schemas import SCHEMAS


def first_fault(body: JSON) -> str | None:
    """The first reason to refuse; None for a valid body."""
    if not isinstance(body, dict):
        return "the body must be a JSON object"
    return next((fault for check in _CHECKS for fault in check(body)), None)


def _missing(body: dict[str, JSON]) -> Iterator[str]:
    for name in ("model", "messages"):
        if not body.get(name):
            yield f"{name} is required"


def _schema(body: dict[str, JSON]) -> Iterator[str]:
    from conformance.schema import problems

    for one in problems(SCHEMAS["request"], body):
        yield f"{(one.path or '$').removeprefix('$').lstrip('.') or 'the body'}: {one.message}"


def _order(body: dict[str, JSON]) -> Iterator[str]:
    roles = [said["role"] for said in body["messages"]]
    if "system" in roles[sum(1 for _ in _leading(roles)) :]:
        yield "system messages must come first"
    if not any(role != "system" for role in roles):
        yield "there must be a message that is not of role system"


def _leading(roles: list[str]) -> Iterator[str]:
    for role in roles:
        if role != "system":
            return
        yield role


def _results(body: dict[str, JSON]) -> Iterator[str]:
    known: set[str] = set()
    for said in body["messages"]:
        known |= {call["id"] for call in said.get("tool_calls") or ()}
        if said["role"] == "tool" and said["tool_call_id"] not in known:
            yield f"tool call id not found in previous tool calls: {said['tool_call_id']}"


def _choice(body: dict[str, JSON]) -> Iterator[str]:
    if str(body.get("tool_choice")).upper() == "REQUIRED" and not body.get("tools"):
        yield "tool_choice REQUIRED can only be given together with tools"


def _empty(body: dict[str, JSON]) -> Iterator[str]:
    for at, said in enumerate(body["messages"]):
        if said["role"] != "tool" and not any(said.get(key) for key in ("content", "tool_calls", "tool_plan")):
            yield f"messages[{at}]: the message must not be empty"


_CHECKS: tuple[Callable[[dict[str, JSON]], Iterator[str]], ...] = (_missing, _schema, _order, _results, _choice, _empty)
