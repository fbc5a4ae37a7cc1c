"""Faults of events: their types, how a stream begins and ends, what it cost.

Rule of the file: the blocks of the answer stay as they are.
"""

from __future__ import annotations

import re

from conformance.faults import kit
from conformance.faults.cohere_v2.steps import BEGIN, END, NAME, START, STOP
from conformance.faults.every.telling import Teller
from conformance.faults.typed import dropping, moved, setting, twice, without

_TOLD = Teller(NAME, "event")
_TYPE = re.compile(rb'"type":"content-delta",')

_TYPES = (
    _TOLD.fault(
        "misnamed",
        "CO-S02",
        "The event line says another type than the data.",
        kit.each_frame(lambda frame: frame.replace(b"event: content-delta", b"event: text-generation")),
    ),
    _TOLD.fault(
        "all-called-message",
        "CO-S02",
        "Every event line says message.",
        kit.each_frame(lambda frame: re.sub(rb"event: .*", b"event: message", frame)),
    ),
    _TOLD.fault(
        "typeless", "CO-S02", "The data of deltas has no type.", kit.each_frame(lambda frame: _TYPE.sub(b"", frame))
    ),
    _TOLD.fault(
        "type-null",
        "CO-S02",
        "The type of deltas is null.",
        kit.each_frame(lambda frame: _TYPE.sub(b'"type":null,', frame)),
    ),
    _TOLD.fault(
        "of-version-one",
        "CO-S01",
        "Events of the first version of the language come.",
        kit.sequence(
            lambda told: [
                {"event_type": "stream-start"},
                {"event_type": "text-generation", "text": "Hello"},
                {"event_type": "stream-end", "finish_reason": "COMPLETE"},
            ]
        ),
        also=frozenset({"CO-S02"}),
    ),
    _TOLD.fault(
        "openai-chunks",
        "CO-S01",
        "Chunks of openai-chat come.",
        kit.sequence(lambda told: [{"object": "chat.completion.chunk", "choices": [{"delta": {"content": "Hello"}}]}]),
        also=frozenset({"CO-S02"}),
    ),
)

_ORDER = (
    _TOLD.fault("no-start", "CO-S01", "There is no message-start.", without(START)),
    _TOLD.fault("start-twice", "CO-S01", "message-start is sent twice.", twice(START)),
    _TOLD.fault("start-late", "CO-S01", "message-start comes after the first block has begun.", moved(BEGIN, START)),
    _TOLD.fault("start-nameless", "CO-S11", "message-start has no id.", dropping(START, "", "id")),
    _TOLD.fault("start-id-empty", "CO-S11", "The id of message-start is empty.", setting(START, "", id="")),
    _TOLD.fault("start-roleless", "CO-S11", "message-start tells no role.", dropping(START, "delta.message", "role")),
    _TOLD.fault(
        "start-of-chatbot",
        "CO-S11",
        "message-start tells the role chatbot.",
        setting(START, "delta.message", role="CHATBOT"),
    ),
    _TOLD.fault("no-end", "CO-S01", "There is no message-end.", without(END)),
    _TOLD.fault("end-twice", "CO-S01", "message-end is sent twice.", twice(END)),
    _TOLD.fault("delta-after-end", "CO-S01", "An event follows message-end.", moved(END, STOP)),
    _TOLD.fault(
        "cut",
        "CO-S01",
        "The body ends in the middle, and the connection closes in order.",
        kit.sequence(lambda told: told[: len(told) // 2]),
    ),
    _TOLD.fault("reason-empty", "CO-S08", "finish_reason is empty.", setting(END, "delta", finish_reason="")),
    _TOLD.fault("reason-null", "CO-S08", "finish_reason is null.", setting(END, "delta", finish_reason=None)),
    _TOLD.fault("reason-absent", "CO-S08", "There is no finish_reason.", dropping(END, "delta", "finish_reason")),
    *(
        _TOLD.fault(
            f"reason-{word.replace('_', '-')}",
            "CO-R04",
            f"finish_reason is {word}, a word of another language.",
            setting(END, "delta", finish_reason=word),
        )
        for word in ("stop", "length", "end_turn", "complete")
    ),
    _TOLD.fault(
        "call-completes",
        "CO-S09",
        "There is a call, and finish_reason is COMPLETE.",
        setting(END, "delta", finish_reason="COMPLETE"),
        on="tool_call_single",
    ),
    _TOLD.fault(
        "call-stops",
        "CO-R04",
        "There is a call, and finish_reason is tool_calls.",
        setting(END, "delta", finish_reason="tool_calls"),
        on="tool_call_single",
    ),
    _TOLD.fault(
        "reason-without-call",
        "CO-S09",
        "finish_reason is TOOL_CALL, and there is no call.",
        setting(END, "delta", finish_reason="TOOL_CALL"),
    ),
    _TOLD.fault(
        "failed-silently",
        "CO-E02",
        "finish_reason is ERROR, and nothing says why.",
        setting(END, "delta", finish_reason="ERROR"),
    ),
    _TOLD.fault(
        "timed-out-silently",
        "CO-E02",
        "finish_reason is TIMEOUT, and error is empty.",
        setting(END, "delta", finish_reason="TIMEOUT", error=""),
    ),
    _TOLD.fault(
        "failed-in-an-object",
        "CO-E02",
        "finish_reason is ERROR, and error is an object.",
        setting(END, "delta", finish_reason="ERROR", error={"message": "no"}),
    ),
)


FAULTS = (
    *_TYPES,
    *_ORDER,
)
