"""All output items of one stream: which event belongs to which, and what they are in the end.

Rule of the file: items are told apart by `output_index`, since some servers give an item another id in every event;
by id only where no index is given.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from conformance.dialects.openai_chat.reply import text_of
from conformance.model import JSON, Event, ToolCall

from .frames import Frame
from .items import ITEMS, AnyItem, OtherItem
from .items_call import CallItem
from .reply import Item, ReplyPart, call_id_of


class Gathering:
    """The items of one answer. `starts` is told before the first of them begins."""

    def __init__(self, starts: Callable[[list[Event]], None]) -> None:
        self._starts = starts
        self._items: dict[int | None, AnyItem] = {}
        self._by_id: dict[str, int] = {}
        self._order: list[tuple[int, AnyItem]] = []
        self._count = count()

    @property
    def parts(self) -> tuple[ReplyPart, ...]:
        """What the ended items are, in the order of their indexes."""
        return tuple(part for _, item in sorted(self._order, key=lambda one: one[0]) for part in item.parts)

    @property
    def refused(self) -> bool:
        return any(item.refused for _, item in self._order)

    def item(self, frame: Frame, kind: type[AnyItem], out: list[Event]) -> AnyItem:
        """The item that an event is about; one that was never announced begins here."""
        found = self._items.get(frame.output_index)
        if type(found) is kind:
            return found
        index = self._index_of(frame)
        found = self._items.get(index)
        return found if type(found) is kind else self._begin(index, kind, {}, out)

    def added(self, frame: Frame, out: list[Event]) -> None:
        """An item is announced."""
        item = frame.item if isinstance(frame.item, dict) else {}
        index = self._index_of(frame)
        if (old := self._items.get(index)) is not None:  # OR-S05 tells of it
            old.end(out)
        made = self._begin(index, _kind_of(item), item, out)
        if isinstance(made, CallItem):
            made.begin(out)

    def done(self, frame: Frame, out: list[Event]) -> None:
        """An item is finished, announced or not."""
        item = frame.item if isinstance(frame.item, dict) else {}
        index = self._index_of(frame)
        found = self._items.get(index)
        if type(found) is not _kind_of(item) or found.ended:
            found = self._begin(index, _kind_of(item), item, out)
        found.done(item, out)

    def close(self, final: list[Item], out: list[Event]) -> None:
        """End what is open, with what the final output says of it; then add the items that only stand there."""
        for index, open_item in self._order:
            if not open_item.ended:
                last = final[index] if 0 <= index < len(final) else {}
                open_item.done(last, out) if _kind_of(last) is type(open_item) else open_item.end(out)
        owed = [_kind_of(item) for item in final]
        for _, streamed in self._order:
            if type(streamed) in owed:
                owed.remove(type(streamed))
        known = {part.id for part in self.parts if isinstance(part, ToolCall)}
        for index, item in enumerate(final):
            kind = _kind_of(item)
            if kind in owed and text_of(item.get("id")) not in self._by_id and call_id_of(item) not in known:
                owed.remove(kind)
                self._begin(index, kind, item, out).done(item, out)

    def _begin(self, index: int, kind: type[AnyItem], item: Item, out: list[Event]) -> AnyItem:
        self._starts(out)
        made = self._items[index] = kind(item, self._count)
        self._order.append((index, made))
        if id := text_of(item.get("id")):
            self._by_id[id] = index
        return made

    def _index_of(self, frame: Frame) -> int:
        if frame.output_index is not None:
            return frame.output_index
        last = self._order[-1][0] if self._order else -1
        if frame.type == "response.output_item.added":
            return last + 1
        return self._by_id.get(frame.item_id or _id_in(frame.item), max(last, 0))


def _kind_of(item: Item) -> type[AnyItem]:
    return ITEMS.get(text_of(item.get("type")), OtherItem)


def _id_in(item: JSON) -> str:
    return text_of(item.get("id")) if isinstance(item, dict) else ""
