"""Metrics, redaction, hooks and the chain: what they tell, what they hide, and that streams pass through unbuffered."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator

import anyio
import pytest

from conformance.calls.breaker import CircuitBreaker
from conformance.calls.chain import compose, compose_stream
from conformance.calls.context import CallContext
from conformance.calls.failures import RetryableError
from conformance.calls.hooked import Hooked
from conformance.calls.hooks import REGISTRY, HookEvent, HookRegistry, HookType
from conformance.calls.metrics import CALLS, DURATION, FIRST_PIECE, Metrics
from conformance.calls.policy import PolicyGate
from conformance.calls.redaction import Redaction
from conformance.calls.requests import ChatRequestModel
from conformance.calls.retry import Retry
from conformance.calls.telemetry import OpenTelemetry
from conformance.errors import MissingExtra

pytestmark = pytest.mark.anyio
HI = ChatRequestModel(model="m", messages=[{"role": "user", "content": "hi"}])
CTX = CallContext.new()


def ok():
    return {"ok": True}


def boom():
    raise RetryableError("boom sk-secret-in-the-error")


async def pieces(*given) -> AsyncIterator[object]:
    for one in given:
        if isinstance(one, Exception):
            raise one
        yield one


async def read(stream) -> list[object]:
    return [one async for one in stream]


class Figures:
    def __init__(self) -> None:
        self.counted: list[tuple[str, dict[str, str]]] = []
        self.recorded: list[tuple[str, float, dict[str, str]]] = []

    def count(self, name, attrs) -> None:
        self.counted.append((name, dict(attrs)))

    def record(self, name, value, attrs) -> None:
        self.recorded.append((name, value, dict(attrs)))


class TestMetrics:
    async def test_what_is_over_is_logged(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO)
        assert await Metrics()(HI, CTX, ok) == {"ok": True}
        assert await read(Metrics().stream(HI, CTX, lambda: pieces(1, 2))) == [1, 2]
        with pytest.raises(RetryableError):
            await Metrics()(HI, CTX, boom)
        with pytest.raises(RetryableError):
            await read(Metrics().stream(HI, CTX, lambda: pieces(1, RetryableError("x"))))
        whole, streamed, failed, cut = caplog.records
        assert whole.message.startswith("Service call completed: call_id=")
        assert "model=m" in whole.message
        assert (whole.levelname, failed.levelname) == ("INFO", "ERROR")
        assert (streamed.call["pieces"], cut.call["pieces"]) == (2, 1)
        assert failed.message.startswith("Service call failed")
        assert failed.call["error"] == "RetryableError"
        assert cut.message.startswith("Service stream failed")
        assert "sk-secret" not in caplog.text

    async def test_counters_and_histograms(self) -> None:
        ticks = iter(range(100))
        figures = Figures()
        metrics = Metrics(figures, clock=lambda: float(next(ticks)))
        await metrics(HI, CTX, ok)
        with pytest.raises(RetryableError):
            await metrics(HI, CTX, boom)
        await read(metrics.stream(HI, CTX, lambda: pieces(1, 2)))
        done = {"operation": "call", "model": "m", "outcome": "completed"}
        failed = {**done, "outcome": "failed", "error": "RetryableError"}
        streamed = {**done, "operation": "stream"}
        assert figures.counted == [(CALLS, done), (CALLS, failed), (CALLS, streamed)]
        assert figures.recorded == [
            (DURATION, 1.0, done),
            (DURATION, 1.0, failed),
            (FIRST_PIECE, 1.0, {"model": "m"}),
            (DURATION, 2.0, streamed),
        ]

    async def test_who_leaves_early_is_no_failure(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO)
        stream = Metrics().stream(HI, CTX, lambda: pieces(1, 2))
        await anext(stream)
        await stream.aclose()
        (record,) = caplog.records
        assert (record.levelname, "left early" in record.message) == ("INFO", True)

    async def test_opentelemetry_is_told(self) -> None:
        told: list[tuple[object, ...]] = []

        class Instrument:
            def __init__(self, name: str) -> None:
                self.name = name

            def add(self, value, attrs) -> None:
                told.append((self.name, value, attrs["outcome"]))

            record = add

        class Meter:
            def create_counter(self, name):
                return Instrument(name)

            def create_histogram(self, name, unit):
                return Instrument(f"{name} [{unit}]")

        ticks = iter(range(9))
        await Metrics(OpenTelemetry(Meter()), clock=lambda: float(next(ticks)))(HI, CTX, ok)
        assert told == [(CALLS, 1, "completed"), (f"{DURATION} [s]", 1.0, "completed")]

    async def test_opentelemetry_itself_takes_the_figures(self) -> None:
        pytest.importorskip("opentelemetry.metrics")
        assert await Metrics(OpenTelemetry())(HI, CTX, ok) == {"ok": True}

    async def test_without_opentelemetry_the_extra_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(__import__("sys").modules, "opentelemetry.metrics", None)
        with pytest.raises(MissingExtra) as caught:
            OpenTelemetry()
        assert "[telemetry]" in caught.value.hint


SECRETS = {
    "Authorization": "Bearer secret-1",
    "access_token": "secret-2",
    "nested": {"password": "secret-3", "deep": [{"api_key": "secret-4"}]},
    "x-api-key": "secret-5",
    "client_secret": "secret-6",
    "Cookie": "secret-7",
    "thing": object(),
    "max_tokens": 5,
    "tokens": 7,
    "names": {"b", "a"},
}


async def test_redaction_hides_secrets_at_any_depth(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "conformance.calls")
    ctx = CallContext.new(**SECRETS)
    assert await Redaction()(HI, ctx, ok) == {"ok": True}
    assert await read(Redaction().stream(HI, ctx, lambda: pieces(1))) == [1]
    for record, operation in zip(caplog.records, ("call", "stream"), strict=True):
        assert record.message.startswith(f"Service {operation} starting")
        assert record.message.count("[REDACTED]") == 7
        assert '"max_tokens": 5, "tokens": 7, "names": ["a", "b"]' in record.message
        assert "secret-" not in record.message + repr(record.call)


class TestHooks:
    async def test_sync_and_async_hooks_are_told(self) -> None:
        registry, told = HookRegistry(), []

        @registry.on(HookType.PRE_CALL)
        async def before(event: HookEvent) -> None:
            told.append((event.type, event.request.model))

        @registry.on(HookType.POST_CALL)
        def after(event: HookEvent) -> None:
            told.append((event.type, event.result))

        @registry.on(HookType.CALL_ERROR)
        def failed(event: HookEvent) -> None:
            told.append((event.type, type(event.error)))

        assert await Hooked(registry)(HI, CTX, ok) == {"ok": True}
        with pytest.raises(RetryableError):
            await Hooked(registry)(HI, CTX, boom)
        assert told == [
            ("pre_call", "m"),
            ("post_call", {"ok": True}),
            ("pre_call", "m"),
            ("call_error", RetryableError),
        ]

    async def test_a_stream_tells_its_life(self) -> None:
        registry, told = HookRegistry(), []
        for kind in HookType:
            registry.register(kind, lambda event: told.append(event.type))
        hooked = Hooked(registry)
        await read(hooked.stream(HI, CTX, lambda: pieces(1, 2)))
        assert told == ["pre_stream", "stream_start", "stream_chunk", "stream_chunk", "post_stream"]
        told.clear()
        with pytest.raises(RetryableError):
            await read(hooked.stream(HI, CTX, lambda: pieces(RetryableError("x"))))
        assert told == ["pre_stream", "stream_error"]
        told.clear()
        stream = hooked.stream(HI, CTX, lambda: pieces(1, 2))
        await anext(stream)
        await stream.aclose()
        assert told == ["pre_stream", "stream_start", "stream_chunk", "stream_closed"]
        assert len(HookType) == 9

    async def test_pieces_are_changed_one_hook_after_the_other(self) -> None:
        registry = HookRegistry()

        @registry.on_chunk()
        async def wrap(event: HookEvent, piece):
            return {"wrapped": piece}

        @registry.on_chunk()
        def fails(event: HookEvent, piece):
            raise ValueError("a bug of a hook")

        @registry.on_chunk()
        def again(event: HookEvent, piece):
            return [piece]

        assert await read(Hooked(registry).stream(HI, CTX, lambda: pieces({"x": 1}))) == [[{"wrapped": {"x": 1}}]]

    @pytest.mark.parametrize("kind", ["raises", "raises_async", "hangs", "hangs_async"])
    async def test_a_hook_never_breaks_the_call(self, kind: str, caplog: pytest.LogCaptureFixture) -> None:
        registry, left = HookRegistry(), anyio.Event()

        def raises(event):
            raise RuntimeError("sk-secret")

        async def raises_async(event):
            raise RuntimeError("sk-secret")

        def hangs(event):
            time.sleep(0.05)

        async def hangs_async(event):
            await left.wait()

        patience = 0.01 if "hangs" in kind else 5.0  # a thread may take its time to begin
        registry.register(HookType.PRE_CALL, locals()[kind], timeout=patience)
        began = time.monotonic()
        assert await Hooked(registry)(HI, CTX, ok) == {"ok": True}
        assert time.monotonic() - began < 1
        assert ("given up after 0.01 s" if "hangs" in kind else "failed: RuntimeError") in caplog.text
        assert "sk-secret" not in caplog.text

    async def test_the_programs_own_hooks(self) -> None:
        told = []
        REGISTRY.register(HookType.PRE_CALL, told.append)
        try:
            await Hooked()(HI, CTX, ok)
        finally:
            REGISTRY.clear()
        await Hooked()(HI, CTX, ok)
        assert len(told) == 1

    async def test_only_pieces_can_be_changed(self) -> None:
        with pytest.raises(ValueError, match="stream_chunk"):
            HookRegistry().register_stream_hook(HookType.PRE_CALL, lambda event, piece: piece)


def everything() -> list:
    registry = HookRegistry()
    registry.register_stream_hook(HookType.STREAM_CHUNK, lambda event, piece: piece)
    return [PolicyGate(), Metrics(Figures()), Redaction(), Hooked(registry), CircuitBreaker(), Retry()]


async def test_streams_pass_through_all_of_it_piece_by_piece() -> None:
    """The source gives a piece only after the one before has been taken: who buffers waits for ever."""
    taken = anyio.Semaphore(0)

    async def source(request, ctx):
        for number in range(3):
            yield number
            await taken.acquire()

    got = []
    with anyio.fail_after(2):
        async for piece in compose_stream(everything(), source)(HI, CTX):
            got.append(piece)
            taken.release()
    assert got == [0, 1, 2]


async def test_who_leaves_closes_everything_down_to_the_source() -> None:
    closed = []

    async def source(request, ctx):
        try:
            while True:
                yield 1
        finally:
            closed.append(True)

    stream = compose_stream(everything(), source)(HI, CTX)
    assert await anext(stream) == 1
    await stream.aclose()
    assert closed == [True]


@pytest.mark.parametrize(
    ("stub", "got"),
    [
        (lambda request, ctx: [1, 2], [1, 2]),
        (lambda request, ctx: (one for one in (1, 2)), [1, 2]),
        (lambda request, ctx: pieces(1, 2), [1, 2]),
        (lambda request, ctx: {"a": 1}, [{"a": 1}]),
        (lambda request, ctx: "text", ["text"]),
    ],
)
async def test_plain_values_and_sync_iterables_serve(stub, got) -> None:
    assert await read(compose_stream(everything(), stub)(HI, CTX)) == got


async def test_the_first_is_the_outermost() -> None:
    order = []

    class Step:
        def __init__(self, name: str) -> None:
            self.name = name

        async def __call__(self, request, ctx, next_call):
            order.append(self.name)
            return await next_call()

    async def call(request, ctx):
        order.append("call")
        return "done"

    assert await compose([Step("outer"), Step("inner")], call)(HI, CTX) == "done"
    assert order == ["outer", "inner", "call"]
    assert await compose([], lambda request, ctx: 5)(HI, CTX) == 5
