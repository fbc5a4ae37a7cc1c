"""Faults of blocks in a stream: their numbers and order, content, calls and the plan.

Rule of the file: how a stream begins and ends stands in `events`.
"""

from __future__ import annotations

from itertools import accumulate

from conformance.deviating import Bend, Chunk
from conformance.faults import kit
from conformance.faults.cohere_v2.steps import (
    BEGIN,
    DELTA,
    DONE,
    NAME,
    SAID,
    STOP,
)
from conformance.faults.every.telling import Teller
from conformance.faults.typed import change, dropping, moved, setting, twice, without

_TOLD = Teller(NAME, "block")
_TWO, _LONG = "tool_call_parallel", "max_tokens"


def _renumbered(family: tuple[str, ...], numbers: dict[int, object]) -> Bend:
    return kit.chunks(
        lambda told: told.update(index=numbers[told["index"]]), lambda told: str(told.get("type")).startswith(family)
    )


def _cumulative(told: list[Chunk]) -> list[Chunk]:
    found = [one["delta"]["message"]["content"] for one in told if DELTA(one)]
    for said, text in zip(found, list(accumulate(said["text"] for said in found)), strict=True):
        said["text"] = text
    return told


_CONTENT = ("content",)

_ORDER = (
    _TOLD.fault("from-one", "CO-S05", "Content is numbered from 1.", _renumbered(_CONTENT, {0: 1})),
    _TOLD.fault(
        "calls-from-one", "CO-S05", "Calls are numbered from 1.", _renumbered(("tool-call",), {0: 1, 1: 2}), on=_TWO
    ),
    _TOLD.fault(
        "calls-all-zero", "CO-S05", "Every call has the number 0.", _renumbered(("tool-call",), {0: 0, 1: 0}), on=_TWO
    ),
    _TOLD.fault(
        "calls-with-content",
        "CO-S05",
        "Calls are numbered on from content.",
        _renumbered(("tool-call",), {0: 1, 1: 2}),
        on="tool_call_multiple",
    ),
    _TOLD.fault("number-text", "CO-S03", "Numbers are strings.", _renumbered(_CONTENT, {0: "0"})),
    _TOLD.fault(
        "unnumbered", "CO-S03", "Content events have no index.", dropping(lambda told: "index" in told, "", "index")
    ),
    _TOLD.fault("delta-number", "CO-S03", "A delta names a block that is not open.", setting(DELTA, "", 1, index=4)),
    _TOLD.fault("unstarted", "CO-S03", "Deltas come without content-start.", without(BEGIN)),
    _TOLD.fault("unended", "CO-S03", "Content has no end.", without(STOP)),
    _TOLD.fault("ended-twice", "CO-S03", "Content ends twice.", twice(STOP)),
    _TOLD.fault("started-twice", "CO-S03", "Content starts twice.", twice(BEGIN), also=frozenset({"CO-S05"})),
    _TOLD.fault("delta-early", "CO-S03", "A delta precedes the start.", moved(DELTA, BEGIN)),
    _TOLD.fault("ended-early", "CO-S03", "The end precedes the deltas.", moved(STOP, DELTA)),
    _TOLD.fault("call-unended", "CO-S03", "A call has no end.", without(DONE), on="tool_call_single"),
)

_CONTENTS = (
    _TOLD.fault(
        "start-list",
        "CO-S04",
        "Content starts with a list.",
        setting(BEGIN, "delta.message", content=[{"type": "text", "text": ""}]),
    ),
    _TOLD.fault("start-typeless", "CO-S04", "Content starts without a type.", dropping(BEGIN, SAID, "type")),
    _TOLD.fault("start-foreign", "CO-S04", "Content starts as output_text.", setting(BEGIN, SAID, type="output_text")),
    _TOLD.fault(
        "start-bare", "CO-S04", "content-start has no delta.", dropping(BEGIN, "", "delta"), also=frozenset({"JS-S"})
    ),
    _TOLD.fault(
        "delta-text", "CO-S04", "The content of a delta is a string.", setting(DELTA, "delta.message", 1, content="er")
    ),
    _TOLD.fault(
        "delta-flat",
        "CO-S04",
        "The text of a delta stands in delta itself.",
        change(DELTA, lambda told: told.update(delta={"text": told["delta"]["message"]["content"]["text"]})),
    ),
    _TOLD.fault(
        "text-null",
        "CO-S04",
        "The text of a delta is null.",
        setting(DELTA, SAID, 1, text=None),
        also=frozenset({"JS-S"}),
    ),
    _TOLD.fault(
        "text-in-thinking",
        "CO-S04",
        "Thinking is told as text.",
        change(DELTA, kit.set_at("delta.message", content={"text": "Hm."}), 1),
        on="thinking",
    ),
    _TOLD.fault(
        "cumulative",
        "CO-S12",
        "Each delta tells the text so far.",
        kit.sequence(_cumulative),
        on=_LONG,
        also=frozenset({"GN-23"}),
    ),
    _TOLD.fault(
        "told-twice",
        "CO-S14",
        "Content starts with its first words, which a delta tells again.",
        setting(BEGIN, SAID, text="Hello, dear read"),
    ),
)

FAULTS = (
    *_ORDER,
    *_CONTENTS,
)
