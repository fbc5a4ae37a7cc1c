"""Where a report goes: standard output, or a file that is replaced whole at the end or not touched at all.

Rule of the file: a path that cannot be written is told before any work is done.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from conformance.errors import ConformanceError, UsageError


@contextmanager
def outlet(path: str | None, what: str = "the report") -> Iterator[TextIO]:
    """Standard output, or the file: whatever it held stays until the report is complete."""
    if path is None or path == "-":
        yield sys.stdout
    elif Path(path).exists() and not Path(path).is_file() and not Path(path).is_dir():
        with _opened(path, what) as device:  # a pipe or a device cannot be replaced, only written to
            yield device
    else:
        with _replacing(Path(path), what) as file:
            yield file


@contextmanager
def _replacing(path: Path, what: str) -> Iterator[TextIO]:
    if path.is_dir():
        raise UsageError(f"cannot write {what} to {path}: it is a directory", "name a file")
    if path.exists() and not os.access(path, os.W_OK):
        raise _unwritable(path, "permission denied", what)
    real = path.resolve()
    try:
        number, name = tempfile.mkstemp(prefix=f".{real.name}.", dir=real.parent)
    except OSError as error:
        raise _unwritable(path, error.strerror or str(error), what) from error
    try:
        with os.fdopen(number, "w", encoding="utf-8", newline="\n") as file:
            yield file
        os.chmod(name, real.stat().st_mode & 0o777 if real.exists() else 0o666 & ~_umask())
        os.replace(name, real)
    finally:
        Path(name).unlink(missing_ok=True)


def _opened(path: str, what: str) -> TextIO:
    try:
        return open(path, "w", encoding="utf-8")
    except OSError as error:
        raise _unwritable(Path(path), error.strerror or str(error), what) from error


def _unwritable(path: Path, why: str, what: str) -> ConformanceError:
    return UsageError(f"cannot write {what} to {path}: {why}", "name a file in a folder that you may write to")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
