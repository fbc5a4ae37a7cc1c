"""Faults of deltas: what they add, of what type they are, how a block begins.

Rule of the file: numbers and order stand in `blocks`.
"""

from __future__ import annotations

from itertools import accumulate

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
)

_TOLD = Teller(NAME, "block")
_START, _DELTA = of("content_block_start"), of("content_block_delta")
_TEXT = delta("text_delta")


def _cumulative(key: str, kind: str) -> Bend:
    """Each delta tells all that was told so far."""

    def each(told: list[Chunk]) -> list[Chunk]:
        found = [one for one in told if delta(kind)(one)]
        for one, text in zip(found, list(accumulate(one["delta"][key] for one in found)), strict=True):
            one["delta"][key] = text
        return told

    return kit.sequence(each)


FAULTS = (
    _TOLD.fault("text-null", "AM-S18", "The text of a delta is null.", setting(_TEXT, "delta", 1, text=None)),
    _TOLD.fault("text-absent", "AM-S18", "A text delta has no text.", dropping(_TEXT, "delta", "text")),
    _TOLD.fault("text-number", "AM-S18", "The text of a delta is a number.", setting(_TEXT, "delta", 1, text=7)),
    _TOLD.fault(
        "text-list",
        "AM-S18",
        "The text of a delta is a list of parts.",
        change(_TEXT, kit.swap_at("delta", "text", lambda text: [{"type": "text", "text": text}])),
    ),
    _TOLD.fault(
        "text-called-content",
        "AM-S18",
        "The text of a delta stands under content.",
        change(_TEXT, lambda told: told["delta"].update(content=told["delta"].pop("text"))),
    ),
    _TOLD.fault("cumulative", "AM-S19", "Each delta tells the text so far.", _cumulative("text", "text_delta")),
    _TOLD.fault(
        "cumulative-thinking",
        "AM-S19",
        "Each delta tells the thinking so far.",
        _cumulative("thinking", "thinking_delta"),
        on="thinking",
    ),
    _TOLD.fault(
        "cumulative-input",
        "AM-S10",
        "Each delta tells the call's input so far.",
        _cumulative("partial_json", "input_json_delta"),
        on="tool_call_single",
    ),
    _TOLD.fault(
        "typeless-delta",
        "AM-S21",
        "Deltas have no type.",
        dropping(_DELTA, "delta", "type"),
    ),
    _TOLD.fault("delta-null", "AM-S21", "A delta is null.", setting(_DELTA, "", 1, delta=None)),
    _TOLD.fault("delta-text", "AM-S21", "A delta is a string.", setting(_DELTA, "", 1, delta="Hel")),
    _TOLD.fault(
        "typeless-start", "AM-S21", "A block starts without a type.", dropping(_START, "content_block", "type")
    ),
    _TOLD.fault("start-bare", "AM-S21", "A block starts without content_block.", dropping(_START, "", "content_block")),
    _TOLD.fault(
        "text-in-thinking",
        "AM-S07",
        "Thinking is told in text deltas.",
        change(delta("thinking_delta"), lambda told: told.update(delta={"type": "text_delta", "text": "Hm."})),
        on="thinking",
    ),
    _TOLD.fault(
        "thinking-in-text",
        "AM-S07",
        "Thinking is told in a block of text.",
        change(_TEXT, lambda told: told.update(delta={"type": "thinking_delta", "thinking": "Hm."}), 0),
    ),
    _TOLD.fault(
        "input-in-text",
        "AM-S07",
        "A call's input is told in a block of text.",
        setting(block("tool_use"), "", content_block={"type": "text", "text": ""}),
        on="tool_call_single",
        also=frozenset({"AM-R04"}),
    ),
    _TOLD.fault(
        "told-at-start",
        "AM-S22",
        "A block of text starts with its first words in it.",
        setting(_START, "content_block", text="Well: "),
    ),
    _TOLD.fault(
        "told-twice",
        "AM-S22",
        "A block starts with its whole text, which the deltas tell once more.",
        setting(_START, "content_block", text="Hello, dear reader, and welcome!"),
    ),
)
