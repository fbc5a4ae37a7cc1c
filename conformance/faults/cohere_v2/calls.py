"""Faults of calls and of the plan in a stream.

Rule of the file: content stands in `blocks`.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from msgspec.structs import replace

from conformance.deviating import Bend, Chunk
from conformance.faults import kit
from conformance.faults.cohere_v2.steps import (
    CALL,
    CALLED,
    END,
    NAME,
    PIECE,
)
from conformance.faults.every.telling import Teller
from conformance.faults.typed import before, change, dropping, setting, twice, without
from conformance.model import Text

_CALL, _PLAN = Teller(NAME, "call", "tool_call_single"), Teller(NAME, "plan", "tool_call_single")
_TWO = "tool_call_parallel"
_SAY: Chunk = {"type": "tool-plan-delta", "delta": {"message": {"tool_plan": "I will look it up."}}}


def _input(change: Callable[[str], str]) -> Bend:
    """The arguments in one piece, changed."""

    def tell(told: list[Chunk]) -> list[Chunk]:
        pieces = [one for one in told if PIECE(one)]
        functions = [one["delta"]["message"]["tool_calls"]["function"] for one in pieces]
        functions[0]["arguments"] = change("".join(one["arguments"] for one in functions))
        return [one for one in told if one not in pieces[1:]]

    return kit.sequence(tell)


def _saying(text: str) -> Bend:
    """A text in place of the call."""
    return kit.reply(lambda told: replace(told, parts=(Text(text),), stop="stop"))


_FORCED = kit.asking(kit.set_at("", tool_choice="REQUIRED"))
_FUNCTION = f"{CALLED}.function"


FAULTS = (
    _CALL.fault(
        "start-list",
        "CO-S06",
        "A call starts as a list.",
        change(CALL, lambda told: told["delta"]["message"].update(tool_calls=[told["delta"]["message"]["tool_calls"]])),
        also=frozenset({"GN-21"}),
    ),
    _CALL.fault("no-id", "CO-S06", "A call starts without an id.", dropping(CALL, CALLED, "id")),
    _CALL.fault("id-empty", "CO-S06", "The id of a call is empty.", setting(CALL, CALLED, id="")),
    _CALL.fault("no-type", "CO-S06", "A call starts without a type.", dropping(CALL, CALLED, "type")),
    _CALL.fault(
        "no-name",
        "CO-S06",
        "A call starts without a name.",
        dropping(CALL, _FUNCTION, "name"),
        also=frozenset({"GN-21"}),
    ),
    _CALL.fault(
        "name-empty",
        "CO-S06",
        "The name of a call is empty.",
        setting(CALL, _FUNCTION, name=""),
        also=frozenset({"GN-21"}),
    ),
    _CALL.fault(
        "flat",
        "CO-S06",
        "The name stands beside the id, not in function.",
        change(CALL, lambda told: told["delta"]["message"]["tool_calls"].update(name="get_weather", function={})),
    ),
    _CALL.fault(
        "unstarted", "CO-S03", "A call's deltas come without its start.", without(CALL), also=frozenset({"CO-S09"})
    ),
    _CALL.fault("id-twice", "CO-R03", "Two calls have the same id.", setting(CALL, CALLED, id="c1"), on=_TWO),
    _CALL.fault("piece-lost", "CO-S07", "A piece of the arguments is lost.", without(PIECE, -1)),
    _CALL.fault("piece-twice", "CO-S07", "A piece of the arguments is told twice.", twice(PIECE)),
    _CALL.fault(
        "whole-again", "CO-S07", "After their pieces the arguments are told whole.", _input(lambda text: text + text)
    ),
    _CALL.fault("brace-too-many", "CO-S07", "A brace too many closes the arguments.", _input(lambda text: text + "}")),
    _CALL.fault(
        "as-python", "CO-S07", "The arguments are printed by Python.", _input(lambda text: repr(json.loads(text)))
    ),
    _CALL.fault("as-string", "CO-S07", "The arguments are JSON in a JSON string.", _input(json.dumps)),
    _CALL.fault("as-list", "CO-S07", "The arguments are a list.", _input(lambda text: f"[{text}]")),
    _CALL.fault(
        "whole-at-start",
        "CO-S07",
        "The arguments stand in the start, and the deltas tell them once more.",
        setting(CALL, _FUNCTION, arguments='{"city": "Tokyo"}'),
    ),
    _CALL.fault(
        "piece-object",
        "CO-S13",
        "The arguments come as an object.",
        setting(PIECE, _FUNCTION, -1, arguments={"city": "Tokyo"}),
        also=frozenset({"CO-S07", "JS-S"}),
    ),
    _CALL.fault(
        "piece-null",
        "CO-S13",
        "A piece of the arguments is null.",
        setting(PIECE, _FUNCTION, 0, arguments=None),
        also=frozenset({"CO-S07", "JS-S"}),
    ),
    _CALL.fault("dropped", "GN-21", "No delta tells the arguments.", without(PIECE)),
    _CALL.fault(
        "unknown-tool", "GN-21", "A tool is called that was not offered.", setting(CALL, _FUNCTION, name="look_up")
    ),
    *_CALL.twins(
        "required-not-made",
        "CO-A01",
        "A call was demanded, and a text comes.",
        _saying("It is sunny."),
        asks=_FORCED,
        on="tool_call_single",
    ),
    *_CALL.twins(
        "markup",
        "CO-A02",
        "A call is told as markup in the text.",
        _saying('<tool_call>{"name": "get_weather"}</tool_call>'),
        on="tool_call_single",
    ),
    _PLAN.fault("late", "CO-S10", "The plan is told after the call.", before(END, _SAY)),
    _PLAN.fault(
        "null",
        "CO-S13",
        "A piece of the plan is null.",
        before(CALL, {"type": "tool-plan-delta", "delta": {"message": {"tool_plan": None}}}),
    ),
)
