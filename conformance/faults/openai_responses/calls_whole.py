"""Faults of function calls in whole answers: their arguments, names and ids.

Rule of the file: what the model wants to call is sound; how it is told is not.
"""

from __future__ import annotations

from conformance.faults import kit
from conformance.faults.every.telling import Teller
from conformance.faults.openai_responses.changing import (
    NAME,
    calls_say,
    under_function,
)

TWICE = "tool_call_parallel"
_whole = Teller(NAME, "call", "tool_call_single_whole")


FAULTS = (
    _whole.fault("not-json_whole", "OR-R05", "The arguments are no JSON.", calls_say(arguments="city=Tokyo")),
    _whole.fault(
        "object_whole",
        "OR-R05",
        "The arguments are an object.",
        kit.whole(kit.set_at("output[]", arguments={"city": "Tokyo"})),
    ),
    _whole.fault(
        "null_whole",
        "OR-R05",
        "The arguments are null.",
        kit.whole(kit.set_at("output[]", arguments=None)),
        also=frozenset({"GN-21"}),
    ),
    _whole.fault(
        "no-call-id_whole",
        "OR-R05",
        "A call has no call_id.",
        kit.whole(kit.drop_at("output[]", "call_id")),
    ),
    _whole.fault(
        "no-name_whole",
        "OR-R05",
        "A call has no name.",
        kit.whole(kit.drop_at("output[]", "name")),
        also=frozenset({"GN-21"}),
    ),
    _whole.fault(
        "nested_whole",
        "OR-R05",
        "The name and arguments of a call stand under `function`.",
        kit.whole(under_function("output[]")),
        also=frozenset({"GN-21"}),
    ),
    _whole.fault(
        "ids-same_whole",
        "OR-R08",
        "Two calls have the same call_id.",
        kit.whole(kit.set_at("output[]", call_id="call_1")),
        on=f"{TWICE}_whole",
    ),
    _whole.fault(
        "kind-of-chat_whole",
        "OR-R07",
        "A call comes as tool_calls of a message.",
        kit.whole(
            lambda told: told.update(
                output=[
                    {
                        "id": "msg_0",
                        "type": "message",
                        "role": "assistant",
                        "status": "completed",
                        "content": [],
                        "tool_calls": told["output"],
                    }
                ]
            )
        ),
    ),
)
