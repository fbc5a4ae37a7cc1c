"""The blocks of an answer while it comes: the text or thinking that is open, the call whose arguments still come.

Rule of the file: at most one block is open. An empty text opens none; its signature goes to the block before it.
"""

from __future__ import annotations

from collections.abc import Callable

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

from .arguments import Arguments
from .frames import FunctionCall, Part

ReplyPart = Text | Thinking | ToolCall | Opaque

TEXT, THINKING, CALL = 1, 2, 3


class Blocks:
    """All blocks of one answer; `made` gives an id to the call of that number."""

    def __init__(self, made: Callable[[int], str]) -> None:
        self._made = made
        self._parts: list[ReplyPart] = []
        self._kind = 0  # of the open block
        self._at = 0
        self._count = 0
        self._calls = 0
        self._pieces: list[str] = []
        self._begun = ("", "", "")  # id, name and signature of the open call
        self._arguments = Arguments()

    @property
    def parts(self) -> tuple[ReplyPart, ...]:
        """What is closed so far."""
        return tuple(self._parts)

    def say(self, part: Part, out: list[Event]) -> None:
        """Text or thinking."""
        kind, text, signature = THINKING if part.thought else TEXT, part.text or "", part.thought_signature
        if text or (signature and self._kind not in (TEXT, THINKING)):
            if self._kind != kind:
                self._open(kind, out)
            if text:
                self._pieces.append(text)
                out.append(TextDelta(self._at, text) if kind == TEXT else ThinkingDelta(self._at, text))
        if signature:
            self.close(out, signature)

    def call(self, part: Part, out: list[Event]) -> None:
        """A call: whole, or one of its pieces."""
        call = part.function_call
        assert call is not None
        if self._kind == CALL and not call.name:
            self._go_on(call, out)
            return
        self.close(out)
        self._open_call(call, part.thought_signature, out)
        if call.will_continue or call.partial_args is not None:
            self._go_on(call, out)
            return
        if arguments := _arguments(call):
            self._argue(arguments, out)
        self.close(out)

    def other(self, part: Opaque, out: list[Event]) -> None:
        """A part without a canonical word."""
        self.close(out)
        self._parts.append(part)

    def close_call(self, out: list[Event]) -> None:
        """A finish reason also ends a call that nobody closed."""
        if self._kind == CALL:
            self.close(out)

    def close(self, out: list[Event], signature: str | None = None) -> None:
        """End the open block, if there is one."""
        kind, self._kind = self._kind, 0
        if kind == CALL:
            if self._streamed:
                self._argue(self._arguments.end(), out)
            id, name, seal = self._begun
            call = ToolCall(id, name, "".join(self._pieces), seal or None)
            self._parts.append(call)
            out.append(ToolCallEnd(self._at, call))
        elif kind:
            text = "".join(self._pieces)
            self._parts.append(Text(text, signature) if kind == TEXT else Thinking(text, signature))
            out.append(TextEnd(self._at, text) if kind == TEXT else ThinkingEnd(self._at, text, signature))

    # -------------------------------------------------------------- how a block begins and goes on

    def _open(self, kind: int, out: list[Event]) -> None:
        self.close(out)
        self._next(kind)
        out.append(TextStart(self._at) if kind == TEXT else ThinkingStart(self._at))

    def _next(self, kind: int) -> None:
        self._kind, self._at, self._pieces = kind, self._count, []
        self._count += 1

    def _open_call(self, call: FunctionCall, signature: str | None, out: list[Event]) -> None:
        self._next(CALL)
        self._begun = (call.id or self._made(self._calls), call.name or "", signature or "")
        self._calls += 1
        self._arguments = Arguments()
        self._streamed = bool(call.will_continue or call.partial_args is not None)
        out.append(ToolCallStart(self._at, self._begun[0], self._begun[1]))

    def _go_on(self, call: FunctionCall, out: list[Event]) -> None:
        for piece in call.partial_args or ():
            self._argue(self._arguments.add(piece), out)
        if not call.will_continue:
            self.close(out)

    def _argue(self, text: str, out: list[Event]) -> None:
        if text:
            self._pieces.append(text)
            out.append(ToolCallDelta(self._at, text))


def _arguments(call: FunctionCall) -> str:
    """The arguments as they travelled; nothing and null are no arguments."""
    text = bytes(call.args).decode("utf-8", "surrogatepass").strip()
    return "" if text == "null" else text
