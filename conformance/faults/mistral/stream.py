"""Faults of a stream: its frames, what stays equal, its contents, its calls, its end.

Rule of the file: one respect at a time.
"""

from __future__ import annotations

from conformance.faults import kit
from conformance.faults.choices import CHOICE, DELTA, ONE
from conformance.faults.every.telling import Teller
from conformance.faults.mistral.changing import NAME, Told, nth, own

_frame, _life, _end = Teller(NAME, "frame"), Teller(NAME, "lifecycle"), Teller(NAME, "end")
_text = Teller(NAME, "text")
THOUGHT = [{"type": "thinking", "thinking": "Hm."}]


def _cumulative(told: Told) -> Told:
    said = ""
    for delta in (delta for chunk in told for delta in kit.at(chunk, DELTA)):
        if delta.get("content"):
            said += delta["content"]
            delta["content"] = said
    return told


def _finish_early(told: Told) -> Told:
    """The last but one chunk finishes, the last one says nothing of it."""
    for one in kit.at(told[-2], CHOICE):
        one["finish_reason"] = "stop"
    return told


def _after_finish(told: Told) -> Told:
    """A content follows the finish."""
    late = told[1] | {"choices": [{"index": 0, "delta": {"content": " And more."}, "finish_reason": None}]}
    return [*told, late]


FAULTS = (
    _frame.fault(
        "choices-empty",
        "OC-S22",
        "A chunk in the middle has no choices.",
        kit.sequence(lambda told: [*told[:2], told[1] | {"choices": []}, *told[2:]]),
    ),
    _frame.fault("named", "OC-S16", "Events have names.", kit.each_frame(lambda frame: b"event: completion\n" + frame)),
    _frame.fault(
        "foreign",
        "OC-S01",
        "An event of another language comes.",
        kit.frames(lambda told: [*told[:1], b'data: {"type":"ping"}\n\n', *told[1:]]),
    ),
    _life.fault("id-changes", "OC-S02", "Every chunk has an id of its own.", own("id", "c1", "c2")),
    _life.fault(
        "created-changes", "OC-S03", "Every chunk has a time of its own.", own("created", 1790000000, 1790000001)
    ),
    _life.fault("model-changes", "OC-S20", "Chunks name several models.", own("model", "m-1", "m-2")),
    _life.fault("created-milliseconds", "OC-S01", "created is in milliseconds.", own("created", 1790000000000)),
    _life.fault("id-missing", "OC-S01", "Chunks have no id.", kit.chunks(kit.drop_at("", "id"))),
    _life.fault("object-other", "OC-S01", "The object is chat.completion.", own("object", "chat.completion")),
    _life.fault(
        "model-missing",
        "OC-S01",
        "Chunks name no model.",
        kit.chunks(kit.drop_at("", "model")),
    ),
    _life.fault(
        "choices-missing",
        "OC-S01",
        "A chunk has no choices.",
        nth(1, kit.drop_at("", "choices")),
    ),
    _life.fault(
        "delta-missing",
        "OC-S04",
        "A choice has no delta.",
        nth(1, kit.drop_at(CHOICE, "delta")),
    ),
    _life.fault(
        "index-missing",
        "OC-S04",
        "Choices have no index.",
        kit.chunks(kit.drop_at(CHOICE, "index")),
    ),
    _life.fault(
        "finish-key-missing",
        "OC-S04",
        "The finish_reason is left out while it is null.",
        kit.chunks(
            lambda told: [one.pop("finish_reason") for one in kit.at(told, CHOICE) if one["finish_reason"] is None]
        ),
    ),
    _life.fault("role-other", "MI-S06", "The role is `bot`.", nth(0, kit.set_at(DELTA, role="bot"))),
    _end.fault("done-missing", "MI-S04", "No [DONE] comes.", kit.frames(lambda told: told[:-1])),
    _end.fault("done-twice", "MI-S04", "[DONE] comes twice.", kit.frames(lambda told: [*told, told[-1]])),
    _end.fault(
        "after-done",
        "MI-S04",
        "A chunk follows [DONE].",
        kit.frames(lambda told: [*told, told[1]]),
        also=frozenset({"OC-S11"}),
    ),
    _end.fault(
        "finish-missing", "MI-S06", "No finish_reason comes.", kit.chunks(kit.set_at(CHOICE, finish_reason=None))
    ),
    _end.fault("finish-twice", "MI-S06", "The finish_reason comes twice.", kit.sequence(_finish_early)),
    _end.fault(
        "finish-unknown", "MI-S06", "The finish_reason is `eos`.", nth(-1, kit.set_at(CHOICE, finish_reason="eos"))
    ),
    _end.fault(
        "finish-of-anthropic",
        "MI-S06",
        "The finish_reason is `end_turn`.",
        nth(-1, kit.set_at(CHOICE, finish_reason="end_turn")),
    ),
    _end.fault("content-after", "OC-S11", "Content follows the finish_reason.", kit.sequence(_after_finish)),
    _end.fault("cut", "MI-S06", "The stream ends in the middle of the answer.", kit.sequence(lambda told: told[:3])),
    _end.fault(
        "stop-after-calls",
        "OC-S12",
        "A stream that calls a tool ends with stop.",
        nth(-1, kit.set_at(CHOICE, finish_reason="stop")),
        on=ONE,
    ),
    _end.fault(
        "calls-without-call",
        "OC-S12",
        "The reason is tool_calls, and no call came.",
        nth(-1, kit.set_at(CHOICE, finish_reason="tool_calls")),
    ),
    _text.fault("cumulative", "OC-S19", "Every delta holds all of the text so far.", kit.sequence(_cumulative)),
    _text.fault("object", "MI-S03", "A content is an object.", nth(2, kit.set_at(DELTA, content={"text": "Hello"}))),
    _text.fault(
        "part-untyped",
        "MI-S03",
        "A part of a content has no type.",
        nth(2, kit.set_at(DELTA, content=[{"text": "Hello"}])),
    ),
    _text.fault(
        "thinking-string", "MI-S03", "Thinking is a string, in no list.", nth(1, kit.set_at(DELTA, content=THOUGHT))
    ),
)
