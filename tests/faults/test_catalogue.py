"""The catalogue of faults against the rulebook: all are found, nothing legal is flagged, no rule is left untried."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from conformance import selftest
from conformance.dialects import dialect, dialect_names
from conformance.faults import Bent, faults, unreached, variations
from conformance.judging import judge
from conformance.report.trials import sentence
from conformance.rulebook import Scope
from conformance.rules import UNIVERSAL
from conformance.scenarios import scenario
from conformance.selftest import PAIR, Trial, perform, rate, trials

RULES = {name: {rule.id: rule for rule in (*UNIVERSAL, *dialect(name).rules)} for name in dialect_names()}

ROOT = Path(__file__).resolve().parents[2]


@cache
def tried(name: str) -> tuple[Trial, ...]:
    """What came of every fault and variation of a dialect: performed once, looked at by all tests."""
    return tuple(trials([name]))


def all_tried() -> list[Trial]:
    return [one for name in dialect_names() for one in tried(name)]


@pytest.mark.parametrize("name", dialect_names())
def test_every_fault_is_found_by_the_rule_that_it_breaks(name: str) -> None:
    missed = [f"{one.id}: {one.rule}, found {one.found}" for one in tried(name) if not (one.passed or one.excuse)]
    assert missed == []


@pytest.mark.parametrize("name", dialect_names())
def test_the_exchange_of_a_fault_is_clean_without_it(name: str) -> None:
    """Else what is found would not be the fault. A client's fault is in the request, which is left as it was."""
    for one in {(one.on, one.asks if not one.by_client else None): one for one in faults(name)}.values():
        asks = None if one.by_client else one.asks
        sound = Bent(id=f"{one.id}/sound", dialect=name, sentence="Nothing is wrong.", on=one.on, asks=asks)
        found = [found for found in judge(perform(sound, one.on)).findings if found.level != "INFO"]
        if scenario(one.on).sends == "invalid":  # which breaks the language on purpose
            found = [found for found in found if RULES[name][found.rule].scope not in (Scope.REQUEST, Scope.HEADERS)]
        assert found == [], one.id


@pytest.mark.parametrize("name", dialect_names())
def test_one_cause_is_told_by_the_rules_that_the_fault_names(name: str) -> None:
    """No MUST is broken beside them, and what is named beside the rule is found: a report says what is wrong once."""
    own, wrong = {one.id: one for one in faults(name)}, {}
    for one in (one for one in tried(name) if one.rule):
        fault = own[one.id]
        broken = {id for id in one.found if id == PAIR or RULES[name][id].level == "MUST"}
        if scenario(fault.on).sends == "invalid":  # what the client does wrong on purpose is not the fault
            broken = {id for id in broken if RULES[name][id].scope not in (Scope.REQUEST, Scope.HEADERS)}
        if (unnamed := broken - {one.rule, *fault.also}) | (stale := fault.also - set(one.found)):
            wrong[one.id] = (unnamed, stale)
    assert wrong == {}


@pytest.mark.parametrize("name", dialect_names())
def test_every_rule_is_broken_by_a_fault_or_is_said_not_to_be(name: str) -> None:
    broken = {one.rule for one in faults(name)}
    rules = {rule.id for rule in dialect(name).rules}
    assert rules - broken == set(unreached(name)) & rules
    assert all(unreached(name).values())


def test_the_universal_rules_are_broken_too() -> None:
    broken = {one.rule for one in faults()}
    assert {rule.id for rule in UNIVERSAL} - broken == set(unreached())


def test_an_excuse_excuses_something() -> None:
    assert [one.id for one in all_tried() if one.excuse and one.passed] == []


def test_a_fault_names_a_rule_and_a_scenario_of_its_dialect() -> None:
    for one in faults():
        known = {rule.id for rule in (*UNIVERSAL, *dialect(one.dialect).rules)} | {"GN-13"}
        assert one.rule in known, one.id
        assert one.also <= known, one.id
        assert one.id.startswith(f"{one.dialect}."), one.id


def test_there_are_as_many_as_were_promised() -> None:
    assert len({one.id.partition(".")[2] for one in faults()}) >= 150
    assert len({one.id.partition(".")[2] for one in variations()}) >= 25


def test_the_readme_says_the_figure() -> None:
    assert sentence(rate(all_tried())) in " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())


def test_many_processes_come_to_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker knows a fault by its id; the order is kept."""
    monkeypatch.setattr(selftest, "_FEW", 2)
    some = tried("ollama")[::4]
    assert list(trials(["ollama"], [one.id for one in some], jobs=2)) == list(some)
