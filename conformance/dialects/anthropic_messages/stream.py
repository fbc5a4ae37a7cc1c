"""Read a streamed reply: frames in, canonical events out.

Rule of the file: only `message_stop` ends an answer well; what arrives in the wrong place ends it as `Error(protocol)`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from conformance.dialects.anthropic_messages.blocks import BLOCKS, Block, OpaqueBlock
from conformance.dialects.anthropic_messages.failures import stream_error
from conformance.dialects.anthropic_messages.frames import (
    BlockDelta,
    BlockStart,
    BlockStop,
    Failure,
    MessageDelta,
    MessageStart,
    MessageStop,
    OtherDelta,
    Ping,
    WholeMessage,
    lenient,
    typed,
)
from conformance.dialects.anthropic_messages.reply import ReplyPart, reply, string_of
from conformance.dialects.anthropic_messages.words import said, stop_of, usage_of
from conformance.exchange import End
from conformance.model import JSON, Done, Event, Reply, Start, error, replay
from conformance.wire import cut_off


class Reader:
    """The state of one streamed answer. One use."""

    def __init__(self) -> None:
        self.finished = False
        self._message: dict[str, JSON] | None = None
        self._usage: dict[str, JSON] = {}
        self._open: dict[int, tuple[int, Block]] = {}
        self._takes: dict[int, Callable[[Any, list[Event]], None]] = {}
        """Of each open block the method that takes a delta: the hot path looks up nothing else."""
        self._parts: list[ReplyPart | None] = []

    def read(self, event: bytes, data: bytes, out: list[Event]) -> None:
        try:
            frame = typed(data)
        except msgspec.DecodeError:
            self._slow(event, data, out)
            return
        if type(frame) is BlockDelta and (take := self._takes.get(frame.index)):
            take(frame.delta, out)
        else:
            _HANDLERS[type(frame)](self, frame, out)

    def end(self, end: End, out: list[Event]) -> None:
        """The body is over: an answer that is not finished by now never will be."""
        if self.finished:
            return
        self.finished = True
        where = f" (content block {min(self._open)} was open)" if self._open else ""
        out.append(cut_off(end, ("message_start" if self._message is None else "message_stop") + where))

    def _slow(self, event: bytes, data: bytes, out: list[Event]) -> None:
        """A frame that is not as the specification says, or of a type that is not known here."""
        if data.strip() == b"[DONE]":
            return
        try:
            frame = lenient(event, data)
        except ValueError:
            if event != b"error" or data.lstrip()[:1] in b"{[":
                raise  # the decoder tells of a frame that cannot be parsed
            text = data.decode("utf-8", "replace")[:500]
            self._finish(out, error("server", f"the stream failed: {text}"))
            return
        _HANDLERS[type(frame)](self, frame, out)

    def _finish(self, out: list[Event], last: Event) -> None:
        self.finished = True
        out.append(last)

    def _message_start(self, frame: MessageStart, out: list[Event]) -> None:
        if self._message is not None:  # AM-S02 tells of it; clients go on with the first
            return
        self._message = frame.message
        self._usage.update(said(frame.message.get("usage")))
        out.append(Start(string_of(frame.message.get("id")), string_of(frame.message.get("model"))))
        content = frame.message.get("content")
        for block in content if isinstance(content, list) else ():  # a turn that a program goes on with
            self._begin(-1 - len(self._parts), block if isinstance(block, dict) else {"type": "", "raw": block}, out)
            self._close(next(iter(self._open)), out)

    def _block_start(self, frame: BlockStart, out: list[Event]) -> None:
        if self._message is None:
            self._early("content_block_start", out)
            return
        if frame.index in self._open:
            self._close(frame.index, out)
        self._begin(frame.index, frame.content_block, out)

    def _begin(self, index: int, start: dict[str, JSON], out: list[Event]) -> None:
        position = len(self._parts)
        block: Block = BLOCKS.get(string_of(start.get("type")), OpaqueBlock)(position, start, out)
        self._open[index], self._takes[index] = (position, block), block.take
        self._parts.append(None)

    def _block_delta(self, frame: BlockDelta | OtherDelta, out: list[Event]) -> None:
        if take := self._takes.get(frame.index):
            take(frame.delta, out)
        elif self._message is None:
            self._early("content_block_delta", out)
        else:
            text = f"content_block_delta for block {frame.index}, which is not open"
            self._finish(out, error("protocol", text))

    def _block_stop(self, frame: BlockStop, out: list[Event]) -> None:
        if frame.index in self._open:
            self._close(frame.index, out)

    def _close(self, index: int, out: list[Event]) -> None:
        position, block = self._open.pop(index)
        del self._takes[index]
        self._parts[position] = block.end(out)

    def _message_delta(self, frame: MessageDelta, out: list[Event]) -> None:
        if self._message is None:
            self._early("message_delta", out)
            return
        self._message.update(said(frame.delta))
        self._usage.update(said(frame.usage))

    def _message_stop(self, frame: MessageStop, out: list[Event]) -> None:
        if self._message is None:
            self._early("message_stop", out)
            return
        for index in list(self._open):
            self._close(index, out)
        stop, usage = stop_of(self._message.get("stop_reason")), usage_of(self._usage)
        whole = Reply(
            id=string_of(self._message.get("id")),
            model=string_of(self._message.get("model")),
            parts=tuple(part for part in self._parts if part is not None),
            stop=stop,
            stop_sequence=string_of(self._message.get("stop_sequence")) or None,
            usage=usage,
        )
        self._finish(out, Done(stop, usage, whole))

    def _whole(self, frame: WholeMessage, out: list[Event]) -> None:
        """A whole message in one frame: told like any other whole reply."""
        if self._message is not None:
            return
        self.finished = True
        try:
            out.extend(replay(reply(frame.body)))
        except ValueError as fault:
            out.append(error("protocol", str(fault)))

    def _failure(self, frame: Failure, out: list[Event]) -> None:
        self._finish(out, stream_error(frame.body))

    def _nothing(self, frame: Ping, out: list[Event]) -> None:
        """A sign of life, or an event of a type that is not known."""

    def _early(self, name: str, out: list[Event]) -> None:
        self._finish(out, error("protocol", f"{name} before message_start"))


_HANDLERS: Mapping[type, Callable[[Reader, Any, list[Event]], None]] = {
    MessageStart: Reader._message_start,
    BlockStart: Reader._block_start,
    BlockDelta: Reader._block_delta,
    OtherDelta: Reader._block_delta,
    BlockStop: Reader._block_stop,
    MessageDelta: Reader._message_delta,
    MessageStop: Reader._message_stop,
    WholeMessage: Reader._whole,
    Failure: Reader._failure,
    Ping: Reader._nothing,
}
