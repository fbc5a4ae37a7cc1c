"""Retry: what passes is tried again, within the time there is, and a stream only while nothing of it was seen."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from conformance.calls.context import CallContext
from conformance.calls.failures import (
    CallTimeout,
    NonRetryableError,
    RateLimitError,
    RetryableError,
    ServiceError,
    failure_of,
)
from conformance.calls.retry import Retry, RetryConfig
from conformance.errors import UsageError
from conformance.model import error

pytestmark = pytest.mark.anyio


class Slept(list):
    async def __call__(self, seconds: float) -> None:
        self.append(seconds)


def retrying(chance: float = 1.0, **config) -> tuple[Retry, Slept]:
    slept = Slept()
    return Retry(RetryConfig(**config), sleep=slept, chance=lambda: chance), slept


def failing(*faults: BaseException):
    """A call that fails by these in turn, then succeeds."""
    left = list(faults)

    async def call():
        if left:
            raise left.pop(0)
        return {"ok": True}

    return call


def ctx(left: float | None = None) -> CallContext:
    return CallContext.new() if left is None else CallContext.new(deadline_s=left, clock=lambda: 0.0)


async def test_it_retries_then_succeeds() -> None:
    retry, slept = retrying()
    at = ctx()
    assert await retry(None, at, failing(RetryableError("a"), CallTimeout("b"))) == {"ok": True}
    assert (slept, at.tracking["attempts"]) == ([0.1, 0.2], 3)


async def test_the_last_error_is_raised() -> None:
    retry, slept = retrying()
    last = RetryableError("third")
    with pytest.raises(RetryableError) as caught:
        await retry(None, ctx(), failing(RetryableError("first"), RetryableError("second"), last, RetryableError("4")))
    assert caught.value is last
    assert len(slept) == 2


@pytest.mark.parametrize(
    "fault", [NonRetryableError("no"), ServiceError("no"), ValueError("a bug"), KeyboardInterrupt()]
)
async def test_what_does_not_pass_is_not_tried_again(fault: BaseException) -> None:
    retry, slept = retrying()
    with pytest.raises(type(fault)):
        await retry(None, ctx(), failing(fault))
    assert slept == []


async def test_delays_double_up_to_the_cap_and_any_part_of_them_is_waited() -> None:
    faults = [RetryableError("x")] * 9
    retry, slept = retrying(max_attempts=10)
    await retry(None, ctx(), failing(*faults))
    assert slept == [pytest.approx(min(0.1 * 2**n, 10.0)) for n in range(9)]
    retry, slept = retrying(chance=0.25, max_attempts=10)
    await retry(None, ctx(), failing(*faults))
    assert slept == [pytest.approx(min(0.1 * 2**n, 10.0) * 0.25) for n in range(9)]


@pytest.mark.parametrize(
    ("left", "attempts"), [(None, 3), (1.05, 1), (1.1, 1), (1.11, 2), (1.21, 3), (0.0, 1), (0.5, 1)]
)
async def test_there_is_another_attempt_only_if_time_remains_for_it(left: float | None, attempts: int) -> None:
    """The wait and a second more must be left: the clock stands still here, so each delay is held against `left`."""
    retry, slept = retrying()
    with pytest.raises(RetryableError):
        await retry(None, ctx(left), failing(*[RetryableError("x")] * 5))
    assert len(slept) == attempts - 1


async def test_the_server_says_when() -> None:
    retry, slept = retrying()
    overloaded = failure_of(error("overloaded", "later", status=503, retry_after=4.0))
    assert await retry(None, ctx(), failing(RateLimitError("slow", retry_after=3.0), overloaded)) == {"ok": True}
    assert slept == [3.0, 4.0]


async def test_the_longer_of_both_waits_is_kept() -> None:
    retry, slept = retrying()
    await retry(None, ctx(), failing(RateLimitError("slow", retry_after=0.01), RateLimitError("slow")))
    assert slept == [0.1, 0.2]


async def test_a_wait_that_is_too_long_is_left_to_the_caller() -> None:
    retry, slept = retrying()
    with pytest.raises(RateLimitError):
        await retry(None, ctx(), failing(RateLimitError("come tomorrow", retry_after=86400.0)))
    assert slept == []


def streams(*plans):
    """Each call of it is a stream: the pieces of the next plan, and what it fails by."""
    left = list(plans)

    async def stream() -> AsyncIterator[str]:
        pieces, fault = left.pop(0)
        for piece in pieces:
            yield piece
        if fault:
            raise fault

    return stream


async def test_a_stream_is_begun_again_before_its_first_piece() -> None:
    retry, slept = retrying()
    plan = streams(("", RetryableError("a")), ("", RetryableError("b")), ("xy", None))
    assert [piece async for piece in retry.stream(None, ctx(), plan)] == ["x", "y"]
    assert len(slept) == 2


async def test_a_stream_that_was_seen_is_not_begun_again() -> None:
    retry, slept = retrying()
    seen = []

    async def read() -> None:
        async for piece in retry.stream(None, ctx(), streams(("xy", RetryableError("cut")), ("xyz", None))):
            seen.append(piece)

    with pytest.raises(RetryableError, match="cut"):
        await read()
    assert (seen, slept) == (["x", "y"], [])


async def test_no_attempt_at_all_is_a_mistake() -> None:
    with pytest.raises(UsageError):
        RetryConfig(max_attempts=0)
