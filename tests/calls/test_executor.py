"""The executor's queue, limits, states and end, with services that the tests hold back and let go."""

from __future__ import annotations

import asyncio
import math
import warnings
from collections.abc import AsyncIterator
from contextlib import aclosing

import anyio
import anyio.lowlevel
import pytest

from conformance.calls import capacity
from conformance.calls import executor as executor_module
from conformance.calls.context import CallContext
from conformance.calls.executor import CallStatus, ExecutorConfig, QueueFull, RateLimitedExecutor
from conformance.calls.failures import CallTimeout, RateLimitError, ServiceError
from conformance.calls.limits import Limits, RateLimiter
from conformance.calls.requests import ChatRequestModel
from conformance.errors import UsageError

pytestmark = pytest.mark.anyio

HI = ChatRequestModel(messages=[{"role": "user", "content": "hi"}])
LONG = ChatRequestModel(messages=[{"role": "user", "content": "x" * 400}])


def ctx(timeout: float | None = None) -> CallContext:
    return CallContext.new() if timeout is None else CallContext.with_timeout(timeout_s=timeout)


class Held:
    """A service whose calls and streams go on when the gate is opened; it counts what is under way."""

    name, requires = "held", frozenset()

    def __init__(self, *, opened: bool = False) -> None:
        self.gate, self.began, self.ended, self.most, self.cancelled = anyio.Event(), 0, 0, 0, 0
        if opened:
            self.gate.set()

    async def _wait(self) -> None:
        self.began += 1
        self.most = max(self.most, self.began - self.ended)
        try:
            await self.gate.wait()
        except anyio.get_cancelled_exc_class():
            self.cancelled += 1
            raise
        finally:
            self.ended += 1

    async def call(self, request, *, ctx) -> dict[str, bool]:
        await self._wait()
        return {"ok": True}

    async def stream(self, request, *, ctx) -> AsyncIterator[bytes]:
        yield b"first"
        await self._wait()
        yield b"last"


class Plain:
    """A service without async, as the stubs of programs are."""

    name, requires = "plain", frozenset()

    def call(self, request, ctx) -> dict[str, bool]:
        return {"ok": True}

    def stream(self, request, ctx):
        return iter([b"x", b"y"])


class Failing:
    name, requires = "failing", frozenset()

    def __init__(self, fault: Exception) -> None:
        self.fault = fault

    async def call(self, request, ctx) -> None:
        raise self.fault

    async def stream(self, request, ctx) -> AsyncIterator[bytes]:
        yield b"first"
        raise self.fault


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


async def settle() -> None:
    """Let everything run that can."""
    for _ in range(50):
        await anyio.lowlevel.checkpoint()


# ------------------------------------------------------------------ queue and results


@pytest.mark.parametrize("service", [Plain(), "held"])
async def test_calls_are_queued_and_processed(service) -> None:
    async with RateLimitedExecutor(ExecutorConfig(queue_capacity=2, limit_requests=10, limit_tokens=100)) as executor:
        one = await executor.submit_call(Held(opened=True) if service == "held" else service, HI, ctx())
        assert one.status is CallStatus.QUEUED
        assert await one.wait_completion() == {"ok": True}
        assert one.status is CallStatus.COMPLETED
        assert one.created <= one.began <= one.ended


@pytest.mark.parametrize("how", ["call", "stream"])
async def test_of_two_submissions_in_a_row_a_queue_of_one_rejects_the_second(how: str) -> None:
    for _ in range(20):
        async with RateLimitedExecutor(ExecutorConfig(queue_capacity=1)) as executor:
            submit = executor.submit_call if how == "call" else executor.submit_stream
            await submit(Plain(), HI, ctx())
            with pytest.raises(QueueFull, match="1 of 1 places are taken"):
                await submit(Plain(), HI, ctx())
            assert (executor.stats.submitted, executor.stats.rejected) == (1, 1)


async def test_of_two_tasks_at_once_a_queue_of_one_rejects_the_second() -> None:
    outcomes: list[str] = []
    async with RateLimitedExecutor(ExecutorConfig(queue_capacity=1)) as executor:
        await settle()  # it serves: what is submitted now waits until both have had their say

        async def submit() -> None:
            try:
                await executor.submit_call(Plain(), HI, ctx())
                outcomes.append("in")
            except QueueFull:
                outcomes.append("full")

        async with anyio.create_task_group() as group:
            group.start_soon(submit)
            group.start_soon(submit)
    assert sorted(outcomes) == ["full", "in"]  # who comes first is for the event loop to say


async def test_what_is_under_way_takes_no_place_in_the_queue() -> None:
    held = Held()
    async with RateLimitedExecutor(ExecutorConfig(queue_capacity=1)) as executor:
        calls = []
        for _ in range(5):
            calls.append(await executor.submit_call(held, HI, ctx()))
            await settle()
        assert (executor.stats.executing, executor.stats.queued) == (5, 0)
        held.gate.set()
        assert [await one.wait_completion() for one in calls] == [{"ok": True}] * 5


async def test_submitting_starts_it_and_stopping_ends_it_for_good() -> None:
    executor = RateLimitedExecutor()
    assert await (await executor.submit_call(Plain(), HI, ctx())).wait_completion() == {"ok": True}
    await executor.stop()
    await executor.stop()
    with pytest.raises(UsageError, match="was stopped"):
        await executor.submit_call(Plain(), HI, ctx())
    await executor.start()
    await executor.start()
    assert await (await executor.submit_call(Plain(), HI, ctx())).wait_completion() == {"ok": True}
    await executor.stop()


def test_an_executor_outlives_its_event_loop() -> None:
    executor = RateLimitedExecutor()

    async def once() -> object:
        return await (await executor.submit_call(Plain(), HI, ctx())).wait_completion()

    assert [anyio.run(once), anyio.run(once)] == [{"ok": True}] * 2


@pytest.mark.parametrize(
    "fault", [ServiceError("boom"), ValueError("a fault of the program")], ids=["service", "other"]
)
async def test_what_a_service_raises_reaches_the_caller_as_it_is(fault: Exception) -> None:
    async with RateLimitedExecutor() as executor:
        one = await executor.submit_call(Failing(fault), HI, ctx())
        with pytest.raises(type(fault)) as told:
            await one.wait_completion()
        assert told.value is fault
        assert one.status is CallStatus.FAILED
        stream = await executor.submit_stream(Failing(fault), HI, ctx())
        pieces = aiter(stream)
        assert await anext(pieces) == b"first"
        with pytest.raises(type(fault)):
            await anext(pieces)
        assert stream.status is CallStatus.FAILED
        assert executor.stats.failed == 2


# ------------------------------------------------------------------ limits


async def test_a_window_of_requests_is_kept_and_the_next_one_lets_the_rest_go() -> None:
    clock, held = Clock(), Held(opened=True)
    async with RateLimitedExecutor(limiter=RateLimiter(Limits(requests=2, window=60), clock)) as executor:
        calls = [await executor.submit_call(held, HI, ctx()) for _ in range(5)]
        await settle()
        assert [one.status.value for one in calls] == ["completed"] * 2 + ["queued"] * 3
        assert executor.stats.requests_in_window == 2
        for done in (4, 5):
            clock.now += 60
            executor._wake()  # the clock of the tests wakes nobody
            await settle()
            assert held.ended == done


async def test_a_window_of_tokens_is_kept_in_order() -> None:
    """A small call behind a large one does not pass it."""
    clock, held = Clock(), Held(opened=True)
    async with RateLimitedExecutor(limiter=RateLimiter(Limits(tokens=150, window=60), clock)) as executor:
        calls = [await executor.submit_call(held, one, ctx()) for one in (LONG, LONG, HI)]
        await settle()
        assert [one.status.value for one in calls] == ["completed", "queued", "queued"]
        assert executor.stats.tokens_in_window == 100
        clock.now += 60
        executor._wake()
        await settle()
        assert [one.status.value for one in calls] == ["completed"] * 3


async def test_the_window_passes_by_itself() -> None:
    config = ExecutorConfig(limit_requests=1, capacity_refresh_time=0.02)
    async with RateLimitedExecutor(config) as executor:
        calls = [await executor.submit_call(Plain(), HI, ctx()) for _ in range(3)]
        began = anyio.current_time()
        for one in calls:
            await one.wait_completion()
        assert anyio.current_time() - began >= 0.04


async def test_what_no_window_holds_is_told_when_it_is_submitted() -> None:
    async with RateLimitedExecutor(ExecutorConfig(limit_tokens=50)) as executor:
        with pytest.raises(UsageError, match="about 100 tokens never fits"):
            await executor.submit_call(Plain(), LONG, ctx())


async def test_a_server_that_says_when_holds_back_those_who_come_after() -> None:
    clock = Clock()
    async with RateLimitedExecutor(limiter=RateLimiter(Limits(), clock)) as executor:
        first = await executor.submit_call(Failing(RateLimitError("slow down", retry_after=7.0)), HI, ctx())
        with pytest.raises(RateLimitError):
            await first.wait_completion()
        second = await executor.submit_call(Plain(), HI, ctx())
        await settle()
        assert second.status is CallStatus.QUEUED
        clock.now += 7
        executor._wake()
        assert await second.wait_completion() == {"ok": True}


# ------------------------------------------------------------------ deadlines


async def test_a_deadline_before_the_turn_fails_at_once_and_lets_others_go() -> None:
    clock, held = Clock(), Held(opened=True)
    async with RateLimitedExecutor(limiter=RateLimiter(Limits(tokens=100, window=60), clock)) as executor:
        await (await executor.submit_call(held, LONG, ctx())).wait_completion()
        late = await executor.submit_call(held, LONG, ctx(30))
        patient = await executor.submit_call(held, HI, ctx())
        behind = await executor.submit_call(held, HI, ctx(30))
        began = anyio.current_time()
        for one in (late, behind):
            with pytest.raises(CallTimeout, match="its turn comes in 60 s, its deadline in 30 s"):
                await one.wait_completion()
        assert anyio.current_time() - began < 1
        assert (patient.status, held.began) == (CallStatus.QUEUED, 1)


async def test_a_call_that_takes_longer_than_its_deadline_is_cut_off() -> None:
    held = Held()
    async with RateLimitedExecutor() as executor:
        one = await executor.submit_call(held, HI, ctx(0.02))
        with pytest.raises(CallTimeout, match="the deadline has passed"):
            await one.wait_completion()
        assert (one.status, held.cancelled) == (CallStatus.FAILED, 1)
        stream = await executor.submit_stream(held, HI, ctx(0.02))
        with pytest.raises(CallTimeout):
            assert [piece async for piece in stream]
        assert (stream.status, held.cancelled) == (CallStatus.FAILED, 2)


async def test_a_deadline_that_passes_in_the_queue_is_told_there() -> None:
    held = Held()
    async with RateLimitedExecutor(ExecutorConfig(concurrency_limit=1)) as executor:
        async with anyio.create_task_group() as group:
            group.start_soon(_read, await executor.submit_stream(held, HI, ctx()))
            await settle()
            waiting = await executor.submit_stream(held, HI, ctx(0.02))
            with pytest.raises(CallTimeout, match="waited too long"):
                await _read(waiting)
            held.gate.set()
        assert held.began == 1
    with pytest.raises(CallTimeout, match="its deadline is over"):
        await RateLimitedExecutor().submit_call(Plain(), HI, ctx(0))


async def _read(stream) -> list[bytes]:
    return [piece async for piece in stream]


# ------------------------------------------------------------------ streams


@pytest.mark.parametrize("limit", [1, 3, None])
async def test_no_more_streams_are_open_than_may_be(limit: int | None) -> None:
    held = Held()
    async with (
        RateLimitedExecutor(ExecutorConfig(concurrency_limit=limit)) as executor,
        anyio.create_task_group() as group,
    ):
        for _ in range(7):
            group.start_soon(_read, await executor.submit_stream(held, HI, ctx()))
        await settle()
        assert held.began == executor.stats.executing == (limit or 7)
        held.gate.set()
        await settle()
        assert (held.ended, held.most) == (7, limit or 7)
        assert executor.stats.completed == 7


async def test_streams_that_wait_for_a_place_let_calls_pass() -> None:
    held = Held()
    async with RateLimitedExecutor(ExecutorConfig(concurrency_limit=1)) as executor, anyio.create_task_group() as group:
        for _ in range(2):
            group.start_soon(_read, await executor.submit_stream(held, HI, ctx()))
        await settle()
        call = await executor.submit_call(Plain(), HI, ctx())
        assert await call.wait_completion() == {"ok": True}
        assert held.began == 1
        held.gate.set()


async def test_pieces_are_not_held_back() -> None:
    held = Held()
    async with RateLimitedExecutor() as executor:
        pieces = aiter(await executor.submit_stream(held, HI, ctx()))
        assert await anext(pieces) == b"first"
        assert held.began == 0  # nothing is fetched before it is asked for
        held.gate.set()
        assert [piece async for piece in pieces] == [b"last"]
        assert [piece async for piece in await executor.submit_stream(Plain(), HI, ctx())] == [b"x", b"y"]


async def _left_in_a_block(stream) -> None:
    async with aclosing(aiter(stream)) as pieces:
        await anext(pieces)


async def _left_by_its_handle(stream) -> None:
    async with aclosing(stream):
        async for _ in stream:
            break


async def _left_alone(stream) -> None:
    async for _ in stream:
        break


@pytest.mark.parametrize("leave", [_left_in_a_block, _left_by_its_handle, _left_alone])
async def test_a_consumer_that_leaves_gives_its_place_back(leave) -> None:
    async with RateLimitedExecutor(ExecutorConfig(concurrency_limit=1)) as executor:
        for number in (1, 2):
            with warnings.catch_warnings():
                if leave is not _left_in_a_block:  # trio tells whoever leaves a generator to be collected
                    warnings.simplefilter("ignore", ResourceWarning)
                stream = await executor.submit_stream(Held(), HI, ctx())
                await leave(stream)
                await settle()
            assert (stream.status, executor.stats.executing) == (CallStatus.CANCELLED, 0)
            assert executor.stats.cancelled == number


async def test_a_stream_that_nobody_reads_takes_no_turn() -> None:
    limiter = RateLimiter(Limits(requests=1), Clock())
    async with RateLimitedExecutor(limiter=limiter) as executor:
        unread = await executor.submit_stream(Plain(), HI, ctx())
        await settle()
        assert (unread.status, limiter.used) == (CallStatus.QUEUED, (0, 0))
        assert await (await executor.submit_call(Plain(), HI, ctx())).wait_completion() == {"ok": True}
        await unread.aclose()
        assert (unread.status, executor.stats.queued) == (CallStatus.CANCELLED, 0)


async def test_a_stream_is_read_once() -> None:
    async with RateLimitedExecutor() as executor:
        stream = await executor.submit_stream(Plain(), HI, ctx())
        await _read(stream)
        with pytest.raises(UsageError, match="read once"):
            await _read(stream)


# ------------------------------------------------------------------ the end


async def test_stopping_cancels_what_waits_and_what_is_under_way() -> None:
    held, outcomes = Held(), []
    executor = RateLimitedExecutor(limiter=RateLimiter(Limits(requests=2), Clock()))
    await executor.start()
    calls = [await executor.submit_call(held, HI, ctx())]
    stream = await executor.submit_stream(held, HI, ctx())

    async def read() -> None:
        try:
            await _read(stream)
        except ServiceError as failure:
            outcomes.append(failure)

    async with anyio.create_task_group() as group:
        group.start_soon(read)
        await settle()
        calls += [await executor.submit_call(held, HI, ctx())]
        await settle()
        assert [one.status.value for one in (*calls, stream)] == ["executing", "queued", "executing"]
        await executor.stop()
    assert {one.status for one in (*calls, stream)} == {CallStatus.CANCELLED}
    assert (held.began, held.cancelled) == (2, 2)
    for one in calls:
        with pytest.raises(ServiceError, match="cancelled: the executor was stopped") as told:
            await one.wait_completion()
        assert told.value.error.kind == "cancelled"
    assert [str(one) for one in outcomes] == ["the call was cancelled: the executor was stopped"]
    assert (executor.stats.executing, executor.stats.queued, executor.stats.cancelled) == (0, 0, 3)


async def test_an_owner_may_give_a_call_up_wherever_it_is() -> None:
    held = Held()
    async with RateLimitedExecutor() as executor:
        waiting = await executor.submit_call(held, HI, ctx())
        waiting.cancel()
        going = await executor.submit_call(held, HI, ctx())
        await settle()
        going.cancel()
        await settle()
        assert (held.began, held.cancelled) == (1, 1)
        assert {waiting.status, going.status} == {CallStatus.CANCELLED}


async def test_no_task_is_left(anyio_backend_name: str) -> None:
    before = tasks(anyio_backend_name)
    async with RateLimitedExecutor() as executor:
        await executor.submit_call(Held(), HI, ctx())
        await settle()
    await settle()
    assert tasks(anyio_backend_name) == before


def tasks(library: str) -> int:
    """How many tasks live in the event loop."""
    if library == "asyncio":
        return len(asyncio.all_tasks())
    from trio.lowlevel import current_statistics

    return current_statistics().tasks_living


# ------------------------------------------------------------------ bookkeeping


async def test_calls_move_from_active_to_completed_and_the_oldest_are_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(executor_module, "KEPT", 10)
    monkeypatch.setattr(executor_module, "DROPPED", 5)
    held = Held()
    async with RateLimitedExecutor() as executor:
        first = await executor.submit_call(held, HI, ctx())
        await settle()
        assert (list(executor.active), list(executor.completed)) == ([first.id], [])
        held.gate.set()
        await first.wait_completion()
        assert (list(executor.active), list(executor.completed)) == ([], [first.id])
        rest = []
        for _ in range(10):
            rest.append(await executor.submit_call(held, HI, ctx()))
            await rest[-1].wait_completion()
        assert list(executor.completed) == [one.id for one in rest[4:]]
        assert executor.stats.completed == 11


def test_over_a_thousand_are_kept_and_five_hundred_dropped() -> None:
    assert (executor_module.KEPT, executor_module.DROPPED) == (1000, 500)


@pytest.mark.parametrize("odd", [{"queue_capacity": 0}, {"concurrency_limit": 0}, {"limit_requests": 0}])
async def test_a_capacity_that_lets_nothing_through_is_refused(odd: dict[str, int]) -> None:
    with pytest.raises(UsageError):
        RateLimitedExecutor(capacity.ExecutorConfig(**odd))


async def test_a_handle_does_not_show_the_request() -> None:
    executor = RateLimitedExecutor()
    secret = ChatRequestModel(messages=[{"role": "user", "content": "my secret"}])
    one = await executor.submit_call(Plain(), secret, ctx())
    assert "my secret" not in repr(one)
    assert one.remaining == math.inf
    await executor.stop()
