"""Faults of the tool calls of whole answers.

Rule of the file: the answer around the calls is as it should be.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from conformance.faults import kit
from conformance.faults.choices import CALLED as ASKED
from conformance.faults.choices import MESSAGE
from conformance.faults.form import Fault
from conformance.faults.kit import drop_at, set_at, swap_at

from .calling import AS_FUNCTION
from .telling import CALL_WHOLE, CALLS_WHOLE, fault

MADE = f"{ASKED}.function"


def _calls() -> Iterator[Fault]:
    for id, rule, sentence, change, on in (
        ("id-missing", "OC-R06", "A call has no id.", drop_at(ASKED, "id"), CALL_WHOLE),
        ("id-empty", "OC-R06", "The id of a call is empty.", set_at(ASKED, id=""), CALL_WHOLE),
        ("type-missing", "OC-R06", "A call has no type.", drop_at(ASKED, "type"), CALL_WHOLE),
        ("name-missing", "OC-R06", "A call has no name.", drop_at(MADE, "name"), CALL_WHOLE),
        ("arguments-object", "OC-R06", "Arguments are an object.", swap_at(MADE, "arguments", json.loads), CALL_WHOLE),
        ("arguments-null", "OC-R06", "Arguments are null.", set_at(MADE, arguments=None), CALL_WHOLE),
        ("arguments-cut", "OC-R07", "Arguments are cut.", swap_at(MADE, "arguments", lambda one: one[:-3]), CALL_WHOLE),
        ("type-foreign", "OC-R06", "The type of a call is tool.", set_at(ASKED, type="tool"), CALL_WHOLE),
        (
            "list-lost",
            "JS-R",
            "tool_calls is an object.",
            swap_at(MESSAGE, "tool_calls", lambda one: one[0]),
            CALL_WHOLE,
        ),
        ("word-of-function", "OC-R04", "A call ends with function_call.", AS_FUNCTION, CALL_WHOLE),
        (
            "arguments-quoted",
            "OC-R07",
            "Arguments are encoded twice.",
            swap_at(MADE, "arguments", json.dumps),
            CALL_WHOLE,
        ),
        (
            "arguments-list",
            "OC-R07",
            "Arguments are a list.",
            swap_at(MADE, "arguments", lambda one: f"[{one}]"),
            CALL_WHOLE,
        ),
        ("arguments-prose", "OC-R07", "Arguments are prose.", set_at(MADE, arguments="the city of Tokyo"), CALL_WHOLE),
        ("id-same", "OC-R07", "Both calls have one id.", set_at(ASKED, id="call_1"), CALLS_WHOLE),
    ):
        yield fault(f"whole.call-{id}", rule, sentence, kit.whole(change), on=on)


FAULTS = tuple(_calls())
