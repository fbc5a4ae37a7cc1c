"""The desk: one call from the request that arrived to what goes back, for any dialect. Sans-IO.

Rule of the file: it decides status, headers and the pieces of the body; routes carry them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from msgspec.structs import replace

from conformance.deviating import Bend, Said, bend_failure, bend_sending, bend_stream, bend_whole
from conformance.dialects import Dialect, Refusal, dialect, heard
from conformance.exchange import Chunk, End, Headers, Request
from conformance.model import JSON, ChatRequest, Error, Reply, error
from conformance.virtual.captured import Captured
from conformance.virtual.doorkeeper import MODEL, VIRTUAL_KEY, admit
from conformance.virtual.mind import finished, think


class Given(NamedTuple):
    """What goes back: a whole body, or a stream in pieces; and how it ends."""

    status: int
    headers: Headers
    body: bytes = b""
    pieces: Iterable[Chunk] | None = None
    """A streamed body, or one that is sent otherwise than at once: its pieces, each after its pause."""
    end: End = "eof"


class Heard(NamedTuple):
    """A request as it was understood, and what is said to it. Of one that was refused unread, only the address."""

    body: JSON
    request: ChatRequest | None
    said: Said


@dataclass(frozen=True)
class Desk:
    """One virtual provider's settings, and the way it answers."""

    captured: Captured
    gap: float = 0.0
    """Seconds of pause before each frame of a stream."""
    key: str = VIRTUAL_KEY
    bends: tuple[Bend, ...] = ()
    """What every answer undergoes, after the bends of a single call."""

    def answer(self, language: Dialect, request: Request, bends: Sequence[Bend] = (), key: str | None = None) -> Given:
        """Answer a call to a model; `bends` make of the official answer what some vendor sends.

        `key` is what the call must carry in place of the desk's own: a token that was issued.
        """
        bends = (*bends, *self.bends)
        body, asked, first = self._hear(language, request, self.key if key is None else key)
        said = first
        for one in bends:
            said = one.answer(asked, said) if one.answer else said
        if isinstance(said, Error):
            return failed(language, said, bends)
        asked = asked or _guessed(language, request)
        told = said if said is first else finished(said, asked, language.name)
        return self._told(language, body, asked, told, bends)

    def _hear(self, language: Dialect, request: Request, key: str) -> Heard:
        try:
            body, asked = admit(language, request, key)
        except Refusal as refusal:
            sent = request.json()
            return Heard(sent if isinstance(sent, dict) else {}, None, refusal.error)
        return Heard(body, asked, think(asked, language.name))

    def _told(self, language: Dialect, body: JSON, asked: ChatRequest, reply: Reply, bends: Sequence[Bend]) -> Given:
        id_line = ((language.manners.request_id, f"req_{reply.id[-24:]}"),)
        if not asked.stream:
            whole = language.server.whole(reply, asked, body)
            said = bend_whole(whole, reply, bends) if bends else whole
            return _bent(Given(200, (("content-type", "application/json"), *id_line), said), bends)
        frames = language.server.stream(reply, asked, body)
        frames = chain([first := next(frames, b"")], frames)
        label = language.label_of(language.framing_of(first))
        label += "; charset=utf-8" if label.startswith("text/") else ""
        if bends:
            frames = iter(bend_stream(language.framing, frames, reply, bends))
        pieces = (Chunk(self.gap, frame) for frame in frames)
        return _bent(Given(200, (("content-type", label), ("cache-control", "no-cache"), *id_line), b"", pieces), bends)


def failed(language: Dialect, fault: Error, bends: Sequence[Bend] = ()) -> Given:
    """An error, as this dialect says it."""
    status, headers, body = language.server.failure(fault)
    return _bent(Given(status, headers, bend_failure(status, body, bends) if bends else body), bends)


def no_such_route(speaks: str, method: str, path: str, status: int, bends: Sequence[Bend] = ()) -> Given:
    """What a path or method gets that nobody serves."""
    if status == 404:
        return failed(dialect(speaks), error("not_found", f"no route for {method} {path}", status=status), bends)
    return failed(dialect(speaks), error("invalid_request", f"{path} takes no {method}", status=status), bends)


def _bent(given: Given, bends: Sequence[Bend]) -> Given:
    """What goes back, as it is sent after all transformations of head and pieces."""
    if not any(one.head or one.pieces or one.end != "eof" for one in bends):
        return given
    pieces = list(given.pieces) if given.pieces is not None else [Chunk(0.0, given.body)]
    status, headers, pieces, end = bend_sending((given.status, given.headers), pieces, bends)
    if given.pieces is None and end == "eof" and len(pieces) == 1 and not pieces[0].gap:
        return Given(status, headers, pieces[0].data)
    return Given(status, headers, b"", pieces, end)


def _guessed(language: Dialect, request: Request) -> ChatRequest:
    """A request that was refused, as far as it is needed to answer it all the same."""
    sent = request.json()
    body = sent if isinstance(sent, dict) else {}
    streamed = language.streams(request.url, body)
    try:
        return replace(language.server.parse(heard(language, request.url, body)), stream=streamed)
    except Refusal:
        return ChatRequest(model=MODEL, messages=(), stream=streamed)
