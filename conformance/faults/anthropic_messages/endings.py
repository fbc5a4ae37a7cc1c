"""Faults of how a stream ends: the last event, sentinels of other languages, errors on the way.

Rule of the file: the blocks of the answer stay as they are.
"""

from __future__ import annotations

from conformance.faults import kit
from conformance.faults.anthropic_messages.steps import (
    BUSY,
    END,
    NAME,
    delta,
)
from conformance.faults.every.telling import Teller
from conformance.faults.typed import (
    after,
    before,
    of,
    twice,
    without,
)

_TOLD = Teller(NAME, "event")

_STOP = of("message_stop")


FAULTS = (
    _TOLD.fault("no-stop", "AM-S14", "The stream ends without message_stop.", without(_STOP)),
    _TOLD.fault("stop-twice", "AM-S14", "message_stop is sent twice.", twice(_STOP)),
    _TOLD.fault(
        "text-after-stop",
        "AM-S14",
        "A delta follows message_stop.",
        kit.sequence(lambda told: [*told, next(one for one in told if delta("text_delta")(one))]),
        also=frozenset({"AM-S06"}),
    ),
    _TOLD.fault(
        "stop-early",
        "AM-S14",
        "message_stop comes before the last events, and at the end again.",
        before(of("content_block_stop"), END),
    ),
    _TOLD.fault(
        "cut",
        "AM-S14",
        "The body ends in the middle of the text, and the connection closes in order.",
        kit.sequence(lambda told: told[: len(told) // 2]),
    ),
    _TOLD.fault(
        "done",
        "AM-S17",
        "The stream ends with [DONE].",
        kit.frames(lambda told: [*told, b"data: [DONE]\n\n"]),
        source="gateways that translate from openai-chat; OpenRouter's /messages",
    ),
    _TOLD.fault(
        "done-named",
        "AM-S17",
        "The stream ends with an event done whose data is [DONE].",
        kit.frames(lambda told: [*told, b"event: done\ndata: [DONE]\n\n"]),
    ),
    _TOLD.fault(
        "error-and-more",
        "AM-E03",
        "An error is sent in the middle, and the text goes on.",
        before(of("content_block_stop"), BUSY),
    ),
    _TOLD.fault(
        "error-swallowed",
        "AM-E03",
        "An error is followed by a clean end of the turn.",
        after(delta("text_delta"), BUSY),
        source="BerriAI/litellm 32475, kekzl/imp 1553",
    ),
    _TOLD.fault(
        "error-in-words",
        "JS-S",
        "An error in the stream is a plain string.",
        kit.sequence(lambda told: [*told[:4], {"type": "error", "error": "overloaded"}]),
    ),
    _TOLD.fault(
        "error-untyped",
        "JS-S",
        "An error in the stream has no type of its own.",
        kit.sequence(lambda told: [*told[:4], {"type": "error", "error": {"message": "Overloaded"}}]),
    ),
    _TOLD.fault(
        "error-of-openai",
        "AM-S01",
        "An error in the stream has the shape of openai-chat.",
        kit.frames(
            lambda told: [*told[:4], b'data: {"error":{"message":"Overloaded","type":"server_error","code":null}}\n\n']
        ),
        also=frozenset({"AM-S14", "JS-S"}),
    ),
)
