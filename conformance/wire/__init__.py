"""Framings of a streamed body: bytes in, frames out; and the decoder that makes events of frames.

Rule of the folder: no dialect is known here. A frame is `(event, data)`; what it means is the reader's business.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conformance.errors import UsageError

from .decoder import FrameDecoder, Framer, FrameReader, cut_off, shown, unparsed
from .ndjson import NDJSON
from .sse import SSE

__all__ = [
    "NDJSON",
    "SSE",
    "FrameDecoder",
    "FrameReader",
    "Framer",
    "cut_off",
    "framer",
    "frames_of",
    "shown",
    "tail_of",
    "unparsed",
]

_FRAMERS: Mapping[str, type[SSE] | type[NDJSON]] = {"sse": SSE, "ndjson": NDJSON}


def framer(framing: str) -> SSE | NDJSON:
    """A fresh framer. Raises `UsageError` for a framing that there is none for."""
    if framing not in _FRAMERS:
        raise UsageError(f"there is no framer for {framing!r}", f"choose one of: {', '.join(_FRAMERS)}")
    return _FRAMERS[framing]()


def frames_of(framing: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    """The frames of a whole body, by the standard: an unfinished last one is not among them (see `tail_of`)."""
    for event, data in framer(framing).feed(body):
        yield event.decode("utf-8", "replace"), data


def tail_of(framing: str, body: bytes) -> bytes:
    """The bytes after the last finished frame: what an exact parser drops at the end of the body."""
    cutter = framer(framing)
    cutter.feed(body)
    return cutter.tail
