"""What goes out: an adapter and a canonical request become the parts of one HTTP request.

Rule of the file: nothing is sent, and httpx is only named.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from conformance.adapters import Adapter
from conformance.calls.muting import mute
from conformance.errors import UsageError
from conformance.exchange import Headers
from conformance.model import JSON, ChatRequest

if TYPE_CHECKING:
    import httpx


@dataclass(frozen=True)
class CallOptions:
    """What a call needs beside the request: the key, where to go, how long to wait for each next byte."""

    api_key: str = field(repr=False)
    base_url: str | None = None
    """Stands in for the vendor's."""
    timeout: float | None = 60.0
    """Seconds for connecting and between two pieces of the answer; None waits for ever."""
    _flows: dict[str, httpx.Auth] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        mute(self.api_key)

    def auth(self, adapter: Adapter) -> httpx.Auth:
        """The auth flow of all calls with these options: what it fetches for the key is fetched once."""
        if adapter.name not in self._flows:
            self._flows[adapter.name] = adapter.auth(self.api_key)
        return self._flows[adapter.name]


class Outgoing(NamedTuple):
    """One HTTP request before the key is put on: the arguments of a client's `build_request`, and the auth flow."""

    method: str
    url: str
    headers: Headers = ()
    content: bytes = b""
    auth: httpx.Auth | None = None
    """None: it goes out without a key."""


def build(adapter: Adapter, request: ChatRequest, options: CallOptions) -> Outgoing:
    """Compose the HTTP request. Raises `UnsupportedError` for what the adapter cannot say."""
    body = _encoded(adapter.body(request))
    accepted = adapter.dialect.content_type if request.stream else "application/json"
    headers = (
        ("content-type", "application/json"),
        ("accept", accepted),
        ("accept-encoding", "identity"),  # a compressed stream may be held back, and cannot be judged chunk by chunk
        *adapter.headers(request),
    )
    return Outgoing("POST", adapter.url(request, options.base_url), headers, body, options.auth(adapter))


def _encoded(body: JSON) -> bytes:
    """The body as UTF-8; half a surrogate pair, which UTF-8 cannot say, goes as its JSON escape."""
    try:
        return json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(body, allow_nan=False, separators=(",", ":")).encode()
    except ValueError as fault:
        raise UsageError(f"the request cannot be said in JSON: {fault}") from fault
