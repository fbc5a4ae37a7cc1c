"""Faults of blocks in a stream: their numbers and order, their deltas, calls and reasoning among them.

Rule of the file: how a stream begins and ends stands in `events`.
"""

from __future__ import annotations

from itertools import accumulate

from conformance.deviating import Bend, Chunk
from conformance.faults import kit
from conformance.faults.bedrock_converse.steps import (
    DELTA,
    NAME,
    START,
    STOP,
    bringing,
    change,
    dropping,
    event,
    setting,
)
from conformance.faults.every.telling import Teller
from conformance.faults.typed import moved, twice, without

_TOLD = Teller(NAME, "block")
_TWO = "tool_call_parallel"
_TEXT, _INPUT = bringing("text"), bringing("toolUse")


def _renumbered(numbers: dict[int, object]) -> Bend:
    return change(
        event(START, DELTA, STOP),
        kit.swap_at("", "contentBlockIndex", lambda old: numbers[old]),
    )


def _cumulative(told: list[Chunk]) -> list[Chunk]:
    found = [one[DELTA]["delta"] for one in told if DELTA in one and "text" in one[DELTA]["delta"]]
    for delta, text in zip(found, list(accumulate(delta["text"] for delta in found)), strict=True):
        delta["text"] = text
    return told


FAULTS = (
    _TOLD.fault("from-one", "BR-S05", "Blocks are numbered from 1.", _renumbered({0: 1, 1: 2}), on=_TWO),
    _TOLD.fault("gap", "BR-S05", "A number is left out.", _renumbered({0: 0, 1: 2}), on=_TWO),
    _TOLD.fault("all-zero", "BR-S05", "Every block has the number 0.", _renumbered({0: 0, 1: 0}), on=_TWO),
    _TOLD.fault("number-text", "BR-S05", "Numbers are strings.", _renumbered({0: "0", 1: "1"}), on=_TWO),
    _TOLD.fault(
        "unnumbered",
        "BR-S03",
        "Block events tell no contentBlockIndex.",
        dropping(event(START, DELTA, STOP), "", "contentBlockIndex"),
        also=frozenset({"BR-S05"}),
    ),
    _TOLD.fault(
        "woven",
        "BR-S05",
        "The second block starts before the first is over.",
        moved(event(START), event(STOP), 1),
        on=_TWO,
        also=frozenset({"BR-S06", "BR-S08"}),
    ),
    _TOLD.fault(
        "delta-number",
        "BR-S05",
        "A delta names another block than is open.",
        setting(event(DELTA), "", 1, contentBlockIndex=1),
        also=frozenset({"BR-S08", "GN-11"}),
    ),
    _TOLD.fault("stop-twice", "BR-S05", "A block is stopped twice.", twice(event(STOP))),
    _TOLD.fault("unstopped", "BR-S08", "No block is stopped.", without(event(STOP))),
    _TOLD.fault("last-unstopped", "BR-S08", "The last of two blocks is not stopped.", without(event(STOP), 1), on=_TWO),
    _TOLD.fault("delta-empty", "BR-S07", "A delta brings nothing.", setting(event(DELTA), "", 1, delta={})),
    _TOLD.fault("delta-null", "BR-S07", "A delta is null.", setting(event(DELTA), "", 1, delta=None)),
    _TOLD.fault(
        "delta-two",
        "BR-S07",
        "A delta brings text and a call's input.",
        setting(event(DELTA), "delta", 1, toolUse={"input": ""}),
        also=frozenset({"BR-S06", "BR-S13"}),
    ),
    _TOLD.fault(
        "delta-absent",
        "BR-S03",
        "A delta event has no delta.",
        dropping(event(DELTA), "", "delta"),
        also=frozenset({"BR-S07"}),
    ),
    _TOLD.fault("text-null", "BR-S16", "The text of a delta is null.", setting(_TEXT, "delta", 1, text=None)),
    _TOLD.fault(
        "text-object", "BR-S16", "The text of a delta is an object.", setting(_TEXT, "delta", 1, text={"text": "a"})
    ),
    _TOLD.fault("cumulative", "BR-S17", "Each delta tells the text so far.", kit.sequence(_cumulative)),
    _TOLD.fault(
        "mixed",
        "BR-S18",
        "Text is told in a block of reasoning.",
        kit.sequence(
            lambda told: [
                {DELTA: {**one[DELTA], "delta": {"text": "Hm."}}} if at == 2 else one for at, one in enumerate(told)
            ]
        ),
        on="thinking",
    ),
    _TOLD.fault(
        "text-in-call",
        "BR-S18",
        "A call's input is told as text.",
        change(_INPUT, lambda told: told.update(delta={"text": told["delta"]["toolUse"]["input"]})),
        on="tool_call_single",
        also=frozenset({"GN-21"}),
    ),
)
