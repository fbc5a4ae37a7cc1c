"""The blocks of text and of thinking that the deltas of an answer open, fill and close.

Rule of the file: a block stays open until another kind of block begins, or the answer ends.
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
)

from .chunks import Delta
from .reply import detail_text, text_of

TEXT, THINKING = 1, 2


class Blocks:
    """What was said so far; whoever reads the common chunks himself, for speed, adds to the open block."""

    def __init__(self) -> None:
        self._parts: dict[int, Text | Thinking | ToolCall | Opaque] = {}
        self._blocks = 0  # blocks begun so far: the next one's index
        self._kind = 0  # the open text or thinking block
        self._at = 0
        self._pieces: list[str] = []
        self._signature: str | None = None
        self._refused = False

    def _speak(self, delta: Delta, out: list[Event]) -> None:
        thought = delta.reasoning_content or delta.reasoning or delta.reasoning_text
        if not thought and delta.reasoning_details:
            thought = detail_text(delta.reasoning_details)
        if thought:
            self._open(THINKING, out)
            self._pieces.append(thought)
            out.append(ThinkingDelta(self._at, thought))
        if delta.signature:
            self._open(THINKING, out)
            self._signature = delta.signature
        for text in (delta.content, delta.refusal):
            if text:
                self._open(TEXT, out)
                self._pieces.append(text)
                out.append(TextDelta(self._at, text))
        self._refused = self._refused or bool(delta.refusal)
        for raw in delta.beside or ():
            self._close(out)
            self._parts[self._blocks] = Opaque(text_of(raw.get("type")) if isinstance(raw, dict) else "", raw)
            self._blocks += 1

    def _open(self, kind: int, out: list[Event]) -> None:
        if self._kind == kind:
            return
        self._close(out)
        self._kind, self._at = kind, self._blocks
        self._blocks += 1
        out.append(TextStart(self._at) if kind == TEXT else ThinkingStart(self._at))

    def _close(self, out: list[Event]) -> None:
        if not self._kind:
            return
        said = "".join(self._pieces)
        if self._kind == TEXT:
            self._parts[self._at] = Text(said)
            out.append(TextEnd(self._at, said))
        else:
            self._parts[self._at] = Thinking(said, self._signature)
            out.append(ThinkingEnd(self._at, said, self._signature))
        self._kind, self._pieces, self._signature = 0, [], None
