"""Faults of what changes within a stream that stays the same in a sound one: id, time, model, fingerprint.

Rule of the file: each chunk by itself is as it should be.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.deviating import Bend, Chunk
from conformance.faults import kit
from conformance.faults.form import Fault

from .telling import counts, fault, nth, says


def _set(key: str, value: object) -> kit.Change:
    return kit.set_at("", **{key: value})


def _changing() -> Iterator[Fault]:
    yield fault(
        "chunk.id-changes",
        "OC-S02",
        "Every chunk has another id.",
        _numbered("id", "chatcmpl-"),
        source="llama.cpp, litellm",
    )
    yield fault("chunk.id-changes-once", "OC-S02", "One chunk has another id.", nth(_set("id", "chatcmpl-other"), says))
    yield fault(
        "chunk.created-changes", "OC-S03", "Every chunk has another creation time.", _numbered("created", 1_790_000_000)
    )
    yield fault(
        "chunk.created-changes-once",
        "OC-S03",
        "One chunk has another creation time.",
        nth(_set("created", 1_790_000_009), says),
    )
    other = _set("model", "another-model")
    yield fault(
        "chunk.id-of-usage",
        "OC-S02",
        "The usage chunk has another id.",
        kit.chunks(_set("id", "chatcmpl-other"), counts),
    )
    yield fault(
        "chunk.created-of-usage",
        "OC-S03",
        "The usage chunk has another creation time.",
        kit.chunks(_set("created", 1_790_000_009), counts),
    )
    yield fault("chunk.model-changes", "OC-S20", "Every chunk names another model.", _numbered("model", "model-"))
    yield fault("chunk.model-changes-once", "OC-S20", "One chunk names another model.", nth(other, says))
    yield fault("chunk.model-of-usage", "OC-S20", "The usage chunk names another model.", kit.chunks(other, counts))
    yield fault(
        "chunk.fingerprint-changes",
        "OC-S20",
        "Every chunk names another fingerprint.",
        _numbered("system_fingerprint", "fp_"),
    )


def _numbered(key: str, first: Any) -> Bend:
    def one(told: list[Chunk]) -> list[Chunk]:
        return [{**chunk, key: first + (str(at) if isinstance(first, str) else at)} for at, chunk in enumerate(told)]

    return kit.sequence(one)


FAULTS = tuple(_changing())
