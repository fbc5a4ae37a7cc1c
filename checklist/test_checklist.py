"""The meta-test: every obligation against every adapter that is found, and the books kept straight.

Rule of the file: nothing is listed or counted by hand; what exists is asked of the code.
Run it anywhere with `pytest --pyargs conformance.checklist`.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache, partial
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec
import pytest

from conformance import Case, adapter, adapter_names, dialect, dialect_names, read_cassette
from conformance.baseline import baseline_of
from conformance.cases import NotJudged
from conformance.hosts import host_books
from conformance.obligations import OBLIGATIONS
from conformance.pytest_plugin import FILTERS, planned
from conformance.rulebook import Finding
from conformance.rules import UNIVERSAL
from conformance.run import OWES, owed_by, plan
from conformance.scenarios import AGENT_LOOP, SCENARIOS
from conformance.tape import mode, shelf
from conformance.testing import assert_conforms

LEDGER = files("conformance.checklist") / "ledger"
PRESETS = "presets"
"""The ledger of what vendors do otherwise: it belongs to no book of rules."""
KNOWN = baseline_of(files("conformance.checklist").joinpath("baseline.toml").read_text(encoding="utf-8"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each case of a native adapter a test of its own, each preset one for all its cases.

    A run that is narrowed (`--provider`, `--tier`, `--scenario`) or that records has a test for every case.
    """
    if "case" in metafunc.fixturenames:
        narrowed = any(metafunc.config.getoption(f"conformance_{name}", None) for name in FILTERS)
        cases = [KNOWN.over(case) for case in planned(metafunc.config)]
        shown = cases if narrowed or mode() != "playback" else list(_presets_at_once(cases))
        metafunc.parametrize("case", shown, ids=[case.id for case in shown], indirect=True)


def _presets_at_once(cases: list[Case]) -> Iterator[Case]:
    for name, found in groupby(cases, lambda case: case.subject):
        owed = list(found)
        if adapter(name).onboarding == "native":
            yield from owed
        else:
            yield replace(owed[0], id=f"{name}/*", title="all that a preset owes", work=partial(_all_findings, owed))


def _all_findings(cases: list[Case]) -> Iterator[Finding]:
    """What is found in any of the cases, each finding with the id of its case; not judged when none could be."""
    skipped: list[str] = []
    for case in cases:
        verdict = case.judge()
        skipped += [f"{case.id}: {verdict.reason}"] * (verdict.outcome == "not_judged")
        yield from (msgspec.structs.replace(one, message=f"{case.id}: {one.message}") for one in verdict.findings)
    if len(skipped) == len(cases):
        raise NotJudged("; ".join(skipped))


def test_obligation(case: Case) -> None:
    """What the adapter owes, it pays; what is known to fail is listed with its reason, and does fail."""
    assert_conforms(case)


def test_every_known_failure_is_of_a_case() -> None:
    """No entry of the baseline is of a case that there is no more."""
    KNOWN.check({case.id for case in plan()})


def test_every_adapter_is_enumerated() -> None:
    """Each installed adapter owes something and has cases for it; the one that has none is named."""
    planned = {case.subject for case in plan()}
    assert planned == set(adapter_names())


def test_every_obligation_is_applied() -> None:
    """Nothing that an adapter owes is missing from its plan; what is lacking is named."""
    planned_ids = {case.id for case in plan()}
    lacking = [id for name in adapter_names() for id in owed_by(adapter(name)) if id not in planned_ids]
    assert lacking == []


@pytest.mark.parametrize("name", [name for name in adapter_names() if adapter(name).onboarding == "native"])
def test_a_native_adapter_owes_every_obligation(name: str) -> None:
    """A native adapter leaves no tier out."""
    one = adapter(name)
    owed = {obligation.id for obligation in OBLIGATIONS.values() if OWES[obligation.tier](one.obligations)}
    assert owed == set(OBLIGATIONS)


def test_no_cassette_is_an_orphan() -> None:
    """Each cassette belongs to a known adapter and scenario, and its name says which; each that does not is named."""
    assert {path.name: wrong for path in sorted(shelf().glob("*.json")) if (wrong := _orphaned(path))} == {}


def _orphaned(path: Path) -> str | None:
    """What is wrong with how a cassette is called, None when nothing is."""
    told = read_cassette(path).provenance
    if told.provider not in adapter_names() or told.scenario not in {*SCENARIOS, AGENT_LOOP}:
        return f"of nobody: {told.provider}, {told.scenario}"
    if path.name != f"verify_{told.provider}_{told.scenario}.json":
        return f"of {told.provider}, {told.scenario}, and called otherwise"
    if told.dialect != adapter(told.provider).dialect.name:
        return f"in {told.dialect}, which {told.provider} does not speak"
    return None if told.source in ("live", "virtual") else f"is recorded, never typed: {told.source}"


@cache
def _ledgers() -> dict[str, dict[str, Any]]:
    return {
        entry.name.removesuffix(".toml"): tomllib.loads(entry.read_text(encoding="utf-8"))
        for entry in LEDGER.iterdir()
        if entry.name.endswith(".toml")
    }


def _rules_of(name: str) -> list[str]:
    if name in host_books():
        return [rule.id for rule in host_books()[name]]
    return [rule.id for rule in (UNIVERSAL if name == "universal" else dialect(name).rules)]


@pytest.mark.parametrize("name", [name for name in dialect_names() if "varies" in _ledgers().get(name, {})])
def test_a_rule_that_two_languages_share_is_one_rule(name: str) -> None:
    """A book that takes a rule from another keeps it as it is: an id means one thing everywhere."""
    lent, own = dialect(_ledgers()[name]["varies"]).rules.rules, dialect(name).rules.rules
    shared = lent.keys() & own.keys()
    assert shared
    assert [id for id in shared if own[id] is not lent[id]] == []


def test_every_rulebook_has_its_ledger() -> None:
    """Each dialect's catalogue is accounted for, each host's, and the universal one."""
    assert set(_ledgers()) == {"universal", PRESETS, *dialect_names(), *host_books()}


def test_what_presets_do_otherwise_is_a_deviation_or_no_matter_of_rules() -> None:
    """Their catalogue holds no rule of its own: each sentence is excluded, and what excuses it is a deviation."""
    told, known = _ledgers()[PRESETS], {id for name in dialect_names() for id in dialect(name).deviations}
    assert [entry["id"] for entry in told["excluded"]] == told["ids"]
    assert [id for entry in told["excluded"] for id in entry.get("deviations", ()) if id not in known] == []
    assert [entry["id"] for entry in told["excluded"] if len(entry["reason"].split()) < 3] == []


def _catalogue(name: str) -> list[str]:
    """The ids that a ledger accounts for: its own, and those of the language that it varies."""
    ledger = _ledgers()[name]
    return [*ledger.get("ids", ()), *(_catalogue(ledger["varies"]) if "varies" in ledger else ())]


@pytest.mark.parametrize("name", ["universal", *dialect_names(), *host_books()])
def test_every_sentence_of_the_catalogue_is_a_rule_or_excluded(name: str) -> None:
    """Each id of the catalogue is exactly one of both, and each exclusion gives its reason."""
    ledger = _ledgers()[name]
    excluded = ledger.get("excluded", [])
    accounted = Counter([*_rules_of(name), *(entry["id"] for entry in excluded)])
    assert sorted(accounted.elements()) == sorted(_catalogue(name))
    assert [entry["id"] for entry in excluded if len(entry["reason"].split()) < 3] == []
