"""A reasoning item of a stream while it is open.

Rule of the file: all that one item thinks is one block, its parts apart as paragraphs.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.model import Event, Opaque, Thinking, ThinkingDelta, ThinkingEnd, ThinkingStart

from .reply import Item, ReplyPart, pieces_of, said_in, signature_of
from .words import PARAGRAPH


class ReasoningItem:
    """Reasoning: one block for all its summaries and texts. Reasoning that says nothing is no block."""

    __slots__ = ("_at", "_count", "_item", "_key", "_pieces", "_seen", "ended", "parts", "refused")

    def __init__(self, item: Item, count: Iterator[int]) -> None:
        self._item, self._count = item, count
        self._at: int | None = None
        self._key: int | None = None
        self._seen: set[int] = set()
        self._pieces: list[str] = []
        self.parts: list[ReplyPart] = []
        self.ended = self.refused = False

    def delta(self, key: int, text: str, out: list[Event]) -> None:
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

    def whole(self, key: int, text: str, out: list[Event]) -> None:
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
