"""The executor with services that really call: what the server sees of limits, places, deadlines and of the end."""

from __future__ import annotations

import time
from contextlib import aclosing
from threading import Event, Lock

import anyio
import pytest

from conformance import adapter
from conformance.calls import AdapterService, CallContext, CallOptions
from conformance.calls.executor import CallStatus, ExecutorConfig, RateLimitedExecutor
from conformance.calls.failures import CallTimeout, NonRetryableError, RateLimitError, ServiceError
from conformance.calls.limits import Limits, RateLimiter
from conformance.model import ChatRequest, Done, Start, user
from conformance.scenarios import scenario

pytestmark = pytest.mark.anyio

OPENAI = adapter("openai")
SAID = scenario("simple_text").answer
HI = ChatRequest(model="m", messages=(user("hi"),))
LONG = ChatRequest(model="m", messages=(user("x" * 400),))
FRAMES = list(OPENAI.dialect.server.stream(SAID, HI, {}))
WHOLE = OPENAI.dialect.server.whole(SAID, HI, {})
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


def piece(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def whole(to, status: str = "200 OK", body: bytes = WHOLE, more: str = "") -> None:
    head = f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\n{more}content-length: {len(body)}\r\n\r\n"
    to.sendall(head.encode() + body)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Doors:
    """Streams whose first frame comes at once and whose rest comes when the doors are opened; counts who is inside."""

    def __init__(self) -> None:
        self.open, self.lock, self.inside, self.most = Event(), Lock(), 0, 0

    def __call__(self, server, to) -> None:
        with self.lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        to.sendall(HEAD + piece(FRAMES[0]))
        while not (self.open.wait(0.005) or server.over.is_set()):
            pass
        with self.lock:
            self.inside -= 1
        to.sendall(b"".join(map(piece, FRAMES[1:])) + b"0\r\n\r\n")


def service(server) -> AdapterService:
    return AdapterService(OPENAI, CallOptions("sk-executor-0123456789", server.url, 5.0))


def ctx(seconds: float = 20.0) -> CallContext:
    return CallContext.with_timeout(timeout_s=seconds)


async def until(true) -> None:
    """Wait for what a thread of the server does."""
    with anyio.fail_after(5):
        while not true():
            await anyio.sleep(0.002)


async def test_two_hundred_calls_go_through_a_queue_of_that_size(behaving) -> None:
    server = behaving(lambda server, to: whole(to))
    config = ExecutorConfig(queue_capacity=200, limit_requests=1000, limit_tokens=10**9)
    async with service(server) as one, RateLimitedExecutor(config) as executor:
        calls = [await executor.submit_call(one, HI, ctx()) for _ in range(200)]
        replies = [await call.wait_completion() for call in calls]
        assert {reply.text for reply in replies} == {SAID.text}
        assert (executor.stats.completed, executor.stats.requests_in_window) == (200, 200)
    assert len(server.requests) == 200


@pytest.mark.parametrize(
    ("limits", "asked", "seen"),
    [(Limits(requests=3), HI, [3, 6, 7]), (Limits(tokens=250), LONG, [2, 4, 6, 7])],
    ids=["requests", "tokens"],  # LONG counts 100
)
async def test_a_window_lets_no_more_out_than_it_holds(behaving, limits: Limits, asked, seen: list[int]) -> None:
    clock, server = Clock(), behaving(lambda server, to: whole(to))
    async with service(server) as one, RateLimitedExecutor(limiter=RateLimiter(limits, clock)) as executor:
        calls = [await executor.submit_call(one, asked, ctx(1000)) for _ in range(7)]
        for number in seen:
            await until(lambda number=number: executor.stats.completed == number)
            await anyio.sleep(0.01)
            assert len(server.requests) == number
            clock.now += 60
            executor._wake()  # the clock of the tests wakes nobody
        assert [(await call.wait_completion()).text for call in calls] == [SAID.text] * 7


async def test_a_server_that_says_when_is_left_alone_until_then(behaving) -> None:
    times: list[float] = []

    def busy_first(server, to) -> None:
        times.append(time.monotonic())
        whole(to, *(("429 Too Many Requests", b"{}", "retry-after-ms: 150\r\n") if len(times) == 1 else ()))

    async with service(behaving(busy_first)) as one, RateLimitedExecutor() as executor:
        with pytest.raises(RateLimitError) as told:
            await (await executor.submit_call(one, HI, ctx())).wait_completion()
        assert told.value.retry_after == 0.15
        assert (await (await executor.submit_call(one, HI, ctx())).wait_completion()).text == SAID.text
    assert times[1] - times[0] >= 0.15


async def test_the_server_sees_no_more_open_streams_than_may_be(behaving) -> None:
    doors = Doors()
    server = behaving(doors)
    replies: list[str] = []

    async with (
        service(server) as one,
        RateLimitedExecutor(ExecutorConfig(concurrency_limit=3)) as executor,
        anyio.create_task_group() as group,
    ):

        async def read(stream) -> None:
            replies.extend([event.reply.text async for event in stream if isinstance(event, Done)])

        for _ in range(9):
            group.start_soon(read, await executor.submit_stream(one, HI, ctx()))
        await until(lambda: doors.inside == 3)
        await anyio.sleep(0.03)
        assert (doors.inside, len(server.requests)) == (3, 3)
        doors.open.set()
    assert replies == [SAID.text] * 9
    assert (doors.most, len(server.requests)) == (3, 9)


async def test_the_first_event_is_here_while_the_server_holds_the_rest_back(behaving) -> None:
    doors = Doors()
    async with service(behaving(doors)) as one, RateLimitedExecutor() as executor:
        stream = await executor.submit_stream(one, HI, ctx(5))
        async with aclosing(aiter(stream)) as events:
            assert isinstance(await anext(events), Start)
            assert (stream.status, doors.inside) == (CallStatus.EXECUTING, 1)
            doors.open.set()
            assert isinstance([event async for event in events][-1], Done)
    assert stream.status is CallStatus.COMPLETED


async def test_stopping_hangs_up_on_the_server(behaving) -> None:
    hung_up: list[bool] = []

    def stall(server, to) -> None:
        to.settimeout(5)
        hung_up.append(to.recv(1) == b"")

    server = behaving(stall)
    async with service(server) as one:
        executor = RateLimitedExecutor()
        calls = [await executor.submit_call(one, HI, ctx()) for _ in range(3)]
        await until(lambda: len(server.requests) == 3)
        assert {call.status for call in calls} == {CallStatus.EXECUTING}
        await executor.stop()
        assert {call.status for call in calls} == {CallStatus.CANCELLED}
        for call in calls:
            with pytest.raises(ServiceError, match="the executor was stopped"):
                await call.wait_completion()
        await until(lambda: hung_up == [True] * 3)
    assert (len(executor.active), len(executor.completed), executor.stats.cancelled) == (0, 3, 3)


async def test_a_deadline_ends_its_own_call_and_no_other(behaving) -> None:
    def slow_first(server, to) -> None:
        if len(server.requests) == 1:
            server.over.wait(5)
        whole(to)

    server = behaving(slow_first)
    async with service(server) as one, RateLimitedExecutor() as executor:
        late = await executor.submit_call(one, HI, ctx(0.1))
        await until(lambda: len(server.requests) == 1)
        well = await executor.submit_call(one, HI, ctx())
        began = time.monotonic()
        with pytest.raises(CallTimeout):
            await late.wait_completion()
        assert time.monotonic() - began < 1
        assert (await well.wait_completion()).text == SAID.text
        assert (executor.stats.completed, executor.stats.failed) == (1, 1)


async def test_what_the_server_refuses_is_on_the_books_as_failed(behaving) -> None:
    server = behaving(lambda server, to: whole(to, "400 Bad Request", b'{"error":{"message":"no"}}'))
    async with service(server) as one, RateLimitedExecutor() as executor:
        call = await executor.submit_call(one, HI, ctx())
        with pytest.raises(NonRetryableError, match="HTTP 400: no"):
            await call.wait_completion()
        assert executor.completed[call.id] is call
        assert (call.status, list(executor.active)) == (CallStatus.FAILED, [])
        assert call.created <= call.began <= call.ended
