"""Error tier, streams: answers that begin well and then break.

Rule of the file: what came before the break may be told; that it broke must be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from conformance.cases import NotJudged
from conformance.exchange import Broken
from conformance.model import error
from conformance.obligations.failing import fails, frames_of, good
from conformance.obligations.registry import Bench, obligation
from conformance.rulebook import Violation
from conformance.subjects.samples import SIMPLE_REPLY, THINKING_REPLY, TOOL_REPLY
from conformance.wire.eventstream import respelt

if TYPE_CHECKING:
    from conformance.adapters import Adapter
    from conformance.dialects import Framing

BROKEN_JSON: dict[Framing, tuple[bytes, bytes]] = {
    "sse": (b"data: {", b"data: {,"),
    "ndjson": (b"{", b"{,"),
    "eventstream": (b"{", b"{,"),
}
"""By framing: what to replace in a frame so that its payload is no JSON."""

RESPELT: dict[Framing, Callable[[bytes, bytes, bytes], bytes]] = {"eventstream": respelt}
"""By framing: how to replace in a frame where more than its payload must change; elsewhere the bytes are replaced."""


@obligation("errors", "invalid_json", why="half an answer must not pass for the answer")
def invalid_json(adapter: Adapter, bench: Bench) -> Iterator[Violation]:
    """A frame that is not JSON ends the stream with an Error that says so."""
    for chunks in _spoilt(adapter, *BROKEN_JSON[adapter.dialect.framing]):
        yield from fails(adapter, good(adapter, chunks=chunks), "protocol", "parse", "JSON")


@obligation("errors", "invalid_utf8", why="text that was replaced in silence is text that the model never said")
def invalid_utf8(adapter: Adapter, bench: Bench) -> Iterator[Violation]:
    """A frame that is not UTF-8 ends the stream with an Error that says `SSE error` (or names the framing)."""
    for chunks in _spoilt(adapter, b'{"', b'{"\xff\xfe'):
        yield from fails(
            adapter, good(adapter, chunks=chunks), "protocol", f"{adapter.dialect.framing.upper()} error", "UTF-8"
        )


def _spoilt(adapter: Adapter, old: bytes, new: bytes) -> Iterator[tuple[bytes, ...]]:
    """The stream with one frame spoilt: the first that can be, then one in the middle."""
    frames, spell = frames_of(adapter), RESPELT.get(adapter.dialect.framing, _replaced)
    able = [number for number, frame in enumerate(frames) if old in frame]
    if not able:
        raise NotJudged("the dialect's frames hold no JSON text")
    for number in (able[0], able[len(able) // 2]):
        yield (*frames[:number], spell(frames[number], old, new), *frames[number + 1 :])


def _replaced(frame: bytes, old: bytes, new: bytes) -> bytes:
    return frame.replace(old, new, 1)


@obligation("errors", "truncation", why="a connection lost halfway looks like a short answer")
def truncation(adapter: Adapter, bench: Bench) -> Iterator[Violation]:
    """A stream that ends or breaks after any frame but the last, or inside one, is Error(truncated), never Done."""
    for reply in (SIMPLE_REPLY, TOOL_REPLY, THINKING_REPLY):
        frames = frames_of(adapter, reply)
        for number in range(len(frames)):
            for part in (b"", frames[number][: len(frames[number]) // 2]):
                answer = good(adapter, chunks=(*frames[:number], part))
                yield from fails(adapter, answer, "truncated", where=f"cut in frame {number} of {len(frames)}")
    broken = Broken("RemoteProtocolError", "peer closed connection without sending complete message body")
    answer = good(adapter, chunks=frames[: len(frames) // 2], end=broken)
    yield from fails(adapter, answer, "truncated", where="connection lost")


@obligation("errors", "midstream_error", why="HTTP says 200 and the answer still failed")
def midstream_error(adapter: Adapter, bench: Bench) -> Iterator[Violation]:
    """An error in the middle of a 200 stream is an Error with the vendor's words, never Done."""
    frames, said = frames_of(adapter), "the mark-engine stopped"
    frame = adapter.dialect.server.failure_frame(error("overloaded", said))
    for number in (0, len(frames) // 2):
        answer = good(adapter, chunks=(*frames[:number], frame))
        yield from fails(adapter, answer, None, said, where=f"error after {number} frames")
