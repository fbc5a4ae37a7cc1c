"""Faults of the finish reason of a streamed answer.

Rule of the file: the answer came as it should until then.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.deviating import Chunk
from conformance.faults import kit
from conformance.faults.form import Fault
from conformance.faults.kit import drop_at, moved, set_at

from .telling import (
    CALL,
    CALL_WHOLE,
    CALLS,
    WHOLE,
    after,
    calls,
    choice_of,
    delta_of,
    ends,
    fault,
    like,
    lost,
)


def _reasons() -> Iterator[Fault]:
    piece = "choices[]"
    yield fault("finish.missing", "OC-S10", "No chunk tells a finish reason.", lost(ends), source="opencode")
    yield fault(
        "finish.null",
        "OC-S10",
        "The last chunk has the finish reason null.",
        kit.chunks(set_at(piece, finish_reason=None), ends),
    )
    for word in (
        "null",
        "",
        "end_turn",
        "STOP",
        "eos",
        "completed",
        "error",
        "cancel",
        "unknown",
        "max_tokens",
        "tool_use",
        "stop_sequence",
    ):
        yield fault(
            f"finish.word-{word.lower() or 'empty'}",
            "OC-S10",
            f"The finish reason is {word!r}.",
            kit.chunks(set_at(piece, finish_reason=word), ends),
        )
    for how, value in (("number", 1), ("bool", True), ("object", {"type": "stop"})):
        yield fault(
            f"finish.{how}",
            "OC-S10",
            f"The finish reason is of the type {how}.",
            kit.chunks(set_at(piece, finish_reason=value), ends),
        )
    yield fault(
        "finish.blank-before",
        "OC-S10",
        "Every chunk has a finish reason, an empty one until the end.",
        kit.chunks(set_at(piece, finish_reason=""), lambda one: not ends(one) and bool(one.get("choices"))),
        source="Snowflake",
        also=frozenset({"OC-S11"}),
    )
    yield fault("finish.twice", "OC-S10", "The finish chunk comes twice.", after(ends, lambda one: one))
    yield fault(
        "finish.two-reasons",
        "OC-S10",
        "A second finish reason contradicts the first.",
        after(ends, lambda one: like(one, {}, "length")),
    )
    yield fault(
        "finish.every-chunk",
        "OC-S10",
        "Every chunk tells the finish reason.",
        kit.chunks(set_at(piece, finish_reason="stop")),
        also=frozenset({"OC-S11"}),
    )
    yield fault(
        "finish.then-text",
        "OC-S11",
        "Text follows the finish reason.",
        after(ends, lambda one: like(one, {"content": " More."})),
        source="Baseten",
    )
    yield fault("finish.early", "OC-S11", "The finish reason comes before the text.", kit.sequence(_early))
    yield fault("finish.then-call", "OC-S11", "A call follows the finish reason.", kit.sequence(_early), on=CALL)
    yield fault(
        "finish.then-role",
        "OC-S05",
        "An empty delta with the role follows the finish reason.",
        after(ends, lambda one: like(one, {"role": "assistant", "content": ""})),
    )
    yield fault(
        "finish.with-call",
        "OC-S07",
        "The finish chunk tells the call again.",
        kit.sequence(_repeated),
        on=CALL,
        source="vLLM",
    )
    yield fault(
        "finish.delta-missing", "OC-S04", "The finish chunk has no delta.", kit.chunks(drop_at(piece, "delta"), ends)
    )
    yield fault(
        "finish.delta-null",
        "OC-S04",
        "The delta of the finish chunk is null.",
        kit.chunks(set_at(piece, delta=None), ends),
    )
    yield fault(
        "finish.stop-for-calls",
        "OC-S12",
        "An answer that calls a tool ends with stop.",
        kit.chunks(set_at(piece, finish_reason="stop"), ends),
        on=CALL,
        source="litellm, mlx-vlm",
    )
    yield fault(
        "finish.stop-for-two-calls",
        "OC-S12",
        "An answer with two calls ends with stop.",
        kit.chunks(set_at(piece, finish_reason="stop"), ends),
        on=CALLS,
    )
    yield fault(
        "finish.calls-without-call",
        "OC-S12",
        "An answer of text ends with tool_calls.",
        kit.chunks(set_at(piece, finish_reason="tool_calls"), ends),
    )
    yield fault("finish.calls-lost", "OC-S12", "The calls are lost, the reason stays.", lost(calls), on=CALL)
    cut, allowed = (
        set_at(piece, finish_reason="length"),
        kit.asking(lambda body: body.update(max_completion_tokens=500)),
    )
    sentence = "An answer that no limit cut ends with length."
    yield fault("finish.length-unasked", "OC-A07", sentence, kit.chunks(cut, ends), asks=allowed)
    yield fault("whole.finish-length-unasked", "OC-A07", sentence, kit.whole(cut), on=WHOLE, asks=allowed)
    yield fault(
        "whole.finish-stop-for-calls",
        "OC-R04",
        "A whole answer that calls a tool ends with stop.",
        kit.whole(set_at(piece, finish_reason="stop")),
        on=CALL_WHOLE,
    )


def _early(told: list[Chunk]) -> list[Chunk]:
    at = next(number for number, one in enumerate(told) if ends(one))
    return moved(told, at, 1)


def _repeated(told: list[Chunk]) -> list[Chunk]:
    first = delta_of(next(one for one in told if calls(one)))["tool_calls"][0]
    finish = next(one for one in told if ends(one))
    choice_of(finish)["delta"] = {"tool_calls": [{**first, "function": {**first["function"], "arguments": ""}}]}
    return told


FAULTS = tuple(_reasons())
