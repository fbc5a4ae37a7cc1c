"""Send a canonical request through a client that is given: events as they arrive, or the whole exchange.

Rule of the file: unbuffered, and nothing raises for what a server did. What is wrong with the request itself raises.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from conformance.adapters import Adapter
from conformance.calls.answer import Answer
from conformance.calls.concealing import concealed, hidden, parts_of, plain_url
from conformance.calls.faults import is_transport_fault, said
from conformance.calls.incoming import secrets_in
from conformance.calls.outgoing import CallOptions, build
from conformance.errors import Unreachable, UsageError
from conformance.exchange import Broken, Chunk, End, Exchange, Headers, Request, Response
from conformance.model import ChatRequest, Error, Event

if TYPE_CHECKING:
    import httpx


def stream(adapter: Adapter, request: ChatRequest, options: CallOptions, client: httpx.Client) -> Iterator[Event]:
    """The timeline of one call, each event as soon as its bytes are here; the last is `Done` or `Error`.

    A request that does not stream works the same way: its timeline comes when the body is complete. `client` is of
    httpx or httpx2. Closing the iterator early closes the connection.
    """
    outgoing, flow = _parts(adapter, request, options, client)
    answer: Answer | None = None
    response = None
    try:
        response = client.send(outgoing, auth=flow, stream=True)
        answer = _answer(adapter, request, response)
        yield from _plain(answer.begin(), response.request, options)
        for data in response.iter_bytes():
            yield from _plain(answer.feed(data), response.request, options)
        yield from _plain(answer.close(), response.request, options)
    except Exception as fault:
        if not is_transport_fault(fault):
            raise
        yield from _plain(_broken(answer, fault, outgoing), outgoing, options)
    finally:
        if response is not None:
            response.close()


async def astream(
    adapter: Adapter, request: ChatRequest, options: CallOptions, client: httpx.AsyncClient
) -> AsyncIterator[Event]:
    """`stream` for an async client."""
    from conformance.calls.line import Line

    async with aclosing(Line(adapter, options, client, patience=None).stream(request)) as events:  # type: ignore[type-var]
        async for event in events:
            yield event


def send(adapter: Adapter, request: ChatRequest, options: CallOptions, client: httpx.Client) -> Exchange:
    """Make one call and keep all of it: chunks as they arrived, with the gaps between them.

    The request is kept as it travelled, the key in its header included. Raises `Unreachable` when no response came.
    """
    outgoing, flow = _parts(adapter, request, options, client)
    response = None
    try:
        response = client.send(outgoing, auth=flow, stream=True)
    except Exception as fault:
        if not is_transport_fault(fault):
            raise
        told = said(fault, plain_url(str(outgoing.url))).message
    if response is None:  # outside of the `except`: what the library says may quote the key, so it is no context
        told = concealed(told, secrets_in(outgoing) | parts_of(options.api_key))
        raise Unreachable(told, "check the address, the network and whether the server runs")
    try:
        chunks, end = _read(response)
    finally:
        response.close()
    sent = response.request
    return Exchange(
        id=f"{adapter.name}/{sent.method} {sent.url.path}",
        request=Request(sent.method, str(sent.url), _lines(sent), sent.content),
        response=Response(response.status_code, _lines(response), tuple(chunks), end),
        dialect=adapter.dialect.name,
        provider=adapter.name,
        source="live",
    )


def _read(response: Any) -> tuple[list[Chunk], End]:
    chunks: list[Chunk] = []
    last = time.perf_counter()
    try:
        for data in response.iter_bytes():
            now = time.perf_counter()
            chunks.append(Chunk(now - last, data))
            last = now
    except Exception as fault:
        if not is_transport_fault(fault):
            raise
        return chunks, Broken(type(fault).__name__, concealed(str(fault), secrets_in(response.request)))
    return chunks, "eof"


def _parts(adapter: Adapter, request: ChatRequest, options: CallOptions, client: Any) -> tuple[Any, Any]:
    out = build(adapter, request, options)
    more = {"headers": dict(out.headers), "content": out.content, "timeout": options.timeout}
    try:
        return client.build_request(out.method, out.url, **more), out.auth
    except Exception as fault:
        if type(fault).__name__ != "InvalidURL":
            raise
        raise UsageError(f"{plain_url(out.url)!r} is no URL: {fault}", "check the base URL") from None


def _answer(adapter: Adapter, request: ChatRequest, response: Any) -> Answer:
    return Answer(adapter.dialect, response.status_code, _lines(response), streamed=request.stream)


def _plain(events: list[Event], request: Any, options: CallOptions) -> list[Event]:
    """The events, an error among them without the key that a server or a library quotes in it."""
    if not events or not isinstance(last := events[-1], Error):
        return events
    return [*events[:-1], hidden(last, secrets_in(request) | parts_of(options.api_key))]


def _broken(answer: Answer | None, fault: Exception, outgoing: Any) -> list[Event]:
    """What a failed transport owes the timeline: before the head an error of its own, after it the end of the body."""
    if answer is None:
        return [said(fault, plain_url(str(outgoing.url)))]
    return answer.close(Broken(type(fault).__name__, str(fault)))


def _lines(message: Any) -> Headers:
    return tuple(message.headers.multi_items())
