"""What arrived at the virtual provider, as it travelled.

Rule of the file: written by the server's thread, read by anyone; whoever reads gets a copy.
"""

from __future__ import annotations

from threading import Lock

from conformance.exchange import Request


class Captured:
    """The requests in order of arrival. Refused ones count too: they were sent."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._requests: list[Request] = []
        self._calls = 0

    def add(self, request: Request, *, call: bool) -> None:
        """Keep a request; `call`: it went to a model, and not to a list or a health check."""
        with self._lock:
            self._requests.append(request)
            self._calls += call

    @property
    def requests(self) -> tuple[Request, ...]:
        with self._lock:
            return tuple(self._requests)

    @property
    def call_count(self) -> int:
        with self._lock:
            return self._calls

    def clear(self) -> None:
        """Forget all of it, as before the first request."""
        with self._lock:
            self._requests.clear()
            self._calls = 0
