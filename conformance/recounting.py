"""A language as one vendor counts in it: the same dialect, its tokens read as that vendor means them.

Rule of the file: only `Usage` changes. The dialect itself reads the numbers as they stand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import msgspec

from conformance.dialects import Dialect, StreamDecoder
from conformance.exchange import End
from conformance.model import JSON, Done, Event, Reply, Usage

Counts = Callable[[Usage], Usage]


def as_counted(language: Dialect, deviations: Iterable[str]) -> Dialect:
    """The dialect itself, or, where a deviation says so, one that differs in how it counts."""
    for id in deviations:
        if id in language.deviations and (counts := language.deviations[id].counts):
            language = _recounted(language, counts)
    return language


def _recounted(language: Dialect, counts: Counts) -> Dialect:
    whole, decoder = language.reply, language.decoder

    def reply(value: JSON) -> Reply:
        return _reply(whole(value), counts)

    return replace(language, reply=reply, decoder=lambda: _Recounting(decoder(), counts))


def _reply(reply: Reply, counts: Counts) -> Reply:
    return msgspec.structs.replace(reply, usage=counts(reply.usage))


class _Recounting:
    """A decoder whose `Done` is counted anew; all else passes."""

    def __init__(self, inner: StreamDecoder, counts: Counts) -> None:
        self._inner, self._counts = inner, counts

    def feed(self, chunk: bytes) -> list[Event]:
        return self._told(self._inner.feed(chunk))

    def close(self, end: End = "eof") -> list[Event]:
        return self._told(self._inner.close(end))

    def _told(self, events: list[Event]) -> list[Event]:
        if events and isinstance(last := events[-1], Done):
            reply = _reply(last.reply, self._counts)
            events[-1] = Done(last.reason, reply.usage, reply)
        return events
