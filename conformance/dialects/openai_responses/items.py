"""The output items of a stream while they are open: each takes its deltas and ends as parts of the reply.

Rule of the file: an item knows itself only. What its deltas said stands; a whole text (`….done`, the finished item)
counts where no delta came, as with servers that send nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol, TypeAlias

from conformance.dialects.openai_chat.reply import text_of
from conformance.model import (
    Event,
    Opaque,
    Text,
    TextDelta,
    TextEnd,
    TextStart,
    Thinking,
    ThinkingDelta,
    ThinkingEnd,
    ThinkingStart,
    ToolCall,
    ToolCallDelta,
    ToolCallEnd,
    ToolCallStart,
)

from .reply import Item, ReplyPart, arguments_in, call_id_of, content_of, pieces_of, said_in, signature_of
from .words import PARAGRAPH

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


class ReasoningItem:
    """Reasoning: one block for all its summaries and texts. Reasoning that says nothing is no block."""

    __slots__ = ("_at", "_count", "_item", "_key", "_pieces", "_seen", "ended", "parts", "refused")

    def __init__(self, item: Item, count: Iterator[int]) -> None:
        self._item, self._count = item, count
        self._at: int | None = None
        self._key: Key | None = None
        self._seen: set[Key] = set()
        self._pieces: list[str] = []
        self.parts: list[ReplyPart] = []
        self.ended = self.refused = False

    def delta(self, key: Key, text: str, out: list[Event]) -> None:
        if self.ended:
            return
        at = self._begin(out)
        if key != self._key:
            self._key = key
            self._seen.add(key)
            if self._pieces:
                text = PARAGRAPH + text
        self._pieces.append(text)
        out.append(ThinkingDelta(at, text))

    def whole(self, key: Key, text: str, out: list[Event]) -> None:
        if text and key not in self._seen:
            self.delta(key, text, out)

    def done(self, item: Item, out: list[Event]) -> None:
        for key, part in enumerate(pieces_of(item, "summary")):
            self.whole(-1 - key, said_in(part), out)
        for key, part in enumerate(pieces_of(item, "content")):
            self.whole(key, said_in(part), out)
        self._item = item
        if signature_of(item) and not self.ended:
            self._begin(out)
        self.end(out)

    def end(self, out: list[Event]) -> None:
        if self.ended:
            return
        self.ended = True
        if self._at is None:
            self.parts = [Opaque("reasoning", self._item)]
            return
        text, signature = "".join(self._pieces), signature_of(self._item)
        self.parts = [Thinking(text, signature)]
        out.append(ThinkingEnd(self._at, text, signature))

    def _begin(self, out: list[Event]) -> int:
        if self._at is None:
            self._at = next(self._count)
            out.append(ThinkingStart(self._at))
        return self._at


class CallItem:
    """A call of a function or of a custom tool. Its block begins when its name is known."""

    __slots__ = ("_at", "_count", "_item", "_pieces", "_started", "ended", "parts", "refused")

    def __init__(self, item: Item, count: Iterator[int]) -> None:
        self._item, self._count = item, count
        self._at: int | None = None
        self._pieces: list[str] = []
        self.parts: list[ReplyPart] = []
        self.ended = self.refused = False

    def begin(self, out: list[Event]) -> None:
        """Say that the call begins, if its name is known by now."""
        if self._at is None and self._item.get("name"):
            self._start(out)

    def delta(self, key: Key, text: str, out: list[Event]) -> None:
        if self.ended:
            return
        self._pieces.append(text)
        if self._at is not None:
            out.append(ToolCallDelta(self._at, text))

    def whole(self, key: Key, text: str, out: list[Event]) -> None:
        if text and not self._pieces:
            self.delta(key, text, out)

    def done(self, item: Item, out: list[Event]) -> None:
        if not self.ended:
            self._item = {**self._item, **item}
            self.end(out)

    def end(self, out: list[Event]) -> None:
        if self.ended:
            return
        if self._at is None:
            self._start(out)
        self.whole(0, arguments_in(self._item), out)
        self.ended = True
        assert self._at is not None
        call = ToolCall(call_id_of(self._item), text_of(self._item.get("name")), "".join(self._pieces))
        self.parts = [call]
        out.append(ToolCallEnd(self._at, call))

    def _start(self, out: list[Event]) -> None:
        self._at = next(self._count)
        out.append(ToolCallStart(self._at, call_id_of(self._item), text_of(self._item.get("name"))))
        out.extend([ToolCallDelta(self._at, piece) for piece in self._pieces])


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
