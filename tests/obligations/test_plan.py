"""The plan: what it yields, what it leaves out and why, and what it costs."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance import CASSETTES_ONLY, NotJudged, ProviderTestObligations, UsageError, adapter, judge_all, plan
from conformance.adapters import adapter_names
from conformance.model import ChatRequest
from conformance.obligations import OBLIGATIONS, Bench, Obligation
from conformance.obligations.probes import PROBES
from conformance.rulebook import Violation
from conformance.run import owed_by
from conformance.scenarios import SCENARIOS

ROOT = Path(__file__).resolve().parents[2]


def test_without_names_every_adapter_is_planned() -> None:
    assert {case.subject for case in plan()} == set(adapter_names())


def test_a_name_or_alias_in_any_case_plans_one_adapter_once() -> None:
    ids = [case.id for case in plan(["Claude", "anthropic"])]
    assert {id.partition("/")[0] for id in ids} == {"anthropic"}
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"names": ["nobody"]}, "there is no provider 'nobody'"),
        ({"tiers": ["eighth"]}, "there is no tier 'eighth'"),
        ({"scenarios": ["dream"]}, "there is no scenario 'dream'"),
        ({"adapters": []}, "no case is left of no adapter"),
        ({"tiers": ["unit"], "scenarios": ["simple_text"]}, "nothing would be judged"),
    ],
)
def test_a_plan_without_a_case_is_an_error(asked: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=re.escape(said)):
        plan(**asked)


def test_planning_opens_no_cassette(tmp_path: Path) -> None:
    (tmp_path / "verify_openai_simple_text.json").write_text("not a cassette", encoding="utf-8")
    assert list(plan(["openai"], folder=tmp_path))


def test_a_missing_recording_fails_and_says_how_to_pay_the_debt(tmp_path: Path) -> None:
    (verdict,) = judge_all(
        case
        for case in plan(["openai"], folder=tmp_path, scenarios=["simple_text"])
        if case.id == "openai/conformance/simple_text"
    )
    assert verdict.outcome == "fail"
    assert "conformance record openai --scenario simple_text" in verdict.findings[0].message
    assert verdict.source is None


def test_a_recording_of_an_older_request_fails_path_by_path_and_its_twins_wait() -> None:
    good = adapter("openai")
    language = replace(good.dialect, body=lambda request, quirks: {**good.dialect.body(request, quirks), "user": "me"})
    changed = replace(good, dialect=language)  # type: ignore[type-var]
    verdicts = list(judge_all(plan(adapters=[changed], scenarios=["simple_text", "agent_loop"])))
    assert [verdict.outcome for verdict in verdicts] == ["fail", "not_judged", "fail"]
    for verdict in (verdicts[0], verdicts[2]):
        (finding,) = verdict.findings
        assert (finding.path, finding.expected, finding.got) == ("$.user", "<absent>", '"me"')
        assert "conformance record openai --scenario" in finding.message


def test_a_scenario_that_the_adapter_does_not_claim_is_not_judged() -> None:
    modest = replace(adapter("openai"), capabilities=frozenset({"text"}))
    verdicts = {v.case: v for v in judge_all(plan(adapters=[modest], tiers=["conformance", "unit", "contract"]))}
    assert verdicts["openai/conformance/tool_call_single"].outcome == "not_judged"
    assert verdicts["openai/conformance/tool_call_single"].reason == "openai does not claim tools"
    assert verdicts["openai/unit/tool_serialization"].outcome == "not_judged"
    assert verdicts["openai/contract/tool_call"].outcome == "not_judged"
    assert verdicts["openai/contract/payload"].outcome == "pass"


def test_every_verdict_on_a_recording_says_where_that_comes_from() -> None:
    verdicts = judge_all(plan(["openai"], scenarios=["simple_text", "agent_loop"]))
    assert {(v.tier, v.source) for v in verdicts} == {("conformance", "virtual"), ("e2e", "virtual")}


def test_a_preset_owes_three_cassettes() -> None:
    preset = replace(adapter("openai"), onboarding="preset", obligations=CASSETTES_ONLY)
    ids = [case.id for case in plan(adapters=[preset])]
    assert ids == [f"openai/conformance/{name}" for name in ("simple_text", "tool_call_single", "error_auth_401")]
    assert set(owed_by(preset)) == set(ids)


@pytest.mark.parametrize("name", adapter_names())
def test_the_plan_is_all_that_is_owed_and_nothing_else(name: str) -> None:
    assert {case.id for case in plan([name])} == set(owed_by(adapter(name)))


def test_an_obligation_that_is_switched_off_leaves_the_plan() -> None:
    modest = replace(adapter("openai"), obligations=ProviderTestObligations(e2e=False))
    assert {case.tier for case in plan(adapters=[modest])} == {"unit", "contract", "errors", "conformance"}


def test_every_field_of_a_request_is_probed() -> None:
    assert {probe.field.partition(":")[0] for probe in PROBES} == set(ChatRequest.__struct_fields__)


def test_every_obligation_states_its_sentence_and_why() -> None:
    assert [one.id for one in OBLIGATIONS.values() if not one.sentence.endswith(".") or not one.why] == []


def test_a_crash_of_an_adapter_is_a_finding_and_a_reason_is_not() -> None:
    def crashes(one: object, bench: Bench) -> list[Violation]:
        raise KeyError("choices")

    def cannot(one: object, bench: Bench) -> list[Violation]:
        raise NotJudged("no")

    (found,) = Obligation("unit.x", "unit", "x", "X holds.", crashes).apply(adapter("openai"), Bench())
    assert found.level == "MUST"
    assert found.message == "KeyError was raised: 'choices'"
    assert "test_plan.py" in (found.got or "")
    with pytest.raises(NotJudged):
        list(Obligation("unit.x", "unit", "x", "X holds.", cannot).apply(adapter("openai"), Bench()))


def test_scenario_names_and_case_names_do_not_collide() -> None:
    assert not {f"{name}_twins" for name in SCENARIOS} & set(SCENARIOS)


@pytest.mark.parametrize("path", sorted((ROOT / "checklist/ledger").glob("*.toml")), ids=lambda path: path.stem)
def test_a_ledger_points_at_tests_that_exist(path: Path) -> None:
    ledger: Mapping[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    cited = re.findall(r"tests/[\w/]+(?:\.py)?", " ".join(entry["reason"] for entry in ledger.get("excluded", [])))
    assert [one for one in cited if not (ROOT / one).exists()] == []
