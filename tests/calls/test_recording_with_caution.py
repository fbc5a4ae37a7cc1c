"""A vendor that is dead, slow or at its limit neither holds a recording session up nor is hammered by it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from conformance import adapter
from conformance.calls.breaker import BreakerConfig
from conformance.calls.caution import CautionConfig, caution_with, with_rate
from conformance.calls.detour import Detour
from conformance.calls.limits import Limits
from conformance.calls.reaching import vendor_base
from conformance.calls.recording import record
from conformance.calls.retry import RetryConfig
from conformance.scenarios import AGENT_LOOP, for_model, scenario
from conformance.tape import read_cassette

KEY = "sk-recording-test-0123456789"
OPENAI = adapter("openai")
SAID = scenario("simple_text")
FRAMES = list(
    OPENAI.dialect.server.stream(
        SAID.answer, for_model(SAID, OPENAI.model), {"stream_options": {"include_usage": True}}
    )
)
QUICK = RetryConfig(base_delay=0.001, max_delay=0.002, jitter=False, margin=0.0)
MANY = ["simple_text", "unicode_text", "thinking", "stop_sequence", "max_tokens"]


def caution(**changes) -> CautionConfig:
    return CautionConfig(**{"retry": QUICK, "circuit": BreakerConfig(failure_threshold=2), "timeout": 5.0, **changes})


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Records scenarios of OpenAI from a server."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)

    def run(server, scenarios, careful=None, agent=None):
        network = Detour({vendor_base(OPENAI): server.url})
        return record(
            ["openai"],
            scenarios=scenarios,
            folder=tmp_path,
            transport=network,
            agent=agent,
            caution=careful or caution(),
        )

    return run


def throttling(server, to) -> None:
    body = b'{"error":{"message":"slow down","type":"requests","param":null,"code":"rate_limit_exceeded"}}'
    head = b"HTTP/1.1 429 Too Many Requests\r\ncontent-type: application/json\r\nretry-after-ms: 2\r\n"
    to.sendall(head + b"content-length: %d\r\n\r\n%s" % (len(body), body))


def streaming(server, to) -> None:
    to.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
    for frame in FRAMES:
        server.over.wait(0.003)
        to.sendall(b"%x\r\n%s\r\n" % (len(frame), frame))
    to.sendall(b"0\r\n\r\n")


def test_a_vendor_that_answers_429_for_ever_is_asked_six_times_and_no_more(behaving, session, tmp_path: Path) -> None:
    server = behaving(throttling)
    old = tmp_path / "verify_openai_simple_text.json"
    old.write_text("the old cassette")
    results = session(server, MANY)
    assert [one.outcome for one in results] == ["failed"] * 5
    assert "HTTP 429: slow down" in results[0].reason
    assert all("Circuit breaker is OPEN" in one.reason and "slow down" in one.reason for one in results[2:])
    assert len(server.requests) == 6
    assert old.read_text() == "the old cassette"
    assert [path.name for path in tmp_path.iterdir()] == [old.name]


def test_a_vendor_that_stalls_costs_two_patiences_and_no_more(behaving, session, tmp_path: Path) -> None:
    server = behaving(lambda server, to: server.over.wait())
    began = time.monotonic()
    results = session(server, MANY, caution(patience=0.1))
    assert time.monotonic() - began < 3
    assert [one.outcome for one in results] == ["failed"] * 5
    assert "deadline" in results[0].reason
    assert "OPEN" in results[4].reason
    assert len(server.requests) == 2
    assert list(tmp_path.iterdir()) == []


def test_a_vendor_that_drips_for_ever_is_left_at_the_deadline(behaving, session) -> None:
    def drip(server, to) -> None:
        to.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
        while not server.over.wait(0.005):
            to.sendall(b"1\r\n:\r\n")

    (result,) = session(behaving(drip), ["simple_text"], caution(patience=0.1))
    assert result.outcome == "failed"
    assert "deadline" in result.reason


def test_what_went_wrong_first_is_not_on_the_tape(behaving, session) -> None:
    """Two refusals, then the answer: the cassette holds the one exchange, its pieces and gaps as they came."""
    server = behaving(lambda server, to: (streaming if len(server.requests) == 3 else throttling)(server, to))
    (result,) = session(server, ["simple_text"])
    assert (result.outcome, result.faults) == ("recorded", ())
    (exchange,) = read_cassette(result.path).exchanges
    assert len(server.requests) == 3
    assert exchange.response.body == b"".join(FRAMES)
    assert len(exchange.response.chunks) > 5
    assert sum(one.gap > 0.001 for one in exchange.response.chunks) > 5
    assert {request.split(b"\r\n\r\n")[1] for request in server.requests} == {exchange.request.body}
    assert all(f"authorization: bearer {KEY}".encode() in request.lower() for request in server.requests)
    assert KEY not in result.path.read_text(encoding="utf-8")


def test_requests_keep_to_the_rate(behaving, session) -> None:
    """Two a window: the third attempt waits for the next one."""
    server = behaving(streaming)
    began = time.monotonic()
    session(server, ["simple_text"] * 3, caution(limits=Limits(requests=2, window=0.3)))
    assert len(server.requests) == 3
    assert time.monotonic() - began >= 0.3


def test_the_agent_is_as_careful(behaving, session) -> None:
    from conformance.subjects.story import tell

    server = behaving(throttling)
    first, second, third = session(server, [AGENT_LOOP, "simple_text", "unicode_text"], agent=tell)
    assert (first.outcome, "HTTP 429" in first.reason) == ("failed", True)
    assert "OPEN" in third.reason
    assert second.outcome == "failed"
    assert len(server.requests) == 6


def test_one_caution_for_a_vendor_in_a_process() -> None:
    """Cases of pytest record one by one: what the first has learnt of a vendor holds for the next."""
    assert caution_with("openai") is caution_with("openai")
    assert caution_with("openai").circuit is not caution_with("anthropic").circuit


@pytest.mark.parametrize(("workers", "asked", "each"), [("", 60, 60), ("4", 60, 15), ("8", 2, 1)])
def test_workers_of_pytest_share_the_rate(monkeypatch: pytest.MonkeyPatch, workers: str, asked: int, each: int) -> None:
    monkeypatch.setenv("PYTEST_XDIST_WORKER_COUNT", workers)
    assert with_rate(asked).limits.requests == each
