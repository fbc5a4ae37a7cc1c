"""Faults of what a stream says of the message: why it stopped.

Rule of the file: those of its cost stand in `usage`, those of calls in `calls`.
"""

from __future__ import annotations

from conformance.faults import kit
from conformance.faults.anthropic_messages.steps import (
    NAME,
)
from conformance.faults.every.telling import Teller
from conformance.faults.typed import (
    dropping,
    moved,
    of,
    setting,
    twice,
    without,
)

_TOLD = Teller(NAME, "message")
_DELTA = of("message_delta")
_FOREIGN = ("stop", "length", "tool_calls", "eos", "error", "STOP", "COMPLETE", "null")

FAULTS = (
    _TOLD.fault("no-delta", "AM-S12", "No message_delta says why the answer stopped.", without(_DELTA)),
    _TOLD.fault("stop-null", "AM-S12", "stop_reason stays null.", setting(_DELTA, "delta", stop_reason=None)),
    _TOLD.fault(
        "stop-absent", "AM-S12", "message_delta says no stop_reason.", dropping(_DELTA, "delta", "stop_reason")
    ),
    _TOLD.fault("stop-empty", "AM-S12", "stop_reason is empty.", setting(_DELTA, "delta", stop_reason="")),
    _TOLD.fault(
        "stop-outside",
        "AM-S12",
        "stop_reason stands beside delta, not in it.",
        kit.chunks(lambda told: told.update(told.pop("delta"), delta={}), _DELTA),
    ),
    _TOLD.fault(
        "delta-early",
        "AM-S08",
        "message_delta comes before the block is closed.",
        moved(_DELTA, of("content_block_stop")),
    ),
    _TOLD.fault(
        "delta-first",
        "AM-S12",
        "message_delta comes before all blocks.",
        moved(_DELTA, of("content_block_start")),
    ),
    _TOLD.fault("delta-twice", "AM-S13", "message_delta is sent twice.", twice(_DELTA)),
    *(
        _TOLD.fault(
            f"stop-word-{word.lower()}" + ("-in-capitals" if word.isupper() else ""),
            "AM-R07",
            f"stop_reason is {word}, a word of another language.",
            setting(_DELTA, "delta", stop_reason=word),
        )
        for word in _FOREIGN
    ),
    _TOLD.fault(
        "sequence-unsaid",
        "AM-R03",
        "stop_reason is stop_sequence, and stop_sequence is null.",
        setting(_DELTA, "delta", stop_sequence=None),
        on="stop_sequence",
    ),
    _TOLD.fault(
        "sequence-unexplained",
        "AM-R03",
        "stop_sequence is told, and stop_reason is end_turn.",
        setting(_DELTA, "delta", stop_reason="end_turn"),
        on="stop_sequence",
    ),
    _TOLD.fault(
        "sequence-never-asked",
        "AM-R09",
        "stop_sequence tells a sequence that the request does not hold.",
        setting(_DELTA, "delta", stop_sequence="END"),
        on="stop_sequence",
    ),
    _TOLD.fault(
        "tool-use-without-call",
        "AM-R04",
        "stop_reason is tool_use, and there is no call.",
        setting(_DELTA, "delta", stop_reason="tool_use"),
    ),
)
