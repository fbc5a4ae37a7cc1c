"""Traffic in one JSON document: our own cassettes, form 1.0, vcrpy's JSON, HAR, or the body of an answer.

Rule of the file: the shape of the document tells its reader; what has none is no traffic.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec

from conformance.errors import InputError
from conformance.exchange import Exchange
from conformance.model import JSON
from conformance.tape.recording import readable, recording_of
from conformance.tape.traffic import bare, har, lines, vcrfiles
from conformance.tape.traffic.detect import NoTraffic
from conformance.tape.traffic.shapes import spoken_in
from conformance.tape.traffic.source import Source


def read(source: Source, dialect: str | None) -> Iterator[Exchange]:
    """The exchanges of a JSON document; of JSON lines when the document turns out to be many."""
    data = source.content()
    try:
        value: Any = json.loads(data)
    except (ValueError, RecursionError) as fault:
        yield from _of_many(data, source, dialect, fault)
        return
    if lines.is_record(value):
        yield from lines.read(source, dialect)
    elif har.looks_like(value):
        yield from har.read_document(value, source, dialect)
    elif vcrfiles.looks_like(value):
        yield from vcrfiles.read_document(value, source, dialect)
    elif _is_cassette(value):
        for one in recording_of(data, str(source)).exchanges:
            yield readable(msgspec.structs.replace(one, dialect=dialect or one.dialect))
    elif (dialect and source.named) or spoken_in(data):
        yield bare.exchange_of(data, source, dialect)
    else:
        raise NoTraffic(
            f"{source} is JSON but no recording: {_told(value)}",
            "give a cassette, a HAR file or JSON lines; of an answer's body say the dialect: --dialect NAME",
        )


def _of_many(data: bytes, source: Source, dialect: str | None, fault: Exception) -> Iterator[Exchange]:
    """What is no JSON as a whole: JSON lines, a stream of them, or nothing that can be read."""
    if lines.looks_like(data):
        yield from lines.read(source, dialect)
    elif (dialect or spoken_in(data)) and _first_is_json(data):
        yield bare.exchange_of(data, source, dialect)
    else:
        raise InputError(
            f"{source} is not JSON: {fault}", "restore it from version control or record it again"
        ) from fault


def _first_is_json(data: bytes) -> bool:
    try:
        return isinstance(json.loads(data.lstrip().partition(b"\n")[0]), dict)
    except (ValueError, RecursionError):
        return False


def _is_cassette(value: JSON) -> bool:
    return isinstance(value, dict) and not value.keys().isdisjoint({"interactions", "format", "provenance"})


def _told(value: JSON) -> str:
    """What a document is instead, in a few words."""
    if isinstance(value, dict):
        return f"an object with the keys {', '.join(sorted(value)[:5])}" if value else "an empty object"
    return "a list" if isinstance(value, list) else "a single value"
