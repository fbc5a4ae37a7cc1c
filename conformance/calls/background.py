"""Background: work that goes on while who began it does something else, as a task of the event loop itself.

Rule of the file: the one place in calls that tells asyncio from trio, since anyio has tasks of a block only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextvars import copy_context
from importlib import import_module
from typing import Any

from anyio import Event

Work = Callable[[], Coroutine[Any, Any, None]]


class Background:
    """Work that has begun, in the event loop of its maker. It ends with that loop at the latest."""

    def __init__(self, work: Callable[[], Awaitable[None]]) -> None:
        self._work, self._over = work, Event()
        self._failure: Exception | None = None
        self._task = _BEGIN[_library()](self._run)
        """asyncio forgets a task that nobody holds."""

    @property
    def over(self) -> bool:
        return self._over.is_set()

    async def wait(self) -> None:
        """Wait until it is over. Raises what it raised."""
        await self._over.wait()
        if self._failure:
            raise self._failure

    async def _run(self) -> None:
        try:
            await self._work()
        except Exception as failure:  # trio takes no exception of such a task
            self._failure = failure
        finally:
            self._over.set()


def _library() -> str:
    """The library of the event loop that runs; trio brings sniffio along."""
    try:
        from sniffio import current_async_library
    except ImportError:
        return "asyncio"
    return current_async_library()


def _of_asyncio(work: Work) -> object:
    return asyncio.get_running_loop().create_task(work())


def _of_trio(work: Work) -> object:
    spawn = import_module("trio.lowlevel").spawn_system_task  # by name: whoever checks types may do without trio
    begun: object = spawn(work, context=copy_context())
    return begun


_BEGIN: Mapping[str, Callable[[Work], object]] = {"asyncio": _of_asyncio, "trio": _of_trio}
