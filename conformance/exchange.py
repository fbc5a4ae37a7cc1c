"""An exchange: one HTTP request with its response, as it went over the wire. Immutable.

Rule of the file: bytes and facts, no opinion. Decoding and judging happen elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import Literal, NamedTuple, TypeAlias
from urllib.parse import urlsplit

from msgspec import Struct

from conformance.model import JSON

Headers: TypeAlias = tuple[tuple[str, str], ...]
"""Header lines in order, names as they travelled, repeated names kept."""

Source: TypeAlias = Literal["live", "virtual", "edited", "unknown"]
"""Where a recording comes from. Only `live` came from a real vendor; every report says which it was."""

Fidelity: TypeAlias = Literal["exact", "reserialized", "body_only"]
"""What of the body can be trusted: its bytes; its JSON values but not its framing; its content only."""


class Chunk(NamedTuple):
    """Bytes that arrived in one piece, `gap` seconds after the piece before (or after the headers)."""

    gap: float
    data: bytes


class Broken(NamedTuple):
    """How a body that was cut off ended: the httpx exception's class name and its message."""

    error: str
    message: str


End: TypeAlias = Literal["eof", "closed"] | Broken
"""`eof`: the server finished. `closed`: the consumer left early. `Broken`: the connection failed."""


def header_of(headers: Headers | Mapping[str, str], name: str) -> str | None:
    """The first value of a header, the name in any case; None when absent."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    wanted = name.lower()
    return next((value for key, value in pairs if key.lower() == wanted), None)


def path_of(url: str) -> str:
    """The path of a URL; "" for an address that is none, e.g. with an open bracket."""
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def host_of(url: str) -> str:
    """The host of a URL in lower case; "" for an address that is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def retry_after(headers: Headers, now: datetime | None = None) -> float | None:
    """Seconds to wait, from `retry-after-ms` or `retry-after`; None when neither says so.

    A date counts from the reply's own `date`; where it has none, from `now`. Who reads a recording gives no `now`, so
    that it means the same on any day.
    """
    for name, unit in (("retry-after-ms", 1000), ("retry-after", 1)):
        told = header_of(headers, name) or ""
        try:
            wait = float(told) / unit
        except ValueError:
            wait = _until(told, header_of(headers, "date"), now)
        if 0 <= wait < float("inf"):
            return wait
    return None


def http_date(text: str | None) -> datetime | None:
    """The moment that a header names; None when it is none."""
    from email.utils import parsedate_to_datetime  # slow to import, and seldom needed

    try:
        found = parsedate_to_datetime(text or "")
    except (ValueError, TypeError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _until(then: str, told_now: str | None, now: datetime | None) -> float:
    end, begin = http_date(then), http_date(told_now) or now
    return max((end - begin).total_seconds(), 0.0) if end and begin else -1.0


class Request(Struct, frozen=True):
    """What the client sent."""

    method: str
    url: str
    headers: Headers = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        return header_of(self.headers, name)

    def json(self) -> JSON:
        """The body as JSON; None when it is empty or is not JSON."""
        return _json(self.body)


class Response(Struct, frozen=True, dict=True):  # a dict for what is computed once
    """What came back: ordered timed chunks, and how the body ended."""

    status: int
    headers: Headers = ()
    chunks: tuple[Chunk, ...] = ()
    end: End = "eof"

    def header(self, name: str) -> str | None:
        return header_of(self.headers, name)

    @cached_property
    def body(self) -> bytes:
        return b"".join(chunk.data for chunk in self.chunks)

    def json(self) -> JSON:
        """The body as JSON; None when it is empty or is not JSON."""
        return _json(self.body)

    def recut(self, size: int) -> Response:
        """The same bytes in pieces of `size` (0: in one piece), without timing."""
        body = self.body
        step = size or max(len(body), 1)
        chunks = tuple(Chunk(0.0, body[at : at + step]) for at in range(0, len(body), step))
        return Response(self.status, self.headers, chunks, self.end)


class Exchange(Struct, frozen=True, kw_only=True):
    """One request with its response, and what is known of the recording."""

    id: str
    request: Request
    response: Response
    dialect: str | None = None
    """The dialect that it speaks; None when nothing tells."""
    provider: str | None = None
    scenario: str | None = None
    source: Source = "unknown"
    fidelity: Fidelity = "exact"
    origin: str = ""
    """Where it was read from: a path, with the position in it."""
    lacks: str = ""
    """What the recorder did not keep, so that nothing can be judged: the body, the status. Empty: it kept all."""


def _json(body: bytes) -> JSON:
    if not body:
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):  # ValueError covers undecodable UTF-8
        return None
