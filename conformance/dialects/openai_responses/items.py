"""The output items of a stream while they are open: each takes its deltas and ends as parts of the reply.

Rule of the file: an item knows itself only. What its deltas said stands; a whole text (`….done`, the finished item)
counts where no delta came, as with servers that send nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol, TypeAlias

from conformance.dialects.openai_chat.reply import text_of
from conformance.model import Event, Opaque, Text, TextDelta, TextEnd, TextStart

from .items_call import CallItem
from .items_reasoning import ReasoningItem
from .reply import Item, ReplyPart, content_of, pieces_of

Key: TypeAlias = int
"""Which part of an item: the content index; a summary's index counts down from -1."""


class OpenItem(Protocol):
    parts: list[ReplyPart]
    """What it ended as; empty while it is open."""
    ended: bool
    refused: bool

    def delta(self, key: Key, text: str, out: list[Event]) -> None: ...
    def whole(self, key: Key, text: str, out: list[Event]) -> None: ...
    def done(self, item: Item, out: list[Event]) -> None: ...
    def end(self, out: list[Event]) -> None: ...


class MessageItem:
    """A message: each of its content parts is a block of text."""

    __slots__ = ("_blocks", "_count", "_others", "ended", "parts", "refused")

    def __init__(self, item: Item, count: Iterator[int]) -> None:
        self._count = count
        self._blocks: dict[Key, tuple[int, list[str]]] = {}
        self._others: dict[Key, Opaque] = {}
        self.parts: list[ReplyPart] = []
        self.ended = self.refused = False

    def begin(self, key: Key, out: list[Event]) -> tuple[int, list[str]]:
        block = self._blocks.get(key)
        if block is None:
            block = self._blocks[key] = (next(self._count), [])
            out.append(TextStart(block[0]))
        return block

    def delta(self, key: Key, text: str, out: list[Event]) -> None:
        if self.ended:
            return
        at, pieces = self._blocks.get(key) or self.begin(key, out)
        pieces.append(text)
        out.append(TextDelta(at, text))

    def whole(self, key: Key, text: str, out: list[Event]) -> None:
        if not self.ended and not self.begin(key, out)[1] and text:
            self.delta(key, text, out)

    def done(self, item: Item, out: list[Event]) -> None:
        for key, part in enumerate(pieces_of(item, "content")):
            said = content_of(part)
            if isinstance(said, Text):
                self.whole(key, said.text, out)
                self.refused = self.refused or part.get("type") == "refusal"
            elif key not in self._blocks:
                self._others[key] = said
        self.end(out)

    def end(self, out: list[Event]) -> None:
        if self.ended:
            return
        self.ended = True
        ended: dict[Key, ReplyPart] = {**self._others}
        for key, (at, pieces) in self._blocks.items():
            text = "".join(pieces)
            ended[key] = Text(text)
            out.append(TextEnd(at, text))
        self.parts = [ended[key] for key in sorted(ended)]


class OtherItem:
    """An item without a word in the model: hosted tools, compaction, what is yet to come. No events."""

    __slots__ = ("_count", "_item", "ended", "parts", "refused")

    def __init__(self, item: Item, count: Iterator[int]) -> None:
        self._item, self._count = item, count
        self.parts: list[ReplyPart] = []
        self.ended = self.refused = False

    def delta(self, key: Key, text: str, out: list[Event]) -> None:
        """Nothing is told of it before it is done."""

    def whole(self, key: Key, text: str, out: list[Event]) -> None:
        """Nothing is told of it before it is done."""

    def done(self, item: Item, out: list[Event]) -> None:
        self._item = item
        self.end(out)

    def end(self, out: list[Event]) -> None:
        if not self.ended:
            self.ended = True
            self.parts = [Opaque(text_of(self._item.get("type")), self._item)]


AnyItem: TypeAlias = MessageItem | ReasoningItem | CallItem | OtherItem

ITEMS: Mapping[str, type[MessageItem | ReasoningItem | CallItem]] = {
    "message": MessageItem,
    "reasoning": ReasoningItem,
    "function_call": CallItem,
    "custom_tool_call": CallItem,
}
"""The class of an item by its type; all others are `OtherItem`."""
