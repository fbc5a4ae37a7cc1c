"""What metrics, spans, logs and hooks tell of calls that really go out: one call each, whatever its attempts were."""

from __future__ import annotations

import json
import logging
from contextlib import aclosing

import pytest
from msgspec.structs import replace
from opentelemetry.trace import INVALID_SPAN_CONTEXT, NonRecordingSpan, StatusCode, get_current_span

from conformance import adapter
from conformance.calls import Model, Steps
from conformance.calls.breaker import BreakerConfig
from conformance.calls.chain import called, opened
from conformance.calls.failures import CircuitOpen, NonRetryableError, RateLimitError
from conformance.calls.hooks import HookRegistry, HookType
from conformance.calls.metrics import CALLS, DURATION, FIRST_PIECE
from conformance.calls.retry import RetryConfig
from conformance.calls.telemetry import Tracing
from conformance.errors import MissingExtra
from conformance.model import Done, Start, TextDelta
from conformance.scenarios import for_model, scenario

pytestmark = pytest.mark.anyio

KEY = "sk-telemetry-that-must-never-show-0123456789"
OPENAI = adapter("openai")
SAID = scenario("simple_text")
FRAMES = list(OPENAI.dialect.server.stream(SAID.answer, for_model(SAID, "m"), {}))
WHOLE = OPENAI.dialect.server.whole(SAID.answer, for_model(scenario("simple_text_whole"), "m"), {})
QUICK = RetryConfig(base_delay=0.001, max_delay=0.002, jitter=False, margin=0.0)


def answer(to, status: str, body: bytes) -> None:
    head = f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    to.sendall(head.encode() + body)


def refusing(to, status: str) -> None:
    answer(
        to, status, json.dumps({"error": {"message": f"no, {KEY}", "type": "x", "param": None, "code": None}}).encode()
    )


def well(server, to) -> None:
    if b'"stream":true' not in server.requests[-1]:
        return answer(to, "200 OK", WHOLE)
    to.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
    return to.sendall(b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in FRAMES) + b"0\r\n\r\n")


def busy_twice(server, to) -> None:
    refusing(to, "429 Too Many Requests") if len(server.requests) < 3 else well(server, to)


class Figures:
    def __init__(self) -> None:
        self.counted: list[tuple] = []
        self.recorded: list[tuple] = []

    def count(self, name, attrs) -> None:
        self.counted.append((name, attrs))

    def record(self, name, value, attrs) -> None:
        self.recorded.append((name, value, attrs))


class Span(NonRecordingSpan):
    """A span that notes what it is told; the rest of OpenTelemetry is the real one."""

    def __init__(self, name: str, about: dict) -> None:
        super().__init__(INVALID_SPAN_CONTEXT)
        self.name, self.about, self.events, self.status, self.ended = name, dict(about), [], StatusCode.UNSET, 0

    def set_attribute(self, key, value) -> None:
        self.about[key] = value

    def add_event(self, name, attributes=None, timestamp=None) -> None:
        self.events.append(name)

    def set_status(self, status, description=None) -> None:
        self.status = status.status_code
        assert not status.description

    def record_exception(self, *args, **more) -> None:
        raise AssertionError("the words of an exception are no fact for a span")

    def end(self, end_time=None) -> None:
        self.ended += 1


class Tracer:
    def __init__(self) -> None:
        self.spans: list[Span] = []

    def start_span(self, name, kind, attributes) -> Span:
        self.spans.append(Span(name, attributes))
        return self.spans[-1]


class Innermost:
    """A step of a user's own that looks which span is current where the call goes out."""

    def __init__(self) -> None:
        self.seen: list[object] = []

    async def __call__(self, request, ctx, next_call):
        self.seen.append(get_current_span())
        return await called(next_call)

    async def stream(self, request, ctx, next_stream):
        async with opened(next_stream) as pieces:
            async for piece in pieces:
                self.seen.append(get_current_span())
                yield piece


def model(url: str, **steps) -> Model:
    return Model("openai/m", base_url=url, api_key=KEY, timeout=5.0, steps=Steps(retry=QUICK, **steps))


@pytest.mark.parametrize("how", ["call", "stream"])
async def test_one_call_counts_once_however_often_it_is_tried(behaving, how: str) -> None:
    server, figures = behaving(busy_twice), Figures()
    async with model(server.url, telemetry=figures) as one:
        if how == "call":
            await one.invoke("Hello")
        else:
            assert [event async for event in one.stream("Hello")]
    attrs = {"operation": how, "model": "m", "outcome": "completed"}
    assert len(server.requests) == 3
    assert figures.counted == [(CALLS, attrs)]
    firsts = [(FIRST_PIECE, {"model": "m"})] if how == "stream" else []
    assert [(name, told) for name, _, told in figures.recorded] == [*firsts, (DURATION, attrs)]
    assert all(0 < value < 5 for _, value, _ in figures.recorded)


@pytest.mark.parametrize("how", ["call", "stream"])
async def test_failures_and_who_leaves_are_counted_apart(behaving, how: str) -> None:
    figures = Figures()
    async with model(behaving(lambda server, to: refusing(to, "400 Bad Request")).url, telemetry=figures) as one:
        with pytest.raises(NonRetryableError):
            await (one.invoke("Hello") if how == "call" else anext(one.stream("Hello")))
    async with model(behaving(well).url, telemetry=figures) as one, aclosing(one.stream("Hello")) as events:
        assert isinstance(await anext(events), Start)
    failed = {"operation": how, "model": "m", "outcome": "failed", "error": "NonRetryableError"}
    left = {"operation": "stream", "model": "m", "outcome": "left early"}
    assert figures.counted == [(CALLS, failed), (CALLS, left)]
    assert KEY not in str(figures.counted) + str(figures.recorded)


async def test_a_call_that_the_circuit_holds_back_counts_as_failed(behaving) -> None:
    figures = Figures()
    steps = {"telemetry": figures, "circuit": BreakerConfig(failure_threshold=1)}
    server = behaving(lambda server, to: refusing(to, "503 Service Unavailable"))
    async with model(server.url, **steps) as one:
        for _ in range(2):
            with pytest.raises(Exception, match=r"503|OPEN"):
                await one.invoke("Hello")
    assert [told["error"] for _, told in figures.counted] == ["RetryableError", CircuitOpen.__name__]
    assert len(server.requests) == 3


async def test_start_success_and_failure_are_logged_and_nothing_that_was_said(behaving, caplog) -> None:
    caplog.set_level(logging.DEBUG, "conformance.calls")
    async with model(behaving(well).url) as one:
        await one.invoke("a private question")
    async with model(behaving(lambda server, to: refusing(to, "400 Bad Request")).url) as one:
        with pytest.raises(NonRetryableError):
            await one.invoke("a private question")
    mine = [one for one in caplog.records if one.name == "conformance.calls"]
    assert [(one.levelname, one.message.partition(":")[0]) for one in mine] == [
        ("DEBUG", "Service call starting"),
        ("INFO", "Service call completed"),
        ("DEBUG", "Service call starting"),
        ("ERROR", "Service call failed"),
    ]
    assert "private" not in caplog.text
    assert KEY not in caplog.text


# ------------------------------------------------------------------ spans


@pytest.mark.parametrize("how", ["call", "stream"])
async def test_one_span_holds_all_attempts_of_a_call(behaving, how: str) -> None:
    server, tracer, inner = behaving(busy_twice), Tracer(), Innermost()
    async with model(server.url, others=[Tracing(tracer), inner]) as one:
        if how == "call":
            await one.invoke("Hello")
        else:
            async for _ in one.stream("Hello"):
                assert get_current_span() is not tracer.spans[0]  # the consumer's work is no part of it
    (span,) = tracer.spans
    assert (span.name, span.ended, span.status) == ("chat m", 1, StatusCode.UNSET)
    assert span.about["conformance.attempts"] == len(server.requests) == 3
    assert (span.about["gen_ai.operation.name"], span.about["gen_ai.request.model"]) == ("chat", "m")
    assert span.events == (["first_piece"] if how == "stream" else [])
    assert inner.seen
    assert all(one is span for one in inner.seen)


@pytest.mark.parametrize("how", ["call", "stream"])
async def test_a_span_says_how_a_call_failed_and_quotes_nothing(behaving, how: str) -> None:
    server, tracer = behaving(lambda server, to: refusing(to, "429 Too Many Requests")), Tracer()
    async with model(server.url, others=[Tracing(tracer)]) as one:
        with pytest.raises(RateLimitError):
            await (one.invoke("Hello") if how == "call" else anext(one.stream("Hello")))
    (span,) = tracer.spans
    assert (span.status, span.about["error.type"], span.ended) == (StatusCode.ERROR, "RateLimitError", 1)
    assert KEY not in str(span.about)


async def test_a_stream_that_is_left_ends_its_span_without_a_fault(behaving) -> None:
    tracer = Tracer()
    async with model(behaving(well).url, others=[Tracing(tracer)]) as one, aclosing(one.stream("Hello")) as events:
        await anext(events)
    (span,) = tracer.spans
    assert (span.status, span.ended, "error.type" in span.about) == (StatusCode.UNSET, 1, False)


async def test_the_real_tracer_of_opentelemetry_takes_them(behaving) -> None:
    async with model(behaving(well).url, others=[Tracing()]) as one:
        assert (await one.invoke("Hello")).text


def test_without_opentelemetry_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "opentelemetry.trace", None)
    with pytest.raises(MissingExtra, match="spans for OpenTelemetry") as told:
        Tracing()
    assert "[telemetry]" in told.value.hint


# ------------------------------------------------------------------ hooks


async def test_hooks_are_told_of_a_real_call_and_change_its_pieces(behaving) -> None:
    hooks, told = HookRegistry(), []
    for kind in HookType:
        hooks.register(kind, lambda event: told.append(event.type.value))

    @hooks.on_chunk()
    async def louder(event, piece):
        return replace(piece, text=piece.text.upper()) if isinstance(piece, TextDelta) else piece

    async with model(behaving(well).url, hooks=hooks) as one:
        await one.invoke("Hello")
        events = [event async for event in one.stream("Hello")]
    said = "".join(event.text for event in events if isinstance(event, TextDelta))
    assert said == SAID.answer.text.upper()
    assert isinstance(events[-1], Done)
    assert told[:4] == ["pre_call", "post_call", "pre_stream", "stream_start"]
    assert told[4:] == ["stream_chunk"] * len(events) + ["post_stream"]
