"""The chunks of a streamed answer -> canonical events.

Rule of the file: choice 0 is the answer. Tool calls may interleave, so they all stay open until the end.

When is it over? At `[DONE]`. A body that ends without it is finished only if its last chunks said all there is to say
by themselves: a finish reason together with usage in one chunk, or a vendor's own closing object. The official server
sends finish, usage and `[DONE]` in three separate chunks, so no cut of an official stream ever looks finished, while
vendors that never send `[DONE]` are still understood (8 % of recorded streams).
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from conformance.exchange import End
from conformance.model import (
    Done,
    Event,
    Reply,
    Start,
    TextDelta,
    ThinkingDelta,
    Usage,
)
from conformance.wire import cut_off

from .chunks import Choice, Chunk, Delta, only_calls, only_thought, parse, tells_failure, tolerated, typed
from .failure import fault_in, say
from .reply import usage_of
from .stream_blocks import TEXT, THINKING, Blocks
from .stream_calls import Calls
from .words import stop_of


class ChunkReader(Blocks):
    """A `FrameReader`: keeps what the answer says so far. `tolerated` notes every frame that needed leniency.

    `typed` reads a chunk whose contents have another form; `sentinel` says that nothing but `[DONE]` ends an answer.
    """

    def __init__(self, typed: Callable[[bytes], Chunk] = typed, *, sentinel: bool = False) -> None:
        super().__init__()
        self.finished = False
        self._typed = typed
        self._sentinel = sentinel
        self.tolerated: list[str] = []
        self._started = False
        self._id = self._model = ""
        self._calls = Calls()
        self._reason = ""
        self._usage = Usage()
        self._complete = False  # the answer said by itself that it is over

    def read(self, event: bytes, data: bytes, out: list[Event]) -> None:
        try:
            chunk = self._typed(data)
        except (msgspec.MsgspecError, RecursionError) as fault:
            if data.startswith(b"[DONE]"):
                return self._finish(out)
            chunk = tolerated(data)
            self.tolerated.append(str(fault))
        if chunk.error or event == b"error" or chunk.base_resp is not None or chunk.object == "error":
            self._outside(event, data, chunk, out)
            if self.finished:
                return None
        if not self._started and (chunk.choices or chunk.id):
            self._start(chunk, out)
        for choice in chunk.choices or ():
            if not choice.index:
                self._read_choice(choice, data, out)
        if chunk.usage is not None:
            self._count(chunk)
        return None

    def end(self, end: End, out: list[Event]) -> None:
        if end == "eof" and self._complete and not self._sentinel:
            self._finish(out)
        else:
            self._fail(cut_off(end, "[DONE]" if self._reason else "a finish_reason and [DONE]"), out)

    # -------------------------------------------------------------- one chunk

    def _read_choice(self, choice: Choice, data: bytes, out: list[Event]) -> None:
        if choice.error:
            return self._fail(say(fault_in(parse(data)), 200), out)
        if (delta := choice.delta) is not None:
            if delta.content and delta.reasoning_content is None and delta.reasoning is None and self._kind == TEXT:
                self._pieces.append(delta.content)  # the common case, on its own for speed
                out.append(TextDelta(self._at, delta.content))
                if delta.tool_calls is None and delta.refusal is None:
                    return self._reached(choice)
            elif self._kind == THINKING and (thought := delta.reasoning_content) and only_thought(delta):
                self._pieces.append(thought)
                out.append(ThinkingDelta(self._at, thought))
                return self._reached(choice)  # as common
            elif delta.tool_calls and only_calls(delta) and self._calls.goes_on(delta.tool_calls, out):
                return self._reached(choice)  # the other common case
            else:
                self._speak(delta, out)
            if delta.tool_calls or delta.function_call is not None:
                self._call(delta, out)
        return self._reached(choice)

    def _reached(self, choice: Choice) -> None:
        if choice.finish_reason and choice.finish_reason != "null":
            self._reason = choice.finish_reason
        if choice.usage is not None:
            self._usage = usage_of(choice.usage) or self._usage

    def _call(self, delta: Delta, out: list[Event]) -> None:
        if self._calls.read(delta):
            self._close(out)
        self._blocks = self._calls.begin(self._blocks, out)

    # -------------------------------------------------------------- from start to finish

    def _start(self, chunk: Chunk, out: list[Event]) -> None:
        self._started = True
        self._id, self._model = chunk.id or "", chunk.model or ""
        out.append(Start(self._id, self._model))

    def _finish(self, out: list[Event]) -> None:
        if not self._started:
            self._start(Chunk(), out)
        self._close(out)
        self._parts |= self._calls.finish(self._blocks, out)
        parts = tuple(self._parts[index] for index in sorted(self._parts))
        stop = stop_of(self._reason, calls=bool(self._calls), refused=self._refused)
        reply = Reply(id=self._id, model=self._model, parts=parts, stop=stop, usage=self._usage)
        out.append(Done(stop, self._usage, reply))
        self.finished = True

    # -------------------------------------------------------------- beside the answer

    def _count(self, chunk: Chunk) -> None:
        if usage := usage_of(chunk.usage):
            self._usage = usage
            said_stop = any(choice.finish_reason for choice in chunk.choices or ())
            self._complete = self._complete or bool(self._reason and (said_stop or chunk.base_resp is not None))

    def _outside(self, event: bytes, data: bytes, chunk: Chunk, out: list[Event]) -> None:
        value = parse(data)
        fault = fault_in(value)
        if event == b"error" or (fault is not None and tells_failure(chunk)):
            self._fail(say(fault if fault is not None else value, 200), out)

    def _fail(self, fault: Event, out: list[Event]) -> None:
        out.append(fault)
        self.finished = True
