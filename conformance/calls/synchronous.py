"""A line for code that is not async: its calls run in a thread with an event loop, and wait for each other's results.

Rule of the file: no behaviour of its own; a stream comes piece by piece here too.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Self

from conformance.calls.context import CallContext
from conformance.calls.outgoing import Outgoing
from conformance.exchange import Exchange
from conformance.model import ChatRequest, Event

if TYPE_CHECKING:
    from types import TracebackType

    from anyio.from_thread import BlockingPortal

    from conformance.calls.line import Line


class SyncLine:
    """What `Line.sync()` gives: use it with `with`. Any number of threads may call at once."""

    def __init__(self, line: Line) -> None:
        self._line, self._stack = line, ExitStack()
        self._portal: BlockingPortal

    def __enter__(self) -> Self:
        from anyio.from_thread import start_blocking_portal

        self._portal = self._stack.enter_context(start_blocking_portal())
        self._stack.callback(self._portal.call, self._line.aclose)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def parts(self, request: ChatRequest) -> Outgoing:
        """See `Line.parts`."""
        return self._line.parts(request)

    def exchange(self, request: ChatRequest, ctx: CallContext | None = None) -> Exchange:
        """See `Line.exchange`."""
        return self._portal.call(self._line.exchange, request, ctx)

    def send_raw(self, out: Outgoing, ctx: CallContext | None = None) -> Exchange:
        """See `Line.send_raw`."""
        return self._portal.call(self._line.send_raw, out, ctx)

    def stream(self, request: ChatRequest, ctx: CallContext | None = None) -> Iterator[Event]:
        """See `Line.stream`."""
        return stepped(self._portal, self._line.stream(request, ctx))


def stepped(portal: BlockingPortal, events: AsyncIterator[Event]) -> Iterator[Event]:
    """An async generator's events as a plain generator's; leaving this one closes that one."""
    try:
        while (event := portal.call(_next, events)) is not None:
            yield event
    finally:
        portal.call(_close, events)


async def _next(events: AsyncIterator[Event]) -> Event | None:
    return await anext(events, None)


async def _close(events: AsyncIterator[Event]) -> None:
    await events.aclose()  # type: ignore[attr-defined]
