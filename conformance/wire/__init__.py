"""Framings of a streamed body: bytes in, frames out; and the decoder that makes events of frames.

Rule of the folder: no dialect is known here. A frame is `(event, data)`; what it means is the reader's business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress

from conformance.errors import UsageError

from .alike import first_alike
from .decoder import BadFrame, FrameDecoder, Framer, FrameReader, cut_off, shown, unparsed
from .eventstream import EventStream
from .json_array import JSONArray, SSEOrArray
from .ndjson import NDJSON
from .sse import SSE
from .stray import outside_of_data

__all__ = [
    "NDJSON",
    "SSE",
    "BadFrame",
    "EventStream",
    "FrameDecoder",
    "FrameReader",
    "Framer",
    "JSONArray",
    "SSEOrArray",
    "cut_off",
    "first_alike",
    "framer",
    "frames_of",
    "outside_of_data",
    "shown",
    "tail_of",
    "unparsed",
]

_FRAMERS: Mapping[str, Callable[[], Framer]] = {
    "sse": SSE,
    "ndjson": NDJSON,
    "eventstream": EventStream,
    "json-array": JSONArray,
}


def framer(framing: str) -> Framer:
    """A fresh framer. Raises `UsageError` for a framing that there is none for."""
    if framing not in _FRAMERS:
        raise UsageError(f"there is no framer for {framing!r}", f"choose one of: {', '.join(_FRAMERS)}")
    return _FRAMERS[framing]()


def frames_of(framing: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    """The frames of a whole body, by the standard: an unfinished last one is not among them (see `tail_of`)."""
    try:
        frames = framer(framing).feed(body)
    except BadFrame as bad:
        frames = bad.frames
    for event, data in frames:
        yield event.decode("utf-8", "replace") if event else "", data


def tail_of(framing: str, body: bytes) -> bytes:
    """The bytes after the last finished frame: what an exact parser drops at the end of the body."""
    if framing == "sse" and body.endswith(b"\n\n") and 13 not in body:
        return b""  # as most streams end
    cutter = framer(framing)
    with suppress(BadFrame):
        cutter.feed(body)
    return cutter.tail
