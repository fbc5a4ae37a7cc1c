"""`conformance check`: what it judges, how it tells it, and which exit code that is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import jsonschema
from click.testing import Result

Run: TypeAlias = Callable[..., Result]

CASE = "openai/conformance/simple_text"


def lie(folder: Path) -> None:
    """Make the recorded answer break a rule: its chunks claim to be something else, with a control character."""
    file = folder / "verify_openai_simple_text.json"
    text = file.read_text(encoding="utf-8")
    said = r"\"object\":\"chat.completion.chunk\""
    assert text.count(said) > 1
    file.write_text(text.replace(said, r"\"object\":\"wrong\\u001b[31m\""), encoding="utf-8")


def test_a_conforming_provider_is_0_and_says_on_what_that_stands(run: Run, folder: Path) -> None:
    result = run("check", "openai", "--scenario", "simple_text", "--scenario", "unicode_text", "--folder", folder)
    assert result.exit_code == 0, result.output
    assert "openai    conformance" in result.stdout
    assert "virtual" in result.stdout
    assert "Virtual ones are synthetic" in result.stdout
    assert "0 live" in result.stdout
    assert result.stdout.isascii()


def test_one_case_alone(run: Run, folder: Path) -> None:
    result = run("check", "openai", "--case", CASE, "--folder", folder, "--verbose")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == f"PASS  {CASE}  a short text answer"
    assert "1 case: 1 pass, 0 fail, 0 not judged" in result.stdout


def test_an_alias_in_any_case_names_the_provider(run: Run, folder: Path) -> None:
    assert run("check", "OAI", "--case", "openai/unit/auth", "--folder", folder).exit_code == 0


def test_cases_by_pattern(run: Run, folder: Path) -> None:
    result = run("check", "openai", "--case", "*/unit/*", "--folder", folder, "--format", "json")
    told = json.loads(result.stdout)
    assert {one["tier"] for one in told["verdicts"]} == {"unit"}
    assert len(told["verdicts"]) >= 6


def test_a_failure_shows_its_evidence_and_how_to_see_it_again(run: Run, copy: Path) -> None:
    lie(copy)
    result = run("check", "openai", "--case", CASE, "--folder", copy)
    assert result.exit_code == 1
    assert f"FAIL  {CASE}  a short text answer" in result.stdout
    assert "MUST OC-S01: " in result.stdout
    assert "frame 0, $.object" in result.stdout
    assert "expected: chat.completion.chunk" in result.stdout
    assert "got:      wrong\\x1b[31m" in result.stdout
    assert "\x1b" not in result.stdout
    assert re.search(r"and \d+ more of OC-S01 \(--verbose shows them\)", result.stdout)
    assert "frame 1, $.object" not in result.stdout
    assert "frame 1, $.object" in run("check", "openai", "--case", CASE, "--folder", copy, "--verbose").stdout
    again = next(line for line in result.stdout.splitlines() if "reproduce: " in line).partition("reproduce: ")[2]
    assert again == f"conformance check openai --case {CASE} --folder {copy}"
    repeated = run(*again.split()[1:])
    assert repeated.exit_code == 1
    assert f"FAIL  {CASE}" in repeated.stdout


def test_not_judged_is_shown_apart_with_its_reason(run: Run, folder: Path) -> None:
    result = run("check", "anthropic", "--case", "anthropic/conformance/content_filter", "--folder", folder)
    assert result.exit_code == 2
    assert "Not judged (this is not a pass):" in result.stdout
    assert "anthropic does not claim content_filter" in result.stdout
    assert "1 case: 0 pass, 0 fail, 1 not judged" in result.stdout


def test_the_json_report_fits_its_schema(run: Run, copy: Path, report_schema: jsonschema.Draft202012Validator) -> None:
    lie(copy)
    result = run(
        "check", "openai", "-t", "conformance", "-t", "unit", "--folder", copy, "--format", "json", "--most", "2"
    )
    told = json.loads(result.stdout)
    assert [fault.message for fault in report_schema.iter_errors(told)] == []
    assert (told["schema_version"], told["kind"], told["exit_code"]) == (2, "check", 1)
    assert told["counts"]["total"] == len(told["verdicts"]) == sum(told["counts"][b] for b in BOXES)
    assert told["counts"]["fail"] == sum(one["outcome"] == "fail" for one in told["verdicts"]) > 0
    assert told["provenance"]["virtual"] > 0
    assert told["provenance"]["live"] == 0
    broken = next(one for one in told["groups"] if one["rule"] == "OC-S01")
    assert broken["level"] == "MUST"
    assert broken["sentence"]
    assert broken["example"] in told["findings"]
    assert broken["example"]["evidence"]["frame"] == 0
    assert (broken["example"]["case"], broken["example"]["scenario"]) == (CASE, "simple_text")
    listed = [one for one in told["findings"] if (one["rule"], one["case"]) == ("OC-S01", CASE)]
    verdict = next(one for one in told["verdicts"] if one["case"] == CASE)
    assert len(listed) == 2
    assert verdict["findings"] == len(listed) + broken["left_out"] > 2
    assert told["left_out"] == sum(one["left_out"] for one in told["groups"])


BOXES = ("pass", "warn", "fail", "not_judged")


def test_the_json_report_holds_what_could_not_be_read(
    run: Run, copy: Path, report_schema: jsonschema.Draft202012Validator
) -> None:
    (copy / "verify_openai_simple_text.json").write_text("{")
    result = run("check", "openai", "-s", "simple_text", "-s", "unicode_text", "--folder", copy, "--format", "json")
    told = json.loads(result.stdout)
    assert [fault.message for fault in report_schema.iter_errors(told)] == []
    outcomes = {one["case"]: one["outcome"] for one in told["verdicts"]}
    assert outcomes["openai/conformance/unicode_text"] == "pass"
    assert outcomes[CASE] != "pass"


def test_auto_records_only_what_is_missing(run: Run, copy: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    from conformance.calls import recording

    asked: list[tuple[list[str], list[str] | None, str]] = []

    def pretend(names: list[str], *, source: str, scenarios: list[str] | None, **_: object) -> list[object]:
        asked.append((names, scenarios, source))
        return []

    monkeypatch.setattr(recording, "recordings", pretend)
    monkeypatch.setenv("OPENAI_API_KEY", "not-sent-anywhere")
    (copy / "verify_openai_unicode_text.json").unlink()
    words = ("check", "openai", "-s", "simple_text", "-s", "unicode_text", "-s", "agent_loop", "--folder", copy)
    run(*words, VCR_MODE="auto")
    assert asked == [(["openai"], ["unicode_text"], "live")]
    asked.clear()
    run(*words, VCR_MODE="record")
    assert asked == [(["openai"], ["simple_text", "unicode_text", "agent_loop"], "live")]
    asked.clear()
    run(*words)
    assert asked == []
