"""How a request reaches an endpoint: over a line of the call layer, the answer kept piece by piece with its times.

Rule of the file: the only one of the room that sends. What the network or the server does never raises; it is kept.
"""

from __future__ import annotations

import time
from contextlib import AsyncExitStack, ExitStack
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from conformance.calls.concealing import concealed
from conformance.calls.context import CallContext
from conformance.calls.failures import ServiceError
from conformance.calls.line import Line
from conformance.calls.outgoing import CallOptions, Outgoing
from conformance.cases import NotJudged
from conformance.endpoints.asking import Ask
from conformance.endpoints.endpoint import Endpoint
from conformance.endpoints.masking import secrets_of
from conformance.endpoints.outgoing import outgoing
from conformance.endpoints.performed import Performed
from conformance.exchange import Chunk, Exchange, Headers, Request, Response

if TYPE_CHECKING:
    from types import TracebackType

    import httpx


@dataclass(frozen=True)
class Shelf:
    """Where exchanges are kept as cassettes, or played back from."""

    folder: Path
    play: bool = False


class Caller:
    """Performs requests over one client; use it with `with`."""

    def __init__(self, endpoint: Endpoint, shelf: Shelf | None = None) -> None:
        self.endpoint, self._shelf = endpoint, shelf
        self._secrets = secrets_of(endpoint.key)
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        import httpx
        from anyio.from_thread import start_blocking_portal

        self._portal = self._stack.enter_context(start_blocking_portal())
        secure = self.endpoint.base_url.startswith("https:")  # without TLS no certificates need to be read
        self._transport = httpx.AsyncHTTPTransport(verify=secure)
        self._stack.callback(self._portal.call, self._transport.aclose)
        self._shared = _client(_lent(self._transport))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def perform(self, ask: Ask, hurry: float | None = None) -> Performed:
        """Send and keep all that comes; `hurry`: wait no longer than that for any byte.

        Raises `UnsupportedError` for what the language cannot say.
        """
        limits = self.endpoint.limits
        idle = min(limits.idle(ask.patience), hurry or limits.idle(ask.patience))
        key = self.endpoint.key if ask.key == "good" else self.endpoint.wrong_key
        options = CallOptions(key, self.endpoint.base_url, timeout=idle)
        out = outgoing(self.endpoint, ask, options)
        return self._portal.call(self._perform, ask, out, options)

    async def _perform(self, ask: Ask, out: Outgoing, options: CallOptions) -> Performed:
        watch = _Watch()
        _WATCHING.set(watch)
        async with AsyncExitStack() as stack:
            line = Line(self.endpoint.speaker, options, await self._client(ask, stack))
            ctx = CallContext.with_timeout(timeout_s=self.endpoint.limits.whole(ask.patience))
            try:
                exchange = await line.send_raw(out, ctx)
            except ServiceError as failure:
                told = concealed(failure.error.message if failure.error else str(failure), self._secrets)
                return Performed(ask, self.endpoint, self._kept(watch.request or _sketch(out)), None, 0.0, told)
        return Performed(ask, self.endpoint, self._kept(exchange.request), self._clean(exchange), watch.head)

    async def _client(self, ask: Ask, stack: AsyncExitStack) -> httpx.AsyncClient:
        """The shared client; with a shelf one over the tape of this one exchange."""
        if self._shelf is None:
            return self._shared
        tape = stack.enter_context(_tape(self._shelf, self.endpoint, ask, _lent(self._transport)))
        return await stack.enter_async_context(_client(tape.async_transport()))

    # ------------------------------------------------------------------ the key is nobody's business

    def _kept(self, request: Request) -> Request:
        from conformance.tape.scrub import scrubbed_request

        return scrubbed_request(request, frozenset(self._secrets))

    def _clean(self, exchange: Exchange) -> Response:
        """The answer without the key, should the server have echoed it."""
        found = exchange.response
        headers: Headers = tuple((name, concealed(value, self._secrets)) for name, value in found.headers)
        body = found.body if self._secrets else b""
        if not any(secret.encode() in body for secret in self._secrets):
            return Response(found.status, headers, found.chunks, found.end)
        from conformance.tape.scrub import scrubbed_chunks

        chunks: list[Chunk] = scrubbed_chunks(found.chunks, frozenset(self._secrets))
        return Response(found.status, headers, tuple(chunks), found.end)


class _Watch:
    """Stops the time until the head of an answer is there."""

    def __init__(self) -> None:
        self.began, self.head = time.perf_counter(), 0.0
        self.request: Request | None = None


_WATCHING: ContextVar[_Watch] = ContextVar("_WATCHING")
"""The watch of the call in work: each runs in a context of its own."""


async def _sent(request: httpx.Request) -> None:
    lines = tuple(request.headers.multi_items())
    _WATCHING.get().request = Request(request.method, str(request.url), lines, request.content)


async def _answered(response: httpx.Response) -> None:
    watch = _WATCHING.get()
    watch.head = time.perf_counter() - watch.began


def _client(transport: Any) -> httpx.AsyncClient:
    import httpx

    hooks: Any = {"request": [_sent], "response": [_answered]}
    return httpx.AsyncClient(transport=transport, event_hooks=hooks, trust_env=False)


def _sketch(out: Outgoing) -> Request:
    return Request(out.method, out.url, out.headers, out.content)


def _lent(inner: Any) -> Any:
    """A transport that does not close with the client that borrows it."""
    import httpx

    class Lent(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            found: httpx.Response = await inner.handle_async_request(request)
            return found

    return Lent()


def _tape(shelf: Shelf, endpoint: Endpoint, ask: Ask, inner: Any) -> Any:
    """The tape of one exchange, named as cassettes are. Raises `NotJudged` where there is nothing to play."""
    from conformance import __version__
    from conformance.tape import Provenance, cassette_path, open_tape

    path = cassette_path(endpoint.speaker.name, ask.name, shelf.folder)
    if shelf.play:
        if not path.exists():
            raise NotJudged(f"{path.name} was not recorded")
        return open_tape(path, pace=1.0)
    told = Provenance(
        source="live",
        recorded_at=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        tool=f"provider-conformance {__version__}",
        base_url=endpoint.base_url,
        provider=endpoint.speaker.name,
        scenario=ask.name,
        dialect=endpoint.dialect.name,
    )
    shelf.folder.mkdir(parents=True, exist_ok=True)
    return open_tape(path, mode="record", inner=inner, provenance=told)
