"""Faults of how a stream closes: its sentinel, the names of events, a body that stops early.

Rule of the file: what the answer says came as it should until then.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.deviating import Bend, Chunk
from conformance.faults import kit
from conformance.faults.form import Fault

from .telling import counts, delta_of, fault, lost

DONE = b"data: [DONE]\n\n"


def _sentinels() -> Iterator[Fault]:
    yield fault(
        "done.missing",
        "OC-S15",
        "The stream ends without [DONE].",
        kit.frames(lambda told: told[:-1]),
        source="mlc-llm, ik_llama.cpp",
    )
    yield fault("done.twice", "OC-S15", "[DONE] comes twice.", kit.frames(lambda told: [*told, DONE]))
    yield fault(
        "done.then-chunk",
        "OC-S15",
        "A chunk follows [DONE].",
        kit.frames(lambda told: [*told, told[1]]),
        also=frozenset({"OC-S11"}),
    )
    yield fault(
        "done.before-usage",
        "OC-S15",
        "The usage chunk follows [DONE].",
        kit.frames(lambda told: [*told[:-2], told[-1], told[-2]]),
        also=frozenset({"OC-S13"}),
    )
    for how, data in (
        ("blank", b"[DONE] "),
        ("lower", b"[done]"),
        ("bare", b"DONE"),
        ("quoted", b'"[DONE]"'),
        ("json", b'{"done":true}'),
        ("other", b"[END]"),
        ("null", b"null"),
        ("text", b"done"),
    ):
        shown = data.decode()
        yield fault(
            f"done.{how}",
            "OC-S15",
            f"The stream ends with {shown!r} in place of [DONE].",
            _last(data),
            also=frozenset({"OC-S01"}) if how == "json" else frozenset(),
        )
    yield fault(
        "done.empty-chunk-after",
        "OC-S15",
        "An empty event follows [DONE].",
        kit.frames(lambda told: [*told, b"data: {}\n\n"]),
        also=frozenset({"OC-S01"}),
    )
    yield fault(
        "event.named", "OC-S16", "Every event has a name.", kit.each_frame(lambda frame: b"event: message\n" + frame)
    )
    yield fault(
        "event.done",
        "OC-S16",
        "The sentinel has the name done.",
        kit.frames(lambda told: [*told[:-1], b"event: done\n" + told[-1]]),
    )
    yield fault(
        "stream.cut", "OC-S10", "The stream stops in the middle.", kit.frames(lambda told: told[: len(told) // 2])
    )
    yield fault(
        "stream.cut-after-first", "OC-S10", "The stream stops after its first chunk.", kit.frames(lambda told: told[:1])
    )
    yield fault("stream.only-done", "OC-S10", "The stream is [DONE] alone.", kit.frames(lambda told: told[-1:]))
    yield fault("stream.only-usage", "OC-S10", "The stream holds usage alone.", lost(lambda one: not counts(one)))
    yield fault(
        "stream.whole-in-chunk",
        "OC-S01",
        "The stream is one chunk that holds a whole answer.",
        kit.sequence(_whole),
        also=frozenset({"OC-S04", "OC-S13"}),
    )


def _last(data: bytes) -> Bend:
    """The stream ends with this in place of the sentinel."""
    return kit.frames(lambda told: [*told[:-1], b"data: " + data + b"\n\n"])


def _whole(told: list[Chunk]) -> list[Chunk]:
    text = "".join(delta_of(one).get("content") or "" for one in told)
    message = {"role": "assistant", "content": text, "refusal": None}
    return [
        {
            **told[0],
            "object": "chat.completion",
            "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
        }
    ]


FAULTS = tuple(_sentinels())
