"""What looks odd in a stream of this language and is legal.

Rule of the file: nothing of it may be called wrong, in whatever client's eyes it looks so.
"""

from __future__ import annotations

from typing import Any

from conformance.deviating import Chunk
from conformance.faults import kit
from conformance.faults.anthropic_messages.steps import (
    NAME,
    PING,
    block,
    delta,
    numbered,
)
from conformance.faults.every.telling import Teller
from conformance.faults.typed import (
    after,
    before,
    dropping,
    of,
    setting,
    without,
)

_EVENTS = Teller(NAME, "event")
_BLOCKS = Teller(NAME, "block")
_CALLS = Teller(NAME, "call", "tool_call_single")
_DELTA, _STOP = of("message_delta"), of("content_block_stop")
_INPUT, _TEXT = delta("input_json_delta"), delta("text_delta")

_CITATION = {
    "type": "content_block_delta",
    "index": 0,
    "delta": {"type": "citations_delta", "citation": {"type": "char_location", "cited_text": "x", "document_index": 0}},
}
_NEW_BLOCK: tuple[Chunk, ...] = (
    {"type": "content_block_start", "index": 1, "content_block": {"type": "hologram", "beams": 3}},
    {"type": "content_block_delta", "index": 1, "delta": {"type": "beam_delta", "beam": 1}},
    {"type": "content_block_stop", "index": 1},
)
_HIDDEN = {"type": "redacted_thinking", "data": "c2VjcmV0"}


def _pings(told: list[Chunk]) -> list[Chunk]:
    return [event for one in told for event in (dict(PING), one)]


def _by_letter(told: list[Chunk]) -> list[Chunk]:
    """Each text delta as one delta per letter."""
    return [
        {**one, "delta": {**one["delta"], "text": letter}} if _TEXT(one) else one
        for one in told
        for letter in (one["delta"]["text"] if _TEXT(one) else " ")
    ]


def _in_one(told: list[Chunk]) -> list[Chunk]:
    """One delta for all of the text."""
    found = [one for one in told if _TEXT(one)]
    found[0]["delta"]["text"] = "".join(one["delta"]["text"] for one in found)
    return [one for one in told if one not in found[1:]]


def _hidden(told: list[Chunk]) -> list[Chunk]:
    """Thinking that is told as a sealed block without deltas."""
    kept = [one for one in told if not (numbered(0)(one) and of("content_block_delta")(one))]
    return [{**one, "content_block": _HIDDEN} if block("thinking")(one) else one for one in kept]


def _cut(told: list[Chunk]) -> list[Chunk]:
    """A call whose input max_tokens cut short."""
    last = [one for one in told if _INPUT(one)][-1]
    for one in filter(_DELTA, told):
        one["delta"]["stop_reason"] = "max_tokens"
    return [one for one in told if one is not last]


def _unknown_keys(told: dict[str, Any]) -> None:
    for path in ("", "message", "delta", "usage", "content_block", "message.usage", "content[]"):
        for one in kit.at(told, path):
            one["x_new"] = {"of": "tomorrow"}


VARIATIONS = (
    _EVENTS.legal(
        "ping-everywhere",
        "A ping comes before every event, the first too.",
        kit.sequence(_pings),
        source="platform.claude.com, streaming",
    ),
    _EVENTS.legal("no-ping", "No ping comes.", without(of("ping"))),
    _EVENTS.legal(
        "unknown-event",
        "An event of a new type comes.",
        before(_STOP, {"type": "weather_report", "sky": "clear"}),
        source="platform.claude.com, versioning",
    ),
    _EVENTS.legal("unknown-keys", "Every object has a new key.", kit.both(_unknown_keys)),
    _EVENTS.legal(
        "name-after-data",
        "The event: line follows the data line.",
        kit.each_frame(lambda frame: b"\n".join(reversed(frame.strip(b"\n").split(b"\n"))) + b"\n\n"),
    ),
    _EVENTS.legal(
        "failed",
        "An error ends the stream.",
        kit.sequence(
            lambda told: [
                *told[:5],
                {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}, "request_id": None},
            ]
        ),
        source="platform.claude.com, errors",
    ),
    _EVENTS.legal(
        "failed-at-once",
        "An error is all of the stream.",
        kit.sequence(
            lambda told: [{"type": "error", "error": {"type": "api_error", "message": "Internal server error"}}]
        ),
    ),
    _EVENTS.legal(
        "new-error-kind",
        "An error in the stream is of a new type.",
        kit.sequence(lambda told: [*told[:5], {"type": "error", "error": {"type": "sleepy_error", "message": "Zzz"}}]),
    ),
    _BLOCKS.legal(
        "none",
        "The answer has no block at all.",
        without(lambda told: "index" in told),
        source="recorded streams of the vendor",
    ),
    _BLOCKS.legal("empty", "The block of text has no delta.", without(_TEXT)),
    _BLOCKS.legal("empty-delta", "A text delta is empty.", setting(_TEXT, "delta", 0, text="")),
    _BLOCKS.legal("by-letter", "Each delta tells one letter.", kit.sequence(_by_letter)),
    _BLOCKS.legal("in-one", "One delta tells the whole text.", kit.sequence(_in_one)),
    _BLOCKS.legal(
        "unknown-block", "A block of a new type comes, with deltas of a new type.", before(_DELTA, *_NEW_BLOCK)
    ),
    _BLOCKS.legal("cited", "A text delta is followed by its source.", after(_TEXT, _CITATION)),
    _BLOCKS.legal(
        "hidden-thinking", "Thinking is sealed: a block without deltas.", kit.sequence(_hidden), on="thinking"
    ),
    _BLOCKS.legal(
        "thinking-left-out",
        "Of the thinking only its signature comes.",
        without(delta("thinking_delta")),
        on="thinking",
        source="thinking.display omitted",
    ),
    _CALLS.legal("no-empty-piece", "The input has no empty first piece.", without(_INPUT, 0)),
    _CALLS.legal(
        "direct-caller",
        "A call says that the model itself made it.",
        setting(block("tool_use"), "content_block", caller={"type": "direct"}),
    ),
    _CALLS.legal("cut-input", "max_tokens cuts the input of a call.", kit.sequence(_cut)),
    _EVENTS.legal("new-stop-word", "stop_reason is a new word.", setting(_DELTA, "delta", stop_reason="out_of_breath")),
    _EVENTS.legal("paused", "The turn is paused.", setting(_DELTA, "delta", stop_reason="pause_turn")),
    _EVENTS.legal("no-stop-details", "stop_details is not told.", dropping(_DELTA, "delta", "stop_details")),
)
