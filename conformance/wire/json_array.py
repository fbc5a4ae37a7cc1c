"""Split one JSON array into its elements, incrementally; tell such a body from an event stream by its first byte.

Rule of the file: an element is a frame as soon as it is complete. Bytes are never decoded: structure is ASCII, and a
cut UTF-8 sequence heals by itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .sse import SSE

Frame = tuple[bytes, bytes]

_BLANK = b" \t\r\n"
_BEFORE = b"\xef\xbb\xbf" + _BLANK
_outside = re.compile(rb'["\[\]{},]').search
_inside = re.compile(rb'["\\]').search
_QUOTE, _ESCAPE, _COMMA = ord('"'), ord("\\"), ord(",")
_OPENS = b"[{"


class JSONArray:
    """The framer of a body that is one JSON array; its frames have no event name."""

    label = "JSON array"
    __slots__ = ("_at", "_depth", "_held", "_quoted")

    def __init__(self) -> None:
        self._held = b""  # the unfinished element, with the bracket or comma before it
        self._at = 0  # how far of it has been looked at
        self._depth = 0
        self._quoted = False

    def feed(self, chunk: bytes) -> list[Frame]:
        """The elements that this chunk completes."""
        text, at, start = self._held + chunk, self._at, 0
        out: list[Frame] = []
        while hit := (_inside if self._quoted else _outside)(text, at):
            at, sign = hit.end(), text[hit.start()]
            if sign == _ESCAPE:
                if at == len(text):  # what it escapes is yet to come
                    at -= 1
                    break
                at += 1
            elif sign == _QUOTE:
                self._quoted = not self._quoted
            elif sign in _OPENS:
                self._depth += 1
                start = at if self._depth == 1 else start
            elif (until := self._element_ends(sign, at)) is not None:
                _element(text[start:until], out)
                start = at
        else:
            at = len(text)
        self._held, self._at = text[start:], at - start
        return out

    def _element_ends(self, sign: int, at: int) -> int | None:
        """Where an element ends that is over with this sign, which ends at `at`; None within one."""
        if sign == _COMMA:
            return at - 1 if self._depth == 1 else None
        self._depth -= 1
        return {1: at, 0: at - 1}.get(self._depth)

    def flush(self) -> list[Frame]:
        """The body is over: the unfinished element, if it is one."""
        rest, self._held, self._at = self._held, b"", 0
        out: list[Frame] = []
        _element(rest, out)
        return out

    @property
    def tail(self) -> bytes:
        """The bytes of the unfinished element."""
        return self._held.strip(_BLANK)

    @property
    def unclosed(self) -> str:
        """What the body still lacks by its framing alone; "" when nothing."""
        return "the bracket that closes the array" if self._depth else ""


def _element(text: bytes, out: list[Frame]) -> None:
    if element := text.strip(_BEFORE):
        out.append((b"", element))


class SSEOrArray:
    """An event stream, or the same frames as one JSON array: the first byte tells. Bare JSON between events counts."""

    __slots__ = ("_chosen", "_head")

    def __init__(self) -> None:
        self._head = b""
        self._chosen: SSE | JSONArray | None = None

    def feed(self, chunk: bytes) -> Sequence[Frame]:
        """The frames that this chunk completes."""
        if self._chosen is not None:
            return self._chosen.feed(chunk)
        self._head += chunk
        if not (first := self._head.lstrip(_BEFORE)[:1]):
            return []
        self._chosen = JSONArray() if first == b"[" else SSE(bare_json=True)
        return self._chosen.feed(self._head)

    def flush(self) -> Sequence[Frame]:
        """The body is over: the unfinished frame, if it is one."""
        return self._chosen.flush() if self._chosen is not None else []

    @property
    def label(self) -> str:
        """The framing's name, for messages."""
        return JSONArray.label if isinstance(self._chosen, JSONArray) else SSE.label

    @property
    def tail(self) -> bytes:
        """The bytes of the unfinished frame."""
        return self._head if self._chosen is None else self._chosen.tail

    @property
    def unclosed(self) -> str:
        """What the body still lacks by its framing alone; "" when nothing."""
        return self._chosen.unclosed if isinstance(self._chosen, JSONArray) else ""
