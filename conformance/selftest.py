"""The selftest: every fault of the catalogue against the rulebook, and every legal variation.

Rule of the file: what is judged went through the virtual provider's desk, as it would for a client; nothing is faked.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from msgspec import Struct

from conformance.dialects import dialect
from conformance.errors import UsageError
from conformance.exchange import Chunk, Exchange, Request, Response
from conformance.faults import Bent, Fault, faults, variations
from conformance.judging import judge
from conformance.scenarios import for_model, scenario

if TYPE_CHECKING:
    from conformance.adapters import Adapter
    from conformance.rulebook import Finding

PAIR = "GN-13"
"""The rule that compares the streamed and the whole answer to one request."""
_FEW, _BATCH = 400, 40
"""So many trials are made in this process, before others would have started; and so many at once by each of those."""


class Trial(Struct, frozen=True, kw_only=True):
    """What the rulebook said of one fault or one variation."""

    id: str
    dialect: str
    sentence: str
    rule: str = ""
    """The rule that is to find it; empty: it is legal."""
    found: tuple[str, ...] = ()
    """Ids of the rules that found something (MUST and SHOULD), each once."""
    told: str = ""
    """What the rule said, or what was said of a variation."""
    excuse: str = ""

    @property
    def passed(self) -> bool:
        """A fault is found by its rule; of a variation nothing is said."""
        return self.rule in self.found if self.rule else not self.found


class Rate(Struct, frozen=True):
    """What came of a selftest, in numbers."""

    faults: int
    detected: int
    excused: int
    """Not detected, with a reason why no exchange can show it."""
    variations: int
    flagged: int
    distinct: int
    """Faults, where those that several dialects have under one name count once."""
    distinct_legal: int
    """Variations, counted likewise."""

    @property
    def percent(self) -> float:
        """Faults that their rule finds, of all faults; the excused count as missed."""
        return 100 * self.detected / self.faults if self.faults else 0.0

    @property
    def sound(self) -> bool:
        """Nothing was missed without a reason, nothing legal was flagged."""
        return self.faults > 0 and self.detected + self.excused == self.faults and not self.flagged


def trials(dialects: Iterable[str] = (), ids: Iterable[str] = (), jobs: int = 1) -> Iterator[Trial]:
    """Try the faults and variations of these dialects (none named: all), or only those of these ids.

    `jobs` is the number of processes, 0 one a core. Raises `UsageError` when there is none to try.
    """
    chosen = chosen_of(dialects, ids)
    if jobs == 1 or len(chosen) < _FEW:
        return map(try_out, chosen)
    from conformance.crowd import in_processes

    return in_processes(_tried, [one.id for one in chosen], jobs or os.cpu_count() or 1, _BATCH)


def chosen_of(dialects: Iterable[str] = (), ids: Iterable[str] = ()) -> list[Bent]:
    """What `trials` tries."""
    speaking: list[str | None] = [*dialects] or [None]
    wanted = set(ids)
    chosen: list[Bent] = [one for name in speaking for one in (*faults(name), *variations(name))]
    if wanted:
        chosen = [one for one in chosen if one.id in wanted]
    if not chosen:
        raise UsageError("there is no such fault, so nothing would be tried", "list them: conformance list faults")
    return chosen


def _tried(ids: list[str]) -> list[Trial]:
    """What a worker does: a fault is made of functions, which do not travel, but its id does."""
    known = _by_id()
    return [try_out(known[id]) for id in ids]


@cache
def _by_id() -> dict[str, Bent]:
    return {one.id: one for one in chosen_of()}


def rate(tried: Iterable[Trial]) -> Rate:
    """The figures of a selftest."""
    told = list(tried)
    wrong = [one for one in told if one.rule]
    legal = [one for one in told if not one.rule]
    return Rate(
        len(wrong),
        sum(one.passed for one in wrong),
        sum(bool(one.excuse) and not one.passed for one in wrong),
        len(legal),
        sum(not one.passed for one in legal),
        _distinct(wrong),
        _distinct(legal),
    )


def _distinct(tried: Iterable[Trial]) -> int:
    return len({one.id.removeprefix(f"{one.dialect}.") for one in tried})


def try_out(one: Bent) -> Trial:
    """Perform the exchange with the fault in it, and judge it."""
    exchange = perform(one, one.on)
    findings = [found for found in judge(exchange).findings if found.level != "INFO"]
    if isinstance(one, Fault) and one.rule == PAIR:
        findings += _pair(one, exchange)
    rule = one.rule if isinstance(one, Fault) else ""
    said = next((found.message for found in findings if rule in ("", found.rule)), "")
    return Trial(
        id=one.id,
        dialect=one.dialect,
        sentence=one.sentence,
        rule=rule,
        found=tuple(dict.fromkeys(found.rule for found in findings)),
        told=said,
        excuse=one.excuse if isinstance(one, Fault) else "",
    )


def perform(one: Bent, name: str) -> Exchange:
    """The exchange of a scenario with the virtual provider, in memory, bent as told."""
    from conformance.virtual.captured import Captured
    from conformance.virtual.desk import Desk
    from conformance.virtual.doorkeeper import VIRTUAL_KEY

    whose = speaker(one.dialect)
    request = asked(whose, name, VIRTUAL_KEY)
    request = one.asks(request) if one.asks else request
    given = Desk(Captured()).answer(whose.dialect, request, (one.bend,))
    chunks = tuple(given.pieces) if given.pieces is not None else (Chunk(0.0, given.body),)
    return Exchange(
        id=one.id,
        request=request,
        response=Response(given.status, given.headers, chunks, given.end),
        dialect=one.dialect,
        provider=whose.name,
        scenario=name,
        source="virtual",
    )


def asked(speaker: Adapter, name: str, key: str) -> Request:
    """The request of a scenario as an adapter sends it, its key in place."""
    import httpx

    from conformance.calls import CallOptions, build

    one = scenario(name)
    out = build(speaker, for_model(one, speaker.model), CallOptions(key if one.key == "good" else "a-wrong-key"))
    flow = out.auth or httpx.Auth()
    sent = next(flow.sync_auth_flow(httpx.Request(out.method, out.url, headers=out.headers, content=out.content)))
    return Request(sent.method, str(sent.url), tuple(sent.headers.multi_items()), out.content)


@cache
def speaker(speaks: str) -> Adapter:
    """The native adapter that speaks a dialect plainly: at its own paths, with a key of its own."""
    from conformance.adapters import adapter, adapter_names

    known = (adapter(name) for name in adapter_names())
    plain = (one for one in known if one.dialect is dialect(speaks) and one.onboarding == "native")
    return next(one for one in plain if not (getattr(one, "issuer", None) or getattr(one, "place", None)))


def _pair(one: Fault, exchange: Exchange) -> Iterator[Finding]:
    from conformance.rulebook import Finding
    from conformance.rules.pairs import twins_differ

    whole = perform(one, f"{one.on}_whole")
    for found in twins_differ(exchange, whole):
        yield Finding(PAIR, "MUST", found.message)


__all__ = ["PAIR", "Rate", "Trial", "asked", "chosen_of", "perform", "rate", "speaker", "trials", "try_out"]
