"""Conformance tier: each owed scenario, played back from its cassette through tape, call layer and adapter.

Rule of the file: the recorded bytes are the evidence; whatever way they are cut, they must tell the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from conformance.errors import ConformanceError
from conformance.model import Done, Error, Event, grammar_faults, name_of
from conformance.obligations.misses import debt_of, missed
from conformance.obligations.registry import Bench, obligation
from conformance.rulebook import Finding, Violation
from conformance.subjects.recut import SIZES, pieces, recut, split_everywhere, told, whole_frames

if TYPE_CHECKING:
    from conformance.adapters import Adapter

SMALL = 65536
"""Streamed bodies up to this many bytes are split at every byte."""


@obligation(
    "conformance",
    "recording",
    each="scenario",
    why="what is not recorded, or recorded of an older request, proves nothing",
)
def recording(adapter: Adapter, bench: Bench) -> Iterator[Violation]:
    """The scenario is recorded, of this provider, and the recording answers what the adapter sends today."""
    from conformance.tape import cassette_path

    debt = debt_of(adapter.name, bench.scenario)
    path = cassette_path(adapter.name, bench.scenario, bench.folder)
    if not path.exists():
        yield Violation(f"there is no cassette {path.name}; {debt}", path.name)
        return
    try:
        played = bench.play(adapter)
    except ConformanceError as fault:
        yield from missed(fault, path, debt)
        return
    told = played.provenance
    wanted = (adapter.name, bench.scenario, adapter.dialect.name)
    if (found := (told.provider, told.scenario, told.dialect)) != wanted:
        yield Violation("the cassette is of another provider, scenario or dialect", path.name, None, wanted, found)
    if played.unused:
        yield Violation(f"{played.unused} recorded exchanges were never asked for; {debt}", path.name)


@obligation(
    "conformance", "expectations", each="scenario", why="an answer that came is not yet the answer that was due"
)
def expectations(adapter: Adapter, bench: Bench) -> Iterator[Violation]:
    """Whatever the scenario expects of its answer holds."""
    from conformance.scenarios import check, scenario

    played = bench.play(adapter)
    yield from check(scenario(bench.scenario), played.events, played.exchange.source)


@obligation("conformance", "rules", each="scenario", why="each rule names the client that breaks")
def rules(adapter: Adapter, bench: Bench) -> Iterator[Finding]:
    """Request and answer keep every rule of the dialect, of all dialects, and of the host."""
    from conformance.judging import judge, judge_issuing, rules_for
    from conformance.rulebook import Scope
    from conformance.scenarios import scenario

    played, host = bench.play(adapter), getattr(adapter, "rules", None)
    for one in played.issuing:
        yield from judge_issuing(one, adapter.dialect, host).findings
    if played.exchange in played.issuing:
        return  # no token was issued, so no model was asked
    found = judge(played.exchange, adapter.dialect, adapter.profile, host).findings
    if scenario(bench.scenario).sends == "invalid":
        about_requests = {rule.id for rule in rules_for(adapter.dialect) if rule.scope is Scope.REQUEST}
        found = tuple(one for one in found if one.rule not in about_requests)
    yield from found


@obligation(
    "conformance", "timeline", each="scenario", why="a consumer that trusts the grammar crashes on an open block"
)
def timeline(adapter: Adapter, bench: Bench) -> Iterator[Violation]:
    """Start first, each block opened, filled and closed, one Done or Error, last."""
    events = bench.play(adapter).events
    for fault in grammar_faults(events):
        yield Violation(fault, got=_names(events))


@obligation("conformance", "recut", each="scenario", why="networks cut where they like, also inside a letter")
def recut_alike(adapter: Adapter, bench: Bench) -> Iterator[Violation]:
    """However the answer is cut (1, 2, 3, 7, 64 bytes, whole, at every byte when small), the timeline is the same."""
    played = bench.play(adapter)
    exchange, speaks = played.exchange, adapter.dialect
    wanted = told(exchange, speaks)
    if isinstance(wanted[-1], Done) and wanted != list(played.events):
        yield Violation(
            "the call layer and the decoder tell different timelines", None, None, _names(wanted), _names(played.events)
        )
    for size in SIZES:
        if (got := told(recut(exchange, size), speaks)) != wanted:
            yield _otherwise(f"in pieces of {size or 'all'} bytes", wanted, got)
    body = exchange.response.body
    if len(body) > SMALL or not isinstance(wanted[-1], Done) or not played.streamed:
        return
    for offset, parts in enumerate(split_everywhere(speaks.framing, body)):
        if (got := pieces(speaks, *parts)) != wanted:
            yield _otherwise(f"each frame split after byte {offset}", wanted, got)
            return


def _otherwise(how: str, wanted: list[Event], got: list[Event]) -> Violation:
    for number, (one, other) in enumerate(zip(wanted, got, strict=False)):
        if one != other:
            return Violation(f"{how}: event {number} differs", None, None, repr(one), repr(other))
    return Violation(f"{how}: another number of events", None, None, _names(wanted), _names(got))


@obligation("conformance", "cut", each="scenario", why="a lost connection must not look like a short answer")
def cut_is_seen(adapter: Adapter, bench: Bench) -> Iterator[Violation]:
    """Cut after every frame but the last, and inside every frame, the answer never looks finished.

    Of a vendor that is known to say all before its sentinel, the answer may be finished without the sentinel.
    """
    played = bench.play(adapter)
    exchange, speaks = played.exchange, adapter.dialect
    body, kept = exchange.response.body, exchange.response
    if not played.streamed:
        for at in sorted({len(body) * part // 4 for part in (0, 1, 2, 3)} | {max(len(body.rstrip()) - 1, 0)}):
            if isinstance(told(recut(exchange, 0, body[:at]), speaks)[-1], Done):
                yield Violation(f"cut after byte {at} of {len(body)} it looks finished")
        return
    if kept.status >= 400:
        return
    ends = whole_frames(speaks.framing, body)
    for number, (start, end) in enumerate(zip([0, *ends], ends, strict=False)):
        for at in (start, (start + end) // 2):
            last = pieces(speaks, body[:at])[-1]
            if adapter.deviations and end == ends[-1] and last == played.events[-1]:
                continue
            if not isinstance(last, Error) or last.kind != "truncated":
                where = f"cut in frame {number} (byte {at}) it is not truncated"
                yield Violation(where, None, number, "truncated", repr(last))


@obligation("conformance", "twins", each="twins", why="the same question must not have two answers")
def twins_agree(adapter: Adapter, bench: Bench) -> Iterator[Violation]:
    """Streamed and whole, the twin recordings tell the same answer in the same shape."""
    from conformance.rules.pairs import twins_differ

    streamed, whole = bench.play(adapter), bench.play(adapter, f"{bench.scenario}_whole")
    yield from twins_differ(streamed.exchange, whole.exchange)


def _names(events: list[Event] | tuple[Event, ...]) -> list[str]:
    return [name_of(event) for event in events]
