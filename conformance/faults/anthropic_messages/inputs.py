"""Faults of the input of calls in a stream: its pieces, and what they make together.

Rule of the file: how a call begins and ends stands in `calls`.
"""

from __future__ import annotations

import json
from typing import Any

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
    setting,
    twice,
    without,
)

_TOLD = Teller(NAME, "call", "tool_call_single")
_CALL, _INPUT = block("tool_use"), delta("input_json_delta")


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


FAULTS = (
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
