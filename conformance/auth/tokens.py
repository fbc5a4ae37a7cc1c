"""Tokens: a key is exchanged for one, it is kept while it is fresh, and fetched anew when a server refuses it.

Rule of the file: sans-IO: one generator, driven by sync and async clients of httpx and httpx2. Neither a key nor a
token shows in a repr or a message. A flow keeps one token; whoever keeps the flow keeps the token.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import AsyncGenerator, Callable, Generator
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from conformance.exchange import Headers
from conformance.model import JSON

if TYPE_CHECKING:
    import httpx

REFUSED = frozenset({401, 403})
"""By these a server says that it does not take a token: one new one is fetched, then the refusal stands."""

MARGIN = 60.0
"""Seconds before its end from which on a token is not used any more."""


@dataclass(frozen=True, kw_only=True)
class Token:
    """What was issued for a key."""

    value: str = field(repr=False)
    until: float
    """By the clock: from then on a new one is fetched."""
    headers: Headers = field(default=(), repr=False)
    """Header lines that go with it on every call."""
    base_url: str | None = None
    """Where the calls go to, when the issuer says so."""


@dataclass(frozen=True, kw_only=True)
class Ask:
    """The request for a token."""

    method: str
    url: str
    headers: Headers = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, kw_only=True)
class Terms:
    """How a key is exchanged: what is asked, how the answer is read, how the token travels."""

    ask: Callable[[], Ask] = field(repr=False)
    read: Callable[[JSON, float], Token] = field(repr=False)
    """The token in an answer, given the time. Raises `ValueError`, which names fields and no values."""
    wear: Callable[[str], httpx.Auth]
    movable: str = ""
    """The base URL that an issuer may exchange for another one."""
    clock: Callable[[], float] = time.time


def exchanged(terms: Terms) -> httpx.Auth:
    """A flow that fetches a token when none is fresh, and once more when a server refuses the one that it sent."""
    import httpx

    other = sys.modules.get("httpx2")  # its clients take only flows of its own class
    flow: httpx.Auth = _flow_class((httpx.Auth, *((other.Auth,) if other else ())))(terms)
    return flow


@cache
def _flow_class(kinds: tuple[type[Any], ...]) -> type[Any]:
    class Exchanged(*kinds):  # type: ignore[misc]
        """Sends calls with a token that it fetches for a key."""

        def __init__(self, terms: Terms) -> None:
            self._terms = terms
            self._token: Token | None = None

        def auth_flow(self, request: Any) -> Generator[Any, Any, None]:
            for _ in range(2):
                token = self._token
                if token is None or self._terms.clock() >= token.until:
                    asking = _request(self._terms.ask(), request)
                    response = yield asking
                    if not response.is_success:
                        return  # the issuer's refusal is the answer
                    token = self._token = _read(self._terms, asking, response)
                _put_on(token, self._terms, request)
                response = yield request
                if response.status_code not in REFUSED:
                    return
                if self._token is token:
                    self._token = None

        def sync_auth_flow(self, request: Any) -> Generator[Any, Any, None]:
            flow = self.auth_flow(request)
            outgoing = next(flow)
            while True:
                response = yield outgoing
                if outgoing is not request:  # an issuer's answer is read here; a model's may be a stream
                    response.read()
                try:
                    outgoing = flow.send(response)
                except StopIteration:
                    return

        async def async_auth_flow(self, request: Any) -> AsyncGenerator[Any, Any]:
            flow = self.auth_flow(request)
            outgoing = next(flow)
            while True:
                response = yield outgoing
                if outgoing is not request:
                    await response.aread()
                try:
                    outgoing = flow.send(response)
                except StopIteration:
                    return

        def __repr__(self) -> str:  # a key or token must not show in a traceback or log
            return f"<{type(self).__name__} token>"

    return Exchanged


def _request(ask: Ask, call: Any) -> Any:
    """The request for a token, of the library that sends the call, with the call's patience and user agent."""
    agent = (("user-agent", call.headers["user-agent"]),) if "user-agent" in call.headers else ()
    lines = [("accept", "application/json"), ("accept-encoding", "identity"), *agent, *ask.headers]
    return type(call)(ask.method, ask.url, headers=lines, content=ask.body or None, extensions=call.extensions)


def _read(terms: Terms, asking: Any, response: Any) -> Token:
    try:
        told = json.loads(response.content)
        if not isinstance(told, dict):
            raise ValueError("it is no JSON object")
        return terms.read(told, terms.clock())
    except (ValueError, RecursionError) as fault:
        why = "it is not JSON" if isinstance(fault, json.JSONDecodeError | UnicodeDecodeError) else str(fault)
        library = sys.modules[type(asking).__module__.partition(".")[0]]
        said = f"{asking.url.copy_with(query=None)} issued no token: {why}"
        raise library.DecodingError(said, request=asking) from None  # the cause could quote what was issued


def _put_on(token: Token, terms: Terms, request: Any) -> None:
    terms.wear(token.value)(request)  # type: ignore[operator]
    for name, value in token.headers:
        request.headers[name] = value
    asked = str(request.url)
    if token.base_url and terms.movable and asked.startswith(terms.movable):
        request.url = type(request.url)(token.base_url.rstrip("/") + asked[len(terms.movable) :])
        request.headers["host"] = request.url.netloc.decode("ascii")
