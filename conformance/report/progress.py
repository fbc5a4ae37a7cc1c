"""Progress of long work, on a terminal only and on stderr, so that it never mixes with a report.

Rule of the file: without a terminal it is nothing but the loop; the line is gone whenever anyone else may print.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")

_CLEAR = "\r\x1b[2K"


def track(items: Iterable[T], what: str, total: int | None = None) -> Iterator[T]:
    """The items, counted on the terminal while each is being made."""
    if not sys.stderr.isatty():
        yield from items
        return
    source, done, of = iter(items), 0, f" of {total}" if total is not None else ""
    try:
        while True:
            _say(f"{_CLEAR}{what}: {done}{of}")
            try:
                one = next(source)
            except StopIteration:
                return
            done += 1
            _say(_CLEAR)
            yield one
    finally:
        _say(_CLEAR)


def _say(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
