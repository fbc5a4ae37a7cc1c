"""What comes in: an answer whose head is here, its body piece by piece, and what a body that broke off means.

Rule of the file: the network raises nothing here; how the body ended is a fact that stands in `end`.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
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
        self.status: int = response.status_code
        self.headers: Headers = lines_of(response)
        self.end: End = "closed"
        """How the body ended; `closed` until it has."""

    @property
    def request(self) -> Request:
        """What was sent, as it travelled, the key included."""
        sent = self._response.request
        return Request(sent.method, str(sent.url), lines_of(sent), sent.content)

    async def pieces(self, *, raw: bool = False) -> AsyncIterator[bytes]:
        """The body as it arrives, `raw`: with its encoding. It never raises for the network: `end` says how it went."""
        source = aiter(self._response.stream) if raw else self._response.aiter_bytes()
        size = 0
        while True:
            try:
                with self._ctx.limit():
                    data = await anext(source, None)
            except CallTimeout:
                self.end = Broken("CallTimeout", f"the deadline passed after {size} bytes of the body")
                return
            except Exception as fault:
                if not is_transport_fault(fault):
                    raise
                self.end = Broken(type(fault).__name__, concealed(str(fault), secrets_in(self._response.request)))
                return
            if data is None:
                self.end = "eof"
                return
            size += len(data)
            yield data

    async def chunks(self, *, raw: bool = False) -> tuple[Chunk, ...]:
        """The whole body, with the gaps between its pieces."""
        found: list[Chunk] = []
        last = time.perf_counter()
        async for data in self.pieces(raw=raw):
            now = time.perf_counter()
            found.append(Chunk(now - last, data))
            last = now
        return tuple(found)


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
