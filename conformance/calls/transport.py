"""The transport: one request out over an async client of httpx or httpx2, the answer back piece by piece.

Rule of the file: every failure is a `ServiceError` without a secret in it, and the deadline of the context bounds each
step. Redirects are not followed, because the key would go along.
"""

from __future__ import annotations

import json as jsonlib
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager, nullcontext
from typing import TYPE_CHECKING, Any, Self

from conformance.calls.clients import Clients
from conformance.calls.concealing import concealed, hidden, plain_url, secrets_of
from conformance.calls.context import CallContext
from conformance.calls.failures import ServiceError, TransportError, failure_of, status_error
from conformance.calls.faults import is_transport_fault, said
from conformance.calls.incoming import Incoming, broken_off, secrets_in
from conformance.calls.muting import known_keys
from conformance.calls.outgoing import Outgoing
from conformance.errors import UsageError
from conformance.exchange import Broken, Headers
from conformance.model import JSON

if TYPE_CHECKING:
    from types import TracebackType


class HttpTransport:
    """Sends through the client that is given, or through one of its own, which it closes.

    async with HttpTransport() as transport:
        value = await transport.send_json("POST", url, headers={}, json={"model": "m"}, timeout_s=10)
    """

    def __init__(self, client: Any = None) -> None:
        self._client, self._own = client, Clients()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the clients that are the transport's own."""
        await self._own.aclose()

    @asynccontextmanager
    async def open(self, out: Outgoing, ctx: CallContext, timeout: float | None = 60.0) -> AsyncIterator[Incoming]:
        """Send, and hand over the answer when its head is here, whatever its status.

        `timeout` bounds connecting and each wait for a piece; the context's deadline bounds all of it together.
        Raises a `ServiceError` when no head comes, and `UsageError` for an address that is none.
        """
        with nullcontext(self._client) if self._client is not None else self._own.lend() as client:
            request = _request(client, out, timeout)
            failure = None
            try:
                with ctx.limit(f"{out.method} {plain_url(out.url)}"):
                    more = {} if out.auth is None else {"auth": out.auth}
                    response = await client.send(request, stream=True, follow_redirects=False, **more)
            except Exception as fault:
                if not is_transport_fault(fault):
                    raise
                failure = _failed(fault, request)
            if failure:  # outside of the `except`: what the library says may quote the key, so it is no context
                raise failure
            async with aclosing(Incoming(response, ctx)) as incoming:
                yield incoming

    async def send_json(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: JSON = None,
        timeout_s: float | None = 60.0,
        ctx: CallContext | None = None,
    ) -> JSON:
        """The JSON value of a 2xx answer. Raises a `ServiceError` for anything else, within `timeout_s` in all."""
        async with self._asked(method, url, headers, json, timeout_s, ctx) as incoming:
            body = b"".join([data async for data in incoming.pieces()])
            if isinstance(incoming.end, Broken):
                raise broken_off(incoming.end)
        try:
            return jsonlib.loads(body)
        except (ValueError, RecursionError):
            told = f"HTTP {incoming.status}: the body is not JSON: {body[:500].decode('utf-8', 'replace')}"
            hidden = concealed(told, secrets_of(incoming.request.headers, incoming.request.url))
            raise TransportError(hidden, status_code=incoming.status) from None

    async def stream(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: JSON = None,
        timeout_s: float | None = 60.0,
        ctx: CallContext | None = None,
    ) -> AsyncIterator[bytes]:
        """The body of a 2xx answer as it arrives. Raises a `ServiceError` for anything else, in the middle too."""
        async with self._asked(method, url, headers, json, timeout_s, ctx) as incoming:
            async for data in incoming.pieces():
                yield data
            if isinstance(incoming.end, Broken):
                raise broken_off(incoming.end)

    @asynccontextmanager
    async def _asked(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        json: JSON,
        timeout_s: float | None,
        ctx: CallContext | None,
    ) -> AsyncIterator[Incoming]:
        """The answer to a JSON request, when its status is 2xx."""
        body = b"" if json is None else jsonlib.dumps(json).encode()
        label: Headers = (("content-type", "application/json"),) if body else ()
        ctx = ctx or (CallContext.new() if timeout_s is None else CallContext.with_timeout(timeout_s=timeout_s))
        async with self.open(Outgoing(method, url, (*label, *(headers or {}).items()), body), ctx, timeout_s) as found:
            if not 200 <= found.status < 300:
                told = status_error(found.status, found.headers, b"".join([data async for data in found.pieces()]))
                secrets = secrets_of(found.request.headers, found.request.url)
                raise failure_of(hidden(told, secrets))
            yield found


def _request(client: Any, out: Outgoing, timeout: float | None) -> Any:
    plain = () if any(name.lower() == "accept-encoding" for name, _ in out.headers) else (_IDENTITY,)
    more = {"headers": [*plain, *out.headers], "content": out.content or None, "timeout": timeout}
    try:
        return client.build_request(out.method, out.url, **more)
    except Exception as fault:
        if type(fault).__name__ != "InvalidURL":
            raise
        raise UsageError(f"{plain_url(out.url)!r} is no URL: {fault}", "check the base URL") from None


_IDENTITY = ("accept-encoding", "identity")
"""A compressed body may be held back, and cannot be judged chunk by chunk."""


def _failed(fault: Exception, request: Any) -> ServiceError:
    """The failure, without what the request carried: a library quotes header values that it cannot send."""
    told = said(fault, plain_url(str(request.url)))
    return failure_of(hidden(told, secrets_in(request) | known_keys()))
