"""Dialects: the wire languages. A folder beside this file is a dialect; nothing else registers it.

Rule of the folder: a dialect knows its language and no speaker of it.
Each `dialects/<name>/__init__.py` builds one `DIALECT`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Literal, Protocol, TypeAlias

from conformance.deviating import Deviation
from conformance.dialects.manners import PLAIN, Manners
from conformance.errors import UsageError
from conformance.exchange import End, Headers, host_of
from conformance.model import JSON, ChatRequest, Error, Event, Reply
from conformance.rulebook import Rulebook

Framing: TypeAlias = Literal["sse", "ndjson", "eventstream", "json-array"]

Quirks: TypeAlias = Mapping[str, JSON]
"""Facts by which one speaker differs, e.g. {"max_tokens_field": "max_tokens"}; each dialect lists its own."""


_BLANK = b"\xef\xbb\xbf \t\r\n"
"""What may stand before the first byte that tells something."""


class StreamDecoder(Protocol):
    """Turns the bytes of one streamed answer into canonical events; sans-IO, one use."""

    def feed(self, chunk: bytes) -> list[Event]:
        """The events that this chunk completes. After a terminal event: always none."""
        ...

    def close(self, end: End = "eof") -> list[Event]:
        """The body is over. Yields `Error(truncated)` when no terminal event has been seen."""
        ...


class Server(Protocol):
    """The server half: reads what a client sent, says what a server would.

    Two methods more are there only where the language needs them: `refuse(headers, body) -> Error | None` for rules on
    headers, and `heard(url, body) -> JSON`, which lays into the body what the URL says: the model, streamed or not.
    """

    def parse(self, body: JSON) -> ChatRequest:
        """The canonical request. Raises `Refusal` for a body that the real server refuses."""
        ...

    def whole(self, reply: Reply, request: ChatRequest, body: JSON) -> bytes:
        """The answer as one body."""
        ...

    def stream(self, reply: Reply, request: ChatRequest, body: JSON) -> Iterator[bytes]:
        """The answer as frames, each one piece of the stream, terminal signal included."""
        ...

    def failure(self, error: Error) -> tuple[int, Headers, bytes]:
        """An error as status, headers (content type and retry-after among them) and body."""
        ...

    def failure_frame(self, error: Error) -> bytes:
        """An error in the middle of a stream, as the frame that says it."""
        ...


class Refusal(Exception):
    """A server half refuses a request: carries the canonical error to render."""

    def __init__(self, error: Error) -> None:
        super().__init__(error.message)
        self.error = error


@dataclass(frozen=True)
class Dialect:
    """One wire language, both halves. Pure data and functions: it holds no state between calls."""

    name: str
    framing: Framing
    path: Callable[[ChatRequest], str]
    """The path below the base URL for this request, with a leading slash."""
    claims: Callable[[str, str, Headers, JSON], bool]
    """Does (method, URL, request headers, request JSON) look like this dialect?"""
    body: Callable[[ChatRequest, Quirks], JSON]
    """Client half: the request body. Raises `UnsupportedError` for what the language cannot say."""
    reply: Callable[[JSON], Reply]
    """Client half: a whole 2xx body -> Reply. Raises `ValueError` for what is no reply, an error under 200 too."""
    decoder: Callable[[], StreamDecoder]
    """Client half: a fresh decoder for one streamed answer."""
    error: Callable[[int, Headers, bytes], Error]
    """Client half: a reply of status >= 400 (or an error body under 200) -> Error. Never raises."""
    streams: Callable[[str, JSON], bool]
    """Does (URL, request JSON) ask for a streamed answer?"""
    server: Server
    rules: Rulebook
    schemas: Mapping[str, JSON]
    """JSON Schemas (draft 2020-12) by role: request, reply, event, error."""
    tools_path: str = ""
    """Where tool schemas stand in a request, for people: `tools[].function.parameters`."""
    tool_schemas: Callable[[JSON], list[JSON]] = field(default=lambda body: [])
    """The JSON Schemas of the tools as they stand in a request body, in order."""
    content_type: str = "text/event-stream"
    """What a streamed 2xx answer is labelled with."""
    prefix: str = ""
    """What the vendor's base URL holds after the origin, because `path` does not: "/v1"."""
    manners: Manners = PLAIN
    """How the vendor behaves beyond the language."""
    untold: Mapping[str, str] = field(default_factory=dict)
    """Canonical details that the language has no need of -> why: servers find them out by themselves."""
    version: str = ""
    """The version of the specification that the rules follow."""
    deviations: Mapping[str, Deviation] = field(default_factory=dict)
    """What some speakers of the language are known to do otherwise, by id."""
    hosts: tuple[str, ...] = ()
    """The only hosts (and those below) where requests of this form are its own: elsewhere another speaks so."""
    array_streams: bool = False
    """A stream may also come as one JSON array of its frames; the first byte of the body tells."""
    routes: tuple[str, ...] = ()
    """Where its server listens, as templates (`/v1/models/{model}:generate`); empty: at the one `path`."""

    def framing_of(self, body: bytes) -> Framing:
        """How this streamed body is cut into frames."""
        return "json-array" if self.array_streams and body[:64].lstrip(_BLANK)[:1] == b"[" else self.framing

    def label_of(self, framing: Framing) -> str:
        """What a streamed 2xx answer of that framing is labelled with."""
        return "application/json" if framing == "json-array" else self.content_type


def heard(language: Dialect, url: str, body: JSON) -> JSON:
    """A request body with what its URL says laid into it, where the language says things there."""
    lay = getattr(language.server, "heard", None)
    return lay(url, body) if lay else body


def dialect_names() -> list[str]:
    """The names of all dialects, sorted."""
    return sorted(found.name.replace("_", "-") for found in pkgutil.iter_modules(__path__) if found.ispkg)


@cache
def dialect(name: str) -> Dialect:
    """The dialect of that name. Raises `UsageError` for an unknown one."""
    folder = name.lower().replace("-", "_")
    if folder.replace("_", "-") not in dialect_names():
        raise UsageError(f"there is no dialect {name!r}", f"choose one of: {', '.join(dialect_names())}")
    found = importlib.import_module(f"{__name__}.{folder}").DIALECT
    assert isinstance(found, Dialect)
    return found


def detect(method: str, url: str, headers: Headers, body: JSON) -> str | None:
    """Which dialect a request speaks, told from host, path, headers and body; None when nothing tells.

    Where two claim it, the one that is at home at this host wins; who has a home elsewhere never does.
    """
    known = [dialect(name) for name in dialect_names()]
    here = [one for one in known if _at_home(one, host_of(url))] + [one for one in known if not one.hosts]
    return next((one.name for one in here if one.claims(method, url, headers, body)), None)


def _at_home(language: Dialect, host: str) -> bool:
    return any(host == home or host.endswith(f".{home}") for home in language.hosts)
