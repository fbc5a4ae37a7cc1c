"""A reading: one exchange, parsed as its dialect says, for rules to look at.

Rule of the file: parse once, lazily, and never raise for bad input; what cannot be parsed is a fact to look at.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple
from urllib.parse import urlsplit

import msgspec

from conformance.dialects import Dialect, Framing, Refusal, heard
from conformance.exchange import Exchange
from conformance.model import JSON, ChatRequest, Event, grammar_faults
from conformance.rulebook import Scope

COMPRESSED = b"\x1f\x8b"
"""How a body begins that is gzip."""
_SENTINEL = b"[DONE]"
ABSENT = object()
"""The JSON of a frame that is not JSON."""


class Frame(NamedTuple):
    """One frame of a stream as it stood on the wire, before any meaning."""

    number: int
    event: str
    """The SSE event name, "" when there was no `event:` line."""
    data: bytes
    json: JSON
    """The parsed data; `ABSENT` when it is not JSON (a `[DONE]`, garbage)."""


@dataclass(frozen=True)
class Reading:
    """What rules see of an exchange. Everything is computed at the first look."""

    exchange: Exchange
    dialect: Dialect

    @property
    def status(self) -> int:
        return self.exchange.response.status

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @cached_property
    def path(self) -> str:
        try:
            return urlsplit(self.exchange.request.url).path
        except ValueError:  # an address that is none, e.g. with an open bracket
            return ""

    @property
    def heads_kept(self) -> bool:
        """Whether a header that is missing was not sent: who dropped the Date, which every server sends, dropped others
        too (RFC 9110 section 6.6.1). This kit's own recorder drops the date and keeps what rules look at."""
        return self.exchange.source in ("live", "virtual") or self.exchange.response.header("date") is not None

    @cached_property
    def request(self) -> JSON:
        """The request body as JSON; None when empty or not JSON."""
        return self.exchange.request.json()

    @cached_property
    def heard(self) -> JSON:
        """The request as its server hears it: the body, and what the address says, where the language speaks there."""
        return heard(self.dialect, self.exchange.request.url, self.request)

    @cached_property
    def asked(self) -> dict[str, JSON]:
        """The request body when it is a JSON object, else an empty one."""
        return self.request if isinstance(self.request, dict) else {}

    @cached_property
    def wanted(self) -> ChatRequest | None:
        """What was asked for, as the dialect's own server half understands it; None when it would refuse that."""
        try:
            return self.dialect.server.parse(self.heard)
        except Refusal:
            return None

    @cached_property
    def wants_stream(self) -> bool | None:
        """Whether a stream was asked for; None when the request is not there, or not in order."""
        if self.wanted is None:
            return None
        return self.dialect.streams(self.exchange.request.url, self.request)

    @cached_property
    def reply(self) -> JSON:
        """The response body as JSON; None when empty or not JSON."""
        return self.exchange.response.json()

    @cached_property
    def streamed(self) -> bool:
        """Whether the answer came as a stream: told by its bytes and label, else by what was asked."""
        from conformance.decoding import came_streamed

        return came_streamed(self.exchange, self.dialect)

    @cached_property
    def framing(self) -> Framing:
        """How the body of a streamed answer is cut into frames."""
        return self.dialect.framing_of(self.exchange.response.body)

    @cached_property
    def frames(self) -> tuple[Frame, ...]:
        """The frames of a streamed answer, in order; empty for a whole one."""
        if not self.streamed:
            return ()
        from conformance.wire import frames_of

        found = enumerate(frames_of(self.framing, self.exchange.response.body))
        return tuple([Frame(number, event, data, _json(data)) for number, (event, data) in found])

    @cached_property
    def chunks(self) -> tuple[Frame, ...]:
        """The frames whose data is a JSON object: what most stream rules look at."""
        return tuple([frame for frame in self.frames if isinstance(frame.json, dict)])

    @cached_property
    def oddities(self) -> tuple[Frame, ...]:
        """The frames that are no chunks: sentinels, other JSON, garbage."""
        return tuple([frame for frame in self.frames if not isinstance(frame.json, dict)])

    @cached_property
    def stray(self) -> tuple[bytes, ...]:
        """The lines of an event stream that bring JSON where no client sees it."""
        if not self.streamed or self.framing != "sse" or self.exchange.response.body.startswith(COMPRESSED):
            return ()
        from conformance.wire import outside_of_data

        return outside_of_data(self.exchange.response.body)

    @cached_property
    def partial(self) -> bool:
        """Whether a stream did not come whole, as other rules tell: then what is missing is no fault of its own.

        The consumer left, the connection broke, nothing came, the body is compressed, or some of it cannot be read.
        """
        response = self.exchange.response
        if response.end != "eof" or not response.body.strip() or response.body.startswith(COMPRESSED):
            return True
        from conformance.wire import tail_of

        if self.framing != "sse" and tail_of(self.framing, response.body).strip():
            return True
        return bool(self.stray) or any(frame.data.strip() != _SENTINEL for frame in self.oddities)

    @cached_property
    def kinds(self) -> tuple[Frame, ...]:
        """The chunks that are unlike all before them: those that are left out differ only in the text that they bring.

        Whoever looks at the form of chunks, and not at their text, need look at these only.
        """
        first = self.first_like
        return tuple(frame for frame in self.chunks if first[frame.number] == frame.number)

    @cached_property
    def first_like(self) -> dict[int, int]:
        """By the number of each chunk the number of the first that it is like; of one of the `kinds`, its own."""
        from conformance.wire import first_alike

        return first_alike(self.chunks)

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """The canonical timeline of the answer."""
        from conformance.decoding import decode

        in_one = self.exchange.response.recut(0)  # the same timeline, sooner: GN-04 looks at other cuts
        return tuple(decode(msgspec.structs.replace(self.exchange, response=in_one), self.dialect))

    @cached_property
    def grammar(self) -> tuple[str, ...]:
        """What breaks the grammar of that timeline."""
        return tuple(grammar_faults(self.events))

    @cached_property
    def outside(self) -> dict[Scope, str | None]:
        """Of each scope, why this exchange is outside of it; None when it is inside."""
        request, answered = self.exchange.request, None if self.ok else f"status {self.status}: no answer"
        return {
            Scope.REQUEST: None if request.body else "the request has no body",
            Scope.HEADERS: None if request.method else "the recording holds no request",
            Scope.REPLY: None if self.ok and not self.streamed else "no whole 2xx answer",
            Scope.STREAM: None if self.ok and self.streamed else "no streamed 2xx answer",
            Scope.ANSWER: answered,
            Scope.ERROR: None if self.status >= 400 else f"status {self.status}: no error",
            Scope.ANY: None,
        }


def _json(data: bytes) -> JSON:
    try:
        return msgspec.json.decode(data)
    except (ValueError, RecursionError):  # it takes less than the standard library: no NaN, no half surrogates
        pass
    try:
        return json.loads(data)
    except (ValueError, RecursionError):  # ValueError also covers undecodable UTF-8
        return ABSENT
