"""Many things, judged in worker processes: in order, with a bounded number of batches under way.

Rule of the file: knows nothing of what is judged. Leaving early (an error, Ctrl-C, a reader gone) stops the workers.
"""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def in_processes(work: Callable[[list[T]], list[R]], items: Iterable[T], jobs: int, size: int) -> Iterator[R]:
    """What `work` (a function of a module) makes of the items, `size` of them at a time, in `jobs` processes."""
    source = iter(items)
    pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_leave_interrupts)
    try:
        under_way: deque[Future[list[R]]] = deque()
        while batch := list(islice(source, size)):
            under_way.append(pool.submit(work, batch))
            if len(under_way) > 4 * jobs:
                yield from under_way.popleft().result()
        for future in under_way:
            yield from future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _leave_interrupts() -> None:
    """Ctrl-C reaches every process of the terminal; only the one that was called answers it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
