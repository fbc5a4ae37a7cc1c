"""The outline of an exchange: everything of it that has a shape, with its content left out.

Rule of the file: an outline looks at one exchange alone and decides nothing about drift.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

from conformance.dialects import Dialect, dialect
from conformance.drift.shape import ALWAYS_WORDS, Shape, vocabulary
from conformance.exchange import Exchange, path_of
from conformance.model import Done, Error, TextDelta, ThinkingDelta, ToolCallStart
from conformance.reading import ABSENT, Frame, Reading

CHUNK = ""
"""The kind of the frames of a language whose events have no names."""
QUIET = frozenset({"ping", "keepalive", "keep-alive", "heartbeat"})
"""Kinds of events that come by the clock."""
_MODEL = re.compile(r"(/(?:models?|deployments|tunedModels)/)[^/:]+")
_OURS = frozenset({"truncated", "protocol", "cancelled"})
_FACETS = {TextDelta: "text", ThinkingDelta: "thinking", ToolCallStart: "tool calls"}


@dataclass(frozen=True)
class Outline:
    """One exchange, looked at for its shape."""

    exchange: Exchange
    reading: Reading = field(init=False)

    def __post_init__(self) -> None:
        assert self.exchange.dialect is not None
        object.__setattr__(self, "reading", Reading(self.exchange, dialect(self.exchange.dialect)))

    @property
    def _words(self) -> frozenset[str]:
        return ALWAYS_WORDS | vocabulary(self.reading.dialect.name).keys()

    @cached_property
    def request(self) -> Shape:
        """The shape of what was asked."""
        return _shape(self._words, [self.reading.request] if self.reading.asked else [])

    @cached_property
    def families(self) -> dict[str, Shape]:
        """The shapes of what came back by kind: of the one body, or of each kind of event."""
        if not self.reading.streamed:
            return {CHUNK: _shape(self._words, [self.reading.reply])}
        found: dict[str, Shape] = {}
        for frame in self.reading.chunks:
            found.setdefault(kind_of(frame, self.reading.dialect), Shape(self._words)).add(frame.json, frame.number)
        return found

    @cached_property
    def kinds(self) -> dict[str, list[int]]:
        """Where in the stream each kind of frame stood, in order of their first coming."""
        found: dict[str, list[int]] = {}
        for frame in self.reading.frames:
            found.setdefault(kind_of(frame, self.reading.dialect), []).append(frame.number)
        return {kind: at for kind, at in found.items() if kind not in QUIET}

    @cached_property
    def named(self) -> bool:
        """Whether frames bring the name of their event beside the data."""
        return any(frame.event for frame in self.reading.frames)

    @cached_property
    def facets(self) -> frozenset[str]:
        """What kinds of content the answer has."""
        return frozenset(_FACETS[type(one)] for one in self.reading.events if type(one) in _FACETS)

    @cached_property
    def last(self) -> Done | Error | None:
        """How the answer ended, to a client of the language."""
        final = self.reading.events[-1] if self.reading.events else None
        return final if isinstance(final, Done | Error) else None

    @property
    def failed(self) -> str | None:
        """What the server said went wrong in its answer; None when it said nothing of the kind."""
        last = self.last
        return last.message if isinstance(last, Error) and last.kind not in _OURS else None

    @cached_property
    def address(self) -> str:
        """The path that was called, the model left out."""
        return _MODEL.sub(r"\1{model}", path_of(self.exchange.request.url))


def kind_of(frame: Frame, language: Dialect) -> str:
    """What kind of event a frame is, as far as its language names them; a frame that is no JSON is its own kind."""
    if frame.json is ABSENT:
        text = frame.data.strip()
        return text.decode() if text.isascii() and text[:1] == b"[" and len(text) < 20 else "no JSON"
    typed = "type" in language.schemas.get("event", {}).get("required", ())
    told = frame.json.get("type") if typed and isinstance(frame.json, dict) else None
    if isinstance(told, str) and told:
        return told
    return frame.event if typed or language.framing == "eventstream" or frame.event == "error" else CHUNK


def _shape(words: frozenset[str], values: list[object]) -> Shape:
    made = Shape(words)
    for value in values:
        made.add(value)
    return made
