"""The key is in what goes out and in nothing else: not in a repr, a log, a figure, a hook, an error, a cassette.

Rule of the file: servers do their worst with it, every way of a key travels, and everything that was told is searched.
"""

from __future__ import annotations

import json
import logging
import socket
import traceback
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import anyio
import httpx
import pytest

from conformance import adapter
from conformance.auth import bearer, header_key
from conformance.calls import CallContext, CallOptions, ExecutorConfig, Line, Model, RateLimitedExecutor, Steps
from conformance.calls import send as send_sync
from conformance.calls import stream as stream_sync
from conformance.calls.caution import CautionConfig
from conformance.calls.detour import Detour
from conformance.calls.failures import ServiceError
from conformance.calls.hooks import HookRegistry, HookType
from conformance.calls.reaching import vendor_base
from conformance.calls.recording import record
from conformance.calls.retry import RetryConfig
from conformance.calls.studio import Job
from conformance.errors import ConformanceError
from conformance.model import ChatRequest, Error, user

KEY = "sk-never-to-be-seen-0123456789abcdef"
OPENAI = adapter("openai")
HI = ChatRequest(model="m", messages=(user("hi"),), max_tokens=9)
QUICK = RetryConfig(max_attempts=2, base_delay=0.001, jitter=False, margin=0.0)


def query_key(key: str) -> httpx.Auth:
    """A key in the address, as some vendors take it."""

    class InQuery(httpx.Auth):
        def auth_flow(self, request):
            request.url = request.url.copy_merge_params({"key": key})
            yield request

    return InQuery()


SPEAKERS = {
    "bearer": replace(OPENAI, authenticate=bearer),
    "header": replace(OPENAI, authenticate=header_key("x-api-key"), key_header="x-api-key"),
    "query": replace(OPENAI, authenticate=query_key, key_header="query:key"),
    "anthropic": adapter("anthropic"),
    "gemini": adapter("gemini"),
    "bedrock": adapter("bedrock"),
}


def says(status: str, body: str = "", *lines: str):
    told = body.encode()
    head = "\r\n".join([f"HTTP/1.1 {status}", *lines, f"content-length: {len(told)}", "", ""])
    return lambda server, to: to.sendall(head.encode() + told)


QUOTED = json.dumps({"error": {"message": f"bad key {KEY}", "type": KEY, "code": KEY, "param": KEY}})
CUT = f"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{KEY}".encode()


def cutting(server, to) -> None:
    to.sendall(CUT)
    to.close()


JSON = "content-type: application/json"
WORST = {
    "refuses and quotes": says("401 Unauthorized", QUOTED, JSON),
    "fails and quotes": says("500 Internal Server Error", QUOTED, JSON, f"x-key: {KEY}"),
    "is busy and quotes": says("429 Too Many Requests", QUOTED, JSON, "retry-after-ms: 1"),
    "quotes as text": says("400 Bad Request", f"what is {KEY}?", "content-type: text/plain"),
    "redirects with it": says("302 Found", "", f"location: http://127.0.0.1:9/?key={KEY}"),
    "answers no JSON": says("200 OK", f"{KEY} {{", JSON),
    "answers another type": says("200 OK", KEY, f"content-type: text/{KEY}"),
    "speaks no HTTP": lambda server, to: (to.sendall(f"{KEY}\r\n\r\n".encode()), to.close()),
    "breaks off": cutting,
    "says an error in the stream": says("200 OK", f"data: {QUOTED}\n\n", "content-type: text/event-stream"),
}


class Told:
    """Everything that a program can come to see of its calls."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.hooks = HookRegistry()
        for kind in HookType:
            self.hooks.register(kind, self.hear)

    def hear(self, event) -> None:
        self.add(event, event.ctx, event.ctx.tracking)
        if event.error:
            self.failed(event.error)

    def add(self, *values: object) -> None:
        self.seen += [f"{value!r} {value!s}" for value in values]

    def failed(self, fault: BaseException) -> None:
        self.seen += traceback.format_exception(fault)
        self.add(fault, *fault.args, getattr(fault, "__notes__", ()), getattr(fault, "hint", ""))
        self.add(getattr(fault, "error", None))
        for other in (fault.__cause__, fault.__context__):
            if other is not None:
                self.failed(other)

    def count(self, name, attrs) -> None:
        self.add(name, attrs)

    def record(self, name, value, attrs) -> None:
        self.add(name, attrs)

    def check(self, caplog: pytest.LogCaptureFixture) -> None:
        logged = [f"{one.name}: {one.getMessage()} {one.__dict__!r}" for one in caplog.records]
        assert [*self.seen, *logged]
        assert [_around(one) for one in [*self.seen, *logged] if KEY in one] == []


def _around(text: str) -> str:
    """Where the key stands, in a few words."""
    at = text.index(KEY)
    return f"{text[:40]} … {text[max(at - 40, 0) : at]}<the key>"


def key_of(name: str) -> str:
    return f"{KEY}:{KEY}" if name == "bedrock" else KEY


@pytest.fixture(autouse=True)
def loud(caplog: pytest.LogCaptureFixture) -> None:
    """Every logger at its loudest: ours, and those of the HTTP libraries."""
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore", "httpx2", "conformance.calls", "asyncio"):
        caplog.set_level(logging.DEBUG, name)


@pytest.mark.anyio
@pytest.mark.parametrize("worst", WORST)
@pytest.mark.parametrize("speaker", SPEAKERS)
async def test_whatever_the_server_does_with_it(behaving, caplog, speaker: str, worst: str) -> None:
    server, told = behaving(WORST[worst]), Told()
    steps = Steps(telemetry=told, hooks=told.hooks, retry=QUICK)
    one, options = SPEAKERS[speaker], CallOptions(key_of(speaker), server.url, 5.0)
    ctx = CallContext.with_timeout(timeout_s=10, api_key=KEY, nested={"authorization": KEY})
    async with Line(one, options, middlewares=steps.chain(frozenset())) as line:
        try:
            await line.exchange(HI, ctx)
        except ServiceError as failure:
            told.failed(failure)
        async with aclosing(line.stream(replace_stream(HI), ctx)) as events:
            told.add(*[event for event in [event async for event in events] if isinstance(event, Error)])
        told.add(line, options, line.parts(HI), ctx, steps)
    sent = b"".join(server.requests)
    assert (b"Signature=" if speaker == "bedrock" else KEY.encode()) in sent
    told.check(caplog)


def replace_stream(request: ChatRequest) -> ChatRequest:
    from msgspec.structs import replace as changed

    return changed(request, stream=True)


@pytest.mark.parametrize("worst", WORST)
@pytest.mark.parametrize("speaker", SPEAKERS)
def test_nor_without_async(behaving, caplog, speaker: str, worst: str) -> None:
    server, told = behaving(WORST[worst]), Told()
    one, options = SPEAKERS[speaker], CallOptions(key_of(speaker), server.url, 5.0)
    with httpx.Client() as client:
        told.add(*[event for event in stream_sync(one, HI, options, client) if isinstance(event, Error)])
        try:
            told.add(send_sync(one, HI, options, client).response.end)
        except ConformanceError as failure:
            told.failed(failure)
    told.check(caplog)


@pytest.mark.anyio
async def test_nor_where_nobody_listens_or_the_address_is_none(caplog) -> None:
    told = Told()
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    for base in (f"http://user:{KEY}@127.0.0.1:{port}/v1?key={KEY}", f"ftp://:{KEY}@127.0.0.1"):
        try:
            async with Model("m", base_url=base, api_key=KEY, dialect="openai-chat") as one:
                told.add(one, one.metadata, one.to_dict(), one.service, one.steps)
                await one.invoke("hi")
        except ConformanceError as failure:
            told.failed(failure)
        else:
            pytest.fail("somebody answered")
    told.check(caplog)


@pytest.mark.anyio
async def test_nor_in_what_an_executor_keeps(behaving, caplog) -> None:
    told = Told()
    server = behaving(WORST["refuses and quotes"])
    async with Model("openai/m", base_url=server.url, api_key=KEY) as one, RateLimitedExecutor(ExecutorConfig()) as run:
        call = await run.submit_call(one.service, HI, CallContext.new(api_key=KEY))
        stream = await run.submit_stream(one.service, HI, CallContext.new())
        told.add(call, stream)
        for attempt in (call.wait_completion(), anext(pieces := aiter(stream))):
            try:
                await attempt
            except ServiceError as failure:
                told.failed(failure)
        await pieces.aclose()
        told.add(run, run.stats, dict(run.completed), call.failure)
        await anyio.lowlevel.checkpoint()
    told.check(caplog)


@pytest.mark.parametrize("worst", [*WORST, "answers well and quotes"])
def test_nor_in_a_recording_or_its_report(
    behaving, caplog, worst: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    told = Told()
    server = behaving(WORST.get(worst, _well_and_quotes))
    results = record(
        ["openai"],
        scenarios=["simple_text", "error_auth_401"],
        folder=tmp_path,
        transport=Detour({vendor_base(OPENAI): server.url}),
        caution=CautionConfig(retry=QUICK, timeout=5.0),
    )
    told.add(*results, Job(OPENAI, "simple_text", tmp_path, "live", KEY))
    for path in tmp_path.rglob("*"):
        told.add(path.name, path.read_text(encoding="utf-8") if path.is_file() else "")
    assert any(KEY.encode() in one for one in server.requests)
    told.check(caplog)


def _well_and_quotes(server, to) -> None:
    """The answer itself says the key: there is no way to keep the cassette."""
    chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [_choice(KEY)]}
    body = f"data: {json.dumps(chunk)}\n\n" + "data: [DONE]\n\n"
    says("200 OK", body, "content-type: text/event-stream")(server, to)


def _choice(text: str) -> dict:
    return {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": "stop"}
