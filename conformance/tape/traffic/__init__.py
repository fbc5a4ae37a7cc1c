"""Recorded traffic of any form that we know, read as exchanges, one after the other.

Rule of the room: the content tells the form, not the file's name. Files are streamed where their form allows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from conformance.errors import InputError
from conformance.exchange import Exchange
from conformance.tape.traffic.detect import reader_of

_SUFFIXES = (
    ".json",
    ".jsonl",
    ".ndjson",
    ".yaml",
    ".yml",
    ".jsonl.gz",
    ".ndjson.gz",
    ".json.gz",
    ".yaml.gz",
    ".yml.gz",
)


def read_traffic(path: Path | str, dialect: str | None = None) -> Iterator[Exchange]:
    """The exchanges of a file: our cassettes, vcrpy's YAML and JSON, or JSON lines; gzipped or not.

    `dialect` stands in for what the file or the requests say. Raises `InputError` naming the file, and the line
    where there is one, when it comes to something that it cannot read.
    """
    place = Path(path)
    return reader_of(place)(place, dialect)


def traffic_files(paths: Iterable[Path | str]) -> Iterator[Path]:
    """Each file named, and every file below a folder named that may hold traffic, in order of name."""
    for path in map(Path, paths):
        if not path.is_dir():
            yield path
            continue
        found = sorted(one for one in path.rglob("*") if one.name.lower().endswith(_SUFFIXES) and one.is_file())
        if not found:
            raise InputError(f"{path} holds no file of traffic", f"looked for {', '.join(_SUFFIXES)}")
        yield from found
