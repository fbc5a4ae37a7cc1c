"""The throttle: each attempt takes a turn, a server that says when is obeyed, and who shares a limiter shares turns."""

from __future__ import annotations

import json
import time

import pytest

from conformance import adapter
from conformance.calls import CallContext, Limits, Model, RateLimiter, Steps
from conformance.calls.failures import CallTimeout, RateLimitError
from conformance.calls.retry import RetryConfig
from conformance.calls.throttle import Throttle
from conformance.errors import UsageError
from conformance.model import ChatRequest, user
from conformance.scenarios import scenario

pytestmark = pytest.mark.anyio

OPENAI = adapter("openai")
SAID = scenario("simple_text").answer
HI = ChatRequest(model="m", messages=(user("hi"),))
WHOLE = OPENAI.dialect.server.whole(SAID, HI, {})
FRAMES = b"".join(OPENAI.dialect.server.stream(SAID, HI, {}))
QUICK = RetryConfig(base_delay=0.001, max_delay=0.002, jitter=False, margin=0.0)


def answer(to, body: bytes, status: str = "200 OK", kind: str = "application/json", more: str = "") -> None:
    head = f"HTTP/1.1 {status}\r\ncontent-type: {kind}\r\n{more}content-length: {len(body)}\r\n\r\n"
    to.sendall(head.encode() + body)


def well(server, to) -> None:
    streamed = b'"stream":true' in server.requests[-1]
    answer(to, *((FRAMES, "200 OK", "text/event-stream") if streamed else (WHOLE,)))


def busy(wait: str):
    body = json.dumps({"error": {"message": "slow down"}}).encode()
    return lambda server, to: answer(to, body, "429 Too Many Requests", more=f"retry-after-ms: {wait}\r\n")


def model(server, limiter: RateLimiter, **more) -> Model:
    steps = Steps(limits=limiter, retry=QUICK)
    return Model("openai/m", base_url=server.url, api_key="sk-throttle-0123456789", steps=steps, **more)


async def ask(one: Model, how: str, **more) -> object:
    return await one.invoke("hi", **more) if how == "call" else [event async for event in one.stream("hi", **more)]


both = pytest.mark.parametrize("how", ["call", "stream"])


@both
async def test_each_attempt_takes_a_turn(behaving, how: str) -> None:
    limiter = RateLimiter(Limits(requests=60))
    server = behaving(lambda server, to: (well if len(server.requests) == 3 else busy("1"))(server, to))
    async with model(server, limiter) as one:
        assert await ask(one, how)
    assert limiter.used[0] == len(server.requests) == 3


@both
async def test_a_deadline_before_the_turn_is_told_at_once_and_nothing_is_sent(behaving, how: str) -> None:
    server, limiter = behaving(well), RateLimiter(Limits(requests=1))
    async with model(server, limiter, patience=1.0) as one:
        assert await ask(one, how)
        began = time.monotonic()
        with pytest.raises(CallTimeout, match="the rate limit gives a turn in"):
            await ask(one, how)
    assert time.monotonic() - began < 0.9
    assert len(server.requests) == 1


@both
async def test_whoever_shares_the_limiter_waits_as_the_server_said(behaving, how: str) -> None:
    limiter, other = RateLimiter(Limits()), behaving(well)
    async with model(behaving(busy("30000")), limiter, patience=1.0) as one:
        with pytest.raises(RateLimitError):
            await ask(one, how)
    assert 25 < limiter.take() <= 30
    async with model(other, limiter, patience=1.0) as one:
        with pytest.raises(CallTimeout, match="the rate limit gives a turn in"):
            await ask(one, how)
    assert other.requests == []


@both
async def test_a_failure_that_says_no_time_holds_nobody_back(behaving, how: str) -> None:
    limiter = RateLimiter(Limits())
    server = behaving(lambda server, to: answer(to, b"{}", "400 Bad Request"))
    async with model(server, limiter) as one:
        with pytest.raises(Exception, match="400"):
            await ask(one, how)
    assert limiter.take() == 0.0


async def test_a_request_that_no_window_holds_is_the_callers_fault(behaving) -> None:
    server = behaving(well)
    async with model(server, RateLimiter(Limits(tokens=10))) as one:
        with pytest.raises(UsageError, match="never fits"):
            await one.invoke("x" * 400)
    assert server.requests == []


async def test_by_itself_it_is_a_step_around_anything() -> None:
    step, ctx = Throttle(RateLimiter(Limits(requests=2, window=0.03))), CallContext.new()
    assert await step(HI, ctx, lambda: "value") == "value"
    assert [piece async for piece in step.stream(HI, ctx, lambda: iter([1, 2]))] == [1, 2]
    began = time.monotonic()
    assert await step(HI, ctx, lambda: "later") == "later"
    assert time.monotonic() - began > 0.005
