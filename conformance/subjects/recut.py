"""The same bytes, cut otherwise: what a network may do to an answer, done on purpose.

Rule of the file: no verdicts; only other cuts of a recording and the timeline that each one tells.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from msgspec.structs import replace

from conformance.decoding import decode
from conformance.exchange import Chunk, Exchange
from conformance.wire.eventstream import ends_of

if TYPE_CHECKING:
    from conformance.dialects import Dialect, Framing
    from conformance.model import Event

SIZES = (1, 2, 3, 7, 64, 0)
"""Piece sizes; 0 is one piece."""
STRIDE = 64
"""Bytes between two cuts of one pass: every byte is a cut in one of so many passes."""


def _after(ends: bytes) -> Callable[[bytes], list[int]]:
    found = re.compile(ends).finditer
    return lambda body: [one.end() for one in found(body)]


_ENDS: dict[Framing, Callable[[bytes], list[int]]] = {
    "sse": _after(rb"\r\n\r\n|\n\n|\r\r"),
    "ndjson": _after(rb"\n"),
    "eventstream": ends_of,
}
"""By framing: where the frames of a body end."""


def told(exchange: Exchange, speaks: Dialect) -> list[Event]:
    """The timeline of an exchange, as a careful client reads it."""
    return decode(exchange, speaks, strict=True)


def recut(exchange: Exchange, size: int, body: bytes | None = None) -> Exchange:
    """The exchange with its answer in pieces of `size`; `body` stands in for the recorded one."""
    response = exchange.response
    if body is not None:
        response = replace(response, chunks=(Chunk(0.0, body),))
    return replace(exchange, response=response.recut(size))


def pieces(speaks: Dialect, *parts: bytes) -> list[Event]:
    """The timeline that a fresh decoder tells of these pieces and the end of the body."""
    decoder = speaks.decoder()
    events: list[Event] = []
    for part in parts:
        events += decoder.feed(part)
    return events + decoder.close("eof")


def split_everywhere(framing: Framing, body: bytes) -> Iterator[list[bytes]]:
    """Cuts of a body that together split it after every byte: the nth one splits each frame n bytes after its start.

    As many cuts as the longest frame has bytes, and at most `STRIDE`: a long frame is split again each so many bytes.
    """
    ends = whole_frames(framing, body)
    frames = list(zip([0, *ends], ends, strict=False))
    longest = max((end - start for start, end in frames), default=0)
    for offset in range(min(longest, STRIDE)):
        inside = (at for start, end in frames for at in range(start + offset, end, STRIDE) if at > 0)
        yield [body[start:end] for start, end in pairwise([0, *inside, len(body)])]


def whole_frames(framing: Framing, body: bytes) -> list[int]:
    """Where each frame ends, as offsets into the body; the last one ends with the body."""
    ends = _ENDS[framing](body)
    if body[ends[-1] if ends else 0 :].strip():
        ends.append(len(body))
    return ends
