"""Traffic as subject: anyone's recordings, judged exchange by exchange, on all cores when there are many.

Rule of the file: a file that cannot be read and a crash of the kit are told and do not stop the rest.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from functools import cache, partial
from itertools import chain, islice
from pathlib import Path
from shlex import quote
from typing import TypeAlias
from urllib.parse import SplitResult, urlsplit

from msgspec.structs import replace

from conformance.adapters import Adapter, adapter, adapter_names, find_adapter
from conformance.cases import Note, Outcome, Verdict
from conformance.dialects import Dialect, dialect
from conformance.errors import ConformanceError
from conformance.exchange import Exchange
from conformance.hosts import host_books, lister, lists_models, rules_at
from conformance.judging import Judgement, judge, judge_issuing, rules_for
from conformance.rulebook import STRICT, Finding, Scope
from conformance.scenarios import SCENARIOS
from conformance.subjects.adapter import issued_by
from conformance.subjects.foreign import mildly
from conformance.subjects.recordings import Found, Recordings, Selection, internal
from conformance.subjects.twins import RULE as TWINS
from conformance.subjects.twins import known_dialects, twin_findings

__all__ = ["Selection", "judge_exchange", "verdicts"]

REFUSED = frozenset({400, 405, 415, 422})
"""By these the server says that the request is wrong: its refusal is the verdict on the request."""

_FEW, _BATCH = 200, 25
LISTS = "models-list"

NO_REQUEST = "the recording holds no request: the rules on requests were not applied"

Told: TypeAlias = Verdict | Note | ConformanceError
"""What comes of a recording: a verdict on an exchange, what was passed over, or why something could not be judged."""


def verdicts(paths: Iterable[Path], selection: Selection, jobs: int = 0) -> Iterator[Told]:
    """Judge every exchange of the files that the selection wants; `jobs` 0 means one process a core."""
    recordings = Recordings(paths, selection)
    exchanges = iter(recordings)
    head = list(islice(exchanges, _FEW))
    everything = chain(head, exchanges)
    if len(head) < _FEW or (jobs or os.cpu_count() or 1) == 1:
        yield from (_told(one, selection.dialect, selection.profile) for one in everything)
    else:
        from conformance.crowd import in_processes

        work = partial(_batch, selection.dialect, selection.profile)
        yield from in_processes(work, everything, jobs or os.cpu_count() or 1, _BATCH)
    yield from recordings.notes()
    yield from recordings.troubles


def _batch(speaks: str | None, profile: str | None, exchanges: list[Found]) -> list[Told]:
    return [_told(one, speaks, profile) for one in exchanges]


def _told(found: Found, speaks: str | None, profile: str | None) -> Told:
    one = found.exchange
    try:
        alone = f"conformance lint {quote(str(found.file))} --exchange {quote(one.id)}"
        return replace(judge_exchange(one, speaks, profile, found.twin), reproduce=alone)
    except Exception as bug:  # of the kit: told with the exchange that shows it, and the rest is still judged
        return internal(f"judging exchange {one.id} of {one.origin}", bug)


def judge_exchange(
    one: Exchange, speaks: str | None = None, profile: str | None = None, twin: Exchange | None = None
) -> Verdict:
    """Judge one exchange by its dialect's rules, or say why it cannot be; `profile` as in `Selection`.

    `twin` asked the same in the other way, streamed or whole: the two answers are held against each other.
    """
    began = time.perf_counter()
    if lists_models(one):
        return _of_a_list(one, speaks)
    language = speaks or one.dialect
    if reason := _unjudgeable(one, language):
        return _verdict(one, language, "not_judged", reason=reason)
    spoken = dialect(language or "")
    judgement = mildly(_judgement(one, spoken, profile))
    excused = _request_rules(spoken.name) if request_is_excused(one) else frozenset[str]()
    found = [finding for finding in judgement.findings if finding.rule not in excused]
    applied = [id for id in judgement.judged if id not in excused]
    if twin and (differences := twin_findings(one, twin, spoken)) is not None:
        found += differences
        applied.append(TWINS)
    outcome: Outcome = "fail" if any(finding.level == "MUST" for finding in found) else "pass"
    reason = "" if one.request.method else NO_REQUEST
    return _verdict(
        one, language, outcome, tuple(found), tuple(applied), reason=reason, seconds=time.perf_counter() - began
    )


def _of_a_list(one: Exchange, speaks: str | None) -> Verdict:
    """Judge a list of models by the rules of such lists; it is in no dialect, but in the form of one's vendor."""
    judgement = judge_issuing(one, dialect(speaks or lister(one)), host_books()[LISTS])
    wrong = any(found.level == "MUST" for found in judgement.findings)
    return _verdict(one, LISTS, "fail" if wrong else "pass", judgement.findings, judgement.judged)


def _unjudgeable(one: Exchange, language: str | None) -> str:
    """Why nothing can be judged; empty when something can."""
    if one.lacks:
        return one.lacks
    if not language:
        return "nothing tells which dialect it speaks (--dialect NAME says it)"
    return "" if language in known_dialects() else f"the dialect {language} is not known yet"


def _judgement(one: Exchange, language: Dialect, profile: str | None) -> Judgement:
    """By the deviations of its speaker, where that is chosen or this kit recorded it; by the rules of its host."""
    speaker = find_adapter(one.provider or "") if one.source in ("live", "virtual") and profile != "strict" else None
    if profile and profile != "strict":
        book = rules_at(one.request.url)
        here = speaker_at(host_of(one), language.name, book.name if book else "")
        speaker = here if profile == "auto" else find_adapter(profile)
    if speaker is None or speaker.dialect.name != language.name:
        return judge(one, language, STRICT, rules_at(one.request.url))
    host = getattr(speaker, "rules", None) or rules_at(one.request.url)
    if issued_by(speaker, one.request.url):
        return judge_issuing(one, language, host)
    return judge(one, language, speaker.profile, host)


@cache
def speaker_at(host: str, language: str, book: str = "") -> Adapter | None:
    """The provider who speaks this language and whose base URL has this host, or who has the rules of that book.

    Some vendors give each customer a host: they are known by the rules that hold there.
    """
    speakers = [one for name in adapter_names() if (one := adapter(name)).dialect.name == language]
    there = (one for one in speakers if host and _split(one.base_url).hostname == host)
    known = (one for one in speakers if book and getattr(getattr(one, "rules", None), "name", "") == book)
    return next(there, None) or next(known, None)


def request_is_excused(one: Exchange) -> str | None:
    """Why the request of an exchange is not judged; None when it is."""
    if one.response.status in REFUSED:
        return f"the server refused the request with {one.response.status}: the refusal is the verdict"
    known = SCENARIOS.get(one.scenario or "")
    if known and known.sends == "invalid":
        return f"the scenario {known.name} sends an invalid request on purpose"
    return None


@cache
def _request_rules(language: str) -> frozenset[str]:
    return frozenset(rule.id for rule in rules_for(dialect(language)) if rule.scope is Scope.REQUEST)


def _verdict(
    one: Exchange,
    language: str | None,
    outcome: Outcome,
    found: tuple[Finding, ...] = (),
    rules: tuple[str, ...] = (),
    *,
    reason: str = "",
    seconds: float = 0.0,
) -> Verdict:
    host = host_of(one) or "no host"
    return Verdict(
        case=f"{host}/traffic/{one.id}",
        subject=host,
        tier="traffic",
        title=_title(one),
        outcome=outcome,
        findings=found,
        reason=reason,
        source=one.source,
        seconds=seconds,
        dialect=language,
        origin=one.origin,
        rules=rules,
        scenario=one.scenario,
    )


def _title(one: Exchange) -> str:
    if not one.request.method:
        return "an answer alone"
    return f"{one.request.method} {_split(one.request.url).path or '/'} -> {one.response.status}"


def host_of(one: Exchange) -> str:
    """The host that the request went to, lower case; empty when the URL has none."""
    return (_split(one.request.url).hostname or "").lower()


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:  # an address that is none, e.g. with an open bracket
        return urlsplit("")
