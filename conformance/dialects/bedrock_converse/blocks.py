"""The blocks of a streamed answer while they grow: what a delta adds, and the part that comes of all of them.

Rule of the file: one class a kind of block; each appends its own events.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from conformance.model import (
    JSON,
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

from .frames import Piece
from .reply import ReplyPart
from .words import string_of


class Block(Protocol):
    """A block that is open."""

    def take(self, piece: Piece, out: list[Event]) -> bool:
        """Add what a delta brings; False when it is of another kind of block."""
        ...

    def end(self, out: list[Event]) -> ReplyPart:
        """The block is complete."""
        ...


class TextBlock:
    """Text; citations may come between its pieces and add no text."""

    __slots__ = ("_index", "_pieces")

    def __init__(self, index: int, out: list[Event]) -> None:
        self._index, self._pieces = index, list[str]()
        out.append(TextStart(index))

    def take(self, piece: Piece, out: list[Event]) -> bool:
        if (text := piece.text) is not None:
            if text:
                self._pieces.append(text)
                out.append(TextDelta(self._index, text))
            return True
        return piece.toolUse is None and piece.reasoningContent is None

    def end(self, out: list[Event]) -> Text:
        text = "".join(self._pieces)
        out.append(TextEnd(self._index, text))
        return Text(text)


class ThinkingBlock:
    """Reasoning: text, then its signature; or what is hidden, which brings no text."""

    __slots__ = ("_index", "_pieces", "_redacted", "_signature")

    def __init__(self, index: int, out: list[Event]) -> None:
        self._index, self._pieces = index, list[str]()
        self._signature, self._redacted = "", ""
        out.append(ThinkingStart(index))

    def take(self, piece: Piece, out: list[Event]) -> bool:
        if (thought := piece.reasoningContent) is None:
            return piece.text is None and piece.toolUse is None
        if thought.text:
            self._pieces.append(thought.text)
            out.append(ThinkingDelta(self._index, thought.text))
        self._signature += thought.signature or ""
        self._redacted += thought.redactedContent or ""
        return True

    def end(self, out: list[Event]) -> Thinking:
        text, signature = "".join(self._pieces), self._signature or None
        out.append(ThinkingEnd(self._index, text, signature))
        return Thinking(text, signature, self._redacted or None)


class ToolBlock:
    """A call: its name in the start, its input in pieces."""

    __slots__ = ("_id", "_index", "_name", "_pieces")

    def __init__(self, index: int, start: Mapping[str, JSON], out: list[Event]) -> None:
        self._index, self._pieces = index, list[str]()
        self._id, self._name = string_of(start.get("toolUseId")), string_of(start.get("name"))
        out.append(ToolCallStart(index, self._id, self._name))

    def take(self, piece: Piece, out: list[Event]) -> bool:
        if piece.toolUse is None:
            return piece.text is None and piece.reasoningContent is None
        if text := piece.toolUse.input:
            self._pieces.append(text)
            out.append(ToolCallDelta(self._index, text))
        return True

    def end(self, out: list[Event]) -> ToolCall:
        call = ToolCall(self._id, self._name, "".join(self._pieces))
        out.append(ToolCallEnd(self._index, call))
        return call


class OpaqueBlock:
    """A block without a word in the model: results of tools that the service runs, images. It tells no events."""

    __slots__ = ("_deltas", "_start")

    def __init__(self, start: Mapping[str, JSON]) -> None:
        self._start, self._deltas = start, list[JSON]()

    def add(self, delta: JSON) -> None:
        self._deltas.append(delta)

    def end(self, out: list[Event]) -> Opaque:
        kind = next((key for key in (*self._start, *(key for one in self._deltas for key in one))), "")
        return Opaque(kind, {"start": self._start, "deltas": self._deltas})
