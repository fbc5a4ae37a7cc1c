"""When the pieces of an answer came: first token, largest pause, one block or many.

Rule of the file: pure arithmetic over what was measured while the answer came in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from conformance.dialects import Dialect
from conformance.exchange import Response
from conformance.model import Done, Error, Start, TextEnd, TextStart, ThinkingEnd, ThinkingStart

_SILENT = (Start, TextStart, TextEnd, ThinkingStart, ThinkingEnd, Done, Error)
"""Events that bring no part of the answer."""


class Timing(NamedTuple):
    """What was measured of one streamed answer, in seconds."""

    ttft: float | None
    """From sending to the first part of the answer; None when none came."""
    gap: float
    """The longest pause between two pieces of the body."""
    total: float
    first: float
    """From sending to the first byte of the body."""
    pieces: int

    def metrics(self) -> Mapping[str, float]:
        told = {"gap": round(self.gap, 4), "total": round(self.total, 4)}
        return told if self.ttft is None else {"ttft": round(self.ttft, 4), **told}


def timing_of(response: Response, head: float, language: Dialect) -> Timing:
    """The timing of a streamed answer whose head came `head` seconds after it was asked for."""
    decoder = language.decoder()
    at, ttft = head, None
    for chunk in response.chunks:
        at += chunk.gap
        if ttft is None and any(not isinstance(one, _SILENT) for one in decoder.feed(chunk.data)):
            ttft = at
    gaps = [chunk.gap for chunk in response.chunks[1:]]
    first = head + (response.chunks[0].gap if response.chunks else 0.0)
    return Timing(ttft, max(gaps, default=0.0), at, first, sum(1 for one in response.chunks if one.data))


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share of them lies, by the nearest rank."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, max(0, -(-int(share * 100) * len(ranked) // 100) - 1))]


class Measures(NamedTuple):
    """One quantity over several answers."""

    name: str
    values: tuple[float, ...]

    def row(self) -> Mapping[str, float]:
        """Count, median, 90th and 99th percentile and the largest."""
        shares = {"p50": 0.5, "p90": 0.9, "p99": 0.99}
        told = {name: percentile(self.values, share) for name, share in shares.items()}
        return {"count": len(self.values), **told, "max": max(self.values)}


def measures(timings: Iterable[Mapping[str, float]]) -> list[Measures]:
    """What was measured, by name; nothing for what was never measured."""
    told = list(timings)
    found = (Measures(name, tuple(one[name] for one in told if name in one)) for name in ("ttft", "gap", "total"))
    return [one for one in found if one.values]
