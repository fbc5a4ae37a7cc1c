"""The whole chain around real calls: nothing is held back, a circuit closes on a first good piece, and whatever bytes
come, or whichever library raises, a call ends in a value or in one of our failures."""

from __future__ import annotations

import time
from contextlib import aclosing
from threading import Event

import anyio
import httpx
import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance import adapter
from conformance.calls import AdapterService, CallContext, CallOptions, Limits, Model, Steps
from conformance.calls.breaker import BreakerConfig, CircuitBreaker
from conformance.calls.failures import (
    CallTimeout,
    CircuitOpen,
    NonRetryableError,
    RateLimitError,
    RetryableError,
    ServiceError,
    failure_of,
)
from conformance.calls.hooks import HookRegistry, HookType
from conformance.calls.retry import RetryConfig
from conformance.calls.telemetry import Tracing
from conformance.calls.transport import HttpTransport
from conformance.model import ChatRequest, Done, Start, user
from conformance.scenarios import scenario

OPENAI = adapter("openai")
SAID = scenario("simple_text").answer
HI = ChatRequest(model="m", messages=(user("hi"),))
FRAMES = list(OPENAI.dialect.server.stream(SAID, HI, {}))
WHOLE = OPENAI.dialect.server.whole(SAID, HI, {})
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
KEY = "sk-chain-that-must-never-show-0123456789"
QUICK = RetryConfig(base_delay=0.001, max_delay=0.002, jitter=False, margin=0.0)


def chunked(frames) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in frames)


def streaming(server, to) -> None:
    to.sendall(HEAD + chunked(FRAMES) + b"0\r\n\r\n")


def whole(to, status: str = "200 OK", body: bytes = WHOLE, more: str = "") -> None:
    head = f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\n{more}content-length: {len(body)}\r\n\r\n"
    to.sendall(head.encode() + body)


def down(server, to) -> None:
    whole(to, "503 Service Unavailable", b'{"error":{"message":"down"}}')


def model(server, **steps) -> Model:
    return Model("openai/m", base_url=server.url, api_key=KEY, timeout=5.0, steps=Steps(**{"retry": QUICK, **steps}))


async def first(one: Model | AdapterService, asked: object = HI) -> object:
    """The first event of a stream that is left then."""
    async with aclosing(one.stream(asked)) as events:
        return await anext(events)


@pytest.mark.anyio
async def test_no_step_holds_a_piece_back(behaving) -> None:
    """The server sends each frame only after the event of the one before was seen: a step that buffers never ends."""
    seen, hooks = Event(), HookRegistry()
    hooks.register_stream_hook(HookType.STREAM_CHUNK, lambda event, piece: piece)

    def in_step(server, to) -> None:
        to.sendall(HEAD)
        for frame in FRAMES:
            to.sendall(chunked([frame]))
            if b'"content":"' in frame and frame is not FRAMES[-1]:
                assert seen.wait(5)
                seen.clear()
        to.sendall(b"0\r\n\r\n")

    steps = {"hooks": hooks, "limits": Limits(requests=9, tokens=9999), "others": [Tracing()]}
    events = []
    async with model(behaving(in_step), **steps) as one, aclosing(one.stream("hi")) as stream:
        with anyio.fail_after(10):
            async for event in stream:
                events.append(event)
                seen.set()
    assert isinstance(events[0], Start)
    assert events[-1].reply.text == SAID.text


@pytest.mark.anyio
async def test_a_half_open_circuit_closes_on_the_first_good_piece_while_the_stream_goes_on(behaving) -> None:
    healed, open_end = Event(), Event()

    def behave(server, to) -> None:
        if not healed.is_set():
            return down(server, to)
        to.sendall(HEAD + chunked(FRAMES[:2]))
        open_end.wait(5)
        return to.sendall(chunked(FRAMES[2:]) + b"0\r\n\r\n")

    circuit = CircuitBreaker(BreakerConfig(failure_threshold=1, success_threshold=1, timeout=0.02))
    server = behaving(behave)
    async with model(server, circuit=circuit) as one:
        with pytest.raises(RetryableError, match="503"):
            await one.invoke("hi")
        with pytest.raises(CircuitOpen, match="Circuit breaker is OPEN"):
            await first(one, "hi")
        assert len(server.requests) == 3  # the attempts of one call; what the circuit held back is not among them
        healed.set()
        await anyio.sleep(0.03)
        assert circuit.state == "half_open"
        async with aclosing(one.stream("hi")) as events:
            assert isinstance(await anext(events), Start)
            assert circuit.state == "closed"
            open_end.set()
            assert isinstance([event async for event in events][-1], Done)


@pytest.mark.anyio
async def test_streams_that_fail_trip_the_circuit_as_calls_do(behaving) -> None:
    def cut(server, to) -> None:
        to.sendall(HEAD + chunked(FRAMES[:2]))
        to.close()

    server = behaving(cut)
    circuit = CircuitBreaker(BreakerConfig(failure_threshold=2))
    async with model(server, circuit=circuit) as one:
        for _ in range(2):
            with pytest.raises(RetryableError):
                assert [event async for event in one.stream("hi")]
        with pytest.raises(CircuitOpen):
            await first(one, "hi")
    assert len(server.requests) == 2  # a stream that was seen is not begun again


# ------------------------------------------------------------------ whatever comes back


@pytest.fixture(scope="module")
def says():
    """A server that answers with the bytes that a test puts there, and hangs up."""
    import sys

    raw_server = sys.modules["raw_sockets"].RawServer
    told: list[bytes] = [b""]

    def behave(server, to) -> None:
        to.sendall(told[0])
        to.close()

    server = raw_server(behave)
    yield server, told
    server.close()


HEADS = (b"", b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n")


@given(st.sampled_from(HEADS), st.binary(max_size=256))
def test_whatever_bytes_come_a_call_ends_in_a_value_or_in_a_failure(says, head: bytes, noise: bytes) -> None:
    server, told = says
    told[0] = head + noise

    ends: list[object] = []

    async def ask() -> None:
        async with HttpTransport() as transport, AdapterService(OPENAI, CallOptions(KEY, server.url, 5.0)) as one:
            for asked in (transport.send_json("POST", server.url, json={}, timeout_s=5.0), one.call(HI), first(one)):
                try:
                    ends.append(await asked)
                except ServiceError as failure:
                    ends.append(failure)

    anyio.run(ask)
    assert len(ends) == 3
    assert not [one for one in ends if isinstance(one, CallTimeout) or KEY in str(one)]


# ------------------------------------------------------------------ a service over a vendor's own SDK


class OfTheSdk:
    """What a program writes that has the vendor's SDK already: its faults become ours by `failure_of`."""

    name, requires = "openai-sdk", frozenset({"net.out:127.0.0.1"})

    def __init__(self, client: openai.AsyncOpenAI) -> None:
        self.client = client

    async def call(self, request: ChatRequest, ctx: CallContext):
        try:
            with ctx.limit():
                asked = [{"role": "user", "content": "hi"}]
                return await self.client.chat.completions.create(model=request.model, messages=asked)
        except Exception as fault:
            raise failure_of(fault, "the SDK's server") from None

    async def stream(self, request: ChatRequest, ctx: CallContext):
        try:
            asked = [{"role": "user", "content": "hi"}]
            async with await self.client.chat.completions.create(
                model=request.model, messages=asked, stream=True
            ) as chunks:
                async for chunk in chunks:
                    yield chunk
        except Exception as fault:
            raise failure_of(fault, "the SDK's server") from None


def of_sdk(url: str, timeout: float = 5.0, **steps) -> tuple[openai.AsyncOpenAI, Model]:
    client = openai.AsyncOpenAI(base_url=url, api_key=KEY, max_retries=0, timeout=timeout)
    told = Steps(**{"retry": QUICK, **steps})
    return client, Model("openai/m", base_url=url, api_key=KEY, steps=told, service=OfTheSdk(client))


@pytest.mark.anyio
async def test_an_sdk_s_refusals_are_retried_as_our_own(behaving) -> None:
    def busy_twice(server, to) -> None:
        slow = ("429 Too Many Requests", b'{"error":{"message":"slow"}}', "retry-after-ms: 2\r\n")
        whole(to, *(slow if len(server.requests) < 3 else ()))

    server = behaving(busy_twice)
    client, one = of_sdk(server.url)
    async with client:
        reply = await one.invoke("hi", ctx=(ctx := CallContext.new(capabilities={"net.out:*"})))
    assert (reply.choices[0].message.content, len(server.requests), ctx.tracking["attempts"]) == (SAID.text, 3, 3)


@pytest.mark.filterwarnings("ignore:Async generator 'openai:ResourceWarning")  # trio's, of what the SDK leaves behind
@pytest.mark.filterwarnings("ignore:Async generator 'httpx2:ResourceWarning")
@pytest.mark.anyio
async def test_an_sdk_streams_through_the_chain(behaving) -> None:
    client, one = of_sdk(behaving(streaming).url)
    async with client:
        chunks = [chunk async for chunk in one.stream("hi")]
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == SAID.text


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("status", "kind", "attempts"),
    [
        ("400 Bad Request", NonRetryableError, 1),
        ("401 Unauthorized", NonRetryableError, 1),
        ("403 Forbidden", NonRetryableError, 1),
        ("404 Not Found", NonRetryableError, 1),
        ("408 Request Timeout", NonRetryableError, 1),
        ("409 Conflict", NonRetryableError, 1),
        ("422 Unprocessable Entity", NonRetryableError, 1),
        ("429 Too Many Requests", RateLimitError, 3),
        ("500 Internal Server Error", RetryableError, 3),
        ("503 Service Unavailable", RetryableError, 3),
    ],
)
@pytest.mark.parametrize("by", ["adapter", "sdk"])
async def test_what_is_tried_again_is_the_same_by_adapter_and_by_sdk(
    behaving, status: str, kind: type[ServiceError], attempts: int, by: str
) -> None:
    """429 and 5xx pass, every other 4xx would be refused again: 408 and 409 too, which the vendors' SDKs try again."""
    server = behaving(lambda server, to: whole(to, status, b'{"error":{"message":"no"}}'))
    client, one = of_sdk(server.url) if by == "sdk" else (httpx.AsyncClient(), model(server))
    async with client, one:
        with pytest.raises(kind) as told:
            await one.invoke("hi")
    assert type(told.value) is kind
    assert len(server.requests) == attempts


@pytest.mark.anyio
async def test_time_and_connection_of_an_sdk_are_ours(behaving) -> None:
    silent = behaving(lambda server, to: server.over.wait(5))
    client, one = of_sdk(silent.url, timeout=0.05, resilience=False)
    async with client:
        with pytest.raises(CallTimeout):
            await one.invoke("hi")
        began = time.monotonic()
        with pytest.raises(CallTimeout):
            await one.invoke("hi", ctx=CallContext.with_timeout(timeout_s=0.02))
        assert time.monotonic() - began < 1
    cutting = behaving(lambda server, to: to.close())
    client, one = of_sdk(cutting.url, resilience=False)
    async with client:
        with pytest.raises(RetryableError) as told:
            await one.invoke("hi")
    assert KEY not in str(told.value)
