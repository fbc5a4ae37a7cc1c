"""Faults of how what came in deltas is closed, and of what a message is made of.

Rule of the file: the deltas are as they should be.
"""

from __future__ import annotations

from conformance.deviating import Bend
from conformance.faults import kit
from conformance.faults.every.telling import Teller
from conformance.faults.openai_responses.changing import NAME, without

_closing, _message = Teller(NAME, "closing"), Teller(NAME, "message")
_ARGUMENTS = "response.function_call_arguments"
_PARTS = ("response.output[].content[]", "item.content[]")


def _typed(kind: str | None) -> Bend:
    """Every part of a finished message is of this type."""

    def change(told: object) -> None:
        for place in (*_PARTS, "output[].content[]"):
            for part in kit.at(told, place):
                part.update(type=kind)

    return kit.both(change)


def _no_tools(told: object) -> None:
    for place in ("response", ""):
        for one in kit.at(told, place):
            if "tools" in one:
                one["tools"] = []


FAULTS = (
    *_message.twins(
        "tools-lost", "OR-A04", "The response tells none of the tools.", kit.both(_no_tools), on="tool_call_single"
    ),
    _closing.fault("text-open", "OR-S26", "A text has no done event.", without("response.output_text.done")),
    _closing.fault(
        "arguments-open",
        "OR-S26",
        "Arguments have no done event.",
        without(f"{_ARGUMENTS}.done"),
        on="tool_call_single",
    ),
    *(
        fault
        for kind in ("text", "input_text")
        for fault in _message.twins(f"of-{kind}", "OR-R04", f"A part of the message is of type {kind}.", _typed(kind))
    ),
)
