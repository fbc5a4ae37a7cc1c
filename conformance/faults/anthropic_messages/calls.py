"""Faults of calls of tools in a stream: what they begin with, their input, the word for their end.

Rule of the file: one call or two of the same tool; whole answers stand in `whole`.
"""

from __future__ import annotations

import json
from typing import Any

from msgspec.structs import replace

from conformance.deviating import Bend, Chunk
from conformance.faults import kit
from conformance.faults.anthropic_messages.steps import (
    NAME,
    block,
    delta,
)
from conformance.faults.every.telling import Teller
from conformance.faults.typed import (
    change,
    dropping,
    of,
    setting,
    twice,
    without,
)
from conformance.model import Text

_TOLD = Teller(NAME, "call", "tool_call_single")
_CALL, _INPUT, _DELTA = block("tool_use"), delta("input_json_delta"), of("message_delta")
_TWO = "tool_call_parallel"


def _input(text: str) -> Bend:
    """Another input, told in one piece."""

    def tell(told: list[Chunk]) -> list[Chunk]:
        pieces = [one for one in told if _INPUT(one)]
        pieces[0]["delta"]["partial_json"] = text
        return [one for one in told if one not in pieces[1:]]

    return kit.sequence(tell)


def _joined(change: Any) -> Bend:
    """The input in one piece, changed."""

    def tell(told: list[Chunk]) -> list[Chunk]:
        pieces = [one for one in told if _INPUT(one)]
        pieces[0]["delta"]["partial_json"] = change("".join(one["delta"]["partial_json"] for one in pieces))
        return [one for one in told if one not in pieces[1:]]

    return kit.sequence(tell)


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

_INPUTS = (
    _TOLD.fault("input-broken", "AM-S10", "The last piece of the input is lost.", without(_INPUT, -1)),
    _TOLD.fault("piece-lost", "AM-S10", "A piece of the input is lost.", without(_INPUT, 2)),
    _TOLD.fault("piece-twice", "AM-S10", "A piece of the input is told twice.", twice(_INPUT, 2)),
    _TOLD.fault("brace-too-many", "AM-S10", "A brace too many closes the input.", _joined(lambda text: text + "}")),
    _TOLD.fault(
        "whole-again", "AM-S10", "After its pieces the input is told whole.", _joined(lambda text: text + text)
    ),
    _TOLD.fault("as-python", "AM-S10", "The input is printed by Python.", _joined(lambda text: repr(json.loads(text)))),
    _TOLD.fault("as-string", "AM-S10", "The input is JSON in a JSON string.", _joined(json.dumps)),
    _TOLD.fault("as-list", "AM-S10", "The input is a list.", _joined(lambda text: f"[{text}]")),
    _TOLD.fault("as-null", "AM-S10", "The input is null.", _input("null")),
    _TOLD.fault("fenced", "AM-S10", "The input stands in a code fence.", _joined(lambda text: f"```json\n{text}\n```")),
    _TOLD.fault(
        "escaped-twice",
        "AM-S10",
        "Quotes of the input are escaped twice.",
        _joined(lambda text: text.replace('"', '\\"')),
    ),
    _TOLD.fault(
        "piece-is-object",
        "AM-S18",
        "The input comes as an object in place of JSON text.",
        change(_INPUT, kit.swap_at("delta", "partial_json", lambda text: {"city": "Tokyo"}), -1),
        also=frozenset({"AM-S10"}),
    ),
    _TOLD.fault(
        "piece-null",
        "AM-S18",
        "A piece of the input is null.",
        setting(_INPUT, "delta", 0, partial_json=None),
    ),
    _TOLD.fault(
        "piece-called-input",
        "AM-S18",
        "A piece stands under input.",
        change(_INPUT, lambda told: told["delta"].update(input=told["delta"].pop("partial_json"))),
        also=frozenset({"GN-21"}),
    ),
    _TOLD.fault(
        "text-on-call",
        "AM-S07",
        "A call's input is told in text deltas.",
        change(_INPUT, lambda told: told.update(delta={"type": "text_delta", "text": told["delta"]["partial_json"]})),
        source="sgl-project/sglang 24293",
        also=frozenset({"GN-21"}),
    ),
    _TOLD.fault(
        "input-dropped",
        "GN-21",
        "No delta tells the call's input.",
        without(_INPUT),
        source="BerriAI/litellm 25836",
    ),
    _TOLD.fault(
        "unknown-tool",
        "GN-21",
        "A tool is called that was not offered.",
        setting(_CALL, "content_block", name="look_up"),
    ),
    _TOLD.fault(
        "name-with-prefix",
        "GN-21",
        "The tool's name carries a prefix.",
        setting(_CALL, "content_block", name="functions.get_weather"),
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
    *(
        _TOLD.fault(
            f"forced-not-made{twin}",
            "AM-A01",
            "A call was demanded, and a text comes.",
            _said,
            asks=_FORCED,
            on=f"tool_call_single{twin}",
        )
        for twin in ("", "_whole")
    ),
    *(
        _TOLD.fault(
            f"markup{twin}", "AM-A02", "A call is told as markup in the text.", _marked, on=f"tool_call_single{twin}"
        )
        for twin in ("", "_whole")
    ),
)

FAULTS = (*_BEGINNING, *_INPUTS, *_ENDING)
