"""Faults of events: how they are named, how a stream begins and ends.

Rule of the file: the blocks of the answer stay as they are.
"""

from __future__ import annotations

import re

from conformance.faults import kit
from conformance.faults.anthropic_messages.steps import (
    NAME,
)
from conformance.faults.every.telling import Teller
from conformance.faults.typed import (
    change,
    dropping,
    moved,
    of,
    setting,
    twice,
    without,
)

_TOLD = Teller(NAME, "event")

_LINE = re.compile(rb"^event: .*\n", re.MULTILINE)
_TYPE = re.compile(rb'"type":"content_block_\w+",')
_START = of("message_start")
_OPENAI = {
    "id": "chatcmpl-1",
    "object": "chat.completion.chunk",
    "created": 1700000000,
    "model": "m",
    "choices": [{"index": 0, "delta": {"role": "assistant", "content": "Hello"}, "finish_reason": None}],
}

_NAMES = (
    _TOLD.fault(
        "unnamed",
        "AM-S01",
        "No event has an event: line.",
        kit.each_frame(lambda frame: _LINE.sub(b"", frame)),
        source="gateways that translate from openai-chat",
    ),
    _TOLD.fault(
        "unnamed-delta",
        "AM-S01",
        "The deltas have no event: line.",
        kit.each_frame(lambda frame: _LINE.sub(b"", frame) if b"_delta" in frame else frame),
    ),
    _TOLD.fault(
        "all-called-message",
        "AM-S01",
        "Every event is named message.",
        kit.each_frame(lambda frame: _LINE.sub(b"event: message\n", frame)),
    ),
    _TOLD.fault(
        "all-called-data",
        "AM-S01",
        "Every event is named data.",
        kit.each_frame(lambda frame: _LINE.sub(b"event: data\n", frame)),
        source="OpenRouter's /messages",
    ),
    _TOLD.fault(
        "misnamed",
        "AM-S01",
        "The event that stops a block is named message_stop.",
        kit.each_frame(lambda frame: frame.replace(b"event: content_block_stop", b"event: message_stop")),
    ),
    _TOLD.fault(
        "name-in-capitals",
        "AM-S01",
        "Events are named in capitals.",
        kit.each_frame(lambda frame: _LINE.sub(lambda hit: b"event: " + hit[0][7:].upper(), frame)),
    ),
    _TOLD.fault(
        "typeless",
        "AM-S01",
        "The data of blocks has no type, only the event: line tells it.",
        kit.each_frame(lambda frame: _TYPE.sub(b"", frame)),
    ),
)

_BEGINNING = (
    _TOLD.fault("no-start", "AM-S02", "The stream begins without message_start.", without(_START)),
    _TOLD.fault("start-twice", "AM-S02", "message_start is sent twice.", twice(_START)),
    _TOLD.fault(
        "start-late",
        "AM-S02",
        "The first block starts before message_start.",
        moved(of("content_block_start"), _START),
    ),
    _TOLD.fault(
        "begun-again",
        "AM-S02",
        "After half an answer the stream begins again, from another upstream.",
        kit.sequence(lambda told: [*told[:5], *told]),
        source="gateways that fall back to another provider",
        also=frozenset({"AM-S05", "AM-S06", "AM-S08"}),
    ),
    _TOLD.fault(
        "start-is-bare",
        "AM-S20",
        "message_start holds the message's fields itself, not below message.",
        change(_START, lambda told: told.update(told.pop("message"), type="message_start")),
        also=frozenset({"AM-S04"}),
    ),
    _TOLD.fault(
        "start-stopped",
        "AM-S03",
        "message_start says a stop_reason already.",
        setting(_START, "message", stop_reason="end_turn"),
    ),
    _TOLD.fault(
        "start-with-content",
        "AM-S03",
        "message_start holds the text that the deltas tell once more.",
        setting(_START, "message", content=[{"type": "text", "text": "Hello, dear reader, and welcome!"}]),
    ),
    *(
        _TOLD.fault(
            f"start-without-{key}",
            "AM-S20",
            f"The message of message_start has no {key}.",
            dropping(_START, "message", key),
        )
        for key in ("id", "type", "role", "model", "content")
    ),
    _TOLD.fault(
        "start-id-empty", "AM-S20", "The message of message_start has an empty id.", setting(_START, "message", id="")
    ),
    _TOLD.fault("start-id-null", "AM-S20", "The id of the message is null.", setting(_START, "message", id=None)),
    _TOLD.fault("start-of-user", "AM-S20", "The message is the user's.", setting(_START, "message", role="user")),
    _TOLD.fault(
        "start-of-completion",
        "AM-S20",
        "The message is of type completion.",
        setting(_START, "message", type="completion"),
    ),
    _TOLD.fault(
        "start-content-null",
        "AM-S20",
        "The content of message_start is null.",
        setting(_START, "message", content=None),
    ),
    _TOLD.fault(
        "openai-chunks",
        "AM-S02",
        "Chunks of openai-chat come in answer to /v1/messages.",
        kit.sequence(lambda told: [dict(_OPENAI), dict(_OPENAI)]),
        also=frozenset({"AM-S01", "AM-S14", "JS-S"}),
    ),
)

FAULTS = (
    *_NAMES,
    *_BEGINNING,
)
