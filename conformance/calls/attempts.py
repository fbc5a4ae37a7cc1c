"""One attempt of a call: out over the transport, and what comes back whole, as events or as bytes.

Rule of the file: what the server refused is raised with the exchange in it, so that middleware can act on it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from conformance.adapters import Adapter
from conformance.calls.answer import Answer
from conformance.calls.concealing import hidden, parts_of, secrets_of
from conformance.calls.context import CallContext
from conformance.calls.failures import ServiceError, failure_of, status_error, timed
from conformance.calls.incoming import Incoming, broken_off
from conformance.calls.outgoing import CallOptions, Outgoing, build
from conformance.calls.transport import HttpTransport
from conformance.decoding import http_error
from conformance.exchange import Broken, Chunk, Exchange, Headers, Request, Response, path_of
from conformance.model import ChatRequest, Error, Event


class Attempts:
    """Makes attempts for one adapter; it keeps nothing of them."""

    def __init__(self, adapter: Adapter, options: CallOptions, transport: HttpTransport) -> None:
        self._adapter, self._options, self._transport = adapter, options, transport

    async def whole(self, request: ChatRequest | Outgoing, ctx: CallContext) -> Exchange:
        """The exchange of an attempt that went well."""
        async with self._transport.open(self._parts(request), ctx, self._options.timeout) as incoming:
            exchange = self._exchange(incoming, await incoming.chunks())
        response = exchange.response
        if response.status >= 300 or isinstance(response.end, Broken):
            raise self._failed(exchange)
        return exchange

    async def events(self, request: ChatRequest, ctx: CallContext) -> AsyncIterator[Event]:
        """The timeline, but for the error that ends it, which is raised."""
        async with self._transport.open(self._parts(request), ctx, self._options.timeout) as incoming:
            answer = Answer(self._adapter.dialect, incoming.status, incoming.headers, streamed=request.stream)
            for event in answer.begin():
                yield self._passed(event, incoming)
            async for data in incoming.pieces():
                for event in answer.feed(data):
                    yield self._passed(event, incoming)
            for event in answer.close(incoming.end):
                yield self._passed(event, incoming)

    async def pieces(self, out: Outgoing, ctx: CallContext) -> AsyncIterator[Response | bytes]:
        """The head of an answer of status < 300, then its body as it travelled."""
        async with self._transport.open(out, ctx, self._options.timeout) as incoming:
            if incoming.status >= 300:
                exchange = self._exchange(incoming, await incoming.chunks(raw=True))
                raise self._failed(exchange)
            yield Response(incoming.status, incoming.headers)
            async for data in incoming.pieces(raw=True):
                yield data
            if isinstance(incoming.end, Broken):
                raise broken_off(incoming.end)

    def _parts(self, request: ChatRequest | Outgoing) -> Outgoing:
        return request if isinstance(request, Outgoing) else build(self._adapter, request, self._options)

    def _exchange(self, incoming: Incoming, chunks: tuple[Chunk, ...]) -> Exchange:
        sent = incoming.request
        return Exchange(
            id=f"{self._adapter.name}/{sent.method} {path_of(sent.url)}",
            request=sent,
            response=Response(incoming.status, incoming.headers, chunks, incoming.end),
            dialect=self._adapter.dialect.name,
            provider=self._adapter.name,
            source="live",
        )

    def _failed(self, exchange: Exchange) -> ServiceError:
        """What an exchange means that did not go well; it has the exchange in it."""
        response = exchange.response
        if response.status < 300:
            assert isinstance(response.end, Broken)
            failure = broken_off(response.end)
        else:
            refused = response.status >= 400
            found = http_error(response, self._adapter.dialect) if refused else status_error(response.status)
            failure = failure_of(self._said(found, response.headers, exchange.request))
        failure.exchange = exchange
        return failure

    def _passed(self, event: Event, incoming: Incoming) -> Event:
        if isinstance(event, Error):
            raise failure_of(self._said(event, incoming.headers, incoming.request))
        return event

    def _said(self, found: Error, headers: Headers, sent: Request) -> Error:
        secrets = secrets_of(sent.headers, sent.url) | parts_of(self._options.api_key)
        return timed(hidden(found, secrets), headers)
