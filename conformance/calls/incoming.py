"""What comes in: an answer whose head is here, its body piece by piece, and what a body that broke off means.

Rule of the file: the network raises nothing here; how the body ended is a fact that stands in `end`.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

from conformance.calls.concealing import concealed, secrets_of
from conformance.calls.context import CallContext
from conformance.calls.failures import CallTimeout, ServiceError, failure_of
from conformance.calls.faults import is_transport_fault
from conformance.exchange import Broken, Chunk, End, Headers, Request
from conformance.model import ErrorKind, error


class Incoming:
    """An answer whose head is here: status and headers; the body comes piece by piece, once."""

    def __init__(self, response: Any, ctx: CallContext) -> None:
        self._response, self._ctx = response, ctx
        self._source: AsyncIterator[bytes] | None = None
        self._size = 0
        self.status: int = response.status_code
        self.headers: Headers = lines_of(response)
        self.end: End = "closed"
        """How the body ended; `closed` until it has."""

    @property
    def request(self) -> Request:
        """What was sent, as it travelled, the key included."""
        sent = self._response.request
        return Request(sent.method, str(sent.url), lines_of(sent), sent.content)

    def pieces(self, *, raw: bool = False) -> AsyncIterator[bytes]:
        """The body as it arrives, `raw`: with its encoding. It never raises for the network: `end` says how it went.

        No generator, so whoever stops reading has nothing to close: `aclose` sees to it.
        """
        coded = not raw and any(name.lower() == "content-encoding" for name, _ in self.headers)
        self._source = self._response.aiter_bytes() if coded else aiter(self._response.stream)
        return self

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        data = await self._next() if self.end == "closed" else None
        if data is None:
            raise StopAsyncIteration
        self._size += len(data)
        return data

    async def _next(self) -> bytes | None:
        assert self._source is not None
        try:
            with self._ctx.limit():
                data = await anext(self._source, None)
        except CallTimeout:
            self.end = Broken("CallTimeout", f"the deadline passed after {self._size} bytes of the body")
            return None
        except Exception as fault:
            if not is_transport_fault(fault):
                raise
            self.end = Broken(type(fault).__name__, concealed(str(fault), secrets_in(self._response.request)))
            return None
        if data is None:
            self.end = "eof"
        return data

    async def aclose(self) -> None:
        """Leave the answer: what of it has not come is given up, and its connection with it."""
        if self._source is not None and self.end == "closed":
            await _unwind(self._source)
        await self._response.aclose()

    async def chunks(self, *, raw: bool = False) -> tuple[Chunk, ...]:
        """The whole body, with the gaps between its pieces."""
        found: list[Chunk] = []
        last = time.perf_counter()
        async for data in self.pieces(raw=raw):
            now = time.perf_counter()
            found.append(Chunk(now - last, data))
            last = now
        return tuple(found)


async def _unwind(source: AsyncIterator[bytes]) -> None:
    """End the library's generators, which stand one in the other, from the innermost out, by a cancellation.

    It closes no inner one with the outer: they would be left to the garbage collector, and the connection with them.
    """
    from anyio import CancelScope

    with suppress(Exception), CancelScope() as scope:
        scope.cancel()
        for _ in range(_BUFFERED):
            if await anext(source, None) is None:
                return


_BUFFERED = 10_000
"""Pieces that may come without a wait, at which a cancellation is noticed: what was read of the network already."""


def broken_off(end: Broken) -> ServiceError:
    """The failure that a body means that did not come to its end."""
    kind: ErrorKind = "timeout" if end.error.endswith("Timeout") else "truncated"
    return failure_of(error(kind, f"the answer broke off: {end.error}: {end.message or 'no reason given'}"))


def secrets_in(request: Any) -> frozenset[str]:
    """The credentials that a request of an HTTP library carries by now."""
    return secrets_of(lines_of(request), str(request.url))


def lines_of(message: Any) -> Headers:
    """The header lines of a request or response of an HTTP library."""
    return tuple(message.headers.multi_items())
