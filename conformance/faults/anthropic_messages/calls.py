"""Faults of calls of tools in a stream: what they begin with, their input, the word for their end.

Rule of the file: one call or two of the same tool; whole answers stand in `whole`.
"""

from __future__ import annotations

from msgspec.structs import replace

from conformance.deviating import Bend
from conformance.faults import kit
from conformance.faults.anthropic_messages.steps import (
    NAME,
    block,
    delta,
)
from conformance.faults.every.telling import Teller
from conformance.faults.typed import (
    dropping,
    of,
    setting,
)
from conformance.model import Text

_TOLD = Teller(NAME, "call", "tool_call_single")
_CALL, _INPUT, _DELTA = block("tool_use"), delta("input_json_delta"), of("message_delta")
_TWO = "tool_call_parallel"


def _saying(text: str) -> Bend:
    """A text in place of the call."""
    return kit.reply(lambda told: replace(told, parts=(Text(text),), stop="stop"))


_said = _saying("It is sunny in Tokyo.")
_marked = _saying('<tool_call>{"name": "get_weather", "arguments": {"city": "Tokyo"}}</tool_call>')
_FORCED = kit.asking(kit.set_at("", tool_choice={"type": "tool", "name": "get_weather"}))

_BEGINNING = (
    _TOLD.fault("no-id", "AM-S09", "A call has no id.", dropping(_CALL, "content_block", "id")),
    _TOLD.fault("id-empty", "AM-S09", "The id of a call is empty.", setting(_CALL, "content_block", id="")),
    _TOLD.fault("id-null", "AM-S09", "The id of a call is null.", setting(_CALL, "content_block", id=None)),
    _TOLD.fault("id-number", "AM-S09", "The id of a call is a number.", setting(_CALL, "content_block", id=1)),
    _TOLD.fault(
        "no-name", "AM-S09", "A call has no name.", dropping(_CALL, "content_block", "name"), also=frozenset({"GN-21"})
    ),
    _TOLD.fault(
        "name-empty",
        "AM-S09",
        "The name of a call is empty.",
        setting(_CALL, "content_block", name=""),
        also=frozenset({"GN-21"}),
    ),
    _TOLD.fault("input-text", "AM-S09", "The input starts as a string.", setting(_CALL, "content_block", input="")),
    _TOLD.fault("input-null", "AM-S09", "The input starts as null.", setting(_CALL, "content_block", input=None)),
    _TOLD.fault("input-absent", "AM-S09", "A call starts without input.", dropping(_CALL, "content_block", "input")),
    _TOLD.fault(
        "input-at-start",
        "AM-S09",
        "A call starts with its input, and the deltas tell it once more.",
        setting(_CALL, "content_block", input={"city": "Tokyo", "unit": "celsius"}),
    ),
    _TOLD.fault(
        "input-only-at-start",
        "AM-S09",
        "A call starts with its input, and no delta tells it.",
        kit.sequence(
            lambda told: [
                {**one, "content_block": {**one["content_block"], "input": {"city": "Tokyo"}}} if _CALL(one) else one
                for one in told
                if not _INPUT(one)
            ]
        ),
        source="servers that do not stream calls",
    ),
    _TOLD.fault(
        "id-twice",
        "AM-R05",
        "Two calls have the same id.",
        setting(_CALL, "content_block", id="toolu_1"),
        on=_TWO,
    ),
)


_ENDING = (
    _TOLD.fault(
        "end-turn",
        "AM-R06",
        "An answer that calls a tool says that the turn is over.",
        setting(_DELTA, "delta", stop_reason="end_turn"),
        source="gateways that map `stop` of other languages",
    ),
    _TOLD.fault(
        "tool-calls",
        "AM-R07",
        "An answer that calls a tool says tool_calls, as openai-chat does.",
        setting(_DELTA, "delta", stop_reason="tool_calls"),
    ),
    *_TOLD.twins(
        "forced-not-made",
        "AM-A01",
        "A call was demanded, and a text comes.",
        _said,
        asks=_FORCED,
        on="tool_call_single",
    ),
    *_TOLD.twins("markup", "AM-A02", "A call is told as markup in the text.", _marked, on="tool_call_single"),
)

FAULTS = (
    *_BEGINNING,
    *_ENDING,
)
