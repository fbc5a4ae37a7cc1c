"""What comes back: one response, piece by piece, becomes canonical events. Sans-IO; one use.

Rule of the file: the sync and the async client share this, so they cannot differ in what they make of an answer.
"""

from __future__ import annotations

from collections.abc import Callable

from conformance.decoding import content_type_fault, decode_whole, http_error
from conformance.dialects import Dialect
from conformance.exchange import Chunk, End, Headers, Response
from conformance.model import Error, Event, error


class Answer:
    """Feed it the body as it arrives; it decides by the head how the body is to be read.

    The content type is held to strictly: a 2xx answer that is not labelled as what was asked for is a protocol
    error, whatever its bytes are.
    """

    def __init__(self, language: Dialect, status: int, headers: Headers, *, streamed: bool) -> None:
        self._head = Response(status, headers)
        self._language = language
        self._pieces: list[bytes] = []
        self._decoder = None
        self._refused: Error | None = None
        self._finish: Callable[[Response], list[Event]] = lambda whole: decode_whole(whole, language)
        if status >= 400:
            self._finish = lambda whole: [http_error(whole, language)]
        elif not 200 <= status < 300:
            self._refused = error("protocol", f"HTTP {status}: neither an answer nor an error", status=status)
        elif wrong := content_type_fault(self._head, language, streamed):
            self._refused = error("protocol", wrong, status=status)
        elif streamed:
            self._decoder = language.decoder()

    def begin(self) -> list[Event]:
        """What the head alone tells: a response that is refused is an error before its body has come."""
        return [self._refused] if self._refused else []

    def feed(self, data: bytes) -> list[Event]:
        """The events that these bytes complete."""
        if self._decoder:
            return self._decoder.feed(data)
        if not self._refused:
            self._pieces.append(data)
        return []

    def close(self, end: End = "eof") -> list[Event]:
        """The body is over: whatever is still owed, the terminal event among it."""
        if self._refused:
            return []
        if self._decoder:
            return self._decoder.close(end)
        whole = Response(self._head.status, self._head.headers, (Chunk(0.0, b"".join(self._pieces)),), end)
        return self._finish(whole)
