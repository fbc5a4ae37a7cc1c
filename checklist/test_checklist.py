"""The meta-test: every obligation against every adapter that is found, and the books kept straight.

Rule of the file: nothing is listed or counted by hand; what exists is asked of the code.
Run it anywhere with `pytest --pyargs conformance.checklist`.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from importlib.resources import files
from typing import Any

import pytest

from conformance import Case, adapter, adapter_names, dialect, dialect_names, read_cassette
from conformance.baseline import baseline_of
from conformance.hosts import host_books
from conformance.obligations import OBLIGATIONS
from conformance.rules import UNIVERSAL
from conformance.run import OWES, owed_by, plan
from conformance.scenarios import AGENT_LOOP, SCENARIOS
from conformance.tape import shelf
from conformance.testing import assert_conforms

LEDGER = files("conformance.checklist") / "ledger"
KNOWN = baseline_of(files("conformance.checklist").joinpath("baseline.toml").read_text(encoding="utf-8"))


def test_obligation(case: Case) -> None:
    """What the adapter owes, it pays; what is known to fail is listed with its reason, and does fail."""
    assert_conforms(KNOWN.over(case))


def test_every_known_failure_is_of_a_case() -> None:
    """No entry of the baseline is of a case that there is no more."""
    KNOWN.check({case.id for case in plan()})


def test_every_adapter_is_enumerated() -> None:
    """Each installed adapter owes something and has cases for it; the one that has none is named."""
    planned = {case.subject for case in plan()}
    assert planned == set(adapter_names())


@pytest.mark.parametrize("name", adapter_names())
def test_every_obligation_is_applied(name: str) -> None:
    """Nothing that an adapter owes is missing from its plan; what is lacking is named."""
    planned = {case.id for case in plan([name])}
    lacking = [id for id in owed_by(adapter(name)) if id not in planned]
    assert lacking == []


@pytest.mark.parametrize("name", [name for name in adapter_names() if adapter(name).onboarding == "native"])
def test_a_native_adapter_owes_every_obligation(name: str) -> None:
    """A native adapter leaves no tier out."""
    one = adapter(name)
    owed = {obligation.id for obligation in OBLIGATIONS.values() if OWES[obligation.tier](one.obligations)}
    assert owed == set(OBLIGATIONS)


@pytest.mark.parametrize("path", [pytest.param(path, id=path.name) for path in sorted(shelf().glob("*.json"))])
def test_no_cassette_is_an_orphan(path: Any) -> None:
    """Each cassette belongs to a known adapter and scenario, and its name says which."""
    told = read_cassette(path).provenance
    assert told.provider in adapter_names()
    assert told.scenario in {*SCENARIOS, AGENT_LOOP}
    assert path.name == f"verify_{told.provider}_{told.scenario}.json"
    assert told.dialect == adapter(told.provider).dialect.name
    assert told.source in ("live", "virtual"), "a cassette on the shelf is recorded, never typed"


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
    assert set(_ledgers()) == {"universal", *dialect_names(), *host_books()}


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
