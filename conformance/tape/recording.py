"""A recording in memory: read from a cassette file of our own form or of the older form 1.0.

Rule of the file: reading only. Every failure is one `InputError` that names the file, the fault and the next step.
"""

from __future__ import annotations

import json
from functools import partial
from itertools import repeat
from pathlib import Path
from typing import Any, cast

import msgspec
from msgspec import Struct

from conformance.errors import InputError
from conformance.exchange import Broken, Chunk, End, Exchange, Request, Response
from conformance.tape import form, legacy
from conformance.tape.coding import decoded
from conformance.tape.form import Provenance, StoredBody, StoredInteraction
from conformance.tape.headers import header_lines


class Recording(Struct, frozen=True):
    """What a cassette holds."""

    provenance: Provenance
    exchanges: tuple[Exchange, ...]


def read_cassette(path: Path | str) -> Recording:
    """Read a cassette. Bodies come with their content-encoding undone, chunk by chunk."""
    raw = read_raw(path)
    return Recording(raw.provenance, tuple(readable(one) for one in raw.exchanges))


def read_raw(path: Path | str) -> Recording:
    """Read a cassette as it is to be replayed: bodies exactly as they travelled."""
    where = str(path)
    return recording_of(read_bytes(Path(path)), where)


def read_provenance(path: Path | str) -> Provenance:
    """Only where a cassette comes from."""
    return read_raw(path).provenance


def recording_of(data: bytes, where: str) -> Recording:
    """The recording that stands in these bytes, by the form that they are in."""
    try:
        stored = form.parse(data, where)
    except InputError as fault:
        older = _older(data, where, fault)
        return Recording(*older)
    found = stored.provenance
    return Recording(found, tuple(_exchange(one, found, where, n) for n, one in enumerate(stored.interactions)))


def _older(data: bytes, where: str, fault: InputError) -> tuple[Provenance, tuple[Exchange, ...]]:
    """Another form that we read, or an error that says best what is wrong."""
    if not data.strip():
        raise InputError(f"{where} is empty", "restore it from version control or record it again") from fault
    try:
        value: Any = json.loads(data)
    except (ValueError, RecursionError):
        raise fault from None
    if legacy.looks_like(value):
        return legacy.read(value, where)
    if not isinstance(value, dict) or "interactions" not in value:
        raise InputError(f"{where} is JSON but no cassette", "give a file that `conformance record` wrote") from None
    if "format" in value or "provenance" in value:
        if (value.get("format"), value.get("version")) != (form.FORMAT, form.VERSION):
            raise form.unknown_version(where, value.get("format"), value.get("version")) from None
        raise fault
    if isinstance(value.get("version"), str):
        raise form.unknown_version(where, None, value["version"]) from None
    raise InputError(
        f"{where} is a cassette of another tool, without our format line", "check it with: conformance lint " + where
    ) from None


def read_bytes(path: Path) -> bytes:
    """The bytes of a file, or one clear error."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"there is no cassette {path}", "record it (VCR_MODE=record), or check the name") from None
    except IsADirectoryError:
        raise InputError(f"{path} is a directory, not a cassette", "name one file in it") from None
    except OSError as fault:
        raise InputError(f"{path} cannot be read: {fault.strerror}", "check the file's rights") from fault


_chunk = partial(tuple.__new__, Chunk)  # a third of the cost of calling the class; a long stream has hundreds


def chunks_of(body: StoredBody, where: str) -> tuple[Chunk, ...]:
    try:
        pieces = list(map(str.encode, cast("list[str]", body.chunks)))
    except TypeError:  # some piece is base64
        pieces = [form.bytes_of(piece, where) for piece in body.chunks]
    gaps = [gap / 1000 for gap in body.gaps_ms] if body.gaps_ms else repeat(0.0)
    return tuple(map(_chunk, zip(gaps, pieces, strict=False)))


def end_of(body: StoredBody) -> End:
    if isinstance(body.end, str):
        return "closed" if body.end == "closed" else "eof"
    return Broken(body.end.error, body.end.message)


def _exchange(stored: StoredInteraction, found: Provenance, where: str, number: int) -> Exchange:
    sent, came = stored.request, stored.response
    place = f"{where}: interaction {number}"
    request = Request(sent.method, sent.uri, header_lines(sent.headers), form.body_of(sent, place))
    response = Response(came.status.code, header_lines(came.headers), chunks_of(came.body, place), end_of(came.body))
    return Exchange(
        id=f"{Path(where).stem}#{number}",
        request=request,
        response=response,
        dialect=found.dialect,
        provider=found.provider,
        scenario=found.scenario,
        source=found.source,
        origin=f"{where}#{number}",
    )


def readable(one: Exchange) -> Exchange:
    """The exchange as a reader wants it: plain body, dialect known if anything tells."""
    from conformance.dialects import detect

    request = one.request
    dialect = one.dialect or detect(request.method, request.url, request.headers, request.json())
    return msgspec.structs.replace(one, response=decoded(one.response), dialect=dialect)
