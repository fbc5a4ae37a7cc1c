"""Traffic as JSON lines: one recorded interaction a line, with its body in base64.

Rule of the file: a line is read when it is asked for; a file of any size takes the memory of one line.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from conformance.errors import InputError
from conformance.exchange import Chunk, Exchange, Fidelity, Headers, Request, Response
from conformance.model import JSON
from conformance.tape.coding import without_coding
from conformance.tape.traffic.source import Source

_FIDELITY: Mapping[str, Fidelity] = {
    "exact": "exact",
    "json-reserialized": "reserialized",
    "normalized": "reserialized",
    "reserialized": "reserialized",
    "sdk-object": "body_only",
    "body-only": "body_only",
    "body_only": "body_only",
}
_SAME = {"bedrock-converse-stream": "bedrock-converse"}
"""Names that others give to what is one dialect here."""
_UNTOLD = {None, "", "other", "models", "unknown"}
"""Words in the place of a dialect that name none."""


class _Line(Struct):
    """The fields of a line that we use; the rest is skipped without being built."""

    url: str
    status: int
    id: str = ""
    method: str = "POST"
    provider: str | None = None
    dialect: str | None = None
    fidelity: str = "exact"
    request_headers: dict[str, str | list[str]] | None = None
    response_headers: dict[str, str | list[str]] | None = None
    request_json: Raw | UnsetType = UNSET
    request_text: str | None = None
    response_body_b64: str | None = None
    chunk_boundaries: list[int] | None = None


_decode = msgspec.json.Decoder(_Line).decode


def is_record(value: JSON) -> bool:
    """Is it one line's value?"""
    return isinstance(value, dict) and {"url", "status"} <= value.keys() and "interactions" not in value


def looks_like(data: bytes) -> bool:
    """Is the first line a whole JSON object by itself?"""
    try:
        return is_record(json.loads(data.lstrip().partition(b"\n")[0]))
    except (ValueError, RecursionError):
        return False


def read(source: Source, dialect: str | None) -> Iterator[Exchange]:
    """The exchanges, line by line. Raises `InputError` naming the line that cannot be read."""
    number = 0
    with source.opened() as file:
        try:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield _exchange(line, f"{source}:{number}", dialect)
        except (OSError, EOFError, zlib.error) as fault:
            raise InputError(f"{source} breaks off after line {number}: {fault}", "fetch the file again") from fault


def _exchange(line: bytes, where: str, dialect: str | None) -> Exchange:
    try:
        one = _decode(line.removeprefix(b"\xef\xbb\xbf"))
        body = base64.b64decode(one.response_body_b64 or "", validate=True)
        fidelity = _FIDELITY[one.fidelity]
    except KeyError as fault:
        raise InputError(
            f"{where} has the unknown fidelity {fault}", f"write one of: {', '.join(_FIDELITY)}"
        ) from fault
    except (msgspec.DecodeError, binascii.Error, ValueError) as fault:
        raise InputError(f"{where} is no recorded interaction: {fault}", "mend or drop that line") from fault
    request = Request(one.method.upper(), one.url, _headers(one.request_headers), _request_body(one))
    headers = without_coding(_headers(one.response_headers))  # the body stands here in plain
    return Exchange(
        id=one.id or where,
        request=request,
        response=Response(one.status, headers, _chunks(body, one.chunk_boundaries)),
        dialect=dialect or _dialect(one, request),
        provider=one.provider,
        source="unknown",
        fidelity=fidelity,
        origin=where,
    )


def _dialect(one: _Line, request: Request) -> str | None:
    if one.dialect not in _UNTOLD:
        return _SAME.get(one.dialect or "", one.dialect)
    from conformance.dialects import detect

    return detect(request.method, request.url, request.headers, request.json())


def _request_body(one: _Line) -> bytes:
    if not isinstance(one.request_json, UnsetType) and (raw := bytes(one.request_json)) != b"null":
        return raw
    return (one.request_text or "").encode()


def _headers(found: Mapping[str, Any] | None) -> Headers:
    pairs = (found or {}).items()
    return tuple((name, one) for name, value in pairs for one in (value if isinstance(value, list) else (value,)))


def _chunks(body: bytes, lengths: list[int] | None) -> tuple[Chunk, ...]:
    """The body cut where it was cut; whole when the lengths are not known or do not add up."""
    if not lengths or sum(lengths) != len(body) or min(lengths) < 0:
        return (Chunk(0.0, body),) if body else ()
    out, at = [], 0
    for length in lengths:
        out.append(Chunk(0.0, body[at : at + length]))
        at += length
    return tuple(out)
