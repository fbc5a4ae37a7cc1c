"""Clients: as many of httpx as it takes, each with few connections, because its pool looks at all of them at each call.

Rule of the file: the first that is not busy takes the call, so one call after another finds its connection again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl

    import httpx

_BUSY = 10
"""Calls at one time that a client takes."""


@dataclass
class _Lent:
    client: httpx.AsyncClient
    calls: int = 0


class Clients:
    """Made when they are needed; they share one TLS context, which costs more than all else of a client."""

    def __init__(self) -> None:
        self._all: list[_Lent] = []
        self._tls: ssl.SSLContext | None = None

    @contextmanager
    def lend(self) -> Iterator[httpx.AsyncClient]:
        """A client for one call."""
        one = next((one for one in self._all if one.calls < _BUSY), None) or self._more()
        one.calls += 1
        try:
            yield one.client
        finally:
            one.calls -= 1

    async def aclose(self) -> None:
        """Close them all; those that come after are new."""
        while self._all:
            await self._all.pop().client.aclose()

    def _more(self) -> _Lent:
        import httpx

        self._tls = self._tls or httpx.create_ssl_context()
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=_BUSY)
        self._all.append(_Lent(httpx.AsyncClient(verify=self._tls, limits=limits)))
        return self._all[-1]
