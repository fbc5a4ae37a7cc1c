"""The frames of a stream as typed values: msgspec reads what is as the specification says, stdlib JSON the rest.

Rule of the file: what is hot is typed (deltas); what is rare (starts, message_delta) stays a dict with all its keys.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TypeAlias

import msgspec
from msgspec import Struct

from conformance.dialects.anthropic_messages.words import count_of
from conformance.model import JSON


class TextPiece(Struct, tag="text_delta", tag_field="type", gc=False):
    text: str


class ThinkingPiece(Struct, tag="thinking_delta", tag_field="type", gc=False):
    thinking: str


class InputPiece(Struct, tag="input_json_delta", tag_field="type", gc=False):
    partial_json: str


class SignaturePiece(Struct, tag="signature_delta", tag_field="type", gc=False):
    signature: str


class OtherPiece(Struct):
    """A delta that has no type of its own here: citations, compaction, what is yet to come."""

    raw: Mapping[str, JSON]


Piece: TypeAlias = TextPiece | ThinkingPiece | InputPiece | SignaturePiece


class MessageStart(Struct, tag="message_start", tag_field="type"):
    message: dict[str, JSON]


class BlockStart(Struct, tag="content_block_start", tag_field="type"):
    index: int
    content_block: dict[str, JSON]


class BlockDelta(Struct, tag="content_block_delta", tag_field="type"):
    index: int
    delta: Piece


class OtherDelta(Struct):
    """A delta that msgspec refused."""

    index: int
    delta: Piece | OtherPiece


class BlockStop(Struct, tag="content_block_stop", tag_field="type"):
    index: int


class MessageDelta(Struct, tag="message_delta", tag_field="type"):
    delta: dict[str, JSON]
    usage: dict[str, JSON] | None = None


class MessageStop(Struct, tag="message_stop", tag_field="type"):
    pass


class Ping(Struct, tag="ping", tag_field="type"):
    pass


class WholeMessage(Struct):
    """A whole message where a stream was due: some gateways answer so."""

    body: dict[str, JSON]


class Failure(Struct):
    """An error object, in any shape."""

    body: dict[str, JSON]


Typed: TypeAlias = BlockDelta | BlockStart | BlockStop | MessageStart | MessageDelta | MessageStop | Ping
Frame: TypeAlias = Typed | OtherDelta | WholeMessage | Failure

typed: Callable[[bytes], Typed] = msgspec.json.Decoder(Typed).decode
"""The fast path. Raises `msgspec.DecodeError` for all that it has no type for."""


def lenient(event: bytes, data: bytes) -> Frame:
    """The slow path: by stdlib JSON and by hand. What is unknown is a `Ping`: it says nothing.

    Raises `ValueError` for data that is no JSON object.
    """
    body = json.loads(data)
    if not isinstance(body, dict):
        raise ValueError(f"it is a JSON {type(body).__name__}, not an object")
    kind = body.get("type") or event.decode("utf-8", "replace")
    make = _LENIENT.get(kind) if isinstance(kind, str) else None
    if make is None:
        return Failure(body) if body.get("error") and "type" not in body else Ping()
    return make(body)


def _dict(value: JSON) -> dict[str, JSON]:
    return value if isinstance(value, dict) else {}


def _index(body: dict[str, JSON]) -> int:
    index = count_of(body.get("index"))
    return -1 if index is None else index


def _piece(value: JSON) -> Piece | OtherPiece:
    delta = _dict(value)
    kind = delta.get("type")
    make, key = _PIECES.get(kind if isinstance(kind, str) else "", (None, ""))
    text = delta.get(key)
    return OtherPiece(delta) if make is None or not isinstance(text, str) else make(text)


_PIECES: Mapping[str, tuple[Callable[[str], Piece] | None, str]] = {
    "text_delta": (TextPiece, "text"),
    "thinking_delta": (ThinkingPiece, "thinking"),
    "input_json_delta": (InputPiece, "partial_json"),
    "signature_delta": (SignaturePiece, "signature"),
}

_LENIENT: Mapping[str, Callable[[dict[str, JSON]], Frame]] = {
    "message_start": lambda body: MessageStart(_dict(body.get("message"))),
    "content_block_start": lambda body: BlockStart(_index(body), _dict(body.get("content_block"))),
    "content_block_delta": lambda body: OtherDelta(_index(body), _piece(body.get("delta"))),
    "content_block_stop": lambda body: BlockStop(_index(body)),
    "message_delta": lambda body: MessageDelta(_dict(body.get("delta")), _dict(body.get("usage"))),
    "message_stop": lambda body: MessageStop(),
    "ping": lambda body: Ping(),
    "message": WholeMessage,
    "error": Failure,
}
