"""The events of a streamed answer -> canonical events.

Rule of the file: items are told apart by `output_index`, since some servers give an item another id in every event.
Only a terminal event ends an answer well; what is not known is skipped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import count

import msgspec

from conformance.dialects.openai_chat.reply import text_of
from conformance.exchange import End
from conformance.model import JSON, Done, Event, Reply, Start, ToolCall, error, replay
from conformance.wire import cut_off

from .failure import CANCELLED, response_error, stream_error
from .frames import Frame, lenient, parse, typed
from .items import ITEMS, AnyItem, CallItem, MessageItem, OtherItem, ReasoningItem
from .reply import Item, call_id_of, items_of, reason_of, reply_of, said_in
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
        self._items: dict[int | None, AnyItem] = {}
        self._by_id: dict[str, int] = {}
        self._order: list[tuple[int, AnyItem]] = []
        self._count = count()

    def read(self, event: bytes, data: bytes, out: list[Event]) -> None:
        self._frames += 1
        try:
            frame = typed(data)
        except (msgspec.MsgspecError, RecursionError) as fault:
            found = self._tolerate(event, data, fault, out)
            if found is None:
                return
            frame = found
        handle = _HANDLERS.get(frame.type)
        if handle is not None:
            handle(self, frame, out)
        else:
            self._other(event, data, frame, out)

    def end(self, end: End, out: list[Event]) -> None:
        if not self.finished:
            self.finished = True
            out.append(cut_off(end, MISSING))

    # -------------------------------------------------------------- items

    def _item(self, frame: Frame, kind: type[AnyItem], out: list[Event]) -> AnyItem:
        """The item that an event is about; one that was never announced begins here."""
        found = self._items.get(frame.output_index)
        if type(found) is kind:
            return found
        index = self._index_of(frame)
        found = self._items.get(index)
        return found if type(found) is kind else self._begin(index, kind, {}, out)

    def _index_of(self, frame: Frame) -> int:
        if frame.output_index is not None:
            return frame.output_index
        last = self._order[-1][0] if self._order else -1
        new = frame.item is not None and frame.type == "response.output_item.added"
        return last + 1 if new else self._by_id.get(frame.item_id or _id_in(frame.item), max(last, 0))

    def _begin(self, index: int, kind: type[AnyItem], item: Item, out: list[Event]) -> AnyItem:
        self._start(None, out)
        made = self._items[index] = kind(item, self._count)
        self._order.append((index, made))
        if id := text_of(item.get("id")):
            self._by_id[id] = index
        return made

    def _item_added(self, frame: Frame, out: list[Event]) -> None:
        item = frame.item if isinstance(frame.item, dict) else {}
        index = self._index_of(frame)
        if (old := self._items.get(index)) is not None:  # OR-S05 tells of it
            old.end(out)
        made = self._begin(index, ITEMS.get(text_of(item.get("type")), OtherItem), item, out)
        if isinstance(made, CallItem):
            made.begin(out)

    def _item_done(self, frame: Frame, out: list[Event]) -> None:
        item = frame.item if isinstance(frame.item, dict) else {}
        index = self._index_of(frame)
        kind = ITEMS.get(text_of(item.get("type")), OtherItem)
        found = self._items.get(index)
        if type(found) is not kind or found.ended:
            found = self._begin(index, kind, item, out)
        found.done(item, out)

    # -------------------------------------------------------------- what items say

    def _text_delta(self, frame: Frame, out: list[Event]) -> None:
        if frame.delta:
            self._item(frame, MessageItem, out).delta(frame.content_index or 0, frame.delta, out)

    def _text_done(self, frame: Frame, out: list[Event]) -> None:
        self._item(frame, MessageItem, out).whole(frame.content_index or 0, frame.text or "", out)

    def _refusal_delta(self, frame: Frame, out: list[Event]) -> None:
        item = self._item(frame, MessageItem, out)
        item.refused = True
        if frame.delta:
            item.delta(frame.content_index or 0, frame.delta, out)

    def _refusal_done(self, frame: Frame, out: list[Event]) -> None:
        item = self._item(frame, MessageItem, out)
        item.refused = True
        item.whole(frame.content_index or 0, frame.refusal or "", out)

    def _summary_delta(self, frame: Frame, out: list[Event]) -> None:
        if frame.delta:
            self._item(frame, ReasoningItem, out).delta(-1 - (frame.summary_index or 0), frame.delta, out)

    def _summary_done(self, frame: Frame, out: list[Event]) -> None:
        text = said_in(frame.part) if isinstance(frame.part, dict) else frame.text
        self._item(frame, ReasoningItem, out).whole(-1 - (frame.summary_index or 0), text or "", out)

    def _reasoning_delta(self, frame: Frame, out: list[Event]) -> None:
        if frame.delta:
            self._item(frame, ReasoningItem, out).delta(frame.content_index or 0, frame.delta, out)

    def _reasoning_done(self, frame: Frame, out: list[Event]) -> None:
        self._item(frame, ReasoningItem, out).whole(frame.content_index or 0, frame.text or "", out)

    def _arguments_delta(self, frame: Frame, out: list[Event]) -> None:
        if frame.delta:
            self._item(frame, CallItem, out).delta(0, frame.delta, out)

    def _arguments_done(self, frame: Frame, out: list[Event]) -> None:
        text = frame.input if frame.type == "response.custom_tool_call_input.done" else frame.arguments
        self._item(frame, CallItem, out).whole(0, text or "", out)

    def _part(self, frame: Frame, out: list[Event]) -> None:
        """A content part begins or is done: `added` may carry text already, servers that send no deltas do so."""
        part = frame.part if isinstance(frame.part, dict) else {}
        kind = _PARTS.get(text_of(part.get("type")))
        if kind is None:
            return
        item = self._item(frame, kind, out)
        key = frame.content_index or 0
        item.refused = item.refused or part.get("type") == "refusal"
        if frame.type.endswith(".done"):
            item.whole(key, said_in(part), out)
        elif isinstance(item, MessageItem) and not item.ended:
            item.begin(key, out)

    # -------------------------------------------------------------- the answer as a whole

    def _start(self, response: JSON, out: list[Event]) -> None:
        if self._started:
            return
        self._started = True
        if isinstance(response, dict):
            self._id, self._model = text_of(response.get("id")), text_of(response.get("model"))
        out.append(Start(self._id, self._model))

    def _lifecycle(self, frame: Frame, out: list[Event]) -> None:
        self._start(frame.response, out)

    def _finish(self, frame: Frame, out: list[Event]) -> None:
        response = frame.response if isinstance(frame.response, dict) else {}
        status = text_of(response.get("status"))
        if status == "cancelled":
            return self._fail(CANCELLED, out)
        self._start(response, out)
        self._close(items_of(response), out)
        parts = tuple(part for _, item in sorted(self._order, key=lambda one: one[0]) for part in item.parts)
        stop = stop_of(
            "incomplete" if frame.type == "response.incomplete" else "completed",
            reason_of(response),
            calls=any(isinstance(part, ToolCall) for part in parts),
            refused=any(item.refused for _, item in self._order),
        )
        reply = Reply(
            id=text_of(response.get("id")) or self._id,
            model=text_of(response.get("model")) or self._model,
            parts=parts,
            stop=stop,
            usage=usage_of(response.get("usage")),
        )
        return self._fail(Done(stop, reply.usage, reply), out)

    def _close(self, final: list[Item], out: list[Event]) -> None:
        """End what is open, with what the final output says of it; then add the items that only stand there."""
        for index, open_item in self._order:
            if not open_item.ended:
                last = final[index] if 0 <= index < len(final) else {}
                same = ITEMS.get(text_of(last.get("type"))) is type(open_item)
                open_item.done(last, out) if same else open_item.end(out)
        owed = [ITEMS.get(text_of(item.get("type")), OtherItem) for item in final]
        for _, streamed in self._order:
            if type(streamed) in owed:
                owed.remove(type(streamed))
        known = {part.id for _, item in self._order for part in item.parts if isinstance(part, ToolCall)}
        for index, item in enumerate(final):
            kind = ITEMS.get(text_of(item.get("type")), OtherItem)
            if kind in owed and text_of(item.get("id")) not in self._by_id and call_id_of(item) not in known:
                owed.remove(kind)
                self._begin(index, kind, item, out).done(item, out)

    def _failed(self, frame: Frame, out: list[Event]) -> None:
        self._fail(response_error(frame.response), out)

    def _fail(self, last: Event, out: list[Event]) -> None:
        out.append(last)
        self.finished = True

    # -------------------------------------------------------------- beside the grammar

    def _other(self, event: bytes, data: bytes, frame: Frame, out: list[Event]) -> None:
        """An unknown event is skipped, unless it is an error, names itself elsewhere, or is a whole answer."""
        if not frame.type and (handle := _HANDLERS.get(event.decode("utf-8", "replace"))):
            frame.type = event.decode()
            handle(self, frame, out)
        elif frame.type == "error" or event == b"error" or frame.error:
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


def _id_in(item: JSON) -> str:
    return text_of(item.get("id")) if isinstance(item, dict) else ""


_PARTS: Mapping[str, type[MessageItem | ReasoningItem]] = {
    "output_text": MessageItem,
    "refusal": MessageItem,
    "reasoning_text": ReasoningItem,
}

_HANDLERS: Mapping[str, Callable[[EventReader, Frame, list[Event]], None]] = {
    "response.output_text.delta": EventReader._text_delta,
    "response.reasoning_summary_text.delta": EventReader._summary_delta,
    "response.function_call_arguments.delta": EventReader._arguments_delta,
    "response.reasoning_text.delta": EventReader._reasoning_delta,
    "response.created": EventReader._lifecycle,
    "response.queued": EventReader._lifecycle,
    "response.in_progress": EventReader._lifecycle,
    "response.output_item.added": EventReader._item_added,
    "response.output_item.done": EventReader._item_done,
    "response.content_part.added": EventReader._part,
    "response.content_part.done": EventReader._part,
    "response.output_text.done": EventReader._text_done,
    "response.refusal.delta": EventReader._refusal_delta,
    "response.refusal.done": EventReader._refusal_done,
    "response.reasoning_summary_text.done": EventReader._summary_done,
    "response.reasoning_summary_part.done": EventReader._summary_done,
    "response.reasoning_text.done": EventReader._reasoning_done,
    "response.function_call_arguments.done": EventReader._arguments_done,
    "response.custom_tool_call_input.delta": EventReader._arguments_delta,
    "response.custom_tool_call_input.done": EventReader._arguments_done,
    "response.completed": EventReader._finish,
    "response.incomplete": EventReader._finish,
    "response.failed": EventReader._failed,
}
