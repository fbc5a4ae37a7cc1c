"""The older cassette form 1.0: `version: "1.0"`, body_chunks or body_chunks_base64, header lines as pairs.

Rule of the file: read only; what we write is `form`. Its chunks were text once, so bytes that were not UTF-8 are lost
there unless the file has them as base64.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from conformance.errors import InputError
from conformance.exchange import Chunk, Exchange, Headers, Request, Response
from conformance.model import JSON
from conformance.tape.form import Provenance

VERSION = "1.0"


class _Request(Struct):
    method: str
    url: str
    headers: list[tuple[str, str]] = []
    body: Any = None
    body_text: str | None = None


class _Response(Struct):
    status: int
    headers: list[tuple[str, str]] = []
    body_chunks: list[str] = []
    body_chunks_base64: list[str] | None = None


class _Interaction(Struct):
    request: _Request
    response: _Response


class _Cassette(Struct):
    version: str
    interactions: list[_Interaction]
    test_name: str = ""
    recorded_at: str = ""


def looks_like(value: JSON) -> bool:
    """Is it that form, in the version that we know?"""
    return isinstance(value, dict) and value.get("version") == VERSION and "interactions" in value


def read(value: JSON, where: str) -> tuple[Provenance, tuple[Exchange, ...]]:
    """The provenance and exchanges that it holds. Raises `InputError` for a malformed one."""
    try:
        found = msgspec.convert(value, _Cassette)
        exchanges = tuple(_exchange(one, where, number) for number, one in enumerate(found.interactions))
    except (msgspec.ValidationError, ValueError) as fault:
        raise InputError(f"{where} is no readable cassette of form 1.0: {fault}", "record it again") from fault
    return Provenance(recorded_at=found.recorded_at, tool="cassette form 1.0"), exchanges


def _exchange(one: _Interaction, where: str, number: int) -> Exchange:
    sent, came = one.request, one.response
    if sent.body is not None:
        body = json.dumps(sent.body, ensure_ascii=False, separators=(",", ":")).encode()
    else:
        body = (sent.body_text or "").encode()
    return Exchange(
        id=f"{Path(where).stem}#{number}",
        request=Request(sent.method.upper(), sent.url, _lines(sent.headers), body),
        response=Response(came.status, _lines(came.headers), _chunks(came)),
        origin=f"{where}#{number}",
    )


def _lines(pairs: list[tuple[str, str]]) -> Headers:
    return tuple((name.lower(), value) for name, value in pairs)


def _chunks(came: _Response) -> tuple[Chunk, ...]:
    if came.body_chunks_base64:
        return tuple(Chunk(0.0, base64.b64decode(text, validate=True)) for text in came.body_chunks_base64)
    return tuple(Chunk(0.0, text.encode()) for text in came.body_chunks)
