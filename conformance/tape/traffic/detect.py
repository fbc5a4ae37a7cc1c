"""Which form a file of traffic has, told by its first bytes.

Rule of the file: a table of forms, the most telling first; reading is the readers' business.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, TypeAlias

from conformance.errors import InputError
from conformance.exchange import Exchange

Reader: TypeAlias = Callable[[Path, str | None], Iterator[Exchange]]

_HEAD = 65536


def reader_of(path: Path) -> Reader:
    """The reader for a file. Raises `InputError` when no reader knows such a file."""
    from conformance.tape.traffic import lines, vcrfiles, whole

    forms: tuple[tuple[re.Pattern[bytes], Reader], ...] = (
        (re.compile(rb'\s*\{[^\n]*("request_json"|"request_text"|"response_body_b64")'), lines.read),
        (re.compile(rb"\s*\{"), whole.read),
        (
            re.compile(
                rb"(\s*(#[^\n]*)?\n)*(---[^\n]*\n)?\s*(interactions|version|http_interactions|recorded_with)\s*:"
            ),
            vcrfiles.read_yaml,
        ),
    )
    head = head_of(path)
    if not head.strip():
        raise InputError(f"{path} is empty", "give a file with recorded traffic")
    for form, reader in forms:
        if form.match(head):
            return reader
    raise InputError(
        f"{path} is no traffic that can be read: it begins with {head[:24]!r}",
        "give a cassette (ours or vcrpy's, YAML or JSON) or JSON lines",
    )


def head_of(path: Path) -> bytes:
    """The first bytes, unzipped."""
    if path.is_dir():
        raise InputError(f"{path} is a directory, not a file of traffic", "name files, or let the command walk it")
    with opened(path) as file:
        try:
            return file.read(_HEAD).removeprefix(b"\xef\xbb\xbf")
        except (OSError, EOFError, zlib.error) as fault:
            raise InputError(f"{path} cannot be unzipped: {fault}", "fetch the file again") from fault


def opened(path: Path) -> IO[bytes] | gzip.GzipFile:
    """The file, unzipped while it is read if it is gzipped."""
    try:
        file: IO[bytes] = path.open("rb")
    except FileNotFoundError:
        raise InputError(f"there is no file {path}", "check the name") from None
    except OSError as fault:
        raise InputError(f"{path} cannot be read: {fault.strerror}", "check the file's rights") from fault
    zipped = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    if not zipped:
        return file
    file.close()
    return gzip.open(path, "rb")


def content_of(path: Path) -> bytes:
    """The whole content, unzipped."""
    with opened(path) as file:
        try:
            return file.read().removeprefix(b"\xef\xbb\xbf")
        except (OSError, EOFError, zlib.error) as fault:
            raise InputError(f"{path} cannot be unzipped: {fault}", "fetch the file again") from fault
