"""Faults of calls and of usage in a stream.

Rule of the file: what the model wants to call is sound; how it is told is not.
"""

from __future__ import annotations

from typing import Any

from conformance.deviating import Bend
from conformance.faults import kit
from conformance.faults.choices import CALL, DELTA, ONE, TWICE, TWO
from conformance.faults.every.telling import Teller
from conformance.faults.mistral.changing import NAME, Told, nth

_call, _usage = Teller(NAME, "call", ONE), Teller(NAME, "usage")


def _calls(change: kit.Change) -> Bend:
    return kit.chunks(lambda told: [change(one) for one in kit.at(told, CALL)])


def _functions(change: kit.Change) -> Bend:
    return kit.chunks(lambda told: [change(one) for one in kit.at(told, f"{CALL}.function")])


def split(name: str | None) -> Bend:
    """The arguments come in two pieces, the second with this name."""

    def one(told: Told) -> Told:
        *before, last = told
        (call,) = kit.at(last, CALL)
        arguments = call["function"]["arguments"]
        head = {
            "role": "assistant",
            "content": "",
            "tool_calls": [call | {"function": call["function"] | {"arguments": arguments[:5]}}],
        }
        rest = {"index": 0, "function": ({} if name is None else {"name": name}) | {"arguments": arguments[5:]}}
        begun = before[0] | {"choices": [{"index": 0, "delta": head, "finish_reason": None}]}
        going = before[0] | {"choices": [{"index": 0, "delta": {"tool_calls": [rest]}, "finish_reason": None}]}
        kit.drop_at(DELTA, "tool_calls")(last)
        return [begun, going, last]

    return kit.sequence(one)


def _crossing(told: Told) -> Told:
    """Two calls come in pieces that take turns."""
    *before, last = told
    calls = list(kit.at(last, CALL))
    pieces: list[dict[str, Any]] = []
    for half in (0, 1):
        for call in calls:
            text = call["function"]["arguments"]
            begun = {"id": call["id"], "index": call["index"]} if half == 0 else {"index": call["index"]}
            function = {
                "name": call["function"]["name"] if half == 0 else "",
                "arguments": text[5:] if half else text[:5],
            }
            pieces.append(begun | {"function": function})
    kit.drop_at(DELTA, "tool_calls")(last)
    told = [
        before[0] | {"choices": [{"index": 0, "delta": {"tool_calls": [one]}, "finish_reason": None}]} for one in pieces
    ]
    return [*before, *told, last]


def _unread(told: dict[str, Any]) -> None:
    made = told["usage"]["completion_tokens"]
    told["usage"].update(prompt_tokens=0, total_tokens=made)


FAULTS = (
    _call.fault("name-missing-later", "MI-S01", "A later fragment of a call has no name.", split(None)),
    _call.fault(
        "arguments-missing",
        "MI-S01",
        "A call has no arguments.",
        _functions(kit.drop_at("", "arguments")),
        also=frozenset({"GN-21"}),
    ),
    _call.fault(
        "arguments-null",
        "MI-S01",
        "The arguments of a call are null.",
        _functions(kit.set_at("", arguments=None)),
        also=frozenset({"GN-21"}),
    ),
    _call.fault(
        "arguments-cut",
        "MI-S01",
        "The arguments of a call are cut short.",
        _functions(kit.set_at("", arguments='{"city": "To')),
    ),
    _call.fault(
        "name-missing",
        "MI-S01",
        "A call has no name.",
        _functions(kit.drop_at("", "name")),
        also=frozenset({"GN-21"}),
    ),
    _call.fault("id-missing", "MI-S01", "A call has no id.", _calls(kit.drop_at("", "id"))),
    _call.fault("id-null-word", "MI-S01", "The id of a call is the word null.", _calls(kit.set_at("", id="null"))),
    _call.fault("ids-same", "MI-S07", "Two calls have one id.", _calls(kit.set_at("", id="gSIMJiOkT")), on=TWICE),
    _call.fault("interleaved", "OC-S17", "Two calls come in pieces that take turns.", kit.sequence(_crossing), on=TWO),
    _usage.fault("missing", "MI-S02", "The finish chunk has no usage.", kit.chunks(kit.drop_at("", "usage"))),
    _usage.fault("prompt-zero", "OC-U05", "The prompt counts as nothing.", nth(-1, _unread)),
    _usage.fault("null", "MI-S02", "The usage is null.", nth(-1, kit.set_at("", usage=None))),
    _usage.fault(
        "apart",
        "MI-S02",
        "Usage comes on a chunk of its own.",
        kit.sequence(
            lambda told: [
                *told[:-1],
                {key: value for key, value in told[-1].items() if key != "usage"},
                told[-1] | {"choices": []},
            ]
        ),
    ),
    _usage.fault("sum", "MI-S02", "The total is not the sum.", nth(-1, kit.set_at("usage", total_tokens=99))),
    _usage.fault(
        "total-missing",
        "MI-S02",
        "There is no total.",
        nth(-1, kit.drop_at("usage", "total_tokens")),
    ),
    _usage.fault(
        "names-of-anthropic",
        "MI-S02",
        "Usage has the names of Anthropic.",
        nth(-1, kit.set_at("", usage={"input_tokens": 24, "output_tokens": 9})),
    ),
)
