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
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Self

from msgspec.structs import replace

from conformance.adapters import Adapter
from conformance.calls.answer import Answer
from conformance.calls.chain import Middleware, compose, compose_stream
from conformance.calls.concealing import concealed
from conformance.calls.context import CallContext
from conformance.calls.failures import PolicyError, ServiceError, failure_of, status_error, timed
from conformance.calls.incoming import Incoming, broken_off
from conformance.calls.outgoing import CallOptions, Outgoing, build
from conformance.calls.transport import HttpTransport
from conformance.decoding import http_error
from conformance.exchange import Broken, Exchange, Headers, Response, path_of
from conformance.model import ChatRequest, Error, Event, error

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
        self._call = compose(middlewares, self._perform)
        self._stream = compose_stream(middlewares, self._events)

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
        pieces = self._stream(request, ctx or self._context())
        try:
            async for event in pieces:
                yield event
        except PolicyError:
            raise
        except ServiceError as failure:
            yield failure.error or error(_kind_of(failure), self._hidden(str(failure)))
        finally:
            await pieces.aclose()  # type: ignore[attr-defined]

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

    async def _perform(self, request: ChatRequest | Outgoing, ctx: CallContext) -> Exchange:
        """One attempt. What the server refused is raised with its exchange, so that middleware can act on it."""
        out = request if isinstance(request, Outgoing) else self.parts(request)
        async with self._transport.open(out, ctx, self.options.timeout) as incoming:
            chunks = await incoming.chunks()
        sent = incoming.request
        exchange = Exchange(
            id=f"{self.adapter.name}/{sent.method} {path_of(sent.url)}",
            request=sent,
            response=Response(incoming.status, incoming.headers, chunks, incoming.end),
            dialect=self.adapter.dialect.name,
            provider=self.adapter.name,
            source="live",
        )
        if failure := self._failure_in(exchange.response):
            failure.exchange = exchange
            raise failure
        return exchange

    async def _events(self, request: ChatRequest, ctx: CallContext) -> AsyncIterator[Event]:
        """The events of one attempt; the error that ends it is raised."""
        async with self._transport.open(self.parts(request), ctx, self.options.timeout) as incoming:
            answer = Answer(self.adapter.dialect, incoming.status, incoming.headers, streamed=request.stream)
            for event in answer.begin():
                yield self._passed(event, incoming)
            async for data in incoming.pieces():
                for event in answer.feed(data):
                    yield self._passed(event, incoming)
            for event in answer.close(incoming.end):
                yield self._passed(event, incoming)

    def _failure_in(self, response: Response) -> ServiceError | None:
        if response.status >= 400:
            found = http_error(response, self.adapter.dialect)
        elif response.status >= 300:
            found = status_error(response.status, response.headers)
        elif isinstance(response.end, Broken):
            return broken_off(response.end)
        else:
            return None
        return failure_of(self._said(found, response.headers))

    def _passed(self, event: Event, incoming: Incoming) -> Event:
        if isinstance(event, Error):
            raise failure_of(self._said(event, incoming.headers))
        return event

    def _said(self, found: Error, headers: Headers) -> Error:
        return timed(replace(found, message=self._hidden(found.message)), headers)

    def _hidden(self, text: str) -> str:
        return concealed(text, (self.options.api_key,))


def _kind_of(failure: ServiceError) -> Any:
    return "timeout" if isinstance(failure, TimeoutError) else "overloaded"
