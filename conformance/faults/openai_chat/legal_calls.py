"""What looks odd in calls and is legal.

Rule of the file: each is allowed by the specification, or recorded of the vendor's own server.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from conformance.deviating import Bend, Chunk
from conformance.faults import kit
from conformance.faults.choices import CALL as FRAGMENT
from conformance.faults.choices import CALLED, CHOICE, asking
from conformance.faults.every.telling import Teller
from conformance.faults.form import Variation
from conformance.faults.kit import set_at, swap_at
from conformance.model import Text, ToolCall

from .telling import CALL, CALL_WHOLE, CALLS_WHOLE, NAME, begins, calls, delta_of, goes_on, joined

_told = Teller(NAME, "legal", CALL)
_WEATHER: Any = {"type": "function", "function": {"name": "get_weather"}}
_CLOCK: Any = {"type": "function", "function": {"name": "get_time"}}
_FREE: Any = {"type": "custom", "custom": {"name": "look_up"}}
_STOPS = kit.both(swap_at(CHOICE, "finish_reason", lambda word: word and "stop"))
_ASKS_CLOCK = asking(tools=[_CLOCK])
_AT_CLOCK = kit.says(ToolCall("call_clock1", "get_time", "{}"))


def _in_one(told: list[Chunk]) -> list[Chunk]:
    """A call comes in one fragment, with the role."""
    head = next(one for one in told if begins(one))
    arguments = "".join(one["function"]["arguments"] for chunk in told for one in kit.at(chunk, FRAGMENT))
    set_at(f"{FRAGMENT}.function", arguments=arguments)(head)
    delta_of(head).update(role="assistant", content=None)
    return [head, *(one for one in told[1:] if not calls(one))]


def _custom(told: Chunk) -> None:
    """The call of a tool that takes free text."""
    for call in kit.at(told, CALLED):
        call.pop("function")
        call.update(type="custom", custom={"name": "look_up", "input": "rain in Tokyo"})


_EMPTY = Bend(
    answer=_AT_CLOCK.answer, chunks=kit.sequence(lambda told: [one for one in told if not goes_on(one)]).chunks
)
_EMPTY_WHOLE = Bend(answer=_AT_CLOCK.answer, whole=kit.whole(set_at(f"{CALLED}.function", arguments="")).whole)
_CUT = Bend(
    whole=kit.whole(
        lambda told: [
            set_at(CHOICE, finish_reason="length")(told),
            set_at(f"{CALLED}.function", arguments='{"city": "To')(told),
        ]
    ).whole
)


def _calling() -> tuple[Variation, ...]:
    return (
        *_told.legal_twins(
            "forced-stops", "A call that was demanded ends with stop.", _STOPS, asks=asking(tool_choice="required")
        ),
        *_told.legal_twins(
            "named-stops",
            "A tool that was named is called, and it ends with stop.",
            _STOPS,
            asks=asking(tool_choice=_WEATHER),
        ),
        _told.legal("zero-arguments", "The arguments of a tool without any are empty.", _EMPTY, asks=_ASKS_CLOCK),
        _told.legal(
            "zero-arguments_whole",
            'The arguments of a tool without any are "".',
            _EMPTY_WHOLE,
            asks=_ASKS_CLOCK,
            on=CALL_WHOLE,
        ),
        _told.legal("finish-with-arguments", "The finish chunk brings the last arguments.", joined(calls)),
        _told.legal("call-in-one", "A call comes in one fragment, with the role.", kit.sequence(_in_one)),
        _told.legal(
            "id-foreign",
            "Ids of calls have another form.",
            kit.whole(set_at(CALLED, id="functions.get_weather:0")),
            on=CALL_WHOLE,
        ),
        _told.legal(
            "arguments-spaced",
            "Blanks and line ends stand in arguments.",
            kit.whole(set_at(f"{CALLED}.function", arguments='{\n  "city": "Tokyo"\n}')),
            on=CALL_WHOLE,
        ),
        _told.legal(
            "calls-alike",
            "Two calls are alike but for their ids.",
            kit.whole(set_at(f"{CALLED}.function", arguments='{"city":"Cairo"}')),
            on=CALLS_WHOLE,
        ),
        _told.legal(
            "text-beside-call",
            "A text stands beside the call.",
            kit.reply(lambda told: replace(told, parts=(Text("Let me look."), *told.parts))),
            on=CALL,
        ),
        _told.legal(
            "call-custom",
            "A tool that takes free text is called.",
            kit.whole(_custom),
            asks=asking(tools=[_FREE]),
            on=CALL_WHOLE,
        ),
        _told.legal("cut-call", "The limit cuts the arguments of a call.", _CUT, on=CALL_WHOLE),
    )


VARIATIONS = _calling()
