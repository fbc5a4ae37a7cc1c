"""Progress of long work, on stderr, so that it never mixes with a report.

Rule of the file: without a terminal, and unless it is asked for, it is nothing but the loop; on a terminal its line is
gone whenever anyone else may print.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from time import monotonic
from typing import TypeVar

T = TypeVar("T")

_CLEAR = "\r\x1b[2K"
_SOON = 0.5
"""Work of fewer seconds is over before anybody could read of it."""
_SELDOM = 5.0
"""So many seconds lie between two lines where a line cannot be drawn over."""


def track(
    items: Iterable[T],
    what: str,
    total: int | None = None,
    *,
    show: bool | None = None,
    clock: Callable[[], float] = monotonic,
) -> Iterator[T]:
    """The items, counted while each is being made; `show` None: on a terminal, once the work has become long."""
    if show is False or (show is None and not sys.stderr.isatty()):
        return iter(items)
    counted = _drawn if sys.stderr.isatty() else _listed
    return counted(items, what, f" of {total}" if total is not None else "", 0.0 if show else _SOON, clock)


def _drawn(items: Iterable[T], what: str, of: str, after: float, clock: Callable[[], float]) -> Iterator[T]:
    """One line that is drawn anew, and taken away before an item is handed out."""
    began, shown = clock(), False
    try:
        for done, one in _counted(items):
            if shown:
                _say(_CLEAR)
            if one:
                yield one[0]
            if shown := clock() - began >= after:
                _say(f"{what}: {done}{of}")
    finally:
        if shown:
            _say(_CLEAR)


def _listed(items: Iterable[T], what: str, of: str, after: float, clock: Callable[[], float]) -> Iterator[T]:
    """A line now and then, and one at the end."""
    said, done = clock() - _SELDOM, 0
    for done, one in _counted(items):
        yield from one
        if clock() - said >= _SELDOM:
            said = clock()
            _say(f"{what}: {done}{of}\n")
    _say(f"{what}: {done}{of}, done\n")


def _counted(items: Iterable[T]) -> Iterator[tuple[int, tuple[T, ...]]]:
    """Before the first item 0 and nothing, then each with its number."""
    yield 0, ()
    for number, one in enumerate(items, 1):
        yield number, (one,)


def _say(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
