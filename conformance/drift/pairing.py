"""Which recordings are compared: two files, or two folders whose files have the same names.

Rule of the file: a file without counterpart, or that cannot be read, is told; the others are compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from conformance.drift.comparing import compare_all
from conformance.drift.values import Comparison
from conformance.errors import InputError
from conformance.exchange import Exchange
from conformance.tape import read_traffic, traffic_files


class Pair(NamedTuple):
    """Two recordings of one scenario, by their files; None where there is no counterpart."""

    name: str
    old: Path | None
    new: Path | None

    def compared(self) -> Comparison:
        """What came of comparing them."""
        try:
            return compare_all(self.name, _read(self.old, "old"), _read(self.new, "new"))
        except InputError as error:
            return self.not_compared(str(error))

    def not_compared(self, reason: str) -> Comparison:
        """What came of it when one of them could not be had."""
        return Comparison(name=self.name, old=str(self.old or ""), new=str(self.new or ""), not_compared=(reason,))


def pairs(old: Path, new: Path) -> Iterator[Pair]:
    """What is to be compared. Raises `InputError` when one is a folder and the other is not, or one is not there."""
    for path in (old, new):
        if not path.exists():
            raise InputError(f"there is no recording {path}", "check the name, or record it: conformance record")
    if old.is_dir() != new.is_dir():
        folder, file = (old, new) if old.is_dir() else (new, old)
        raise InputError(f"{folder} is a folder and {file} is not", "name two files, or two folders")
    if not old.is_dir():
        yield Pair(new.name, old, new)
        return
    before, after = _by_name(old), _by_name(new)
    for name in sorted(before | after):
        yield Pair(name, before.get(name), after.get(name))


def _by_name(folder: Path) -> dict[str, Path]:
    return {str(file.relative_to(folder)): file for file in traffic_files([folder])}


def _read(path: Path | None, age: str) -> list[Exchange]:
    if path is None:
        raise InputError(f"there is no {age} recording of that name")
    return list(read_traffic(path))
