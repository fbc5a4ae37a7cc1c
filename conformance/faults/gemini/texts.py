"""Faults of texts and of usage in a stream, and of failures in its middle.

Rule of the file: the stream begins and ends as it should.
"""

from __future__ import annotations

from typing import Any

from conformance.deviating import Bend
from conformance.faults import kit
from conformance.faults.every.telling import Teller
from conformance.faults.gemini.changing import NAME, ONE, PARTS, last

_usage, _fail, _text = Teller(NAME, "usage"), Teller(NAME, "failure"), Teller(NAME, "text")
Told = list[dict[str, Any]]
OVERLOADED = {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}


def _cumulative(told: Told) -> Told:
    said = ""
    for part in (part for chunk in told for part in kit.at(chunk, PARTS)):
        said += part["text"]
        part["text"] = said
    return told


def _failing(error: Any) -> Bend:
    """The stream fails in its middle."""
    return kit.sequence(lambda told: [*told[:2], {"error": error}])


FAULTS = (
    _text.fault("cumulative", "GM-S05", "Every chunk holds all of the text so far.", kit.sequence(_cumulative)),
    _text.fault(
        "object",
        "JS-S",
        "The text of a part is an object.",
        kit.chunks(kit.swap_at(PARTS, "text", lambda text: {"value": text})),
    ),
    _text.fault(
        "parts-object",
        "JS-S",
        "The parts are one object, in no list.",
        kit.chunks(kit.swap_at("candidates[].content", "parts", lambda parts: parts[0])),
        also=frozenset({"GM-R05"}),
    ),
    _text.fault(
        "content-string",
        "JS-S",
        "The content is a string.",
        kit.chunks(kit.swap_at(ONE, "content", lambda content: content["parts"][0]["text"])),
        also=frozenset({"GM-R05"}),
    ),
    _text.fault(
        "candidates-object",
        "JS-S",
        "The candidates are one object, in no list.",
        kit.chunks(kit.swap_at("", "candidates", lambda told: told[0])),
    ),
    _text.fault(
        "role-assistant",
        "GM-R02",
        "The role is `assistant`.",
        kit.chunks(kit.set_at("candidates[].content", role="assistant")),
    ),
    _text.fault(
        "role-missing", "GM-R02", "The content has no role.", kit.chunks(kit.drop_at("candidates[].content", "role"))
    ),
    _text.fault(
        "index-same",
        "GM-S07",
        "Two candidates of a chunk have one index.",
        kit.chunks(kit.swap_at("", "candidates", lambda told: [*told, *told])),
        also=frozenset({"GM-S03"}),
    ),
    _text.fault("index-string", "JS-S", "The index is a string.", kit.chunks(kit.set_at(ONE, index="0"))),
    _text.fault(
        "of-chat",
        "JS-S",
        "Chunks of openai-chat come.",
        kit.chunks(
            kit.become(
                {
                    "id": "c",
                    "object": "chat.completion.chunk",
                    "choices": [{"index": 0, "delta": {"content": "Hello"}, "finish_reason": None}],
                }
            )
        ),
        also=frozenset({"GM-R10", "GM-S06"}),
    ),
    _usage.fault("missing", "GM-S06", "No chunk has usage.", kit.chunks(kit.drop_at("", "usageMetadata"))),
    _usage.fault(
        "shrinks",
        "GM-S06",
        "The counts of an early chunk are higher than those of the last.",
        kit.sequence(
            lambda told: [
                told[0]
                | {"usageMetadata": {"promptTokenCount": 24, "candidatesTokenCount": 99, "totalTokenCount": 123}},
                *told[1:],
            ]
        ),
    ),
    _usage.fault(
        "total-missing", "GM-S06", "The last usage has no total.", last(kit.drop_at("usageMetadata", "totalTokenCount"))
    ),
    _usage.fault(
        "last-missing",
        "GM-S06",
        "The last chunk has no usage, earlier ones have no total.",
        kit.sequence(
            lambda told: [
                *({**one, "usageMetadata": {"promptTokenCount": 24}} for one in told[:-1]),
                {key: value for key, value in told[-1].items() if key != "usageMetadata"},
            ]
        ),
    ),
    _usage.fault("sum", "GM-U01", "The total is not the sum.", last(kit.set_at("usageMetadata", totalTokenCount=99))),
    _fail.fault(
        "empty",
        "GM-E06",
        "An error in the stream is an empty object.",
        _failing({}),
        also=frozenset({"GM-S03", "JS-S"}),
    ),
    _fail.fault(
        "string", "GM-E06", "An error in the stream is a string.", _failing("overloaded"), also=frozenset({"JS-S"})
    ),
    _fail.fault(
        "no-message",
        "GM-E06",
        "An error in the stream has no message.",
        _failing({"code": 503, "status": "UNAVAILABLE"}),
        also=frozenset({"JS-S"}),
    ),
    _fail.fault(
        "no-status",
        "GM-E06",
        "An error in the stream has no status.",
        _failing({"code": 503, "message": "The model is overloaded."}),
        also=frozenset({"JS-S"}),
    ),
    _fail.fault(
        "of-chat",
        "GM-E06",
        "An error in the stream is told as openai-chat does.",
        _failing({"message": "no", "type": "server_error", "param": None, "code": None}),
        also=frozenset({"JS-S"}),
    ),
    _fail.fault(
        "goes-on",
        "GM-E06",
        "The answer goes on after an error.",
        kit.sequence(lambda told: [told[0], {"error": OVERLOADED}, *told[1:]]),
    ),
)
