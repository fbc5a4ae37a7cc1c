"""The one loop behind pytest, the command line and the Python API: a plan of cases, each judged on its own.

Rule of the file: planning reads no cassette; judging does the work. A plan without a case is an error, never a pass.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.adapters import adapter as find
from conformance.adapters import adapter_names
from conformance.cases import TIERS, Case, NotJudged, Tier, Verdict
from conformance.errors import ConformanceError, UsageError
from conformance.obligations import OBLIGATIONS, Bench, owed
from conformance.obligations.misses import is_miss
from conformance.scenarios import AGENT_LOOP, PRESET_SCENARIOS, SCENARIOS, fits, scenario

if TYPE_CHECKING:
    from conformance.adapters import Adapter, ProviderTestObligations
    from conformance.exchange import Source
    from conformance.rulebook import Finding

OWES: dict[Tier, Callable[[ProviderTestObligations], bool]] = {
    "unit": lambda owes: owes.unit,
    "contract": lambda owes: owes.contract,
    "errors": lambda owes: owes.contract,  # both are the same call before another answer
    "conformance": lambda owes: owes.conformance,
    "e2e": lambda owes: owes.e2e,
}
"""Which declaration makes an adapter owe a tier."""


def plan(
    names: Iterable[str] | None = None,
    *,
    tiers: Collection[str] | None = None,
    scenarios: Collection[str] | None = None,
    folder: Path | None = None,
    adapters: Iterable[Adapter] | None = None,
) -> Iterator[Case]:
    """The cases of the named adapters (none named: of all that are installed), narrowed by tier and scenario.

    `adapters` stands in for discovery; `folder` for the installed cassettes.
    Raises `UsageError` for an unknown name, tier or scenario, and when no case is left.
    """
    chosen = _chosen(names, adapters)
    wanted_tiers = [_known("tier", one, OWES) for one in tiers] if tiers else list(OWES)
    wanted = [_known("scenario", one, (*SCENARIOS, AGENT_LOOP)) for one in scenarios] if scenarios else []
    cases = [
        case
        for one in chosen
        for tier in TIERS
        if tier in wanted_tiers and OWES[tier](one.obligations)
        for case in _cases(one, tier, wanted, folder)
    ]
    if not cases:
        raise UsageError(
            f"no case is left of {', '.join(one.name for one in chosen) or 'no adapter'}: nothing would be judged",
            "ask for fewer restrictions (--tier, --scenario), or install an adapter",
        )
    return iter(cases)


def judge_all(cases: Iterable[Case]) -> Iterator[Verdict]:
    """The verdicts of the cases, one by one, as they are judged."""
    return (case.judge() for case in cases)


def _chosen(names: Iterable[str] | None, adapters: Iterable[Adapter] | None) -> list[Adapter]:
    given = list(names or ())
    if adapters is None:
        found = [find(name) for name in given or adapter_names()]
    else:
        known = {label: one for one in adapters for label in (one.name, *one.aliases)}
        found = [known[_known("provider", name, known)] for name in given] if given else list(known.values())
    return list({one.name: one for one in found}.values())


def _known(kind: str, asked: str, known: Collection[str]) -> str:
    if (name := asked.strip().lower()) in known:
        return name
    raise UsageError(f"there is no {kind} {asked!r}", f"choose one of: {', '.join(known)}")


def _cases(adapter: Adapter, tier: Tier, wanted: Collection[str], folder: Path | None) -> Iterator[Case]:
    """The cases of one tier. Scenarios, once named, leave only what is judged on a recording of one of them."""
    if tier == "conformance":
        yield from _recorded_cases(adapter, wanted, folder)
    elif not wanted or (tier == "e2e" and AGENT_LOOP in wanted):
        for one in owed(tier):
            source = partial(_source, adapter, AGENT_LOOP, folder) if tier == "e2e" else None
            work = partial(one.apply, adapter, Bench(folder))
            yield _case(adapter, tier, one.what, one.title, work, source)


def _recorded_cases(adapter: Adapter, wanted: Collection[str], folder: Path | None) -> Iterator[Case]:
    native = adapter.onboarding == "native"
    for name, one in SCENARIOS.items():
        if (wanted and name not in wanted) or not (native or name in PRESET_SCENARIOS):
            continue
        source = partial(_source, adapter, name, folder)
        yield _case(adapter, "conformance", name, one.title, partial(_scenario, adapter, name, folder), source)
        if native and f"{name}_whole" in SCENARIOS:
            work = partial(_twins, adapter, name, folder)
            yield _case(adapter, "conformance", f"{name}_twins", f"{one.title}: streamed and whole agree", work, source)


def _case(
    adapter: Adapter,
    tier: Tier,
    what: str,
    title: str,
    work: Callable[[], Iterable[Finding]],
    provenance: Callable[[], Source | None] | None = None,
) -> Case:
    return Case(f"{adapter.name}/{tier}/{what}", adapter.name, tier, title, work, provenance=provenance)


def _scenario(adapter: Adapter, name: str, folder: Path | None) -> Iterator[Finding]:
    """Judge one recorded scenario by all that is owed of it; without a sound recording there is nothing more to see."""
    if reason := fits(scenario(name), adapter):
        raise NotJudged(reason)
    bench = Bench(folder, name)
    first, *others = owed("conformance", "scenario")
    found = list(first.apply(adapter, bench))
    yield from found
    if not found:
        for one in others:
            yield from one.apply(adapter, bench)


def _twins(adapter: Adapter, name: str, folder: Path | None) -> Iterator[Finding]:
    from conformance.tape import cassette_path

    if reason := fits(scenario(name), adapter):
        raise NotJudged(reason)
    for twin in (name, f"{name}_whole"):
        if not cassette_path(adapter.name, twin, folder).exists():
            raise NotJudged(f"there is no cassette of {twin}; its own case says how to pay that debt")
    try:
        for one in owed("conformance", "twins"):
            yield from one.apply(adapter, Bench(folder, name))
    except ConformanceError as fault:
        if not is_miss(fault):
            raise
        raise NotJudged("a recording does not answer what is sent; its own case says where") from fault


def _source(adapter: Adapter, name: str, folder: Path | None) -> Source | None:
    from conformance.tape import cassette_path, read_cassette

    path = cassette_path(adapter.name, name, folder)
    return read_cassette(path).provenance.source if path.exists() else None


def owed_by(adapter: Adapter) -> Iterator[str]:
    """The ids of all cases that an adapter owes, made from the obligations alone: what `plan` is held against."""
    native = adapter.onboarding == "native"
    for one in OBLIGATIONS.values():
        if not OWES[one.tier](adapter.obligations):
            continue
        for name in SCENARIOS if native else PRESET_SCENARIOS:
            if one.each == "scenario":
                yield f"{adapter.name}/{one.tier}/{name}"
            elif one.each == "twins" and native and f"{name}_whole" in SCENARIOS:
                yield f"{adapter.name}/{one.tier}/{name}_twins"
        if one.each == "adapter":
            yield f"{adapter.name}/{one.tier}/{one.what}"
