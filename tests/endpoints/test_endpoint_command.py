"""`conformance check --base-url`: what is said on the command line, what is told, what is kept and judged again.

Rule of the file: a real server of our own; documents are parsed, commands are run, requests are counted.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from plain_server import KEY, PlainServer

FEW = ("--scenario", "simple_text*", "--scenario", "no_messages", "--scenario", "models")


def document(result) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(result.stdout)
    return told


def test_a_sound_server_passes_and_a_bad_one_fails(at_plain, said_of, run) -> None:
    assert run(*at_plain, *FEW).exit_code == 0
    with PlainServer("error-as-content") as server:
        result = run(*said_of(server), *FEW)
    assert result.exit_code == 1
    assert "EP-03" in result.stdout
    assert "curl -sS" in result.stdout


def test_the_json_document_tells_each_finding(said_of, run) -> None:
    with PlainServer("error-as-content", "any-label") as server:
        result = run(*said_of(server), *FEW, "--scenario", "wrong_content_type", "--format", "json")
    told = document(result)
    jsonschema.validate(told, json.loads(files("conformance.report").joinpath("schema/report.json").read_text()))
    found = {(one["rule"], one["level"], one["scenario"]) for one in told["findings"]}
    assert {("EP-03", "MUST", "no_messages"), ("EP-10", "SHOULD", "wrong_content_type")} <= found
    assert all(one["message"] and one["evidence"]["curl"] for one in told["findings"])
    assert told["exit_code"] == result.exit_code == 1


def test_strict_and_compat_differ_where_clients_read_on(said_of, run) -> None:
    with PlainServer("any-model") as server:
        words = (*said_of(server), "--scenario", "unknown_model_whole")
        assert (run(*words, "--strict").exit_code, run(*words, "--compat").exit_code) == (1, 0)


def test_junit_and_markdown(said_of, run) -> None:
    with PlainServer("error-as-content") as server:
        tree = ET.fromstring(run(*said_of(server), *FEW, "--format", "junit").stdout)
        page = run(*said_of(server), *FEW, "--format", "markdown").stdout
    failed = [case for case in tree.iter("testcase") if case.find("failure") is not None]
    assert ["no_messages" in str(case.get("name")) + str(case.get("classname")) for case in failed] == [True]
    assert "EP-03" in "".join(failed[0].itertext())
    assert "EP-03" in page
    assert "curl -sS" in page


def test_what_is_unsupported_is_shown_apart(said_of, run) -> None:
    with PlainServer("no-tools") as server:
        result = run(*said_of(server), *FEW, "--scenario", "tool_call_single*", "--format", "json")
    told = document(result)
    assert (result.exit_code, told["findings"]) == (0, [])
    assert told["counts"]["not_judged"] >= 2
    assert any("unsupported" in reason and "tools are not supported" in reason for reason in told["not_judged"])


def test_progress_is_told_on_stderr_only(at_plain, run) -> None:
    result = run(*at_plain, *FEW, "--progress", "--format", "json")
    lines = result.stderr.splitlines()
    assert [line.split()[0] for line in lines] == [str(number) for number in range(1, len(lines) + 1)]
    assert lines[0].endswith("simple_text")
    assert document(result)["counts"]["total"] == len(lines)
    assert run(*at_plain, *FEW).stderr == ""


def test_repeat_measures_so_often_and_tells_percentiles(plain, at_plain, run) -> None:
    before = len(plain.calls)
    result = run(*at_plain, "--suite", "latency", "--repeat", "5")
    stories = [one for one in plain.calls[before:] if b"fox and a crow" in one[3]]
    assert len(stories) == 5
    table = [line.split("  ") for line in result.stdout.splitlines() if "first token" in line]
    assert [word.strip() for word in table[0] if word.strip()][2] == "5"
    assert all(f"  {name}" in result.stdout for name in ("p50", "p90", "p99", "max"))
    told = document(run(*at_plain, "--suite", "latency", "--repeat", "3", "--format", "json"))
    timed = [one["metrics"] for one in told["verdicts"] if one["metrics"]]
    assert len(timed) >= 3
    assert all(0 <= one["ttft"] <= one["total"] for one in timed)


@pytest.mark.parametrize(("fault", "option", "rule"), [("late", "ttft", "EP-30"), ("pause", "gap", "EP-31")])
def test_limits_are_those_that_are_said(fault: str, option: str, rule: str, said_of, run) -> None:
    with PlainServer(fault) as server:
        words = (*said_of(server), "--scenario", "story", "--format", "json")
        tight = document(run(*words, f"--{option}-limit", "0.03"))
        wide = document(run(*words, f"--{option}-limit", "40"))
    assert rule in {one["rule"] for one in tight["findings"]}
    assert rule not in {one["rule"] for one in wide["findings"]}


def test_what_was_recorded_is_judged_again_with_the_same_findings(said_of, run, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    with PlainServer("error-as-content", "any-label", "ignored-n", "bare-models") as server:
        words = (*said_of(server), "--format", "json", "--most", "0")
        live = document(run(*words, "--record", kept))
        sent = len(server.calls)
        again = document(run(*words, "--folder", kept))
        assert len(server.calls) == sent, "judging a recording asks nobody"
    assert len(list(kept.glob("*.json"))) >= 55

    def told(document: dict[str, Any]) -> set[tuple[str, ...]]:
        return {(one["rule"], one["level"], one["case"], one["message"]) for one in document["findings"]}

    assert {one[0] for one in told(live)} >= {"EP-03", "EP-07", "EP-10", "EP-50", "OC-A03"}
    assert told(again) == told(live)
    assert again["counts"] == live["counts"]
    assert again["exit_code"] == live["exit_code"] == 1


def test_what_was_not_recorded_is_not_judged(at_plain, run, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    run(*at_plain, "--scenario", "simple_text*", "--record", kept)
    told = document(
        run(*at_plain, "--scenario", "simple_text*", "--scenario", "models", "--folder", kept, "--format", "json")
    )
    assert told["counts"]["not_judged"] == 1
    assert any("was not recorded" in reason for reason in told["not_judged"])


# ------------------------------------------------------------------ what cannot be

AT = ("--base-url", "http://x.example/v1")
CHAT = (*AT, "-d", "openai-chat", "-m", "m")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--base-url", "ftp://x", *CHAT[2:]), "no base URL"),
        (("--base-url", "http://u:p@x/v1", *CHAT[2:]), "user name or password"),
        (("--base-url", "http://x/v1?a=b", *CHAT[2:]), "goes on after its path"),
        ((*AT, "-m", "m"), "nothing tells what the server speaks"),
        ((*AT, "-d", "openai-chat"), "which model"),
        ((*AT, "-d", "openai-chap", "-m", "m"), "openai-chap"),
        ((*CHAT, "--api-key-env", "NO_SUCH"), "NO_SUCH is not set"),
        ((*CHAT, "--suite", "nope"), "no suite 'nope'"),
        ((*CHAT, "--scenario", "simple_txt"), "simple_text"),
        ((*CHAT, "--profile", "anthropic"), "speaks anthropic-messages"),
        ((*CHAT, "--suite", "switching"), "--other-model"),
        ((*CHAT, "--service", "x"), "two things"),
        ((*CHAT, "--record", "a", "--folder", "."), "two things"),
        ((*CHAT, "openai"), "two things"),
        (("--model", "m"), "is for a live server"),
        (("--target", "local"), "no conformance.toml"),
    ],
)
def test_what_cannot_be_is_told_before_anything_is_sent(words: tuple[str, ...], told: str, run) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert result.stderr.startswith("error: ")
    assert "\nhint: " in result.stderr
    assert told in result.stderr
    assert "Traceback" not in result.output


def test_a_sound_server_costs_no_more_than_it_must(plain, at_plain) -> None:
    """In a process of its own: what explains faults, serves, or reads YAML is not even imported."""
    before = len(plain.calls)
    code = "import atexit, sys, conformance.cli as it; atexit.register(lambda: print(*sys.modules)); it.main()"
    words = [sys.executable, "-c", code, "check", *at_plain]
    done = subprocess.run(words, capture_output=True, text=True, env={**os.environ, "PLAIN_KEY": KEY}, check=False)
    assert done.returncode == 0, done.stderr
    loaded = {name.partition(".")[0] for name in done.stdout.splitlines()[-1].split()}
    assert loaded & {"jsonschema", "vcr", "yaml", "starlette", "uvicorn", "openai"} == set()
    assert {"httpx", "anyio"} <= loaded
    assert len(plain.calls) - before <= 60
