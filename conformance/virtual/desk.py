"""The desk: one call from the request that arrived to what goes back, for any dialect. Sans-IO.

Rule of the file: it decides status, headers and frames; routes carry them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from conformance.deviating import Bend, bend_failure, bend_stream, bend_whole
from conformance.dialects import Dialect, Refusal, dialect
from conformance.exchange import Headers, Request
from conformance.model import Error, error
from conformance.virtual.captured import Captured
from conformance.virtual.doorkeeper import VIRTUAL_KEY, admit
from conformance.virtual.mind import think


class Given(NamedTuple):
    """What goes back: a whole body, or the frames of a stream."""

    status: int
    headers: Headers
    body: bytes = b""
    frames: Iterator[bytes] | None = None


@dataclass(frozen=True)
class Desk:
    """One virtual provider's settings, and the way it answers."""

    captured: Captured
    gap: float = 0.0
    """Seconds of pause before each frame of a stream."""
    key: str = VIRTUAL_KEY

    def answer(self, language: Dialect, request: Request, bends: Sequence[Bend] = (), key: str | None = None) -> Given:
        """Answer a call to a model; `bends` make of the official answer what some vendor sends.

        `key` is what the call must carry in place of the desk's own: a token that was issued.
        """
        try:
            body, asked = admit(language, request, self.key if key is None else key)
        except Refusal as refusal:
            return failed(language, refusal.error, bends)
        reply = think(asked, language.name)
        if isinstance(reply, Error):
            return failed(language, reply, bends)
        id_line = ((language.manners.request_id, f"req_{reply.id[-24:]}"),)
        if not asked.stream:
            whole = language.server.whole(reply, asked, body)
            body_sent = bend_whole(whole, reply, bends) if bends else whole
            return Given(200, (("content-type", "application/json"), *id_line), body_sent)
        frames = language.server.stream(reply, asked, body)
        frames = chain([first := next(frames, b"")], frames)
        label = language.label_of(language.framing_of(first))
        label += "; charset=utf-8" if label.startswith("text/") else ""
        if bends:
            frames = iter(bend_stream(language.framing, frames, reply, bends))
        return Given(200, (("content-type", label), ("cache-control", "no-cache"), *id_line), frames=frames)


def failed(language: Dialect, fault: Error, bends: Sequence[Bend] = ()) -> Given:
    """An error, as this dialect says it."""
    status, headers, body = language.server.failure(fault)
    return Given(status, headers, bend_failure(status, body, bends) if bends else body)


def no_such_route(speaks: str, method: str, path: str, status: int) -> Given:
    """What a path or method gets that nobody serves."""
    if status == 404:
        return failed(dialect(speaks), error("not_found", f"no route for {method} {path}", status=status))
    return failed(dialect(speaks), error("invalid_request", f"{path} takes no {method}", status=status))
