"""Faults of a stream as a whole: its frames, its names, its end, its usage.

Rule of the file: what is said stays sound.
"""

from __future__ import annotations

from typing import Any

from conformance.deviating import Bend
from conformance.faults import kit
from conformance.faults.every.telling import Teller
from conformance.faults.gemini.changing import NAME, ONE

_frame, _life, _end = Teller(NAME, "frame"), Teller(NAME, "lifecycle"), Teller(NAME, "end")
Told = list[dict[str, Any]]


def _each(key: str, *values: Any) -> Bend:
    """A key has another value on every chunk, one after the other."""

    def one(told: Told) -> Told:
        return [chunk | {key: values[at % len(values)]} for at, chunk in enumerate(told)]

    return kit.sequence(one)


def _finishing(told: Told) -> Told:
    """Every chunk is finished."""
    for one in (one for chunk in told for one in kit.at(chunk, ONE)):
        one["finishReason"] = "STOP"
    return told


def _after_finish(told: Told) -> Told:
    """The finish comes one chunk too early."""
    for one in kit.at(told[-2], ONE):
        one["finishReason"] = "STOP"
    for one in kit.at(told[-1], ONE):
        one.pop("finishReason")
    return told


def _blocked(told: Told) -> Told:
    return [*told, {"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": told[-1]["usageMetadata"]}]


FAULTS = (
    _frame.fault("named", "GM-S01", "Events have names.", kit.each_frame(lambda frame: b"event: message\r\n" + frame)),
    _frame.fault(
        "done", "GM-S01", "[DONE] closes the stream.", kit.frames(lambda told: [*told, b"data: [DONE]\r\n\r\n"])
    ),
    _frame.fault(
        "wrapped",
        "JS-S",
        "Chunks stand under `response`.",
        kit.sequence(lambda told: [{"response": one} for one in told]),
        source="Code Assist",
        also=frozenset({"GM-R10", "GM-S06"}),
    ),
    _life.fault("id-changes", "GM-S02", "Every chunk has a responseId of its own.", _each("responseId", "r1", "r2")),
    _life.fault("model-changes", "GM-S02", "Chunks name several models.", _each("modelVersion", "m-1", "m-2")),
    _life.fault("id-missing", "GM-R10", "No chunk has a responseId.", kit.chunks(kit.drop_at("", "responseId"))),
    _life.fault("model-missing", "GM-R10", "No chunk names its model.", kit.chunks(kit.drop_at("", "modelVersion"))),
    _life.fault(
        "id-number",
        "JS-S",
        "The responseId is a number.",
        kit.chunks(kit.set_at("", responseId=7)),
        also=frozenset({"GM-R10"}),
    ),
    _life.fault(
        "snake-case",
        "GM-R08",
        "Keys are in snake_case.",
        kit.chunks(kit.rename_at("", "usageMetadata", "usage_metadata")),
        also=frozenset({"GM-S06"}),
    ),
    _end.fault("missing", "GM-S03", "No finishReason comes.", kit.chunks(kit.drop_at(ONE, "finishReason"))),
    _end.fault(
        "null", "GM-S03", "The finishReason is null.", kit.chunks(kit.swap_at(ONE, "finishReason", lambda word: None))
    ),
    _end.fault(
        "empty",
        "GM-S03",
        "The finishReason is empty.",
        kit.chunks(kit.swap_at(ONE, "finishReason", lambda word: "")),
        also=frozenset({"GM-R04"}),
    ),
    _end.fault("cut", "GM-S03", "The stream ends in the middle of the answer.", kit.sequence(lambda told: told[:-1])),
    _end.fault(
        "each", "GM-S03", "Every chunk has a finishReason.", kit.sequence(_finishing), also=frozenset({"GN-12"})
    ),
    _end.fault(
        "twice",
        "GM-S03",
        "The last chunk comes twice.",
        kit.sequence(lambda told: [*told, told[-1]]),
        also=frozenset({"GN-12"}),
    ),
    _end.fault(
        "early", "GM-S03", "Content follows the finishReason.", kit.sequence(_after_finish), also=frozenset({"GN-12"})
    ),
    _end.fault(
        "lower-case", "GM-R04", "The finishReason is `stop`.", kit.chunks(kit.swap_at(ONE, "finishReason", str.lower))
    ),
    _end.fault(
        "of-chat",
        "GM-R04",
        "The finishReason is `tool_calls`.",
        kit.chunks(kit.swap_at(ONE, "finishReason", lambda word: "tool_calls")),
        on="tool_call_single",
    ),
    _end.fault(
        "object",
        "JS-S",
        "The finishReason is an object.",
        kit.chunks(kit.swap_at(ONE, "finishReason", lambda word: {"reason": word})),
    ),
    _end.fault("block-late", "GM-S04", "The prompt is blocked after half an answer.", kit.sequence(_blocked)),
    _end.fault(
        "block-beside",
        "GM-S04",
        "A blockReason stands beside candidates.",
        kit.chunks(kit.set_at("", promptFeedback={"blockReason": "SAFETY"})),
        also=frozenset({"GN-12"}),
    ),
)
