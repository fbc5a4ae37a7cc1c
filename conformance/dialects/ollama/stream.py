"""Read a streamed reply: lines in, canonical events out.

Rule of the file: only a line that says `done` ends an answer, and a line with `error` fails it. Calls come whole.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec
from msgspec import Struct

from conformance.dialects.telling import TEXT, Teller
from conformance.exchange import End
from conformance.model import JSON, Done, Event, Opaque, Reply, Start, error
from conformance.wire import cut_off

from .reply import calls_in, text_of
from .turns import IMAGES
from .words import ERRORS, stop_of, usage_of


class Said(Struct, gc=False):
    """What a line adds to the message."""

    content: str | None = None
    thinking: str | None = None
    tool_calls: msgspec.Raw | None = None
    images: list[Any] | None = None


class Line(Struct, gc=False):
    """One line of a stream. Keys that decoding has no use for are skipped unread."""

    message: Said | None = None
    done: bool = False
    model: str = ""
    created_at: str = ""
    error: Any = None
    done_reason: str | None = None
    prompt_eval_count: Any = None
    eval_count: Any = None


typed = msgspec.json.Decoder(Line).decode
"""Bytes -> Line; raises `msgspec.MsgspecError` for what is not well formed or well typed."""


class Reader:
    """A `FrameReader`: the state of one streamed answer."""

    def __init__(self) -> None:
        self.finished = False
        self._model: str | None = None
        self._seed = ""
        self._tell = Teller()
        self._calls = 0
        self._images: list[JSON] = []

    def read(self, event: bytes, data: bytes, out: list[Event]) -> None:
        try:
            line: Line = typed(data)
        except (msgspec.MsgspecError, RecursionError):
            line = lenient(json.loads(data))
        if line.error:
            self.finished = True
            out.append(error("server", ERRORS.message_in({"error": line.error}) or str(line.error)))
            return
        if self._model is None:
            self._model, self._seed = line.model, line.created_at
            out.append(Start("", line.model))
        if said := line.message:
            if said.content and self._tell.kind == TEXT and not said.thinking:  # what most of a stream is made of
                self._tell.text(said.content, out)
            else:
                self._speak(said, out)
            if said.tool_calls is not None or said.images:
                self._beside(said, out)
        if line.done:
            self._finish(line, out)

    def end(self, end: End, out: list[Event]) -> None:
        self.finished = True
        out.append(cut_off(end, "a line with done: true"))

    def _speak(self, said: Said, out: list[Event]) -> None:
        if said.thinking:
            self._tell.thinking(said.thinking, out)
        if said.content:
            self._tell.text(said.content, out)

    def _beside(self, said: Said, out: list[Event]) -> None:
        """Calls, each whole, and images that the model made."""
        calls = json.loads(bytes(said.tool_calls)) if said.tool_calls is not None else None
        for call in calls_in(calls, self._calls, self._seed):
            self._calls += 1
            at = self._tell.begin_call(call.id, call.name, out)
            if call.arguments:
                self._tell.call_piece(at, call.arguments, out)
            self._tell.end_call(at, out)
        self._images += said.images or ()

    def _finish(self, line: Line, out: list[Event]) -> None:
        self.finished = True
        if self._images:
            self._tell.keep(Opaque(IMAGES, self._images), out)
        parts = self._tell.finish(out)
        stop = stop_of(line.done_reason, calls=self._calls > 0)
        usage = usage_of(line.prompt_eval_count, line.eval_count)
        out.append(Done(stop, usage, Reply(model=self._model or "", parts=parts, stop=stop, usage=usage)))


def lenient(value: JSON) -> Line:
    """A line from parsed JSON of any types. Raises `ValueError` when it is no object."""
    if not isinstance(value, dict):
        raise ValueError(f"it is a JSON {type(value).__name__}, not an object")
    message = value.get("message")
    return Line(
        message=_said(message) if isinstance(message, dict) else None,
        done=value.get("done") is True,
        model=text_of(value.get("model")),
        created_at=text_of(value.get("created_at")),
        error=value.get("error"),
        done_reason=text_of(value.get("done_reason")) or None,
        prompt_eval_count=value.get("prompt_eval_count"),
        eval_count=value.get("eval_count"),
    )


def _said(message: dict[str, JSON]) -> Said:
    calls, images = message.get("tool_calls"), message.get("images")
    return Said(
        content=text_of(message.get("content")),
        thinking=text_of(message.get("thinking")),
        tool_calls=msgspec.Raw(json.dumps(calls).encode()) if isinstance(calls, list) else None,
        images=images if isinstance(images, list) else None,
    )
