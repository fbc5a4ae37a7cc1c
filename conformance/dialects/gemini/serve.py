"""The server half: what an official server of this language says, whole, as an event stream or as one JSON array.

Rule of the file: the finish reason stands on the last chunk with content, so that no cut of a stream looks finished.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from conformance.dialects.openai_chat.book import inside
from conformance.exchange import Headers
from conformance.model import JSON, ChatRequest, Error, Reply

from .failure import error_body, failure
from .names import spelt
from .parse import heard, parse, told
from .parse_contents import Item
from .render import candidate, chunk, counts, early_counts, likely, parts_of, pieces_of, several


class GeminiServer:
    """A `Server`."""

    def heard(self, url: str, body: JSON) -> JSON:
        return heard(url, body)

    def parse(self, body: JSON) -> ChatRequest:
        return parse(body)

    def whole(self, reply: Reply, request: ChatRequest, body: JSON) -> bytes:
        told = [one | likely(reply, body) for one in several(candidate(_said(reply, body), reply), body)]
        return _dump(chunk(told, counts(reply.usage), reply, request.model))

    def stream(self, reply: Reply, request: ChatRequest, body: JSON) -> Iterator[bytes]:
        chunks = _chunks(reply, request, body)
        if told(body).array:
            return _array(chunks)
        return (b"data: " + _dump(one) + b"\r\n\r\n" for one in chunks)

    def failure(self, error: Error) -> tuple[int, Headers, bytes]:
        return failure(error)

    def failure_frame(self, error: Error) -> bytes:
        """An error in the middle of a stream is a bare object, which ends the lines of events."""
        return json.dumps(error_body(error), ensure_ascii=False, indent=2).encode() + b"\r\n\r\n"


def _dump(value: JSON) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:  # half a surrogate pair travels escaped
        return json.dumps(value, separators=(",", ":")).encode()


def _said(reply: Reply, body: JSON) -> list[Item]:
    """The parts of the answer; thoughts are kept to itself by a server that was not asked for them."""
    parts = parts_of(reply)
    asked = spelt(body) if isinstance(body, dict) and "contents" in body else None
    if asked is None or inside(asked, "generationConfig", "thinkingConfig", "includeThoughts"):
        return parts
    return [part for part in parts if not part.get("thought")]


def _chunks(reply: Reply, request: ChatRequest, body: JSON) -> Iterator[Item]:
    pieces = [piece for part in _said(reply, body) for piece in pieces_of(part)] or [{"text": ""}]
    early = early_counts(reply.usage)
    for piece in pieces[:-1]:
        yield chunk(several(candidate([piece]), body), early, reply, request.model)
    last = [one | likely(reply, body) for one in several(candidate(pieces[-1:], reply), body)]
    yield chunk(last, counts(reply.usage), reply, request.model)


def _array(chunks: Iterator[Item]) -> Iterator[bytes]:
    """One array in the very form of the official server: clients cut it at `,` CR LF and at the last line."""
    before = b"["
    last = b""
    for one in chunks:
        if last:
            yield last
        last, before = before + _dump(one), b"\n,\r\n"
    yield last + b"\n]"
