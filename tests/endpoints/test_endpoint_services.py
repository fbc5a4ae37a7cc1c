"""Optional suites: transcription, memory, debug stream, another model; and services that have no model at all.

Rule of the file: what the services were asked is read from the wire.
"""

from __future__ import annotations

import email
import io
import json
import subprocess
import wave
from pathlib import Path

import pytest

from conformance.endpoints.caller import Caller
from conformance.endpoints.plan import Wanted, plan
from conformance.endpoints.session import Session

WELL = {"status": "ok", "memories_saved": 1, "memories": [], "text": ""}


def answering(status: str = "200 OK", **fields: object):
    body = json.dumps(WELL | fields).encode()
    head = f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode()
    return lambda server, to: to.sendall(head + body)


def asked(server) -> list[str]:
    return [one.split(b" HTTP")[0].decode() for one in server.requests]


def test_all_services_at_their_places(behaving, endpoint_of, judged) -> None:
    server = behaving(answering())
    found = judged(endpoint_of(f"{server.url}/v1"), suites=("health", "transcription", "memory", "debug"))
    assert {one.outcome for one in found.values()} == {"pass"}
    assert asked(server) == [
        "GET /health",
        "GET /docs",
        "GET /api/transcribe/health",
        "POST /api/transcribe",
        "POST /memories/extract",
        "GET /memories/relevant?user_id=conformance-endpoint-check&prompt=What%20is%20my%20favorite%20color%3F",
        "GET /v1/debug/stream/test-123",
    ]


def test_a_recording_is_sent_as_a_form_that_can_be_heard(behaving, endpoint_of, judged) -> None:
    server = behaving(answering())
    found = judged(endpoint_of(server.url), "transcription", suites=("transcription",))
    head, _, body = server.requests[-1].partition(b"\r\n\r\n")
    line = next(one for one in head.split(b"\r\n") if one.lower().startswith(b"content-type"))
    (part,) = email.message_from_bytes(line + b"\r\n\r\n" + body).get_payload()
    with wave.open(io.BytesIO(part.get_payload(decode=True))) as heard:
        assert (heard.getnframes(), heard.getframerate()) == (800, 8000)
    assert part.get_filename() == "silence.wav"
    assert subprocess.run(["sh", "-n", "-c", found["transcription"].curl], check=False).returncode == 0
    command = found["transcription"].curl.splitlines()[-1]
    assert subprocess.run(["sh", "-c", command.split(" | curl")[0]], capture_output=True, check=True).stdout == body


def test_without_a_key_nothing_is_transcribed(behaving, endpoint_of) -> None:
    endpoint = endpoint_of("http://127.0.0.1:1/v1", key="")
    assert [one.name for one in plan(endpoint, Wanted(suites=("transcription",)))] == ["transcription_health"]


@pytest.mark.parametrize(
    ("suite", "status", "outcome"),
    [
        ("transcription", "503 Service Unavailable", "pass"),
        ("transcription", "404 Not Found", "pass"),
        ("debug", "404 Not Found", "pass"),
        ("debug", "408 Request Timeout", "pass"),
    ],
)
def test_a_service_may_be_absent(suite: str, status: str, outcome: str, behaving, endpoint_of, judged) -> None:
    found = judged(endpoint_of(f"{behaving(answering(status)).url}/v1"), suites=(suite,))
    assert {one.outcome for one in found.values()} == {outcome}
    assert [finding for one in found.values() for finding in one.findings] == []


@pytest.mark.parametrize("suite", ["transcription", "memory", "debug"])
def test_a_service_that_is_broken(suite: str, behaving, endpoint_of, judged, rules_of) -> None:
    server = behaving(answering("500 Internal Server Error"))
    assert ("SHOULD", "EP-80") in rules_of(judged(endpoint_of(f"{server.url}/v1"), suites=(suite,)))


def test_an_answer_without_what_was_asked_for(behaving, endpoint_of, judged) -> None:
    body = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}"
    found = judged(endpoint_of(behaving(lambda server, to: to.sendall(body)).url), suites=("memory",))
    assert ["memor" in one.findings[0].message for one in found.values()] == [True, True]


def test_a_service_without_a_model_is_asked_for_none(behaving, run, tmp_path: Path) -> None:
    server = behaving(answering())
    (tmp_path / "conformance.toml").write_text(f'[services.memory]\nlocal = "{server.url}"\nsuites = ["memory"]\n')
    result = run("--service", "memory", "--format", "json")
    told = json.loads(result.stdout)
    assert (result.exit_code, told["counts"]["pass"], told["findings"]) == (0, 4, [])
    assert [line.split()[1].split("?")[0] for line in asked(server)] == [
        "/health",
        "/docs",
        "/memories/extract",
        "/memories/relevant",
    ]


def test_another_model_answers_or_is_not_there(endpoint_of, judged, plain) -> None:
    endpoint = endpoint_of(plain.base_url)
    found = judged(endpoint, "other_model", suites=("switching",), other_model="plain-1")
    assert found["other_model"].outcome == "pass"
    found = judged(endpoint, "other_model", suites=("switching",), other_model="plain-2")
    assert found["other_model"].outcome == "not_judged"
    assert "HTTP 404" in found["other_model"].reason


def test_slow_tasks_are_asked_only_when_wanted(endpoint_of, plain) -> None:
    endpoint = endpoint_of(plain.base_url)
    usual = {one.name for one in plan(endpoint, Wanted())}
    slow = {one.name for one in plan(endpoint, Wanted(slow=True))} - usual
    assert slow == {"code_generation", "script", "date_query", "arithmetic", "capital", "greeting"}
    before = len(plain.calls)
    with Caller(endpoint) as caller:
        session = Session(endpoint, caller)
        verdicts = [one.judge(session) for one in plan(endpoint, Wanted(suites=("slow",)))]
    prompts = [json.loads(one[3])["messages"][-1]["content"] for one in plain.calls[before:]]
    assert {"What is 2+2?", "Write a Python function that adds two numbers.", "Hello!"} <= set(prompts)
    assert {one.outcome for one in verdicts} == {"pass"}
    assert {finding.level for one in verdicts for finding in one.findings} == {"INFO"}, "wording is the model's"
