"""How a key travels: `httpx.Auth` flows, written once and driven by sync and async clients.

Rule of the folder: sans-IO, and httpx is imported when the first key is wrapped. A client of httpx2, which knows only
its own `Auth`, takes plain keys as callables. Keys that are exchanged for tokens: `issuing`, `tokens`, `google`.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx


def bearer(key: str) -> httpx.Auth:
    """`Authorization: Bearer <key>`."""
    return _header_auth()("Authorization", f"Bearer {key}")


def bearer_if_any(key: str) -> httpx.Auth:
    """`Authorization: Bearer <key>` where there is a key, else nothing: for servers that may ask for none."""
    return _header_auth()("Authorization", f"Bearer {key}" if key else "")


def header_key(name: str) -> Callable[[str], httpx.Auth]:
    """The key alone in a header of that name."""

    def wrap(key: str) -> httpx.Auth:
        return _header_auth()(name, key)

    return wrap


@cache
def _header_auth() -> Callable[[str, str], httpx.Auth]:
    import httpx

    class HeaderAuth(httpx.Auth):
        """Puts one value in one header; an empty value is no header."""

        def __init__(self, name: str, value: str) -> None:
            self.name, self.value = name, value

        def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
            yield self(request)

        def __call__(self, request: httpx.Request) -> httpx.Request:
            if self.value:
                request.headers[self.name] = self.value
            return request

        def __repr__(self) -> str:  # a key must not show in a traceback or log
            return f"<{type(self).__name__} {self.name}>"

    return HeaderAuth
