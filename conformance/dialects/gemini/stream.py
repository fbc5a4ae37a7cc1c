"""The chunks of an answer -> canonical events. A whole reply is one chunk, so it is read here too.

Rule of the file: candidate 0 is the answer. Parts are increments: neighbouring ones of a kind are one block, and a
signature closes the block that bears it. The language has no terminal frame: an answer is over when the body ends after
a finish reason, or after a prompt was blocked.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from conformance.exchange import End
from conformance.model import Done, Event, Opaque, Reply, Start, StopReason, ToolCall, Usage, error
from conformance.wire import cut_off

from .blocks import Blocks
from .failure import say
from .frames import Candidate, Chunk, Counts, Part, lenient, parse, parts_in, typed
from .ids import made
from .words import DATA_FIELDS, finish_word, stop_of, usage_of

MISSING = "a finishReason"


class ChunkReader:
    """A `FrameReader`: keeps what the answer says so far. `tolerated` notes every frame that needed leniency."""

    def __init__(self) -> None:
        self.finished = False
        self.tolerated: list[str] = []
        self._frames = 0
        self._started = False
        self._id = self._model = ""
        self._blocks = Blocks(self._made)
        self._reason = ""
        self._blocked = False
        self._usage = Usage()

    def read(self, event: bytes, data: bytes, out: list[Event]) -> None:
        self._frames += 1
        try:
            chunk = typed(data)
        except (msgspec.MsgspecError, RecursionError) as fault:
            if data.strip() == b"[DONE]":
                return  # gateways close with it; GM-S01 tells of it
            chunk = lenient(parse(data))
            self.tolerated.append(f"frame {self._frames - 1}: {fault}")
        self.take(chunk, data, out)

    def take(self, chunk: Chunk, data: bytes, out: list[Event]) -> None:
        """Read one chunk; `data` is the JSON it was made of."""
        if bytes(chunk.error) not in (b"", b"null"):
            self._fail(parse(bytes(chunk.error)), out)
            return
        if not self._started:
            self._start(chunk, out)
        elif not self._id and chunk.response_id:
            self._id = chunk.response_id
        for at, candidate in enumerate(chunk.candidates or ()):
            if not candidate.index:
                self._speak(candidate, at, data, out)
        if chunk.usage_metadata is not None:
            self._count(chunk.usage_metadata)
        if chunk.prompt_feedback is not None and chunk.prompt_feedback.block_reason:
            self._blocked = True

    def end(self, end: End, out: list[Event]) -> None:
        if end == "eof" and (self._reason or self._blocked) and not self._awaits_result():
            self.finish(out)
        else:
            out.append(cut_off(end, MISSING))
            self.finished = True

    def finish(self, out: list[Event]) -> Reply:
        """The answer is over, with whatever reason was given."""
        self._blocks.close(out)
        stop = self._stop()
        parts = self._blocks.parts
        reply = Reply(id=self._id, model=self._model, parts=parts, stop=stop, usage=self._usage)
        out.append(Done(stop, self._usage, reply))
        self.finished = True
        return reply

    def _stop(self) -> StopReason:
        if self._blocked and not self._reason:
            return "content_filter"
        calls = any(isinstance(part, ToolCall) for part in self._blocks.parts)
        return stop_of(self._reason or "STOP", calls=calls)

    def _awaits_result(self) -> bool:
        """Code that runs at the server's has its own finish reason before its result comes: there is more to come."""
        last = self._blocks.parts[-1] if self._blocks.parts else None
        return isinstance(last, Opaque) and last.kind == "executableCode" and self._reason == "STOP"

    # -------------------------------------------------------------- one chunk

    def _start(self, chunk: Chunk, out: list[Event]) -> None:
        self._started = True
        self._id, self._model = chunk.response_id or "", chunk.model_version or ""
        out.append(Start(self._id, self._model))

    def _speak(self, candidate: Candidate, at: int, data: bytes, out: list[Event]) -> None:
        content = candidate.content
        parts = content.parts or () if content is not None else ()
        for number, part in enumerate(parts):
            if part.function_call is not None:
                self._blocks.call(part, out)
            elif part.text is not None:
                self._blocks.say(part, out)
            else:
                self._blocks.other(_opaque(part, data, at, number), out)
                self._reason = ""  # what the server's own code or tool returns may come after a first finish reason
        if candidate.finish_reason:
            self._reason = finish_word(candidate.finish_reason)
            self._blocks.close_call(out)

    def _count(self, counts: Counts) -> None:
        usage = usage_of(
            counts.prompt_token_count,
            counts.tool_use_prompt_token_count,
            counts.cached_content_token_count,
            counts.candidates_token_count,
            counts.thoughts_token_count,
        )
        if usage != Usage():
            self._usage = usage

    def _made(self, number: int) -> str:
        return made(self._id, number)

    def _fail(self, fault: object, out: list[Event]) -> None:
        out.append(say(fault, 200) if fault else error("server", "the server failed without saying why"))
        self.finished = True


def _opaque(part: Part, data: bytes, at: int, number: int) -> Opaque:
    """A part without a canonical word, whole, with the name of what it holds."""
    raw = parts_in(parse(data), at)[number]
    return Opaque(next(_kinds(raw), ""), raw)


def _kinds(raw: dict[str, object]) -> Iterator[str]:
    yield from (name for name in DATA_FIELDS if name in raw)
    yield from (name for name in raw if name not in ("thought", "thoughtSignature"))
