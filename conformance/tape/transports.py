"""Explicit transports: the way in for the command line, and wherever two cassettes are open in one process.

Rule of the file: the inner transport is made when the first request must really go out, never before: building an SSL
context costs more than anything else here, and playback needs none.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache, partial
from types import ModuleType
from typing import Any

from conformance.tape.decks import Deck
from conformance.tape.engine import aexchange, exchange


def unpatched(transport: Any, method: str) -> Callable[[Any], Any]:
    """The transport's own method, whoever has patched its class (vcrpy, or `patches`)."""
    found = inspect.getattr_static(type(transport), method)
    return partial(getattr(found, "real", None) or inspect.unwrap(found), transport)


@cache
def transport_class(library: ModuleType) -> type[Any]:
    """The sync transport over a deck, for that library."""

    class TapeTransport(library.BaseTransport):  # type: ignore[misc, name-defined]
        def __init__(self, deck: Deck, inner: Any = None) -> None:
            self.deck, self.inner = deck, inner

        def handle_request(self, request: Any) -> Any:
            return exchange(self.deck, self._send, request)

        def _send(self, request: Any) -> Any:
            self.inner = self.inner or library.HTTPTransport()
            return unpatched(self.inner, "handle_request")(request)

        def close(self) -> None:
            if self.inner is not None:
                self.inner.close()

    return TapeTransport


@cache
def async_transport_class(library: ModuleType) -> type[Any]:
    """The async transport over a deck, for that library."""

    class AsyncTapeTransport(library.AsyncBaseTransport):  # type: ignore[misc, name-defined]
        def __init__(self, deck: Deck, inner: Any = None) -> None:
            self.deck, self.inner = deck, inner

        async def handle_async_request(self, request: Any) -> Any:
            return await aexchange(self.deck, self._send, request)

        async def _send(self, request: Any) -> Any:
            self.inner = self.inner or library.AsyncHTTPTransport()
            return await unpatched(self.inner, "handle_async_request")(request)

        async def aclose(self) -> None:
            if self.inner is not None:
                await self.inner.aclose()

    return AsyncTapeTransport
