"""The deltas of a stream as typed values: msgspec reads what is as the service model says, stdlib JSON the rest.

Rule of the file: only what is hot is typed; an event that comes once in a stream stays a dict with all its keys.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import msgspec
from msgspec import Struct

from conformance.model import JSON

from .words import count_of, object_of


class CallPiece(Struct, gc=False):
    input: str


class ReasoningPiece(Struct, gc=False):
    text: str | None = None
    signature: str | None = None
    redactedContent: str | None = None


class Piece(Struct):
    """What a delta brings: one of these, or something that has no word here."""

    text: str | None = None
    toolUse: CallPiece | None = None
    reasoningContent: ReasoningPiece | None = None


class Delta(Struct):
    contentBlockIndex: int
    delta: Piece


typed: Callable[[bytes], Delta] = msgspec.json.Decoder(Delta).decode
"""The fast path of a contentBlockDelta. Raises `msgspec.DecodeError` for all that is not as it should be."""


def lenient(data: bytes) -> Delta:
    """The slow path: what is of another type counts as absent. Raises `ValueError` for data that is no JSON object."""
    body = parsed(data)
    delta = object_of(body.get("delta"))
    call, thought = object_of(delta.get("toolUse")), object_of(delta.get("reasoningContent"))
    piece = Piece(
        text=_string(delta, "text"),
        toolUse=CallPiece(call["input"]) if isinstance(call.get("input"), str) else None,
        reasoningContent=ReasoningPiece(
            _string(thought, "text"), _string(thought, "signature"), _string(thought, "redactedContent")
        )
        if thought
        else None,
    )
    return Delta(index_of(body), piece)


def parsed(data: bytes) -> dict[str, JSON]:
    """The JSON object of an event. Raises `ValueError` for anything else."""
    body = json.loads(data)
    if not isinstance(body, dict):
        raise ValueError(f"it is a JSON {type(body).__name__}, not an object")
    return body


def index_of(body: Mapping[str, JSON]) -> int:
    """The block that an event is of; -1 where it does not tell."""
    index = count_of(body.get("contentBlockIndex"))
    return -1 if index is None else index


def _string(found: Mapping[str, JSON], key: str) -> str | None:
    value = found.get(key)
    return value if isinstance(value, str) else None
