"""What looks odd in an answer of this language and is legal.

Rule of the file: nothing of it may be called wrong.
"""

from __future__ import annotations

from typing import Any

from conformance.deviating import Bend, Chunk
from conformance.faults import kit
from conformance.faults.bedrock_converse.steps import (
    COST,
    DELTA,
    END,
    NAME,
    START,
    STOP,
    bringing,
    event,
    failing,
    setting,
)
from conformance.faults.every.telling import Teller
from conformance.faults.typed import before
from conformance.wire.eventstream import exception, message

_EVENT, _BLOCK, _WHOLE = Teller(NAME, "event"), Teller(NAME, "block"), Teller(NAME, "whole", "simple_text_whole")
_USAGE, _REQUEST = Teller(NAME, "usage"), Teller(NAME, "request")


def _padded(told: list[Chunk]) -> list[Chunk]:
    for one in told:
        for payload in one.values():
            payload["p"] = "abcdefghijklmnopqrstuvwxyz"
    return told


def _keys(told: dict[str, Any]) -> None:
    told["x_new"] = {"of": "tomorrow"}


VARIATIONS = (
    _EVENT.legal(
        "padded", "Every payload carries padding.", kit.sequence(_padded), source="recorded streams of the service"
    ),
    _EVENT.legal(
        "unknown-event", "An event of a new name comes.", before(event(STOP), {"weatherReport": {"sky": "clear"}})
    ),
    _EVENT.legal(
        "unknown-keys",
        "Payloads have a new key.",
        kit.sequence(lambda told: [{name: {**payload, "x_new": 1} for name, payload in one.items()} for one in told]),
    ),
    _EVENT.legal("new-stop-word", "stopReason is a new word.", setting(event(END), "", stopReason="out_of_breath")),
    _EVENT.legal(
        "guarded", "A guardrail ended the answer.", setting(event(END), "", stopReason="guardrail_intervened")
    ),
    _EVENT.legal(
        "more-of-the-model",
        "messageStop tells more of the model.",
        setting(event(END), "", additionalModelResponseFields={"stop_sequence": None}),
    ),
    _EVENT.legal(
        "exception",
        "An exception ends the stream.",
        failing(exception("modelStreamErrorException", b'{"message":"gone","originalStatusCode":424}')),
    ),
    _EVENT.legal(
        "error",
        "An unmodelled error ends the stream.",
        failing(message({":message-type": "error", ":error-code": "InternalFailure", ":error-message": "no"})),
    ),
    _EVENT.legal(
        "header-more",
        "A message has a header more.",
        kit.frames(
            lambda told: [
                message(
                    {
                        ":event-type": "messageStart",
                        ":content-type": "application/json",
                        ":message-type": "event",
                        "x-new": "1",
                    },
                    b'{"role":"assistant"}',
                ),
                *told[1:],
            ]
        ),
    ),
    _BLOCK.legal(
        "text-started",
        "A block of text has a start that names nothing.",
        before(event(DELTA), {START: {"contentBlockIndex": 0, "start": {}}}),
        source="recorded streams of the service",
    ),
    _BLOCK.legal("delta-empty-text", "A delta brings an empty text.", setting(bringing("text"), "delta", 0, text="")),
    _BLOCK.legal(
        "none",
        "The answer has no block.",
        kit.sequence(lambda told: [one for one in told if not {START, DELTA, STOP} & one.keys()]),
    ),
    _BLOCK.legal(
        "new-member",
        "A delta of a new member comes.",
        before(event(STOP), {DELTA: {"contentBlockIndex": 0, "delta": {"hologram": {"beam": 1}}}}),
    ),
    _BLOCK.legal(
        "hidden-reasoning",
        "Reasoning is sealed.",
        kit.sequence(
            lambda told: [
                {DELTA: {"contentBlockIndex": 0, "delta": {"reasoningContent": {"redactedContent": "c2VjcmV0"}}}}
                if at == 1
                else one
                for at, one in enumerate(told)
                if at not in (2, 3, 4, 5)
            ]
        ),
        on="thinking",
    ),
    _USAGE.legal(
        "cached",
        "Most of the prompt comes from the cache, and the total holds it.",
        setting(event(COST), "usage", inputTokens=4, cacheReadInputTokens=20, totalTokens=33),
    ),
    _USAGE.legal(
        "cached-beside",
        "Most of the prompt comes from the cache, and the total leaves it out.",
        setting(event(COST), "usage", inputTokens=4, cacheReadInputTokens=20, totalTokens=13),
    ),
    _USAGE.legal(
        "more", "Usage tells of the server's tools.", setting(event(COST), "usage", serverToolUsage={}, cacheDetails=[])
    ),
    _WHOLE.legal("unknown-keys", "An answer has new keys.", kit.whole(_keys)),
    _WHOLE.legal("empty", "The content is empty.", kit.whole(kit.set_at("output.message", content=[]))),
    _WHOLE.legal(
        "new-block",
        "A block of a new member comes.",
        kit.whole(lambda told: told["output"]["message"]["content"].append({"hologram": {"beams": 3}})),
    ),
    _WHOLE.legal(
        "trace",
        "An answer tells its trace and tier.",
        kit.whole(
            kit.set_at("", trace={"guardrail": {}}, serviceTier={"type": "default"}, additionalModelResponseFields={})
        ),
    ),
    _REQUEST.legal(
        "cache-point",
        "A message holds a cache point.",
        Bend(),
        asks=kit.asking(lambda told: told["messages"][0]["content"].append({"cachePoint": {"type": "default"}})),
    ),
    _REQUEST.legal(
        "metadata",
        "The request tells metadata, a tier and fields for the model.",
        Bend(),
        asks=kit.asking(kit.set_at("", requestMetadata={"a": "b"}, additionalModelRequestFields={"top_k": 5})),
    ),
)
