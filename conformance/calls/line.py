"""A line: one adapter with its options, a client and a chain of middleware. Whoever calls live calls on it.

    async with Line(adapter("openai"), CallOptions(key), middlewares=resilience()) as line:
        exchange = await line.exchange(request)              # all of it, chunk by chunk, errors of the server included
        async for event in line.stream(request): ...         # the timeline, each event as its bytes arrive
        exchange = await line.send_raw(Outgoing("GET", url, auth=line.auth))

    with Line(adapter("openai"), CallOptions(key)).sync() as line:      # the same three, without async
        exchange = line.exchange(request)

Rule of the file: what a server answered is never raised, what kept it from answering is. A stream is not buffered.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractContextManager, aclosing
from typing import TYPE_CHECKING, Self

from conformance.adapters import Adapter
from conformance.calls.attempts import Attempts
from conformance.calls.chain import Middleware, compose, compose_stream
from conformance.calls.context import CallContext
from conformance.calls.failures import PolicyError, ServiceError
from conformance.calls.outgoing import CallOptions, Outgoing, build
from conformance.calls.transport import HttpTransport
from conformance.exchange import Exchange, Response
from conformance.model import ChatRequest, ErrorKind, Event, error

if TYPE_CHECKING:
    from types import TracebackType

    import httpx

    from conformance.calls.synchronous import SyncLine

PATIENCE = 300.0
"""Seconds that a call may take in all when its context sets no deadline."""


class Line:
    """The way to one server. Use it with `async with`, or through `sync()`; any number of calls may share it.

    `client` is an async client of httpx or httpx2; without one the line makes its own and closes it. `middlewares` see
    a `ChatRequest` (or the `Outgoing` of `send_raw`) and pieces that are events. `patience` bounds calls whose context
    has no deadline; None lets them take for ever.
    """

    def __init__(
        self,
        adapter: Adapter,
        options: CallOptions,
        client: httpx.AsyncClient | None = None,
        *,
        middlewares: Sequence[Middleware] = (),
        patience: float | None = PATIENCE,
    ) -> None:
        self.adapter, self.options, self.patience = adapter, options, patience
        self._transport = HttpTransport(client)
        once = Attempts(adapter, options, self._transport)
        self._call = compose(middlewares, once.whole)
        self._stream = compose_stream(middlewares, once.events)
        self._pieces = compose_stream(middlewares, once.pieces)

    def __repr__(self) -> str:  # no options: they hold the key
        return f"<Line to {self.adapter.name}>"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the client, if it is the line's own."""
        await self._transport.aclose()

    @property
    def auth(self) -> httpx.Auth:
        """The flow that puts the key on a request: for the `auth` of an `Outgoing` of your own."""
        return self.options.auth(self.adapter)

    def parts(self, request: ChatRequest) -> Outgoing:
        """The HTTP request as it would go out; `_replace` bends it for `send_raw`."""
        return build(self.adapter, request, self.options)

    def sync(self) -> AbstractContextManager[SyncLine]:
        """The same line for code that is not async: a `with` block, its calls run in a thread of their own."""
        from conformance.calls.synchronous import SyncLine

        return SyncLine(self)

    async def exchange(self, request: ChatRequest, ctx: CallContext | None = None) -> Exchange:
        """Make one call and keep all of it, an answer of status >= 400 or one that broke off too (`response.end`).

        After retries it is the last answer. Raises a `ServiceError` when no answer came: refused, timed out, circuit
        open, capability missing. The request is kept as it travelled, the key in its header included.
        """
        return await self._kept(request, ctx)

    async def send_raw(self, out: Outgoing, ctx: CallContext | None = None) -> Exchange:
        """`exchange` for any method, URL, headers and bytes: for requests that no adapter would compose."""
        return await self._kept(out, ctx)

    async def stream(self, request: ChatRequest, ctx: CallContext | None = None) -> AsyncIterator[Event]:
        """The timeline of one call, each event as soon as its bytes are here; the last is `Done` or `Error`.

        Raises only `PolicyError`, and what is wrong with the request itself. Close it to leave early.
        """
        async with aclosing(self._stream(request, ctx or self._context())) as events:  # type: ignore[type-var]
            try:
                async for event in events:
                    yield event
            except PolicyError:
                raise
            except ServiceError as failure:
                yield failure.error or error(_kind_of(failure), str(failure))

    async def pieces(self, out: Outgoing, ctx: CallContext | None = None) -> AsyncIterator[Response | bytes]:
        """What comes back, as it comes: the head, as a `Response` without a body, then the bytes of the body.

        An answer of status >= 300 is not told piece by piece: it is raised as a `ServiceError` that has it in its
        `exchange`, and so is a body that breaks off, in the middle.
        """
        async with aclosing(self._pieces(out, ctx or self._context())) as pieces:  # type: ignore[type-var]
            async for piece in pieces:
                yield piece

    def _context(self) -> CallContext:
        return CallContext.new() if self.patience is None else CallContext.with_timeout(timeout_s=self.patience)

    async def _kept(self, request: ChatRequest | Outgoing, ctx: CallContext | None) -> Exchange:
        try:
            found: Exchange = await self._call(request, ctx or self._context())
        except ServiceError as failure:
            if failure.exchange is None:
                raise
            return failure.exchange
        return found


def _kind_of(failure: ServiceError) -> ErrorKind:
    return "timeout" if isinstance(failure, TimeoutError) else "overloaded"
