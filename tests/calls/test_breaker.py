"""The circuit breaker: opens, lets few probe, closes on good ones; streams pass through and count once."""

from __future__ import annotations

from collections.abc import AsyncIterator

import anyio
import pytest

from conformance.calls.breaker import BreakerConfig, CircuitBreaker
from conformance.calls.chain import compose, compose_stream
from conformance.calls.context import CallContext
from conformance.calls.failures import CallTimeout, CircuitOpen, NonRetryableError, RetryableError, ServiceError
from conformance.calls.resilience import resilience
from conformance.calls.retry import RetryConfig
from conformance.errors import UsageError

pytestmark = pytest.mark.anyio
CTX = CallContext.new()


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def breaker(clock: Clock, **config) -> CircuitBreaker:
    return CircuitBreaker(BreakerConfig(**{"failure_threshold": 2, **config}), clock=clock)


async def good():
    return "ok"


def bad(fault: Exception | None = None):
    async def call():
        raise fault or RetryableError("boom")

    return call


async def fail(circuit: CircuitBreaker, times: int = 1, fault: Exception | None = None) -> None:
    for _ in range(times):
        with pytest.raises(type(fault or RetryableError(""))):
            await circuit(None, CTX, bad(fault))


async def pieces(*given, fault: Exception | None = None) -> AsyncIterator[object]:
    for one in given:
        yield one
    if fault:
        raise fault


async def test_it_trips_and_opens(clock: Clock) -> None:
    circuit = breaker(clock)
    await fail(circuit, 2)
    ran = False

    async def call():
        nonlocal ran
        ran = True

    with pytest.raises(ServiceError, match=r"OPEN: 2 calls failed in a row, the last: boom") as caught:
        await circuit(None, CTX, call)
    assert isinstance(caught.value, CircuitOpen)
    assert "60 s" in caught.value.hint
    with pytest.raises(CircuitOpen):
        await anext(circuit.stream(None, CTX, lambda: pieces(1)))
    assert (ran, circuit.state) == (False, "open")


async def test_by_default_five_failures_open_it_for_a_minute_and_two_good_calls_close_it(clock: Clock) -> None:
    circuit = CircuitBreaker(clock=clock)
    await fail(circuit, 4)
    assert circuit.state == "closed"
    await fail(circuit)
    clock.now = 59.9
    assert circuit.state == "open"
    clock.now = 60.0
    assert circuit.state == "half_open"
    await circuit(None, CTX, good)
    assert circuit.state == "half_open"
    await circuit(None, CTX, good)
    assert circuit.state == "closed"


async def test_a_good_call_in_between_starts_the_count_anew(clock: Clock) -> None:
    circuit = breaker(clock)
    await fail(circuit)
    await circuit(None, CTX, good)
    await fail(circuit)
    assert circuit.state == "closed"


async def test_only_what_passes_counts(clock: Clock) -> None:
    circuit = breaker(clock, failure_threshold=1)
    for fault in (NonRetryableError("400"), ServiceError("x"), ValueError("a bug")):
        await fail(circuit, 3, fault)
    assert circuit.state == "closed"
    await fail(circuit, 1, CallTimeout("dead"))
    assert circuit.state == "open"


async def test_a_failed_probe_opens_it_again_for_the_whole_time(clock: Clock) -> None:
    circuit = breaker(clock)
    await fail(circuit, 2)
    clock.now = 60
    await fail(circuit)
    assert circuit.state == "open"
    clock.now = 119
    with pytest.raises(CircuitOpen):
        await circuit(None, CTX, good)
    clock.now = 120
    assert await circuit(None, CTX, good) == "ok"


async def test_probes_are_bounded_and_one_that_is_neutral_gives_its_place_back(clock: Clock) -> None:
    circuit = breaker(clock)
    await fail(circuit, 2)
    clock.now = 60
    inside, leave = anyio.Event(), anyio.Event()

    async def slow():
        inside.set()
        await leave.wait()

    async with anyio.create_task_group() as group:
        group.start_soon(circuit, None, CTX, slow)
        await inside.wait()
        with pytest.raises(CircuitOpen, match="OPEN: 1 probes are on their way"):
            await circuit(None, CTX, good)
        leave.set()
    await fail(circuit, 3, NonRetryableError("400"))
    assert circuit.state == "half_open"
    assert await circuit(None, CTX, good) == "ok"
    assert circuit.state == "closed"


async def test_failures_at_once_are_all_counted_and_open_it_once(clock: Clock) -> None:
    circuit = breaker(clock, failure_threshold=5)
    begun, go = anyio.Semaphore(0), anyio.Event()

    async def call():
        begun.release()
        await go.wait()
        raise RetryableError("boom")

    async def one() -> None:
        with pytest.raises(RetryableError):
            await circuit(None, CTX, call)

    async with anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(one)
        for _ in range(20):
            await begun.acquire()
        clock.now = 10
        go.set()
    clock.now = 69.9
    assert circuit.state == "open"
    clock.now = 70
    assert circuit.state == "half_open"


async def test_news_of_an_earlier_era_is_no_news(clock: Clock) -> None:
    """A call that began before the circuit opened neither closes nor reopens it."""
    for outcome in (good, bad()):
        circuit = breaker(clock, success_threshold=1)
        clock.now = 0.0
        inside, leave = anyio.Event(), anyio.Event()

        async def slow(outcome=outcome, inside=inside, leave=leave):
            inside.set()
            await leave.wait()
            return await outcome()

        async def one(circuit=circuit, slow=slow) -> None:
            try:
                await circuit(None, CTX, slow)
            except RetryableError:
                return

        async with anyio.create_task_group() as group:
            group.start_soon(one)
            await inside.wait()
            await fail(circuit, 2)
            clock.now = 60
            leave.set()
        assert circuit.state == "half_open"


async def test_half_open_closes_on_the_first_good_piece(clock: Clock) -> None:
    circuit = breaker(clock, failure_threshold=1, success_threshold=1)
    await fail(circuit)
    clock.now = 60
    stream = circuit.stream(None, CTX, lambda: pieces(b"x", b"y"))
    assert await anext(stream) == b"x"
    assert circuit.state == "closed"
    assert [one async for one in stream] == [b"y"]


async def test_a_stream_counts_once(clock: Clock) -> None:
    circuit = breaker(clock)
    await fail(circuit, 2)
    clock.now = 60
    assert [one async for one in circuit.stream(None, CTX, lambda: pieces(1, 2, 3))] == [1, 2, 3]
    assert circuit.state == "half_open"
    assert [one async for one in circuit.stream(None, CTX, pieces)] == []
    assert circuit.state == "closed"


async def test_a_long_stream_does_not_keep_the_place_of_a_probe(clock: Clock) -> None:
    circuit = breaker(clock)
    await fail(circuit, 2)
    clock.now = 60
    stream = circuit.stream(None, CTX, lambda: pieces(1, 2))
    await anext(stream)
    assert await circuit(None, CTX, good) == "ok"
    assert circuit.state == "closed"
    await stream.aclose()


async def test_a_stream_that_fails_in_the_middle_is_a_failure(clock: Clock) -> None:
    circuit = breaker(clock, failure_threshold=1)
    stream = circuit.stream(None, CTX, lambda: pieces(1, fault=RetryableError("cut")))
    assert await anext(stream) == 1
    with pytest.raises(RetryableError, match="cut"):
        await anext(stream)
    assert circuit.state == "open"


async def test_who_leaves_early_counts_as_nothing(clock: Clock) -> None:
    circuit = breaker(clock)
    await fail(circuit)
    stalled = circuit.stream(None, CTX, lambda: pieces())
    await stalled.aclose()
    with anyio.move_on_after(0.01):
        await circuit(None, CTX, anyio.sleep_forever)
    await fail(circuit)
    assert circuit.state == "open"
    clock.now = 60
    with anyio.move_on_after(0.01):
        await circuit(None, CTX, anyio.sleep_forever)
    assert circuit.state == "half_open"
    assert await circuit(None, CTX, good) == "ok"


async def test_the_circuit_is_outside_of_the_attempts(clock: Clock) -> None:
    circuit = breaker(clock)
    chain = resilience(retry=RetryConfig(base_delay=0.001, jitter=False), circuit=circuit)
    calls = 0

    async def call(request, ctx):
        nonlocal calls
        calls += 1
        raise RetryableError("boom")

    for _ in range(2):
        with pytest.raises(RetryableError):
            await compose(chain, call)(None, CTX)
    assert (calls, circuit.state) == (6, "open")
    with pytest.raises(CircuitOpen):
        await anext(compose_stream(chain, call)(None, CTX))
    assert calls == 6


async def test_nothing_can_be_counted_from_zero() -> None:
    with pytest.raises(UsageError):
        BreakerConfig(max_probes=0)
