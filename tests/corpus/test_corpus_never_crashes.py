"""Recorded traffic of every dialect and vendor: it is cut into frames and judged without one exception.

The corpus lies beside the project and is no part of it; without it these checks skip.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace
from recorded_corpus import MARKS, everything, least, spoken

from conformance.dialects import Dialect, dialect
from conformance.judging import judge
from conformance.model import Done, Error, grammar_faults
from conformance.wire import frames_of, tail_of

pytestmark = MARKS
OURS = {"GN-04", "GN-10", "GN-11", "GN-12"}
"""The rules that bind our own decoders, whatever a vendor sent."""
FOREIGN = 16
"""Of the recordings every so many-th is judged as if it spoke each of our dialects."""


def _decode(language: Dialect, body: bytes, size: int) -> Iterator[Any]:
    decoder = language.decoder()
    for at in range(0, len(body), size):
        yield from decoder.feed(body[at : at + size])
    yield from decoder.close()


def test_recordings_of_our_dialects_are_judged() -> None:
    """No exception, no timeline that breaks the grammar, nothing that another cut would change.

    Three compatible streams say twice that they are over, or go on after it: no decoder that understands vendors
    without `[DONE]` can tell their first end from the last, and their own rules tell of them.
    """
    ours = spoken("openai-chat", "anthropic-messages")
    assert len(ours) > least(2000)
    for exchange in ours:
        found = {one.rule for one in judge(exchange).findings}
        twice = found & {"OC-S10", "OC-S11"}
        assert not found & OURS or (found & OURS == {"GN-12"} and twice), (exchange.id, found)


@pytest.mark.parametrize("name", ["openai-chat", "anthropic-messages"])
def test_foreign_streams_end_as_a_timeline(name: str) -> None:
    """Bytes of any other dialect, read as ours, give one sound timeline with one end."""
    language = dialect(name)
    foreign = [exchange for exchange in everything() if exchange.dialect != name and exchange.response.status < 400]
    assert len(foreign) > least(1000)
    for exchange in foreign:
        events = list(_decode(language, exchange.response.body[:20_000], 997))
        assert isinstance(events[-1], Done | Error), exchange.id
        assert list(grammar_faults(events)) == [], exchange.id


@pytest.mark.parametrize("name", ["openai-chat", "anthropic-messages"])
def test_foreign_recordings_are_judged_as_ours(name: str) -> None:
    for exchange in everything()[::FOREIGN]:
        if exchange.dialect != name:
            judge(replace(exchange, dialect=name))


def test_framing_loses_no_byte_of_data() -> None:
    """Cut by either framing, the frames and the tail hold all the data that the body holds."""
    for exchange in everything():
        body = exchange.response.body
        for framing in ("sse", "ndjson"):
            frames = list(frames_of(framing, body))
            assert sum(len(data) for _, data in frames) + len(tail_of(framing, body)) <= len(body), exchange.id
        if body.startswith(b"data: ") and b"\r" not in body and exchange.fidelity == "exact":
            assert len(list(frames_of("sse", body))) == sum(
                part.startswith(b"data: ") for part in body.split(b"\n\n")[:-1]
            )
