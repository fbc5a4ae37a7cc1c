"""Where traffic is read from: a file, standard input or a pipe; what can be read only once is kept while it is needed.

Rule of the file: nothing here waits for a writer that does not come, and nothing without an end is read.
"""

from __future__ import annotations

import gzip
import os
import stat
import sys
import tempfile
import time
import zlib
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfileobj
from typing import IO, Any

from conformance.errors import InputError

STDIN = "-"
_HEAD = 65536
_PATIENCE = 2.0
"""Seconds within which somebody must have opened the other end of a pipe."""


@dataclass(frozen=True)
class Source:
    """One place that traffic is read from; it is told by the name that the user gave."""

    name: str
    file: Path
    """Where its bytes can be read, as often as needed."""
    keep: Any = None
    """Holds the copy of what could be read only once, as long as the source lives."""
    named: bool = True
    """The user named it; else it was found in a folder, among files that may be anything."""

    def __str__(self) -> str:
        return self.name

    @property
    def stem(self) -> str:
        """The name of the file, without what tells its form."""
        return "stdin" if self.name == STDIN else Path(self.name).name.split(".")[0]

    def opened(self) -> IO[bytes] | gzip.GzipFile:
        """The bytes, unzipped while they are read if they are gzipped."""
        file = self.file.open("rb")
        zipped = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        if not zipped:
            return file
        file.close()
        return gzip.open(self.file, "rb")

    def head(self) -> bytes:
        """The first bytes, unzipped."""
        return self._read(_HEAD)

    def content(self) -> bytes:
        """The whole content, unzipped."""
        return self._read(-1)

    def _read(self, most: int) -> bytes:
        with self.opened() as file:
            try:
                return file.read(most).removeprefix(b"\xef\xbb\xbf")
            except (OSError, EOFError, zlib.error) as fault:
                raise InputError(f"{self} cannot be unzipped: {fault}", "fetch the file again") from fault


def source_of(path: Path | str, *, named: bool = True) -> Source:
    """The source of that name; `-` is standard input. Raises `InputError` for what is none."""
    name = str(path)
    if name == STDIN:
        return _kept(name, sys.stdin.buffer)
    place = Path(path)
    try:
        kind = place.stat().st_mode
        if stat.S_ISDIR(kind):
            raise InputError(f"{name} is a directory, not a file of traffic", "name files, or let the command walk it")
        if stat.S_ISFIFO(kind):
            return _piped(name)
        if not stat.S_ISREG(kind):
            raise InputError(f"{name} is a device or a socket, not a file of traffic", "name a file, or - for stdin")
        place.open("rb").close()
    except FileNotFoundError:
        raise InputError(f"there is no file {name}", "check the name") from None
    except OSError as fault:
        raise InputError(f"{name} cannot be read: {fault.strerror}", "check the file's rights") from fault
    return Source(name, place, named=named)


def _kept(name: str, stream: IO[bytes]) -> Source:
    copy = tempfile.NamedTemporaryFile(prefix="conformance-")  # noqa: SIM115 - it lives as long as the source
    copyfileobj(stream, copy)
    copy.flush()
    return Source(name, Path(copy.name), copy)


def _piped(name: str) -> Source:
    """What comes through a named pipe or a process substitution."""
    number = os.open(name, os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(number, "rb", buffering=0) as pipe:
        first = _first_piece(number)
        if first is None:
            raise InputError(f"nobody writes to the pipe {name}", "start its writer first, or name a file")
        os.set_blocking(number, True)
        copy = tempfile.NamedTemporaryFile(prefix="conformance-")  # noqa: SIM115 - it lives as long as the source
        copy.write(first)
        copyfileobj(pipe, copy)
        copy.flush()
    return Source(name, Path(copy.name), copy)


def _first_piece(number: int) -> bytes | None:
    """What a pipe gives first; empty when a writer is there and silent; None when no writer comes."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        try:
            if piece := os.read(number, _HEAD):
                return piece
        except BlockingIOError:  # there is a writer, who has not written yet
            return b""
        time.sleep(0.01)
    return None
