"""Tell a streamed answer as canonical events, block by block, and keep its parts: for languages of one open block.

Rule of the file: one text or thinking block is open at a time; calls may stand open beside each other until they end.
"""

from __future__ import annotations

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

NOTHING, TEXT, THINKING = 0, 1, 2


class Teller:
    """The blocks of one answer. A part's place among the parts is the index of its block."""

    __slots__ = ("_at", "_calls", "_parts", "_pieces", "kind")

    def __init__(self) -> None:
        self.kind = NOTHING
        """What is open."""
        self._at = 0
        self._pieces: list[str] = []
        self._calls: dict[int, tuple[str, str, list[str]]] = {}
        self._parts: list[Text | Thinking | ToolCall | Opaque | None] = []

    def text(self, piece: str, out: list[Event]) -> None:
        """A piece of text; opens a block of text unless one is open."""
        if self.kind != TEXT:
            self.open(TEXT, out)
        self._pieces.append(piece)
        out.append(TextDelta(self._at, piece))

    def thinking(self, piece: str, out: list[Event]) -> None:
        """A piece of thinking."""
        if self.kind != THINKING:
            self.open(THINKING, out)
        self._pieces.append(piece)
        out.append(ThinkingDelta(self._at, piece))

    def open(self, kind: int, out: list[Event]) -> None:
        """Begin a block of text or thinking; what was open ends."""
        self.close(out)
        self.kind, self._at = kind, len(self._parts)
        self._parts.append(None)
        out.append(TextStart(self._at) if kind == TEXT else ThinkingStart(self._at))

    def close(self, out: list[Event]) -> None:
        """End the block of text or thinking, if one is open."""
        if self.kind == NOTHING:
            return
        said = "".join(self._pieces)
        if self.kind == TEXT:
            self._parts[self._at] = Text(said)
            out.append(TextEnd(self._at, said))
        else:
            self._parts[self._at] = Thinking(said)
            out.append(ThinkingEnd(self._at, said))
        self.kind, self._pieces = NOTHING, []

    def begin_call(self, id: str, name: str, out: list[Event]) -> int:
        """Begin a call; the answer is its block."""
        self.close(out)
        at = len(self._parts)
        self._parts.append(None)
        self._calls[at] = (id, name, [])
        out.append(ToolCallStart(at, id, name))
        return at

    def call_piece(self, at: int, piece: str, out: list[Event]) -> None:
        """A piece of the arguments of an open call."""
        self._calls[at][2].append(piece)
        out.append(ToolCallDelta(at, piece))

    def end_call(self, at: int, out: list[Event]) -> None:
        """End an open call."""
        id, name, pieces = self._calls.pop(at)
        self._parts[at] = call = ToolCall(id, name, "".join(pieces))
        out.append(ToolCallEnd(at, call))

    def keep(self, part: Opaque, out: list[Event]) -> None:
        """A part without a word in the timeline."""
        self.close(out)
        self._parts.append(part)

    def finish(self, out: list[Event]) -> tuple[Text | Thinking | ToolCall | Opaque, ...]:
        """End all that is open; the parts of the whole answer."""
        self.close(out)
        for at in list(self._calls):
            self.end_call(at, out)
        return tuple(part for part in self._parts if part is not None)
