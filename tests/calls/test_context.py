"""The context of a call: identity, deadline, rights, read-only facts."""

from __future__ import annotations

import time
from uuid import uuid4

import anyio
import pytest

from conformance.calls.context import CallContext
from conformance.calls.failures import CallTimeout


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_remaining_time_runs_down_to_zero() -> None:
    clock = Clock()
    ctx = CallContext.with_timeout(uuid4(), 0.2, clock=clock)
    assert ctx.remaining_time == pytest.approx(0.2)
    clock.now += 0.05
    assert ctx.remaining_time == pytest.approx(0.15)
    assert not ctx.is_expired
    clock.now += 5
    assert (ctx.remaining_time, ctx.is_expired) == (0.0, True)


def test_without_a_deadline_there_is_no_end() -> None:
    ctx = CallContext.new()
    assert (ctx.remaining_time, ctx.is_expired) == (None, False)


def test_a_deadline_is_a_moment_of_the_monotonic_clock() -> None:
    ctx = CallContext.new(deadline_s=time.monotonic() + 30)
    assert 29 < ctx.remaining_time <= 30


def test_every_call_has_its_own_identity() -> None:
    branch = uuid4()
    first, second = CallContext.new(branch), CallContext.new(branch)
    assert first.branch_id == second.branch_id == branch
    assert first.call_id != second.call_id


def test_nothing_set_and_an_empty_set_are_not_the_same() -> None:
    assert CallContext.new().capabilities is None
    assert CallContext.new(capabilities=set()).capabilities == frozenset()


def test_a_context_is_read_only() -> None:
    given = {"a": 1}
    ctx = CallContext(attrs=given)
    given["b"] = 2
    assert dict(ctx.attrs) == {"a": 1}
    with pytest.raises(TypeError):
        ctx.attrs["a"] = 2
    with pytest.raises(AttributeError):
        ctx.capabilities = frozenset({"net.out:*"})


def test_it_tells_itself_and_is_told_again() -> None:
    clock, later = Clock(), Clock()
    ctx = CallContext.with_timeout(
        timeout_s=10, capabilities={"b", "a"}, clock=clock, service_requires={"x"}, nested={"of": [1]}
    )
    ctx.tracking["attempts"] = 2
    clock.now += 4
    told = ctx.to_dict()
    assert (told["remaining_s"], told["capabilities"], told["attrs"]) == (
        6.0,
        ["a", "b"],
        {"service_requires": ["x"], "nested": {"of": [1]}},
    )
    later.now = 5000
    again = CallContext.from_dict(told, clock=later)
    assert (again.call_id, again.branch_id, again.capabilities) == (ctx.call_id, ctx.branch_id, ctx.capabilities)
    assert (again.remaining_time, again.tracking) == (6.0, {"attempts": 2})
    assert CallContext.from_dict(CallContext.new().to_dict()).capabilities is None


def test_its_repr_tells_no_attribute() -> None:
    assert "abc123" not in repr(CallContext.new(access_token="abc123"))


@pytest.mark.anyio
async def test_the_deadline_cancels_what_runs() -> None:
    ctx = CallContext.with_timeout(timeout_s=0.02)
    began = time.monotonic()
    with pytest.raises(CallTimeout, match="the deadline has passed"), ctx.limit():
        await anyio.sleep(5)
    assert time.monotonic() - began < 1


@pytest.mark.anyio
async def test_after_the_deadline_nothing_begins() -> None:
    ran = False
    with pytest.raises(TimeoutError, match="deadline is over"), CallContext.new(deadline_s=0.0).limit():
        ran = True
    assert not ran


@pytest.mark.anyio
async def test_a_cancellation_from_outside_is_no_timeout() -> None:
    with anyio.move_on_after(0.01) as scope, CallContext.with_timeout(timeout_s=5).limit():
        await anyio.sleep(5)
    assert scope.cancelled_caught
