"""The cassette form: how a recording stands on disk, as typed values and as text.

Rule of the file: form only. No clock, no file, no secret; `where` is there so that an error can name the file.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import Any, TypeAlias

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from conformance.errors import InputError
from conformance.exchange import Source
from conformance.model import JSON
from conformance.tape.headers import HeaderLists

FORMAT = "conformance-cassette"
VERSION = 1


class Provenance(Struct, frozen=True, kw_only=True):
    """Where a recording comes from."""

    source: Source = "unknown"
    recorded_at: str = ""
    tool: str = ""
    base_url: str = ""
    provider: str | None = None
    scenario: str | None = None
    dialect: str | None = None


class Base64(Struct, frozen=True):
    """Bytes that are not UTF-8, hence not text."""

    base64: str


class BrokenEnd(Struct, frozen=True):
    """The body broke off: the exception's class name and message."""

    error: str
    message: str = ""


Piece: TypeAlias = str | Base64


class StoredRequest(Struct):
    method: str
    uri: str
    headers: HeaderLists = {}
    json: Raw | UnsetType = UNSET
    body: Piece | None = None


class StoredStatus(Struct):
    code: int
    message: str | None = ""


class StoredBody(Struct):
    chunks: list[Piece]
    end: str | BrokenEnd = "eof"
    gaps_ms: list[float] = []


class StoredResponse(Struct):
    status: StoredStatus
    headers: HeaderLists
    body: StoredBody


class StoredInteraction(Struct):
    request: StoredRequest
    response: StoredResponse


class StoredCassette(Struct):
    format: str
    version: int
    provenance: Provenance
    interactions: list[StoredInteraction]


_decode = msgspec.json.Decoder(StoredCassette).decode


def parse(data: bytes | str, where: str) -> StoredCassette:
    """Read our own form. Raises `InputError` naming what is wrong and where."""
    try:
        found = _decode(data)
    except msgspec.ValidationError as fault:
        raise InputError(f"{where} is no readable cassette: {fault}", "mend it by hand or record it again") from fault
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise InputError(
            f"{where} is not JSON: {fault}", "restore it from version control or record it again"
        ) from fault
    if found.format != FORMAT or found.version != VERSION:
        raise unknown_version(where, found.format, found.version)
    for number, one in enumerate(found.interactions):
        _check_body(one.response.body, f"{where}: interaction {number}")
    return found


def unknown_version(where: str, form: JSON, version: JSON) -> InputError:
    """The refusal of a form that this program does not know."""
    return InputError(
        f"{where} has the form {form!r} version {version!r}; this program reads {FORMAT!r} version {VERSION}",
        "upgrade provider-conformance, or record the cassette again",
    )


def _check_body(body: StoredBody, where: str) -> None:
    if body.gaps_ms and len(body.gaps_ms) != len(body.chunks):
        raise InputError(
            f"{where} has {len(body.chunks)} chunks and {len(body.gaps_ms)} gaps_ms",
            "give one gap for each chunk, or drop gaps_ms",
        )
    if isinstance(body.end, str) and body.end not in ("eof", "closed"):
        raise InputError(f"{where} ends with {body.end!r}", 'write "eof", "closed" or {"error": …, "message": …}')


def piece_of(data: bytes) -> JSON:
    """Bytes as they stand in the file: text where they are UTF-8."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode()}


def bytes_of(piece: Piece, where: str = "cassette") -> bytes:
    """The bytes that a piece stands for."""
    if isinstance(piece, str):
        return piece.encode()
    try:
        return base64.b64decode(piece.base64, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise InputError(f"{where} holds bad base64: {fault}", "record it again") from fault


def body_of(request: StoredRequest, where: str) -> bytes:
    """The request body; JSON is written compactly, its keys in the order in which they were sent."""
    if not isinstance(request.json, UnsetType):
        return json.dumps(json.loads(bytes(request.json)), ensure_ascii=False, separators=(",", ":")).encode()
    return b"" if request.body is None else bytes_of(request.body, where)


def body_fields(body: bytes | None) -> dict[str, JSON]:
    """How a request body stands in the file: `json` when nothing is lost by that, else `body`."""
    if not body:
        return {}
    try:
        value = json.loads(body, parse_constant=_refuse)
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except (ValueError, RecursionError):  # not JSON, or JSON that another parser would not take (NaN, half a surrogate)
        return {"body": piece_of(body)}
    return {"json": value}


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


# Line ends for some editors and diff tools, though JSON lets them stand in a string.
_ESCAPED = {0x2028: "\\u2028", 0x2029: "\\u2029", 0x85: "\\u0085", 0x7F: "\\u007f"}


def render(provenance: Provenance, interactions: list[JSON]) -> str:
    """The text of a cassette: one chunk a line, all gaps of a body in one line."""
    whole = {
        "format": FORMAT,
        "version": VERSION,
        "provenance": msgspec.to_builtins(provenance),
        "interactions": interactions,
    }
    text = json.dumps(whole, indent=2, ensure_ascii=False) + "\n"
    text = re.sub(
        r'"gaps_ms": \[[^\]"]*\]', lambda hit: re.sub(r"\s+", " ", hit[0]).replace("[ ", "[").replace(" ]", "]"), text
    )
    text = re.sub(r'\{\s+("base64": "[^"]*")\s+\}', r"{\1}", text)
    return text.translate(_ESCAPED)
