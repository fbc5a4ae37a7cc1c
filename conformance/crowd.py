"""Many things, judged in worker processes: in order, with a bounded number of batches under way.

Rule of the file: knows nothing of what is judged. Leaving early (an error, Ctrl-C, a reader gone) stops the workers.
Ctrl-C reaches every process of the terminal, but only the one that was called answers it.
"""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
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
            with _interrupts_later():  # here the pool starts its workers
                under_way.append(pool.submit(work, batch))
            if len(under_way) > 4 * jobs:
                yield from under_way.popleft().result()
        while under_way:
            yield from under_way.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _interrupts_later() -> Iterator[None]:
    """Hold Ctrl-C back; a process that is started meanwhile holds it back for good, from its first instruction on.

    A handler set in the worker comes too late: an interrupt while Python starts there ends in a traceback.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _leave_interrupts() -> None:
    """Where signals cannot be held back, the worker lets go of them as soon as it can."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
