"""`conformance lint`: anyone's recordings, grouped by rule; what is not judged is counted by reason."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import jsonschema
import pytest
from click.testing import Result

Run: TypeAlias = Callable[..., Result]

ASKED = {"model": "some-model", "messages": [{"role": "user", "content": "hi"}]}
ANSWERED = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "some-model",
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "Hello.", "refusal": None},
            "logprobs": None,
            "finish_reason": "stop",
        }
    ],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
}
REFUSAL = {"error": {"message": "no", "type": "invalid_request_error", "param": None, "code": None}}


def line(id: str, **changes: Any) -> dict[str, Any]:
    """One exchange in the JSONL form, sound unless changed."""
    answer = changes.pop("answer", ANSWERED)
    return {
        "id": id,
        "dialect": "openai-chat",
        "method": "POST",
        "url": "https://api.one.test/v1/chat/completions",
        "request_headers": {"content-type": "application/json"},
        "request_json": ASKED,
        "status": 200,
        "response_headers": {"content-type": "application/json", "x-request-id": "r"},
        "response_body_b64": base64.b64encode(json.dumps(answer).encode()).decode(),
        "fidelity": "exact",
        **changes,
    }


def write(file: Path, *lines: dict[str, Any]) -> Path:
    text = "".join(json.dumps(one) + "\n" for one in lines).encode()
    file.write_bytes(gzip.compress(text) if file.suffix == ".gz" else text)
    return file


WRONG = {**ANSWERED, "object": "completion"}
NO_MODEL = {"messages": ASKED["messages"]}


def test_sound_traffic_is_0(run: Run, tmp_path: Path) -> None:
    result = run("lint", write(tmp_path / "good.jsonl", line("a"), line("b")))
    assert result.exit_code == 0, result.stdout
    assert result.stdout == "2 exchanges: 2 judged, 0 not judged; 0 with MUST findings, 0 with SHOULD findings\n"


def test_findings_are_grouped_by_rule_with_rate_and_example(run: Run, tmp_path: Path) -> None:
    file = write(tmp_path / "mixed.jsonl.gz", line("a"), line("b", answer=WRONG), line("c", answer=WRONG), line("d"))
    result = run("lint", file)
    assert result.exit_code == 1
    assert "MUST OC-R01: 2 exchanges of 4 (50.0 %), 2 findings" in result.stdout
    assert "e.g. " in result.stdout
    assert "mixed.jsonl.gz:2  POST /v1/chat/completions -> 200" in result.stdout
    assert "expected: chat.completion" in result.stdout
    assert "got:      completion" in result.stdout
    assert "mixed.jsonl.gz:3" not in result.stdout
    assert "4 exchanges: 4 judged, 0 not judged; 2 with MUST findings" in result.stdout
    assert "mixed.jsonl.gz:3" in run("lint", file, "--verbose").stdout


def test_one_exchange_alone(run: Run, tmp_path: Path) -> None:
    file = write(tmp_path / "mixed.jsonl", line("a"), line("b", answer=WRONG))
    assert run("lint", file, "--exchange", "a").exit_code == 0
    told = json.loads(run("lint", file, "--format", "json").stdout)
    again = next(one["reproduce"] for one in told["verdicts"] if one["outcome"] == "fail")
    result = run(*again.split()[1:])
    assert result.exit_code == 1
    assert "1 exchange: 1 judged" in result.stdout


def test_only_the_hosts_that_are_wanted(run: Run, tmp_path: Path) -> None:
    other = "https://eu.API.two.test/v1/chat/completions"
    file = write(tmp_path / "hosts.jsonl", line("a", answer=WRONG), line("b", url=other))
    assert run("lint", file).exit_code == 1
    assert run("lint", file, "--host", "*.two.test").exit_code == 0
    assert run("lint", file, "--host", "api.one.test").exit_code == 1
    assert "eu.api.two.test" in run("lint", file, "--verbose").stdout


def test_a_refused_request_is_not_judged_but_its_answer_is(run: Run, tmp_path: Path) -> None:
    refused = {"status": 400, "answer": REFUSAL}
    bad = write(tmp_path / "accepted.jsonl", line("a", request_json=NO_MODEL))
    assert "MUST OC-Q01: 1 exchange of 1" in run("lint", bad).stdout
    excused = run("lint", write(tmp_path / "refused.jsonl", line("a", request_json=NO_MODEL, **refused)))
    assert "OC-Q01" not in excused.stdout
    assert excused.exit_code == 0, excused.stdout
    unauthorised = run(
        "lint", write(tmp_path / "401.jsonl", line("a", request_json=NO_MODEL, **{**refused, "status": 401}))
    )
    assert "MUST OC-Q01" in unauthorised.stdout


def test_a_scenario_that_sends_nonsense_on_purpose_is_excused(run: Run, folder: Path) -> None:
    told = json.loads(run("lint", folder / "verify_openai_error_bad_request_400.json", "--format", "json").stdout)
    assert told["exit_code"] == 0
    assert told["findings"] == []


def test_what_is_not_judged_is_counted_by_reason(run: Run, tmp_path: Path) -> None:
    lines = [line("a"), line("b", dialect="klingon"), line("c", dialect="klingon")]
    result = run("lint", write(tmp_path / "some.jsonl", *lines))
    assert result.exit_code == 0
    assert "Not judged (this is not a pass):" in result.stdout
    assert "3 exchanges: 1 judged, 2 not judged" in result.stdout
    nothing = run("lint", write(tmp_path / "none.jsonl", *lines[1:]))
    assert nothing.exit_code == 2
    assert "2 exchanges: 0 judged, 2 not judged" in nothing.stdout


def test_a_dialect_that_is_given_is_believed(run: Run, tmp_path: Path) -> None:
    unnamed = write(
        tmp_path / "x.jsonl", line("a", dialect=None, url="https://api.one.test/talk", request_json={"q": 1})
    )
    assert run("lint", unnamed).exit_code == 2
    result = run("lint", unnamed, "--dialect", "openai-chat")
    assert result.exit_code == 1
    assert "MUST OC-Q01" in result.stdout


def test_levels(run: Run, tmp_path: Path) -> None:
    lines = [line("a", response_headers={"content-type": "application/json"}), line("b", answer=WRONG)]
    file = write(tmp_path / "levels.jsonl", *lines)
    assert "SHOULD " in run("lint", file).stdout
    only = run("lint", file, "--level", "must")
    assert "\nSHOULD " not in only.stdout
    assert "MUST OC-R01" in only.stdout
    assert only.exit_code == 1
    warned = run("lint", write(tmp_path / "warned.jsonl", lines[0]))
    assert "1 with SHOULD findings" in warned.stdout
    assert warned.exit_code == 0


def test_the_json_report_fits_the_schema(
    run: Run, tmp_path: Path, report_schema: jsonschema.Draft202012Validator
) -> None:
    odd = {**ANSWERED, "object": "\ud800\x1b[2J\u2028"}
    file = write(tmp_path / "odd.jsonl", line("a", answer=odd), line("b", dialect="klingon"), line("c"))
    result = run("lint", file, "--format", "json")
    assert result.stdout.isascii()
    told = json.loads(result.stdout)
    assert [fault.message for fault in report_schema.iter_errors(told)] == []
    group = next(one for one in told["findings"] if one["rule"] == "OC-R01")
    assert (group["cases"], group["looked_at"]) == (1, 2)
    assert group["example"]["got"].startswith("\\ud800")
    assert told["counts"] == {
        "pass": 1,
        "warn": 0,
        "fail": 1,
        "not_judged": 1,
        "total": 3,
        "with_must": 1,
        "with_should": 0,
    }
    assert [one["name"] for one in told["subjects"]] == ["api.one.test"]
    text = run("lint", file).stdout
    assert "\\ud800\\x1b[2J\\u2028" in text
    assert text.isascii()


def test_many_exchanges_are_judged_in_processes_with_the_same_result(run: Run, tmp_path: Path) -> None:
    lines = [line(f"x{number}", answer=WRONG if number % 7 == 0 else ANSWERED) for number in range(260)]
    file = write(tmp_path / "many.jsonl", *lines)
    alone = json.loads(run("lint", file, "--jobs", "1", "--format", "json").stdout)
    shared = json.loads(run("lint", file, "--jobs", "2", "--format", "json").stdout)
    assert shared["counts"] == alone["counts"]
    assert shared["counts"]["fail"] == 38
    assert [one["case"] for one in shared["verdicts"]] == [one["case"] for one in alone["verdicts"]]
    assert shared["findings"] == alone["findings"]


def test_a_bug_in_a_rule_costs_one_exchange_and_is_told(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from conformance import judging
    from conformance.subjects import traffic

    real = judging.judge

    def fragile(one: Any, *rest: Any) -> Any:
        if one.id == "b":
            raise KeyError("oops")
        return real(one, *rest)

    monkeypatch.setattr(traffic, "judge", fragile)
    result = run("lint", write(tmp_path / "three.jsonl", line("a"), line("b"), line("c")))
    assert result.exit_code == 2
    assert "2 exchanges: 2 judged" in result.stdout
    assert result.stderr.startswith("error: internal error while judging exchange b of ")


@pytest.mark.parametrize("url", ["http://[", "", "not a url", "https://api.one.test:port/v1"])
def test_an_address_that_is_none_harms_nobody(run: Run, tmp_path: Path, url: str) -> None:
    result = run("lint", write(tmp_path / "odd.jsonl", line("a", url=url), line("b")))
    assert "2 exchanges: 2 judged" in result.stdout
    assert "Traceback" not in result.output


def test_own_cassettes_conform(run: Run, folder: Path) -> None:
    result = run("lint", folder)
    assert result.exit_code == 0, result.stdout
    assert "are virtual (synthetic" in result.stdout
