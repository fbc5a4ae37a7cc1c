"""Traffic as subject: anyone's recordings, read and judged exchange by exchange, on all cores when there are many.

Rule of the file: a file that cannot be read and a crash of the kit are told and do not stop the rest.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, partial
from itertools import chain, islice
from pathlib import Path
from shlex import quote
from typing import NamedTuple, TypeAlias
from urllib.parse import SplitResult, urlsplit

from msgspec.structs import replace

from conformance.adapters import Adapter, adapter, adapter_names, find_adapter
from conformance.cases import Outcome, Verdict
from conformance.dialects import Dialect, dialect, dialect_names
from conformance.errors import ConformanceError, InputError
from conformance.exchange import Exchange
from conformance.judging import Judgement, judge, judge_issuing, rules_for
from conformance.rulebook import Finding, Scope
from conformance.scenarios import SCENARIOS
from conformance.subjects.adapter import issued_by
from conformance.tape import read_traffic, traffic_files

REFUSED = frozenset({400, 422})
"""By these the server says that the request is wrong: its refusal is the verdict on the request."""

_FEW, _BATCH = 200, 25

Told: TypeAlias = Verdict | ConformanceError
"""What comes of a recording: a verdict on an exchange, or why something could not be read or judged."""


@dataclass(frozen=True)
class Selection:
    """Which exchanges are looked at, and as what."""

    dialect: str | None = None
    """Stands in for what the request tells."""
    host: str | None = None
    """A glob that the host must fit."""
    exchange: str | None = None
    """The id of the only exchange that is wanted."""
    profile: str | None = None
    """The provider by whose deviations and host rules it is judged; `auto`: the one whose host was called."""

    def wants(self, one: Exchange) -> bool:
        if self.exchange and one.id != self.exchange:
            return False
        return not self.host or fnmatchcase(host_of(one), self.host.lower())


class Found(NamedTuple):
    """An exchange and the file that it was read from."""

    file: Path
    exchange: Exchange


def verdicts(paths: Iterable[Path], selection: Selection, jobs: int = 0) -> Iterator[Told]:
    """Judge every exchange of the files that the selection wants; `jobs` 0 means one process a core."""
    troubles: list[ConformanceError] = []
    exchanges = _wanted(paths, selection, troubles)
    head = list(islice(exchanges, _FEW))
    everything = chain(head, exchanges)
    if len(head) < _FEW or (jobs or os.cpu_count() or 1) == 1:
        yield from (_told(one, selection.dialect, selection.profile) for one in everything)
    else:
        from conformance.subjects.crowd import in_processes

        work = partial(_batch, selection.dialect, selection.profile)
        yield from in_processes(work, everything, jobs or os.cpu_count() or 1, _BATCH)
    yield from troubles


def _wanted(paths: Iterable[Path], selection: Selection, troubles: list[ConformanceError]) -> Iterator[Found]:
    """The wanted exchanges of every file; what cannot be read is put aside."""
    for path in paths:
        try:
            for file in traffic_files([path]):
                yield from _of_file(file, selection, troubles)
        except InputError as error:  # a folder that holds nothing to read
            troubles.append(error)


def _of_file(file: Path, selection: Selection, troubles: list[ConformanceError]) -> Iterator[Found]:
    try:
        for one in read_traffic(file, selection.dialect):
            if selection.wants(one):
                yield Found(file, one)
    except InputError as error:
        troubles.append(error)
    except Exception as bug:  # of the kit: told with the file that shows it, and the other files are still judged
        troubles.append(_internal(f"reading {file}", bug))


def _batch(speaks: str | None, profile: str | None, exchanges: list[Found]) -> list[Told]:
    return [_told(one, speaks, profile) for one in exchanges]


def _told(found: Found, speaks: str | None, profile: str | None) -> Told:
    one = found.exchange
    try:
        alone = f"conformance lint {quote(str(found.file))} --exchange {quote(one.id)}"
        return replace(judge_exchange(one, speaks, profile), reproduce=alone)
    except Exception as bug:  # of the kit: told with the exchange that shows it, and the rest is still judged
        return _internal(f"judging exchange {one.id} of {one.origin}", bug)


def _internal(doing: str, bug: Exception) -> ConformanceError:
    return ConformanceError(
        f"internal error while {doing}: {type(bug).__name__}: {bug}",
        "this is a bug of the kit: please report it with that recording",
    )


def judge_exchange(one: Exchange, speaks: str | None = None, profile: str | None = None) -> Verdict:
    """Judge one exchange by its dialect's rules, or say why it cannot be; `profile` as in `Selection`."""
    began = time.perf_counter()
    language = speaks or one.dialect
    if language not in dialect_names():
        reason = f"the dialect {language} is not known yet" if language else "nothing tells which dialect it speaks"
        return _verdict(one, language, "not_judged", reason=reason)
    judgement = _judgement(one, dialect(language), profile)
    excused = _request_rules(judgement, language) if request_is_excused(one) else frozenset[str]()
    found = tuple(finding for finding in judgement.findings if finding.rule not in excused)
    outcome: Outcome = "fail" if any(finding.level == "MUST" for finding in found) else "pass"
    applied = tuple(id for id in judgement.judged if id not in excused)
    return _verdict(one, language, outcome, found, applied, seconds=time.perf_counter() - began)


def _judgement(one: Exchange, language: Dialect, profile: str | None) -> Judgement:
    """By the deviations and the host of its speaker where this kit recorded it and knows the speaker; else strictly."""
    speaker = find_adapter(one.provider or "") if one.source in ("live", "virtual") else None
    if profile:
        speaker = speaker_at(host_of(one), language.name) if profile == "auto" else find_adapter(profile)
    if speaker is None or speaker.dialect.name != language.name:
        return judge(one, language)
    host = getattr(speaker, "rules", None)
    if issued_by(speaker, one.request.url):
        return judge_issuing(one, language, host)
    return judge(one, language, speaker.profile, host)


@cache
def speaker_at(host: str, language: str) -> Adapter | None:
    """The provider whose base URL has this host and who speaks this language; None when there is none."""
    speakers = (adapter(name) for name in adapter_names())
    there = (one for one in speakers if _split(one.base_url).hostname == host and one.dialect.name == language)
    return next(there, None) if host else None


def request_is_excused(one: Exchange) -> str | None:
    """Why the request of an exchange is not judged; None when it is."""
    if one.response.status in REFUSED:
        return f"the server refused the request with {one.response.status}: the refusal is the verdict"
    known = SCENARIOS.get(one.scenario or "")
    if known and known.sends == "invalid":
        return f"the scenario {known.name} sends an invalid request on purpose"
    return None


def _request_rules(judgement: Judgement, language: str) -> frozenset[str]:
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
        title=f"{one.request.method} {_split(one.request.url).path or '/'} -> {one.response.status}",
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


def host_of(one: Exchange) -> str:
    """The host that the request went to, lower case; empty when the URL has none."""
    return (_split(one.request.url).hostname or "").lower()


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:  # an address that is none, e.g. with an open bracket
        return urlsplit("")
