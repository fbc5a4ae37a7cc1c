"""`conformance lint` on many exchanges, on odd ones, and when the kit itself fails."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import jsonschema
import pytest
from click.testing import Result

Run: TypeAlias = Callable[..., Result]
Line: TypeAlias = Callable[..., dict[str, Any]]
Write: TypeAlias = Callable[..., Path]
Answer: TypeAlias = dict[str, Any]


def test_the_json_report_fits_the_schema(
    run: Run, tmp_path: Path, report_schema: jsonschema.Draft202012Validator, line: Line, write: Write, wrong: Answer
) -> None:
    odd = {**wrong, "object": "\ud800\x1b[2J\u2028"}
    file = write(tmp_path / "odd.jsonl", line("a", answer=odd), line("b", dialect="klingon"), line("c"))
    result = run("lint", file, "--format", "json")
    assert result.stdout.isascii()
    told = json.loads(result.stdout)
    assert [fault.message for fault in report_schema.iter_errors(told)] == []
    group = next(one for one in told["groups"] if one["rule"] == "OC-R01")
    assert (group["cases"], group["looked_at"]) == (1, 2)
    assert [group["example"]] == [one for one in told["findings"] if one["rule"] == "OC-R01"]
    assert group["example"]["evidence"]["got"].startswith("\\ud800")
    assert group["example"]["evidence"]["origin"] == f"{file}:1"
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


def test_many_exchanges_are_judged_in_processes_with_the_same_result(
    run: Run, tmp_path: Path, line: Line, write: Write, wrong: Answer
) -> None:
    lines = [line(f"x{number}", **({"answer": wrong} if number % 7 == 0 else {})) for number in range(260)]
    file = write(tmp_path / "many.jsonl", *lines)
    alone = json.loads(run("lint", file, "--jobs", "1", "--format", "json").stdout)
    shared = json.loads(run("lint", file, "--jobs", "2", "--format", "json").stdout)
    assert shared["counts"] == alone["counts"]
    assert shared["counts"]["fail"] == 38
    assert [one["case"] for one in shared["verdicts"]] == [one["case"] for one in alone["verdicts"]]
    assert shared["findings"] == alone["findings"]
    assert shared["groups"] == alone["groups"]
    assert len(shared["findings"]) == 38


def test_a_bug_in_a_rule_costs_one_exchange_and_is_told(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: Line, write: Write
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
def test_an_address_that_is_none_harms_nobody(run: Run, tmp_path: Path, url: str, line: Line, write: Write) -> None:
    result = run("lint", write(tmp_path / "odd.jsonl", line("a", url=url), line("b")))
    assert "2 exchanges: 2 judged" in result.stdout
    assert "Traceback" not in result.output


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="tells by /proc when the workers have started")
def test_ctrl_c_while_many_are_judged_is_one_word(tmp_path: Path, line: Line, write: Write) -> None:
    file = write(tmp_path / "many.jsonl", *(line(f"x{number}") for number in range(2_000)))
    words = [sys.executable, "-m", "conformance", "lint", str(file), "--jobs", "2"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True) as child:
        wait_for_children(child.pid)
        os.killpg(child.pid, signal.SIGINT)
        out, err = child.communicate(timeout=30)
    assert (child.returncode, out, err.strip()) == (130, b"", b"error: interrupted")


def wait_for_children(pid: int) -> None:
    """Until the process has started its workers."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if len(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()) >= 2:
            return
        time.sleep(0.02)
    raise AssertionError("no workers were started")
