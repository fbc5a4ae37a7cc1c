"""What makes Mistral's server refuse a request body: its fields (422), then the order of its turns (400).

Rule of the file: the first fault found is what the server says, in the shape that the real one gives it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NoReturn

from conformance.dialects import Refusal
from conformance.dialects.openai_chat.failure import BadField
from conformance.model import JSON, error

from .schemas import SCHEMAS


def check(body: JSON) -> None:
    """Raises `Refusal` for a body that is not valid."""
    if not isinstance(body, dict):
        _refuse("Input should be a valid dictionary", "", "model_attributes_type")
    for name in ("model", "messages"):
        if name not in body:
            _refuse("Field required", name, "missing")
    for name in body.keys() - SCHEMAS["request"]["properties"].keys():
        _refuse("Extra inputs are not permitted", name, "extra_forbidden")
    _check_fields(body)
    if told := next(_turn_faults(body["messages"]), None):
        raise Refusal(error("invalid_request", told, status=400, code="3230"))


def _check_fields(body: dict[str, JSON]) -> None:
    from conformance.schema import problems

    for problem in problems(SCHEMAS["request"], body):
        place = re.sub(r"[\[\]]+", ".", (problem.path or "$").removeprefix("$")).strip(".")
        _refuse(problem.message, place.replace("..", "."), "value_error")


def _turn_faults(messages: list[dict[str, JSON]]) -> Iterator[str]:
    last = messages[-1]
    if last["role"] == "system" or (last["role"] == "assistant" and last.get("prefix") is not True):
        yield f"Expected last role User or Tool (or Assistant with prefix True) for serving but got {last['role']}"
    waiting: set[str] = set()
    for said in messages:
        if said["role"] == "tool":
            if said.get("tool_call_id") not in waiting:
                yield "Unexpected tool call id in tool results"
            waiting.discard(said.get("tool_call_id") or "")
            continue
        if waiting:
            yield "Not the same number of function calls and responses"
        waiting = {call["id"] for call in said.get("tool_calls") or ()} if said["role"] == "assistant" else set()
        if said["role"] == "assistant" and not said.get("content") and not waiting:
            yield "Assistant message must have either content or tool_calls, but not none."
    if waiting:
        yield "Not the same number of function calls and responses"


def _refuse(message: str, place: str, code: str) -> NoReturn:
    raise Refusal(BadField("invalid_request", message, code=code, status=422, param=place))
