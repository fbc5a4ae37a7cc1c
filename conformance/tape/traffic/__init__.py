"""Recorded traffic of any form that we know, read as exchanges, one after the other.

Rule of the room: the content tells the form, not the file's name. Files are streamed where their form allows it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from conformance.errors import InputError
from conformance.exchange import Exchange
from conformance.tape.traffic.detect import NoTraffic, reader_of
from conformance.tape.traffic.source import source_of

__all__ = ["Folder", "NoTraffic", "folder_of", "read_traffic", "traffic_files"]

_FORMS = (".json", ".jsonl", ".ndjson", ".yaml", ".yml", ".har", ".sse", ".txt", ".http", ".bin", ".eventstream")
_SUFFIXES = (*_FORMS, *(f"{form}.gz" for form in _FORMS))


class Folder(NamedTuple):
    """The files below a folder, in order of name."""

    traffic: tuple[Path, ...]
    """Those that may hold traffic, by their names."""
    others: tuple[Path, ...]


def read_traffic(path: Path | str, dialect: str | None = None, *, named: bool = True) -> Iterator[Exchange]:
    """The exchanges of a file: our cassettes, vcrpy's YAML and JSON, HAR, JSON lines, or the body of an answer alone.

    Each may be gzipped; `-` is standard input. `dialect` stands in for what the file or the requests say. `named` False
    is for files of a folder: an object there is an answer only where its words tell. Raises `InputError` naming the
    file, and the place in it, when it comes to something that it cannot read.
    """
    source = source_of(path, named=named)
    return reader_of(source)(source, dialect)


def traffic_files(paths: Iterable[Path | str]) -> Iterator[Path]:
    """Each file named, and every file below a folder named that may hold traffic, in order of name."""
    for path in map(Path, paths):
        if not path.is_dir():
            yield path
            continue
        found = folder_of(path).traffic
        if not found:
            raise InputError(f"{path} holds no file of traffic", f"looked for {', '.join(_FORMS)}, gzipped or not")
        yield from found


def folder_of(path: Path) -> Folder:
    """The files below a folder. Hidden folders are left alone, and so is what is no plain file."""
    traffic: list[Path] = []
    others: list[Path] = []
    for place, folders, names in os.walk(path):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for file in (Path(place, name) for name in names):
            if file.is_file():
                (traffic if file.name.lower().endswith(_SUFFIXES) else others).append(file)
    return Folder(tuple(sorted(traffic)), tuple(sorted(others)))
