"""Read a streamed reply: frames in, canonical events out.

Rule of the file: an answer is complete when both its `messageStop` and its `metadata` have come, in either order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from conformance.exchange import End
from conformance.model import Done, Event, Reply, Start
from conformance.wire import cut_off
from conformance.wire.eventstream import ERROR, EXCEPTION

from .blocks import Block, OpaqueBlock, TextBlock, ThinkingBlock, ToolBlock
from .failures import stream_error
from .frames import Delta, Piece, index_of, lenient, parsed, typed
from .reply import ReplyPart, stop_sequence_of
from .words import object_of, stop_of, usage_of


class Reader:
    """The state of one streamed answer. One use."""

    def __init__(self) -> None:
        self.finished = False
        self._started = False
        self._stop: dict[str, object] | None = None
        self._metadata: dict[str, object] | None = None
        self._open: dict[int, tuple[int, Block | OpaqueBlock]] = {}
        self._takes: dict[int, Callable[[Piece, list[Event]], bool]] = {}
        """Of each open block the method that takes a delta: the hot path looks up nothing else."""
        self._parts: list[ReplyPart | None] = []

    def read(self, event: bytes, data: bytes, out: list[Event]) -> None:
        if event == b"contentBlockDelta":
            try:
                frame = typed(data)
            except msgspec.DecodeError:
                frame = lenient(data)
            take = self._takes.get(frame.contentBlockIndex)
            if take is None or not take(frame.delta, out):
                self._delta(frame, data, out)
        elif handle := _HANDLERS.get(event):
            handle(self, data, out)
        elif event.startswith((EXCEPTION, ERROR)):
            self.finished = True
            out.append(stream_error(event.partition(b":")[2].decode("utf-8", "replace"), data))
        else:
            parsed(data)  # an event that came into use later says nothing here, but must be sound

    def end(self, end: End, out: list[Event]) -> None:
        """The body is over: an answer that is not finished by now never will be."""
        if self.finished:
            return
        self.finished = True
        where = f" (content block {min(self._open)} was open)" if self._open else ""
        owed = (("messageStart", self._started), ("messageStop", self._stop is not None), ("metadata", False))
        out.append(cut_off(end, next(name for name, seen in owed if not seen) + where))

    def _begin(self, out: list[Event]) -> None:
        if not self._started:
            self._started = True
            out.append(Start())  # the answer has neither id nor model on this wire

    def _message_start(self, data: bytes, out: list[Event]) -> None:
        parsed(data)
        self._begin(out)

    def _block_start(self, data: bytes, out: list[Event]) -> None:
        self._begin(out)
        body = parsed(data)
        index, start = index_of(body), object_of(body.get("start"))
        if not start:  # of text and reasoning nothing is said yet: the first delta tells which it is
            return
        self._close(index, out)
        position = len(self._parts)
        call = start.get("toolUse")
        self._keep(index, ToolBlock(position, object_of(call), out) if call is not None else OpaqueBlock(start))

    def _delta(self, frame: Delta, data: bytes, out: list[Event]) -> None:
        self._begin(out)
        found = self._open.get(frame.contentBlockIndex)
        if found is None:
            self._open_by(frame, data, out)
        elif isinstance(block := found[1], OpaqueBlock):
            block.add(object_of(parsed(data).get("delta")))
        else:  # it does not take this delta
            self._close(frame.contentBlockIndex, out)
            self._open_by(frame, data, out)

    def _open_by(self, frame: Delta, data: bytes, out: list[Event]) -> None:
        """Open a block with its first delta."""
        block = _block_of(len(self._parts), frame.delta, data, out)
        self._keep(frame.contentBlockIndex, block)
        if isinstance(block, OpaqueBlock):
            block.add(object_of(parsed(data).get("delta")))
        else:
            block.take(frame.delta, out)

    def _keep(self, index: int, block: Block | OpaqueBlock) -> None:
        self._open[index] = len(self._parts), block
        if not isinstance(block, OpaqueBlock):
            self._takes[index] = block.take
        self._parts.append(None)

    def _block_stop(self, data: bytes, out: list[Event]) -> None:
        self._begin(out)
        self._close(index_of(parsed(data)), out)

    def _close(self, index: int, out: list[Event]) -> None:
        if index in self._open:
            position, block = self._open.pop(index)
            self._takes.pop(index, None)
            self._parts[position] = block.end(out)

    def _message_stop(self, data: bytes, out: list[Event]) -> None:
        self._stop = parsed(data)
        self._end_when_complete(out)

    def _told(self, data: bytes, out: list[Event]) -> None:
        self._metadata = parsed(data)
        self._end_when_complete(out)

    def _end_when_complete(self, out: list[Event]) -> None:
        self._begin(out)
        if self._stop is None or self._metadata is None:
            return
        for index in list(self._open):
            self._close(index, out)
        whole = Reply(
            parts=tuple(part for part in self._parts if part is not None),
            stop=stop_of(self._stop.get("stopReason")),
            stop_sequence=stop_sequence_of(self._stop),
            usage=usage_of(self._metadata.get("usage")),
        )
        self.finished = True
        out.append(Done(whole.stop, whole.usage, whole))


def _block_of(position: int, piece: Piece, data: bytes, out: list[Event]) -> Block | OpaqueBlock:
    if piece.text is not None or "citation" in object_of(parsed(data).get("delta")):  # a source before its text
        return TextBlock(position, out)
    if piece.reasoningContent is not None:
        return ThinkingBlock(position, out)
    if piece.toolUse is not None:
        return ToolBlock(position, {}, out)
    return OpaqueBlock({})


_HANDLERS: Mapping[bytes, Callable[[Reader, bytes, list[Event]], None]] = {
    b"messageStart": Reader._message_start,
    b"contentBlockStart": Reader._block_start,
    b"contentBlockStop": Reader._block_stop,
    b"messageStop": Reader._message_stop,
    b"metadata": Reader._told,
}
