"""Faults of calls, streamed and whole.

Rule of the file: what the model wants to call is sound; how it is told is not.
"""

from __future__ import annotations

from conformance.deviating import Chunk
from conformance.faults import kit
from conformance.faults.every.telling import Teller

NAME = "ollama"
ONE, TWICE = "tool_call_single", "tool_call_parallel"
CALL = "message.tool_calls[]"
Told = list[Chunk]

_call = Teller(NAME, "call", ONE)


def _at_end(told: Told) -> Told:
    """The call stands on the last line."""
    calls = [call for one in told for call in one["message"].pop("tool_calls", ())]
    told[-1]["message"]["tool_calls"] = calls
    return told


FAULTS = (
    _call.fault(
        "arguments-string",
        "OL-S04",
        "The arguments of a call are JSON text.",
        kit.chunks(kit.set_at(f"{CALL}.function", arguments='{"city":"Tokyo"}')),
    ),
    _call.fault(
        "arguments-missing",
        "OL-S04",
        "A call has no arguments.",
        kit.chunks(kit.drop_at(f"{CALL}.function", "arguments")),
        also=frozenset({"GN-21"}),
    ),
    _call.fault(
        "name-missing",
        "OL-S04",
        "A call has no name.",
        kit.chunks(kit.drop_at(f"{CALL}.function", "name")),
        also=frozenset({"GN-21"}),
    ),
    _call.fault("at-end", "OL-S04", "A call stands on the last line.", kit.sequence(_at_end)),
    _call.fault(
        "flat",
        "OL-S04",
        "A call has its name beside its id.",
        kit.chunks(lambda told: [one.update(one.pop("function")) for one in kit.at(told, CALL)]),
        also=frozenset({"GN-21"}),
    ),
    _call.fault("ids-same", "OL-R06", "Two calls have one id.", kit.chunks(kit.set_at(CALL, id="call_a")), on=TWICE),
    _call.fault(
        "ids-same_whole", "OL-R06", "Two calls have one id.", kit.whole_set(CALL, id="call_a"), on=f"{TWICE}_whole"
    ),
    _call.fault(
        "arguments-string_whole",
        "OL-R03",
        "The arguments of a call are JSON text.",
        kit.whole_set(f"{CALL}.function", arguments='{"city":"Tokyo"}'),
        on=f"{ONE}_whole",
    ),
    _call.fault(
        "name-missing_whole",
        "OL-R03",
        "A call has no name.",
        kit.whole_drop(f"{CALL}.function", "name"),
        on=f"{ONE}_whole",
        also=frozenset({"GN-21"}),
    ),
)
