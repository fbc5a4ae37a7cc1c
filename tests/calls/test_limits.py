"""What a window lets through, by a clock that the tests turn."""

from __future__ import annotations

from threading import Thread

import anyio
import pytest

from conformance.calls.context import CallContext
from conformance.calls.failures import CallTimeout
from conformance.calls.limits import UNKNOWN_TOKENS, Limits, RateLimiter, estimate_tokens
from conformance.calls.requests import ChatRequestModel, CompletionRequestModel, EmbeddingRequestModel
from conformance.errors import UsageError
from conformance.model import ChatRequest, Image, Message, Text, Tool, ToolCall, ToolResult, user


class Clock:
    """A clock that goes on only when someone sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    async def asleep(self, seconds: float) -> None:
        self.sleep(seconds)


def test_requests_of_a_window_are_counted_and_the_next_window_begins_anew() -> None:
    clock = Clock()
    limiter = RateLimiter(Limits(requests=2, window=60), clock)
    assert [limiter.take(), limiter.take()] == [0.0, 0.0]
    clock.now += 10
    assert limiter.take() == 50.0
    assert limiter.used == (2, 0)
    clock.now += 50
    assert limiter.used == (0, 0)
    assert limiter.take() == 0.0
    assert limiter.used == (1, 0)


def test_a_window_begins_with_the_first_call_in_it() -> None:
    clock = Clock()
    limiter = RateLimiter(Limits(requests=1, window=60), clock)
    clock.now += 59
    assert limiter.take() == 0.0
    assert limiter.take() == 60.0


def test_tokens_of_a_window_are_counted_and_who_waits_takes_nothing() -> None:
    clock = Clock()
    limiter = RateLimiter(Limits(requests=9, tokens=100, window=60), clock)
    assert limiter.take(70) == 0.0
    assert limiter.take(31) == 60.0
    assert limiter.used == (1, 70)
    assert limiter.take(30) == 0.0
    assert limiter.used == (2, 100)


def test_what_no_window_can_hold_is_told_instead_of_waiting_for_ever() -> None:
    limiter = RateLimiter(Limits(tokens=100), Clock())
    with pytest.raises(UsageError, match="about 101 tokens never fits a limit of 100") as told:
        limiter.take(101)
    assert told.value.hint
    assert limiter.used == (0, 0)


def test_a_pause_that_a_server_asks_for_holds_everyone_back() -> None:
    clock = Clock()
    limiter = RateLimiter(Limits(), clock)
    limiter.pause(5)
    limiter.pause(2)  # a shorter one does not end the longer
    assert limiter.take() == 5.0
    limiter.turn(sleep=clock.sleep)
    assert clock.slept == [5.0]


@pytest.mark.parametrize("twin", ["turn", "aturn"])
def test_who_waits_goes_when_the_window_is_over(twin: str) -> None:
    clock = Clock()
    limiter = RateLimiter(Limits(requests=1, window=60), clock)
    for _ in range(3):
        if twin == "turn":
            limiter.turn(sleep=clock.sleep)
        else:
            anyio.run(lambda: limiter.aturn(sleep=clock.asleep))
    assert clock.slept == [60.0, 60.0]


@pytest.mark.parametrize("twin", ["turn", "aturn"])
def test_a_deadline_before_the_turn_fails_at_once_and_takes_nothing(twin: str) -> None:
    clock = Clock()
    limiter = RateLimiter(Limits(requests=1, window=60), clock)
    limiter.take()
    ctx = CallContext.with_timeout(timeout_s=30, clock=clock)
    wait = {
        "turn": lambda: limiter.turn(remaining=ctx.remaining_time, sleep=clock.sleep),
        "aturn": lambda: anyio.run(lambda: limiter.aturn(remaining=ctx.remaining_time, sleep=clock.asleep)),
    }[twin]
    with pytest.raises(CallTimeout, match=r"gives a turn in 60 s, but the deadline is in 30 s"):
        wait()
    assert clock.slept == []
    assert limiter.used == (1, 0)


def test_threads_share_a_limiter() -> None:
    limiter = RateLimiter(Limits(requests=50, window=60), Clock())
    given: list[float] = []
    threads = [Thread(target=lambda: given.extend(limiter.take() for _ in range(20))) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert given.count(0.0) == 50


@pytest.mark.parametrize("odd", [{"requests": 0}, {"tokens": -1}, {"window": 0}])
def test_limits_that_let_nothing_through_are_refused(odd: dict[str, int]) -> None:
    with pytest.raises(UsageError):
        Limits(**odd)


TEXT = "x" * 400


@pytest.mark.parametrize(
    ("request_", "tokens"),
    [
        (ChatRequestModel(messages=[{"role": "user", "content": TEXT}]), 100),
        (ChatRequestModel(messages=[{"role": "user", "content": [{"type": "text", "text": TEXT}]}]), 100),
        (ChatRequest(model="m", messages=(user(TEXT),), system=TEXT), 200),
        (ChatRequest(model="m", messages=(user(TEXT, Image(data="A" * 10_000)),)), 100),
        (ChatRequest(model="m", messages=(Message("assistant", (ToolCall("1", "f", TEXT),)),)), 100),
        (ChatRequest(model="m", messages=(Message("tool", (ToolResult("1", (Text(TEXT),)),)),)), 100),
        (ChatRequest(model="m", messages=(user("Hi"),), tools=(Tool("f", TEXT),)), 100),
        (CompletionRequestModel(prompt=TEXT), 100),
        (EmbeddingRequestModel(input=[TEXT, TEXT]), 200),
        ({"messages": [{"role": "user", "content": TEXT}]}, 100),
        (ChatRequestModel(messages=[{"role": "user", "content": "Hi"}]), 1),
        (ChatRequestModel(messages=[]), UNKNOWN_TOKENS),
        (object(), UNKNOWN_TOKENS),
    ],
)
def test_tokens_are_a_quarter_of_the_characters_of_the_texts(request_: object, tokens: int) -> None:
    assert estimate_tokens(request_) == tokens
