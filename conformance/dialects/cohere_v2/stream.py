"""Read a streamed reply: frames in, canonical events out.

Rule of the file: only `message-end` ends an answer; what comes without its start opens its block by itself, as the
vendor's clients do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from conformance.dialects.telling import TEXT, THINKING, Teller
from conformance.exchange import End
from conformance.model import JSON, Done, Event, Opaque, Reply, Start, error
from conformance.wire import cut_off

from .frames import (
    CallDelta,
    CallEnd,
    CallStart,
    Citation,
    ContentDelta,
    ContentEnd,
    ContentStart,
    Failure,
    Function,
    MessageEnd,
    MessageStart,
    Other,
    Piece,
    PlanDelta,
    lenient,
    typed,
)
from .turns import CITATIONS
from .words import ERRORS, failure_of, stop_of, usage_of


class Reader:
    """A `FrameReader`: the state of one streamed answer."""

    def __init__(self) -> None:
        self.finished = False
        self._id: str | None = None
        self._tell = Teller()
        self._planning = False
        self._calls: dict[int, int] = {}
        """Index of each open call on the wire -> its block."""
        self._called = False
        self._citations: list[JSON] = []

    def read(self, event: bytes, data: bytes, out: list[Event]) -> None:
        try:
            frame: Any = typed(data)
        except (msgspec.MsgspecError, RecursionError):
            if data.strip() == b"[DONE]":
                return
            frame = lenient(event, data)
        if type(frame) is ContentDelta and not self._planning and (piece := frame.delta.message.content):
            if piece.text and self._tell.kind == TEXT:  # what most of a stream is made of
                return self._tell.text(piece.text, out)
            if piece.thinking and self._tell.kind == THINKING:
                return self._tell.thinking(piece.thinking, out)
        return _HANDLERS[type(frame)](self, frame, out)

    def end(self, end: End, out: list[Event]) -> None:
        self.finished = True
        out.append(cut_off(end, "message-start" if self._id is None else "message-end"))

    def _start(self, frame: MessageStart, out: list[Event]) -> None:
        if self._id is None:
            self._id = frame.id
            out.append(Start(frame.id, ""))

    def _begun(self, out: list[Event]) -> Teller:
        """The teller, with an answer begun; a plan ends where anything else is said."""
        self._start(MessageStart(), out)
        if self._planning:
            self._planning = False
            self._tell.close(out)
        return self._tell

    def _content_start(self, frame: ContentStart, out: list[Event]) -> None:
        piece = frame.delta.message.content or Piece()
        kind = THINKING if piece.type == "thinking" or piece.thinking is not None else TEXT
        self._begun(out).open(kind, out)
        self._piece(piece, out)

    def _content(self, frame: ContentDelta, out: list[Event]) -> None:
        self._begun(out)
        if piece := frame.delta.message.content:
            self._piece(piece, out)

    def _piece(self, piece: Piece, out: list[Event]) -> None:
        if piece.thinking:
            self._tell.thinking(piece.thinking, out)
        if piece.text:
            self._tell.text(piece.text, out)

    def _content_end(self, frame: ContentEnd, out: list[Event]) -> None:
        self._begun(out).close(out)

    def _plan(self, frame: PlanDelta, out: list[Event]) -> None:
        if not self._planning:
            self._begun(out).close(out)
        if piece := frame.delta.message.tool_plan:
            self._planning = True
            self._tell.thinking(piece, out)

    def _call_start(self, frame: CallStart, out: list[Event]) -> None:
        tell, call = self._begun(out), frame.delta.message.tool_calls
        if frame.index in self._calls:
            tell.end_call(self._calls.pop(frame.index), out)
        function = (call.function if call else None) or Function()
        at = self._calls[frame.index] = tell.begin_call(call.id if call else "", function.name, out)
        self._called = True
        if function.arguments:
            tell.call_piece(at, function.arguments, out)

    def _call_delta(self, frame: CallDelta, out: list[Event]) -> None:
        at, call = self._calls.get(frame.index), frame.delta.message.tool_calls
        if at is None:
            self.finished = True
            out.append(error("protocol", f"tool-call-delta for call {frame.index}, which is not open"))
        elif call and call.function and call.function.arguments:
            self._tell.call_piece(at, call.function.arguments, out)

    def _call_end(self, frame: CallEnd, out: list[Event]) -> None:
        if frame.index in self._calls:
            self._tell.end_call(self._calls.pop(frame.index), out)

    def _citation(self, frame: Citation, out: list[Event]) -> None:
        message = frame.delta.get("message")
        found = message.get(CITATIONS) if isinstance(message, dict) else None
        self._citations += found if isinstance(found, list) else [found] if found else []

    def _message_end(self, frame: MessageEnd, out: list[Event]) -> None:
        self.finished = True
        if failed := failure_of(frame.delta):
            out.append(failed)
            return
        tell = self._begun(out)
        if self._citations:
            tell.close(out)
            tell.keep(Opaque(CITATIONS, self._citations), out)
        parts = tell.finish(out)
        stop, usage = stop_of(frame.delta.get("finish_reason"), calls=self._called), usage_of(frame.delta.get("usage"))
        out.append(Done(stop, usage, Reply(id=self._id or "", parts=parts, stop=stop, usage=usage)))

    def _failure(self, frame: Failure, out: list[Event]) -> None:
        self.finished = True
        out.append(error("server", ERRORS.message_in(frame.body) or "the stream failed"))

    def _nothing(self, frame: Other, out: list[Event]) -> None:
        """It tells nothing."""


_HANDLERS: Mapping[type, Callable[[Reader, Any, list[Event]], None]] = {
    MessageStart: Reader._start,
    ContentStart: Reader._content_start,
    ContentDelta: Reader._content,
    ContentEnd: Reader._content_end,
    PlanDelta: Reader._plan,
    CallStart: Reader._call_start,
    CallDelta: Reader._call_delta,
    CallEnd: Reader._call_end,
    Citation: Reader._citation,
    MessageEnd: Reader._message_end,
    Failure: Reader._failure,
    Other: Reader._nothing,
}
