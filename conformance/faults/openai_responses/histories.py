"""Faults of clients in what they send of a conversation: items, their kinds and their order.

Rule of the file: one item at a time; the official server refuses most of these with a 400.
"""

from __future__ import annotations

from typing import Any

from conformance.faults import kit
from conformance.faults.every.telling import Teller
from conformance.faults.openai_responses.changing import NAME, fields, input_items

_fault = Teller(NAME, "request").body
RESULT = "tool_result"
_THOUGHT = {"type": "reasoning", "id": "rs_1", "summary": []}


def _of_type(kind: str, change: kit.Change) -> kit.Change:
    return input_items(lambda item: change(item) if item.get("type") == kind else None)


def _without(kind: str) -> kit.Change:
    return lambda body: body.update(input=[item for item in body["input"] if item.get("type") != kind])


def _thinking(*items: dict[str, Any], before: int = 1, **fields: object) -> kit.Change:
    """A history with items of reasoning at a place in it."""

    def change(body: dict[str, Any]) -> None:
        body["input"][before:before] = items
        body.update(fields)

    return change


FAULTS = (
    _fault(
        "input-object",
        "OR-Q01",
        "The input is one message, in no list.",
        lambda body: body.update(input=body["input"][0]),
    ),
    _fault("item-string", "OR-Q01", "An item of the input is a string.", fields(input=["Hello"])),
    _fault("role-unknown", "OR-Q01", "A message has the role `human`.", input_items(kit.set_at("", role="human"))),
    _fault(
        "role-tool",
        "OR-Q01",
        "A result is a message of the role `tool`.",
        lambda body: body["input"].append({"role": "tool", "content": "{}"}),
    ),
    _fault("content-null", "OR-Q01", "The content of a message is null.", input_items(kit.set_at("", content=None))),
    _fault(
        "result-without-call",
        "OR-Q02",
        "A result names a call that was not made.",
        _of_type("function_call_output", kit.set_at("", call_id="call_other")),
        RESULT,
    ),
    _fault(
        "call-lost", "OR-Q02", "A result stands in the history without its call.", _without("function_call"), RESULT
    ),
    _fault(
        "result-first",
        "OR-Q02",
        "A result stands before its call.",
        lambda body: body.update(input=[*body["input"][:1], *body["input"][:0:-1]]),
        RESULT,
    ),
    _fault(
        "call-nested",
        "OR-Q03",
        "A call stands under `function`.",
        _of_type(
            "function_call",
            lambda item: item.update(function={"name": item.pop("name"), "arguments": item.pop("arguments")}),
        ),
        RESULT,
    ),
    _fault(
        "call-arguments-object",
        "OR-Q03",
        "The arguments of a call are an object.",
        _of_type("function_call", kit.set_at("", arguments={"city": "Turin"})),
        RESULT,
    ),
    _fault(
        "call-without-id",
        "OR-Q03",
        "A call has an id, and no call_id.",
        _of_type("function_call", lambda item: item.update(id=item.pop("call_id"))),
        RESULT,
        also=frozenset({"OR-Q02"}),
    ),
    _fault(
        "part-of-chat",
        "OR-Q09",
        "A part of the user's message is of type `text`.",
        input_items(kit.set_at("", content=[{"type": "text", "text": "Hello"}])),
    ),
    _fault(
        "part-of-assistant",
        "OR-Q09",
        "A part of the user's message is of type `output_text`.",
        input_items(kit.set_at("", content=[{"type": "output_text", "text": "Hello"}])),
    ),
    _fault(
        "assistant-input",
        "OR-Q09",
        "What the assistant said is of type `input_text`.",
        lambda body: body["input"].insert(
            0, {"role": "assistant", "content": [{"type": "input_text", "text": "Hello"}]}
        ),
    ),
    _fault(
        "reasoning-unsealed",
        "OR-Q11",
        "Nothing is stored, and reasoning comes back without its seal.",
        _thinking(_THOUGHT, store=False),
        RESULT,
    ),
    _fault(
        "reasoning-misplaced",
        "OR-Q12",
        "Reasoning stands before the result, not before the call.",
        _thinking(_THOUGHT | {"encrypted_content": "c2VhbA=="}, before=2),
        RESULT,
    ),
)
