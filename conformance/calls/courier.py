"""The courier: a sync transport whose requests travel by a line; whoever stands above needs to know nothing of it.

Rule of the file: the answer comes piece by piece, as it travelled. What stands above, such as a tape, sees only the
last attempt. What kept a server from answering is raised as the exception that the HTTP library has for it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Any

import httpx

from conformance.adapters import Adapter
from conformance.calls.caution import Caution
from conformance.calls.failures import ServiceError
from conformance.calls.line import Line
from conformance.calls.outgoing import CallOptions, Outgoing
from conformance.calls.threaded import Threaded
from conformance.exchange import Response

if TYPE_CHECKING:
    from anyio.from_thread import BlockingPortal


class Courier(httpx.BaseTransport):
    """Carries what goes to one adapter's server, over `inner` (default: the network), with caution.

    It may be used again after it was closed.
    """

    def __init__(self, adapter: Adapter, caution: Caution, inner: httpx.BaseTransport | None = None) -> None:
        self._adapter, self._caution, self._inner = adapter, caution, inner
        self._stack = ExitStack()
        self._running: tuple[BlockingPortal, Line] | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        portal, line = self._running = self._running or self._start()
        headers = tuple(request.headers.multi_items())
        pieces = line.pieces(Outgoing(request.method, str(request.url), headers, request.read()))
        try:
            head = portal.call(_next, pieces)
        except ServiceError as failure:
            if failure.exchange is None:
                raise _as_of_httpx(failure, request) from failure
            refused = failure.exchange.response
            return httpx.Response(refused.status, headers=list(refused.headers), stream=httpx.ByteStream(refused.body))
        assert isinstance(head, Response)
        return httpx.Response(head.status, headers=list(head.headers), stream=_Body(portal, pieces, request))

    def close(self) -> None:
        self._running = None
        self._stack.close()

    def _start(self) -> tuple[BlockingPortal, Line]:
        from anyio.from_thread import start_blocking_portal

        config = self._caution.config
        client = httpx.AsyncClient(
            transport=Threaded(self._inner) if self._inner else None,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),  # cookies are for the client above to keep
        )
        options = CallOptions("", timeout=config.timeout)
        line = Line(self._adapter, options, client, middlewares=self._caution.middlewares, patience=config.patience)
        portal = self._stack.enter_context(start_blocking_portal())
        self._stack.callback(portal.call, client.aclose)
        return portal, line


class _Body(httpx.SyncByteStream):
    """A body whose pieces come from the line."""

    def __init__(self, portal: BlockingPortal, pieces: AsyncIterator[Any], request: httpx.Request) -> None:
        self._portal, self._pieces, self._request = portal, pieces, request

    def __iter__(self) -> Iterator[bytes]:
        try:
            while (piece := self._portal.call(_next, self._pieces)) is not None:
                yield piece
        except ServiceError as failure:
            raise _as_of_httpx(failure, self._request) from failure

    def close(self) -> None:
        self._portal.call(_close, self._pieces)


async def _next(pieces: AsyncIterator[Any]) -> Any:
    return await anext(pieces, None)


async def _close(pieces: AsyncIterator[Any]) -> None:
    await pieces.aclose()  # type: ignore[attr-defined]


def _as_of_httpx(failure: ServiceError, request: httpx.Request) -> httpx.TransportError:
    """The exception that a client of httpx expects of its transport."""
    kind = failure.error.kind if failure.error else ""
    chosen = _EXCEPTIONS.get(kind, httpx.ReadTimeout if isinstance(failure, TimeoutError) else httpx.ConnectError)
    return chosen(str(failure), request=request)


_EXCEPTIONS: dict[str, type[httpx.TransportError]] = {
    "truncated": httpx.RemoteProtocolError,
    "timeout": httpx.ReadTimeout,
    "proxy_error": httpx.ProxyError,
    "protocol": httpx.RemoteProtocolError,
}
"""By the kind of the failure; anything else is that no connection came about."""
