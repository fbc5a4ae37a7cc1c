"""A call of a stream while it is open.

Rule of the file: arguments are JSON text exactly as it travelled, or the free text of a custom tool.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.dialects.openai_chat.reply import text_of
from conformance.model import Event, ToolCall, ToolCallDelta, ToolCallEnd, ToolCallStart

from .reply import Item, ReplyPart, arguments_in, call_id_of


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

    def delta(self, key: int, text: str, out: list[Event]) -> None:
        if self.ended:
            return
        self._pieces.append(text)
        if self._at is not None:
            out.append(ToolCallDelta(self._at, text))

    def whole(self, key: int, text: str, out: list[Event]) -> None:
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
