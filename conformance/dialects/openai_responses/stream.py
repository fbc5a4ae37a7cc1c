"""The events of a streamed answer -> canonical events.

Rule of the file: items are told apart by `output_index`, since some servers give an item another id in every event.
Only a terminal event ends an answer well; what is not known is skipped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from conformance.dialects.openai_chat.reply import text_of
from conformance.exchange import End
from conformance.model import JSON, Done, Event, Reply, Start, ToolCall, error, replay
from conformance.wire import cut_off

from .failure import CANCELLED, response_error, stream_error
from .frames import Frame, lenient, parse, typed
from .gathering import Gathering
from .reply import items_of, reason_of, reply_of
from .telling import TELLS
from .words import stop_of, usage_of

MISSING = "a terminal event (response.completed, response.incomplete, response.failed)"


class EventReader:
    """A `FrameReader`: keeps what the answer says so far. `tolerated` notes every frame that needed leniency."""

    def __init__(self) -> None:
        self.finished = False
        self.tolerated: list[str] = []
        self._frames = 0
        self._started = False
        self._id = self._model = ""
        self._items = Gathering(self._begin)

    def read(self, event: bytes, data: bytes, out: list[Event]) -> None:
        self._frames += 1
        try:
            frame = typed(data)
        except (msgspec.MsgspecError, RecursionError) as fault:
            found = self._tolerate(event, data, fault, out)
            if found is None:
                return
            frame = found
        tell = TELLS.get(frame.type)
        if tell is not None:
            tell(self._items, frame, out)
        elif not self._known(frame, out):
            self._other(event, data, frame, out)

    def _known(self, frame: Frame, out: list[Event]) -> bool:
        tell = TELLS.get(frame.type)
        if tell is not None:
            tell(self._items, frame, out)
            return True
        handle = _HANDLERS.get(frame.type)
        if handle is not None:
            handle(self, frame, out)
        return handle is not None

    def end(self, end: End, out: list[Event]) -> None:
        if not self.finished:
            self.finished = True
            out.append(cut_off(end, MISSING))

    # -------------------------------------------------------------- the answer as a whole

    def _start(self, response: JSON, out: list[Event]) -> None:
        if self._started:
            return
        self._started = True
        if isinstance(response, dict):
            self._id, self._model = text_of(response.get("id")), text_of(response.get("model"))
        out.append(Start(self._id, self._model))

    def _begin(self, out: list[Event]) -> None:
        self._start(None, out)

    def _lifecycle(self, frame: Frame, out: list[Event]) -> None:
        self._start(frame.response, out)

    def _finish(self, frame: Frame, out: list[Event]) -> None:
        response = frame.response if isinstance(frame.response, dict) else {}
        status = text_of(response.get("status"))
        if status == "cancelled":
            return self._fail(CANCELLED, out)
        self._start(response, out)
        self._items.close(items_of(response), out)
        parts = self._items.parts
        stop = stop_of(
            "incomplete" if frame.type == "response.incomplete" else "completed",
            reason_of(response),
            calls=any(isinstance(part, ToolCall) for part in parts),
            refused=self._items.refused,
        )
        reply = Reply(
            id=text_of(response.get("id")) or self._id,
            model=text_of(response.get("model")) or self._model,
            parts=parts,
            stop=stop,
            usage=usage_of(response.get("usage")),
        )
        return self._fail(Done(stop, reply.usage, reply), out)

    def _failed(self, frame: Frame, out: list[Event]) -> None:
        self._fail(response_error(frame.response), out)

    def _fail(self, last: Event, out: list[Event]) -> None:
        out.append(last)
        self.finished = True

    # -------------------------------------------------------------- beside the grammar

    def _other(self, event: bytes, data: bytes, frame: Frame, out: list[Event]) -> None:
        """An unknown event is skipped, unless it is an error, names itself elsewhere, or is a whole answer."""
        if not frame.type and event:
            frame.type = event.decode("utf-8", "replace")
            if self._known(frame, out):
                return
        if frame.type == "error" or event == b"error" or frame.error:
            self._fail(stream_error(parse(data)), out)
        elif frame.object == "response" and not self._started:
            value = parse(data)
            try:
                out.extend(replay(reply_of(value)))
            except ValueError:
                out.append(response_error(value))
            self.finished = True

    def _tolerate(self, event: bytes, data: bytes, why: Exception, out: list[Event]) -> Frame | None:
        if data.strip() == b"[DONE]":
            return None
        try:
            frame = lenient(parse(data))
        except (ValueError, RecursionError) as fault:
            if event == b"error":
                self._fail(stream_error(data.decode("utf-8", "replace")), out)
            else:
                self._fail(error("protocol", f"cannot parse frame {self._frames - 1} as JSON: {fault}"), out)
            return None
        self.tolerated.append(f"frame {self._frames - 1}: {why}")
        return frame


_HANDLERS: Mapping[str, Callable[[EventReader, Frame, list[Event]], None]] = {
    "response.created": EventReader._lifecycle,
    "response.queued": EventReader._lifecycle,
    "response.in_progress": EventReader._lifecycle,
    "response.completed": EventReader._finish,
    "response.incomplete": EventReader._finish,
    "response.failed": EventReader._failed,
}
"""Events about the answer as a whole; those about an item stand in `telling.TELLS`."""
