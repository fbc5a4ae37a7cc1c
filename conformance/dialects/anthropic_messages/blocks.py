"""The content blocks of a stream while they are open: each takes its deltas and ends as a part of the reply.

Rule of the file: a block knows itself only. A delta that does not fit is left out, as the vendor's clients do.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Protocol

from conformance.dialects.anthropic_messages.frames import (
    InputPiece,
    OtherPiece,
    Piece,
    SignaturePiece,
    TextPiece,
    ThinkingPiece,
)
from conformance.dialects.anthropic_messages.reply import ReplyPart, arguments_of, string_of
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


class Block(Protocol):
    def take(self, piece: Piece | OtherPiece, out: list[Event]) -> None: ...
    def end(self, out: list[Event]) -> ReplyPart: ...


class TextBlock:
    """Text; a start that carries text already counts as its first piece."""

    __slots__ = ("_index", "_pieces")

    def __init__(self, index: int, start: Mapping[str, JSON], out: list[Event]) -> None:
        self._index, self._pieces = index, [string_of(start.get("text"))]
        out.append(TextStart(index))
        if self._pieces[0]:
            out.append(TextDelta(index, self._pieces[0]))

    def take(self, piece: Piece | OtherPiece, out: list[Event]) -> None:
        if type(piece) is TextPiece and piece.text:
            self._pieces.append(piece.text)
            out.append(TextDelta(self._index, piece.text))

    def end(self, out: list[Event]) -> Text:
        text = "".join(self._pieces)
        out.append(TextEnd(self._index, text))
        return Text(text)


class ThinkingBlock:
    """Thinking; the signature comes last, whole, and may come without a word of thinking."""

    __slots__ = ("_index", "_pieces", "_signature")

    def __init__(self, index: int, start: Mapping[str, JSON], out: list[Event]) -> None:
        self._index, self._pieces = index, [string_of(start.get("thinking"))]
        self._signature = string_of(start.get("signature"))
        out.append(ThinkingStart(index))
        if self._pieces[0]:
            out.append(ThinkingDelta(index, self._pieces[0]))

    def take(self, piece: Piece | OtherPiece, out: list[Event]) -> None:
        if type(piece) is ThinkingPiece:
            if piece.thinking:
                self._pieces.append(piece.thinking)
                out.append(ThinkingDelta(self._index, piece.thinking))
        elif type(piece) is SignaturePiece:
            self._signature = piece.signature

    def end(self, out: list[Event]) -> Thinking:
        text, signature = "".join(self._pieces), self._signature or None
        out.append(ThinkingEnd(self._index, text, signature))
        return Thinking(text, signature)


class RedactedBlock:
    """Thinking that was hidden: whole in its start."""

    __slots__ = ("_data", "_index")

    def __init__(self, index: int, start: Mapping[str, JSON], out: list[Event]) -> None:
        self._index, self._data = index, string_of(start.get("data"))
        out.append(ThinkingStart(index))

    def take(self, piece: Piece | OtherPiece, out: list[Event]) -> None:
        """Nothing is due here."""

    def end(self, out: list[Event]) -> Thinking:
        out.append(ThinkingEnd(self._index, ""))
        return Thinking("", redacted=self._data)


class ToolBlock:
    """A call. Its input comes in pieces; a call that a program made has it whole in the start, and no pieces."""

    __slots__ = ("_id", "_index", "_input", "_name", "_pieces")

    def __init__(self, index: int, start: Mapping[str, JSON], out: list[Event]) -> None:
        self._index, self._pieces, self._input = index, list[str](), start.get("input")
        self._id, self._name = string_of(start.get("id")), string_of(start.get("name"))
        out.append(ToolCallStart(index, self._id, self._name))

    def take(self, piece: Piece | OtherPiece, out: list[Event]) -> None:
        if type(piece) is InputPiece and piece.partial_json:
            self._pieces.append(piece.partial_json)
            out.append(ToolCallDelta(self._index, piece.partial_json))

    def end(self, out: list[Event]) -> ToolCall:
        arguments = "".join(self._pieces)
        if not arguments and self._input and (arguments := arguments_of(self._input)):
            out.append(ToolCallDelta(self._index, arguments))
        call = ToolCall(self._id, self._name, arguments)
        out.append(ToolCallEnd(self._index, call))
        return call


class OpaqueBlock:
    """A block without a word in the model: server tools, their results, compaction, what is yet to come. No events."""

    __slots__ = ("_json", "_raw")

    def __init__(self, index: int, start: Mapping[str, JSON], out: list[Event]) -> None:
        self._raw, self._json = dict(start), list[str]()

    def take(self, piece: Piece | OtherPiece, out: list[Event]) -> None:
        match piece:
            case InputPiece(partial_json=text):
                self._json.append(text)
            case OtherPiece(raw=delta):
                self._raw.update((key, value) for key, value in delta.items() if key != "type")
            case _:
                for key in piece.__struct_fields__:
                    self._raw[key] = string_of(self._raw.get(key)) + getattr(piece, key)

    def end(self, out: list[Event]) -> Opaque:
        if joined := "".join(self._json):
            try:
                self._raw["input"] = json.loads(joined)
            except ValueError:
                self._raw["input"] = joined
        return Opaque(string_of(self._raw.get("type")), self._raw)


BLOCKS: Mapping[str, Callable[[int, Mapping[str, JSON], list[Event]], Block]] = {
    "text": TextBlock,
    "thinking": ThinkingBlock,
    "redacted_thinking": RedactedBlock,
    "tool_use": ToolBlock,
}
"""The class of a block by its type; all others are `OpaqueBlock`."""
