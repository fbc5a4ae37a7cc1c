"""Latency: the first token, the pauses, and whether a stream arrives as it is made.

Rule of the file: what is too fast to be timed is told as such, and never a failure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from statistics import median

from conformance.cases import NotJudged
from conformance.endpoints.asking import Ask
from conformance.endpoints.case import EndpointCase
from conformance.endpoints.endpoint import Endpoint
from conformance.endpoints.performed import Performed
from conformance.endpoints.promises import broken
from conformance.endpoints.session import Found, Session
from conformance.endpoints.suites.asks import both
from conformance.reading import Reading

_FRAMES = 8
"""From so many frames on, one block is no accident."""
_NOTICED = 0.15
"""Seconds of silence, half of the streams waiting longer, before which nothing can be told."""
_FACTOR = 4
"""So many times as long as for what needs no model: else the machine is slow, and not something in between."""


def cases(endpoint: Endpoint, repeat: int = 1) -> Iterator[EndpointCase]:
    """A long answer, so often as is asked for; and how all streams of the session arrived."""
    story = both("story", "Tell me a short story about a fox and a crow.")[0]
    for turn in range(repeat):
        ask = story if not turn else replace(story, name=f"story_{turn + 1}")
        yield EndpointCase("latency", ask.name, "the first token and the pauses of a long answer", partial(_timed, ask))
    yield EndpointCase("latency", "in_pieces", "streams arrive in pieces", _in_pieces)


def _timed(ask: Ask, session: Session) -> Found:
    found = yield from session.answer(ask)
    yield from too_slow(found)


def too_slow(found: Performed) -> Found:
    """What of a streamed answer came later than the limits allow."""
    timing, limits = found.timing, found.endpoint.limits
    if timing is None:
        return
    if timing.ttft is not None and timing.ttft > limits.ttft:
        late = f"the first token came after {timing.ttft:.2f} s"
        yield broken("EP-30", late, expected=f"<= {limits.ttft:g} s", got=f"{timing.ttft:.2f} s")
    if timing.gap > limits.gap:
        paused = f"the stream paused for {timing.gap:.2f} s"
        yield broken("EP-31", paused, expected=f"<= {limits.gap:g} s", got=f"{timing.gap:.2f} s")


def _in_pieces(session: Session) -> Found:
    """Every stream of the session is looked at; the slowest one decides."""
    looked = [one for one in session.done.values() if one.timing and not one.cut and _frames(one) >= _FRAMES]
    if not looked:
        raise NotJudged("no stream was long enough to come in pieces")
    blocks = [one for one in looked if _is_block(one)]
    if len(blocks) * 2 <= len(looked):
        return
    slowest = max(blocks, key=lambda one: one.took)
    waited = median(one.timing.first for one in blocks if one.timing)
    if waited < max(_NOTICED, _FACTOR * _at_once(session)):
        raise NotJudged("streams came in one block each, too fast to tell whether something held them back")
    session.used.append(slowest)
    timing = slowest.timing
    assert timing is not None
    told = f"{_frames(slowest)} frames came in {_many(timing.pieces)} after {timing.first:.2f} s of silence"
    where = f"{slowest.ask.name}: {timing.pieces} pieces; so did {len(blocks)} of {len(looked)} streams"
    yield broken("EP-32", told, expected="frames as they are made", got=where)


def _at_once(session: Session) -> float:
    """How long this server takes for what needs no model: lists, health, refusals."""
    quick = [one.head for one in session.done.values() if one.response and (not one.ask.request or one.status >= 400)]
    return median(quick) if quick else 0.0


def _many(pieces: int) -> str:
    return "one block" if pieces == 1 else f"{pieces} blocks"


def _frames(found: Performed) -> int:
    return len(Reading(found.exchange, found.endpoint.dialect).frames)


def _is_block(found: Performed) -> bool:
    """Did the frames come together, and at the end?"""
    timing = found.timing
    if timing is None or timing.pieces > max(1, _frames(found) // _FRAMES):
        return False
    return timing.total - timing.first <= max(0.05 * timing.total, 0.005)
