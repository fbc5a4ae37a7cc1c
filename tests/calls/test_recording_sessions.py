"""Recording as a user runs it: the command and `VCR_MODE=record pytest`, against servers of real sockets.

Rule of the file: the vendor is an adapter like others whose address is a socket of ours; nothing stands in for a part.
"""

from __future__ import annotations

import json
import os
import socket
import time
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from conformance import adapter, adapters
from conformance.calls import caution
from conformance.calls.breaker import BreakerConfig
from conformance.calls.caution import CautionConfig
from conformance.calls.limits import Limits
from conformance.calls.retry import RetryConfig
from conformance.cli import cli
from conformance.scenarios import for_model, scenario

pytest_plugins = ["pytester"]

KEY = "sk-acme-that-must-never-show-0123456789"
OPENAI = adapter("openai")
SAID = scenario("simple_text")
FRAMES = list(
    OPENAI.dialect.server.stream(
        SAID.answer, for_model(SAID, OPENAI.model), {"stream_options": {"include_usage": True}}
    )
)
JUDGES = "from conformance.testing import assert_conforms\ndef test_it(case):\n    assert_conforms(case)\n"
QUOTED = json.dumps({"error": {"message": f"slow down, {KEY}", "type": "requests", "param": None, "code": None}})


def answering(server, to) -> None:
    frames = FRAMES[:2] + FRAMES[-3:] if server.requests and b"unicode" in server.requests[-1] else FRAMES
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    to.sendall(head + b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in frames) + b"0\r\n\r\n")


def throttling(server, to) -> None:
    server.times.append(time.monotonic())
    lines = f"content-type: application/json\r\nretry-after-ms: 40\r\ncontent-length: {len(QUOTED)}"
    to.sendall(f"HTTP/1.1 429 Too Many Requests\r\n{lines}\r\n\r\n{QUOTED}".encode())


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch):
    """Makes `acme` a provider at an address; hands back how to run the command line."""
    for name in [one for one in os.environ if one.startswith(("VCR_", "PYTEST_XDIST")) or one == "CI"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ACME_API_KEY", KEY)
    caution.caution_with.cache_clear()
    ours = dict(adapters._adapters())

    def at(url: str):
        facts = {"aliases": (), "makes": "", "key_env": ("ACME_API_KEY",), "base_url": url + "/v1"}
        acme = replace(OPENAI, name="acme", display_name="Acme", **facts)
        monkeypatch.setattr(adapters, "_adapters", lambda: {**ours, "acme": acme})
        return lambda *words: CliRunner().invoke(cli, [str(one) for one in words], prog_name="conformance")

    yield at
    caution.caution_with.cache_clear()


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """The usual limits, in tenths of a second."""
    quick = RetryConfig(base_delay=0.001, max_delay=0.002, jitter=False, margin=0.0)
    circuit = BreakerConfig(failure_threshold=2)
    made = CautionConfig(retry=quick, circuit=circuit, patience=0.15, timeout=0.1, limits=Limits(requests=60))
    monkeypatch.setattr(caution, "with_rate", lambda requests=60: made)


def nobody() -> str:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        return f"http://127.0.0.1:{gone.getsockname()[1]}"


MANY = [word for name in ("simple_text", "unicode_text", "thinking", "max_tokens") for word in ("-s", name)]


def test_what_was_recorded_is_summed_and_what_moved_is_told(vendor, behaving, tmp_path: Path) -> None:
    server = behaving(answering)
    run = vendor(server.url)
    first = run("record", "acme", "-s", "simple_text", "--folder", tmp_path)
    assert (first.exit_code, first.output.splitlines()) == (
        0,
        ["recorded   acme/simple_text", "1 recording: 1 recorded; 0 moved in shape since the last"],
    )
    path = tmp_path / "verify_acme_simple_text.json"
    path.write_text(path.read_text(encoding="utf-8").replace(r"\"created\":", r"\"made\":"), encoding="utf-8")
    again = run("record", "acme", "-s", "simple_text", "--folder", tmp_path).output.splitlines()
    assert again[0].startswith("recorded   acme/simple_text: ")
    assert again[1] == "1 recording: 1 recorded; 1 moved in shape since the last"
    assert run("record", "acme", "-s", "simple_text", "--folder", tmp_path).output.splitlines() == [
        "unchanged  acme/simple_text",
        "1 recording: 1 unchanged",
    ]
    assert len(server.requests) == 3
    assert all(f"authorization: bearer {KEY}".encode() in one.lower() for one in server.requests)
    assert KEY not in path.read_text(encoding="utf-8")


def test_a_dead_vendor_is_told_at_once_and_its_cassettes_stay(vendor, tmp_path: Path) -> None:
    old = tmp_path / "verify_acme_simple_text.json"
    old.write_text("the old cassette", encoding="utf-8")
    began = time.monotonic()
    done = vendor(nobody())("record", "acme", *MANY, "--folder", tmp_path)
    assert time.monotonic() - began < 5
    assert done.exit_code == 2
    assert "4 recordings: 4 failed" in done.output
    assert done.output.count("Circuit breaker is OPEN") == 2
    assert "refused" in done.output
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [(old.name, "the old cassette")]


def test_a_storm_of_429_is_met_with_the_patience_that_it_asks_for(vendor, behaving, tmp_path: Path) -> None:
    """Three attempts, each after the time that the server said; two calls of them, then silence. It quotes the key."""
    server = behaving(throttling)
    server.times = []
    done = vendor(server.url)("record", "acme", *MANY, "--folder", tmp_path)
    assert done.exit_code == 2
    assert len(server.times) == len(server.requests) == 6
    assert all(later - earlier >= 0.04 for earlier, later in zip(server.times, server.times[1:], strict=False))
    assert "HTTP 429: slow down, [REDACTED]" in done.output
    assert KEY not in done.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("hasty")
def test_a_vendor_that_stalls_does_not_hold_the_session_up(vendor, behaving, tmp_path: Path) -> None:
    def stall(server, to) -> None:
        to.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
        server.over.wait()

    server = behaving(stall)
    began = time.monotonic()
    done = vendor(server.url)("record", "acme", *MANY, "--folder", tmp_path)
    assert time.monotonic() - began < 5
    assert (done.exit_code, "4 recordings: 4 failed" in done.output) == (2, True)
    assert 2 <= len(server.requests) <= 6
    assert list(tmp_path.iterdir()) == []


def test_missing_keys_are_all_named_before_anything_is_sent(
    vendor, behaving, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = behaving(answering)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    run = vendor(server.url)
    done = run("record", "acme", "openai", "--folder", tmp_path)
    assert (done.exit_code, "set OPENAI_API_KEY" in done.output, server.requests) == (2, True, [])
    monkeypatch.delenv("ACME_API_KEY")
    both = run("record", "acme", "openai", "--folder", tmp_path).output
    assert ("set ACME_API_KEY" in both, "set OPENAI_API_KEY" in both, server.requests) == (True, True, [])


def test_diff_against_the_vendor_keeps_to_its_rate(vendor, behaving, tmp_path: Path) -> None:
    """What it records takes turns of the vendor's limit, one for the whole process."""
    server = behaving(answering)
    run = vendor(server.url)
    run("record", "acme", "-s", "simple_text", "--folder", tmp_path)
    same = run("diff", tmp_path, "--live", "--rate", "1")
    assert (same.exit_code, "1 without drift" in same.output, len(server.requests)) == (0, True, 2)
    limiter = caution.caution_with("acme", caution.with_rate(1)).limiter
    assert limiter.used[0] == 1
    assert 50 < limiter.take() <= 60


# ------------------------------------------------------------------ VCR_MODE=record pytest


@pytest.fixture
def suite(pytester: pytest.Pytester, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Runs a suite that takes `case` and records."""
    pytester.makepyfile(JUDGES)
    monkeypatch.setenv("VCR_MODE", "record")
    monkeypatch.setenv("VCR_CASSETTE_DIR", str(tmp_path / "cassettes"))
    (tmp_path / "cassettes").mkdir()

    def run(*words: str) -> tuple[int, str]:
        done = pytester.runpytest_inprocess("-p", "no:cacheprovider", "--tier", "conformance", *words)
        return int(done.ret), done.stdout.str() + done.stderr.str()

    return run


def test_pytest_records_through_the_call_layer_and_sums_up(vendor, behaving, suite, tmp_path: Path) -> None:
    server = behaving(answering)
    vendor(server.url)
    code, shown = suite("--provider", "acme", "--scenario", "simple_text", "-k", "simple_text]")
    assert (code, len(server.requests)) == (0, 1), shown
    assert "1 recording: 1 recorded; 0 moved in shape since the last" in shown
    assert [one.name for one in (tmp_path / "cassettes").iterdir()] == ["verify_acme_simple_text.json"]
    assert caution.caution_with("acme", caution.with_rate()).limiter.used[0] == 1
    assert KEY not in shown


def test_pytest_asks_a_throttling_vendor_no_more_than_the_command_does(vendor, behaving, suite, tmp_path: Path) -> None:
    server = behaving(throttling)
    server.times = []
    vendor(server.url)
    old = tmp_path / "cassettes" / "verify_acme_simple_text.json"
    old.write_text("the old cassette", encoding="utf-8")
    names = ("simple_text", "unicode_text", "thinking", "max_tokens")
    code, shown = suite("--provider", "acme", *[word for name in names for word in ("--scenario", name)])
    assert code == 1
    assert len(server.requests) == 6
    assert "the recording failed, the old cassette stays" in shown
    assert "4 failed" in shown
    assert KEY not in shown
    assert old.read_text(encoding="utf-8") == "the old cassette"


def test_pytest_names_missing_keys_before_anything_is_sent(
    vendor, behaving, suite, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = behaving(answering)
    vendor(server.url)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    code, shown = suite("--provider", "acme", "--provider", "openai", "--scenario", "simple_text")
    assert (code, server.requests) == (4, [])
    assert "no key for OpenAI: set OPENAI_API_KEY; nothing was sent" in shown
    assert "INTERNALERROR" not in shown


def test_in_mode_auto_who_lacks_a_key_fails_alone(
    vendor, behaving, suite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one cassette that is there is played, the missing one of a vendor with a key is recorded."""
    server = behaving(answering)
    vendor(server.url)
    monkeypatch.setenv("VCR_MODE", "auto")
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    words = ("--provider", "acme", "--provider", "openai", "--scenario", "simple_text", "-k", "simple_text]")
    code, shown = suite(*words)
    assert (code, len(server.requests)) == (1, 1)
    assert "no key for OpenAI: set OPENAI_API_KEY" in shown
    assert "1 passed, 2 deselected, 1 error" in shown
    assert [one.name for one in (tmp_path / "cassettes").iterdir()] == ["verify_acme_simple_text.json"]
    assert suite(*words)[0] == 1
    assert len(server.requests) == 1
