"""Faults and variations that every dialect can have: of its framing, of HTTP, of timing.

Rule of the file: written once, told for each dialect whose framing they fit.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.deviating import Bend
from conformance.dialects import Dialect
from conformance.exchange import Broken
from conformance.faults import kit
from conformance.faults.form import Bent, Fault, Variation


def of(language: Dialect) -> Iterator[Bent]:
    """What a dialect can have of these."""
    if language.framing == "sse":
        yield from _sse(language.name)


def _sse(name: str) -> Iterator[Bent]:
    yield Variation(
        id=f"{name}.sse.crlf",
        dialect=name,
        sentence="Lines end with CR LF.",
        source="WHATWG, server-sent events",
        bend=kit.each_frame(lambda frame: frame.replace(b"\n", b"\r\n")),
    )
    yield Fault(
        id=f"{name}.http.content-type-json",
        dialect=name,
        rule="GN-02",
        sentence="A stream is labelled as JSON.",
        bend=kit.header("content-type", "application/json", lambda status: status < 400),
    )
    yield Fault(
        id=f"{name}.http.reset",
        dialect=name,
        rule="GN-08",
        sentence="The connection breaks in the middle of a stream.",
        bend=_reset(),
    )


def _reset() -> Bend:
    return Bend(
        pieces=lambda told: told[: max(1, len(told) // 2)],
        end=Broken("RemoteProtocolError", "peer closed connection without sending complete message body"),
    )
