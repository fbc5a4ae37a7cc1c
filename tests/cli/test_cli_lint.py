"""`conformance lint`: anyone's recordings, grouped by rule; what is not judged is counted by reason."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from click.testing import Result

from conformance.exchange import Exchange, Request, Response
from conformance.subjects.traffic import judge_exchange

Run: TypeAlias = Callable[..., Result]
Line: TypeAlias = Callable[..., dict[str, Any]]
Write: TypeAlias = Callable[..., Path]
Answer: TypeAlias = dict[str, Any]

REFUSAL = {"error": {"message": "no", "type": "invalid_request_error", "param": None, "code": None}}
NO_MODEL = {"messages": [{"role": "user", "content": "hi"}]}


def test_sound_traffic_is_0(run: Run, tmp_path: Path, line: Line, write: Write) -> None:
    result = run("lint", write(tmp_path / "good.jsonl", line("a"), line("b")))
    assert result.exit_code == 0, result.stdout
    assert result.stdout == "2 exchanges: 2 judged, 0 not judged; 0 with MUST findings, 0 with SHOULD findings\n"


def test_findings_are_grouped_by_rule_with_rate_and_example(
    run: Run, tmp_path: Path, line: Line, write: Write, wrong: Answer
) -> None:
    file = write(tmp_path / "mixed.jsonl.gz", line("a"), line("b", answer=wrong), line("c", answer=wrong), line("d"))
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


def test_one_exchange_alone(run: Run, tmp_path: Path, line: Line, write: Write, wrong: Answer) -> None:
    file = write(tmp_path / "mixed.jsonl", line("a"), line("b", answer=wrong))
    assert run("lint", file, "--exchange", "a").exit_code == 0
    told = json.loads(run("lint", file, "--format", "json").stdout)
    again = next(one["reproduce"] for one in told["verdicts"] if one["outcome"] == "fail")
    result = run(*again.split()[1:])
    assert result.exit_code == 1
    assert "1 exchange: 1 judged" in result.stdout


def test_only_the_hosts_that_are_wanted(run: Run, tmp_path: Path, line: Line, write: Write, wrong: Answer) -> None:
    other = "https://eu.API.two.test/v1/chat/completions"
    file = write(tmp_path / "hosts.jsonl", line("a", answer=wrong), line("b", url=other))
    assert run("lint", file).exit_code == 1
    assert run("lint", file, "--host", "*.two.test").exit_code == 0
    assert run("lint", file, "--host", "api.one.test").exit_code == 1
    assert "eu.api.two.test" in run("lint", file, "--verbose").stdout


def test_a_refused_request_is_not_judged_but_its_answer_is(run: Run, tmp_path: Path, line: Line, write: Write) -> None:
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


def test_what_is_not_judged_is_counted_by_reason(run: Run, tmp_path: Path, line: Line, write: Write) -> None:
    lines = [line("a"), line("b", dialect="klingon"), line("c", dialect="klingon")]
    result = run("lint", write(tmp_path / "some.jsonl", *lines))
    assert result.exit_code == 0
    assert "Not judged (this is not a pass):" in result.stdout
    assert "3 exchanges: 1 judged, 2 not judged" in result.stdout
    nothing = run("lint", write(tmp_path / "none.jsonl", *lines[1:]))
    assert nothing.exit_code == 2
    assert "2 exchanges: 0 judged, 2 not judged" in nothing.stdout


def test_a_dialect_that_is_given_is_believed(run: Run, tmp_path: Path, line: Line, write: Write) -> None:
    unnamed = write(
        tmp_path / "x.jsonl", line("a", dialect=None, url="https://api.one.test/talk", request_json={"q": 1})
    )
    assert run("lint", unnamed).exit_code == 2
    result = run("lint", unnamed, "--dialect", "openai-chat")
    assert result.exit_code == 1
    assert "MUST OC-Q01" in result.stdout


def test_levels(run: Run, tmp_path: Path, line: Line, write: Write, wrong: Answer) -> None:
    unnamed = {"content-type": "application/json", "date": "Sat, 21 Nov 2026 09:00:00 GMT"}
    lines = [line("a", response_headers=unnamed), line("b", answer=wrong)]
    file = write(tmp_path / "levels.jsonl", *lines)
    assert "SHOULD " in run("lint", file).stdout
    only = run("lint", file, "--level", "must")
    assert "\nSHOULD " not in only.stdout
    assert "MUST OC-R01" in only.stdout
    assert only.exit_code == 1
    warned = run("lint", write(tmp_path / "warned.jsonl", lines[0]))
    assert "1 with SHOULD findings" in warned.stdout
    assert warned.exit_code == 0


def test_own_cassettes_conform(run: Run, folder: Path) -> None:
    result = run("lint", folder)
    assert result.exit_code == 0, result.stdout
    assert "are virtual (synthetic" in result.stdout


def test_auto_knows_a_vendor_that_gives_each_customer_a_host(
    run: Run, tmp_path: Path, line: Line, write: Write
) -> None:
    """A resource of Azure is no host of anybody's base URL: its rules tell who it is."""
    head = {"choices": [], "created": 0, "id": "", "model": "", "object": "", "prompt_filter_results": []}
    said = {"index": 0, "delta": {"role": "assistant", "content": "Hi"}, "finish_reason": None, "logprobs": None}
    about = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "usage": None}
    counted = {**about, "choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}}
    ended = {**said, "delta": {}, "finish_reason": "stop"}
    frames = [head, {**about, "choices": [said]}, {**about, "choices": [ended]}, counted]
    asked = {"messages": [{"role": "user", "content": "Hi"}], "stream": True, "stream_options": {"include_usage": True}}
    body = "".join(f"data: {json.dumps(one)}\n\n" for one in frames) + "data: [DONE]\n\n"
    file = write(
        tmp_path / "azure.jsonl",
        line(
            "a",
            url="https://my-resource.cognitiveservices.azure.com/openai/deployments/m/chat/completions?api-version=2024-10-21",
            request_json=asked,
            response_headers={"content-type": "text/event-stream"},
            response_body_b64=base64.b64encode(body.encode()).decode(),
        ),
    )
    strict = run("lint", file).stdout
    assert "MUST OC-S01" in strict
    assert "MUST OC-S13" in strict
    result = run("lint", file, "--profile", "auto")
    assert "OC-S" not in result.stdout
    assert result.exit_code == 0, result.stdout


def test_lists_of_models_are_judged_as_such(run: Run, tmp_path: Path, line: Line, write: Write) -> None:
    """They call no model and are in no dialect, and still have a form that clients need."""
    asked = {"url": "https://api.example.com/v1/models", "method": "GET", "request_json": None, "dialect": "models"}
    model = {"id": "a", "object": "model", "created": 1, "owned_by": "acme"}
    good = line("good", answer={"object": "list", "data": [model]}, **asked)
    twice = line("twice", answer={"object": "list", "data": [model, model]}, **asked)
    assert run("lint", write(tmp_path / "good.jsonl", good)).exit_code == 0
    result = run("lint", write(tmp_path / "twice.jsonl", good, twice))
    assert result.exit_code == 1
    assert "MUST ML-01" in result.stdout
    assert "'a' is listed twice" in result.stdout
    assert "passed over" not in result.stdout


def test_keys_in_others_recordings_are_advice(run: Run, tmp_path: Path, line: Line, write: Write) -> None:
    """A HAR of one's own browser holds one's own keys: that is no fault of the protocol, and still worth a word."""
    live = "sk-" + "0aZ9bY8cX7dW6eV5fU4gT3hS2iR1jQ0kP9lO"
    sent = {"content-type": "application/json", "authorization": f"Bearer {live}"}
    file = write(tmp_path / "keys.jsonl", line("a", request_headers=sent))
    result = run("lint", file, "--verbose")
    assert result.exit_code == 0, result.stdout
    assert "SHOULD GN-14" in result.stdout
    assert "mask them before sharing the file" in result.stdout
    assert live not in result.stdout


@pytest.mark.parametrize(("source", "level"), [("unknown", "SHOULD"), ("virtual", "MUST"), ("live", "MUST")])
def test_keys_in_a_recording_of_this_kit_are_a_fault(source: Any, level: str) -> None:
    """It is made to be published."""
    sent = Request("POST", "https://api.one.test/v1/chat/completions?key=0aZ9bY8cX7dW6eV5fU4gT3hS2iR1jQ0kP9lO")
    one = Exchange(id="a", request=sent, response=Response(500), dialect="openai-chat", source=source)
    assert [found.level for found in judge_exchange(one).findings if found.rule == "GN-14"] == [level]
