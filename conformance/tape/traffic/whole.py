"""Traffic in one JSON document: our own cassettes, form 1.0, and vcrpy's JSON.

Rule of the file: what is our own goes to `recording`; the rest to the reader of vcrpy's dicts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from conformance.errors import InputError
from conformance.exchange import Exchange
from conformance.tape.recording import readable, recording_of
from conformance.tape.traffic import lines, vcrfiles
from conformance.tape.traffic.detect import content_of


def read(path: Path, dialect: str | None) -> Iterator[Exchange]:
    """The exchanges of a JSON document; of JSON lines when the document turns out to be many."""
    data = content_of(path)
    try:
        value: Any = json.loads(data)
    except (ValueError, RecursionError) as fault:
        if lines.looks_like(data):
            yield from lines.read(path, dialect)
            return
        raise InputError(
            f"{path} is not JSON: {fault}", "restore it from version control or record it again"
        ) from fault
    if isinstance(value, dict) and lines.is_record(value):
        yield from lines.read(path, dialect)
    elif vcrfiles.looks_like(value):
        yield from vcrfiles.read_document(value, path, dialect)
    else:
        for one in recording_of(data, str(path)).exchanges:
            yield readable(msgspec.structs.replace(one, dialect=dialect or one.dialect))
