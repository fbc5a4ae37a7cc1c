"""Faults of thinking in a stream: its signature, its place.

Rule of the file: the text that follows it stays as it is.
"""

from __future__ import annotations

from conformance.faults.anthropic_messages.steps import (
    NAME,
    block,
    delta,
)
from conformance.faults.every.telling import Teller
from conformance.faults.typed import (
    change,
    dropping,
    moved,
    setting,
    twice,
    without,
)

_TOLD = Teller(NAME, "thinking", "thinking")
_SIGNED, _PIECE, _BLOCK = delta("signature_delta"), delta("thinking_delta"), block("thinking")

FAULTS = (
    _TOLD.fault("unsigned", "AM-S11", "Thinking has no signature.", without(_SIGNED), source="servers of open models"),
    _TOLD.fault("signed-twice", "AM-S11", "Thinking is signed twice.", twice(_SIGNED)),
    _TOLD.fault("signed-first", "AM-S11", "The signature comes before the thinking.", moved(_SIGNED, _PIECE)),
    _TOLD.fault("signature-empty", "AM-S11", "The signature is empty.", setting(_SIGNED, "delta", signature="")),
    _TOLD.fault(
        "signature-null",
        "AM-S11",
        "The signature is null.",
        setting(_SIGNED, "delta", signature=None),
    ),
    _TOLD.fault(
        "signature-absent",
        "AM-S11",
        "A signature_delta has no signature.",
        dropping(_SIGNED, "delta", "signature"),
    ),
    _TOLD.fault("piece-null", "AM-S18", "A piece of thinking is null.", setting(_PIECE, "delta", 0, thinking=None)),
    _TOLD.fault(
        "piece-called-text",
        "AM-S18",
        "A piece of thinking stands under text.",
        change(_PIECE, lambda told: told["delta"].update(text=told["delta"].pop("thinking"))),
    ),
    _TOLD.fault(
        "reasoning-content",
        "AM-S18",
        "A piece of thinking stands under reasoning_content.",
        change(_PIECE, lambda told: told["delta"].update(reasoning_content=told["delta"].pop("thinking"))),
        source="gateways before servers of open models",
    ),
    _TOLD.fault(
        "redacted-with-deltas",
        "AM-S07",
        "A block of hidden thinking has deltas.",
        setting(_BLOCK, "", content_block={"type": "redacted_thinking", "data": "c2VjcmV0"}),
    ),
    _TOLD.fault(
        "told-at-start",
        "AM-S22",
        "A block of thinking starts with its first words in it.",
        setting(_BLOCK, "content_block", thinking="Well: "),
    ),
)
