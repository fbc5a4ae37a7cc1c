"""What a call puts on the wire, and that it hands on events the moment they come."""

from __future__ import annotations

import json
from collections.abc import Iterator

import anyio
import httpx
import httpx2
import pytest

from conformance import adapter
from conformance.auth import bearer, header_key
from conformance.calls import CallOptions, astream, build, send, stream
from conformance.errors import UsageError
from conformance.exchange import Chunk
from conformance.model import ChatRequest, Done, Start, user
from conformance.scenarios import check, for_model, scenario

KEY = "sk-test-key-0123456789"
OPTIONS = CallOptions(KEY)
PLACES = {"openai": ("authorization", f"Bearer {KEY}"), "anthropic": ("x-api-key", KEY)}
URLS = {
    "openai": "https://api.openai.com/v1/chat/completions",
    "anthropic": "https://api.anthropic.com/v1/messages",
}


class Recorder:
    """A transport that keeps each request and answers as the vendor would."""

    def __init__(self, library, provider: str) -> None:
        self.library, self.server, self.seen = library, adapter(provider).dialect.server, []

    def __call__(self, request):
        self.seen.append(request)
        body = json.loads(request.content)
        asked, reply = self.server.parse(body), scenario("simple_text").answer
        if asked.stream:
            whole = b"".join(self.server.stream(reply, asked, body))
            return self.library.Response(200, content=whole, headers={"content-type": "text/event-stream"})
        whole = self.server.whole(reply, asked, body)
        return self.library.Response(200, content=whole, headers={"content-type": "application/json"})


@pytest.mark.parametrize("library", [httpx, httpx2], ids=lambda one: one.__name__)
@pytest.mark.parametrize("provider", list(PLACES))
def test_the_key_is_in_its_place_and_nowhere_else(library, provider: str) -> None:
    recorder, speaker = Recorder(library, provider), adapter(provider)
    with library.Client(transport=library.MockTransport(recorder)) as client:
        events = list(stream(speaker, for_model(scenario("simple_text"), speaker.model), OPTIONS, client))
    assert isinstance(events[-1], Done)
    (sent,) = recorder.seen
    name, value = PLACES[provider]
    assert [line for line in sent.headers.multi_items() if KEY in line[1]] == [(name, value)]
    assert KEY not in str(sent.url)
    assert KEY.encode() not in sent.content
    assert {"authorization", "x-api-key"} & {one.lower() for one in sent.headers} == {name}
    assert speaker.key_header == name


@pytest.mark.parametrize("provider", list(URLS))
def test_the_request_goes_where_the_vendor_wants_it_as_json(provider: str) -> None:
    recorder, speaker = Recorder(httpx, provider), adapter(provider)
    request = for_model(scenario("tool_call_single"), speaker.model)
    with httpx.Client(transport=httpx.MockTransport(recorder)) as client:
        list(stream(speaker, request, OPTIONS, client))
    (sent,) = recorder.seen
    assert (sent.method, str(sent.url)) == ("POST", URLS[provider])
    assert sent.headers["content-type"] == "application/json"
    assert sent.headers["accept"] == "text/event-stream"
    assert sent.headers["accept-encoding"] == "identity"
    assert json.loads(sent.content) == speaker.body(request)
    assert speaker.dialect.tool_schemas(json.loads(sent.content)) == [request.tools[0].parameters]
    assert sent.headers.get("anthropic-version") == ("2026-10-21" if provider == "anthropic" else None)


@pytest.mark.parametrize("provider", list(URLS))
def test_a_whole_answer_tells_the_same_as_its_stream(provider: str) -> None:
    recorder, speaker = Recorder(httpx, provider), adapter(provider)
    replies = []
    with httpx.Client(transport=httpx.MockTransport(recorder)) as client:
        for name in ("simple_text", "simple_text_whole"):
            events = list(stream(speaker, for_model(scenario(name), speaker.model), OPTIONS, client))
            assert check(scenario(name), events, "virtual") == []
            replies.append(events[-1].reply.says())
    assert replies[0] == replies[1]
    assert recorder.seen[1].headers["accept"] == "application/json"
    assert "stream" not in json.loads(recorder.seen[1].content)


@pytest.mark.parametrize("provider", list(URLS))
def test_another_base_url_keeps_the_dialects_path(provider: str) -> None:
    out = build(
        adapter(provider), for_model(scenario("simple_text"), "m"), CallOptions(KEY, "http://127.0.0.1:9/base/")
    )
    assert out.url == "http://127.0.0.1:9/base" + adapter(provider).dialect.path(scenario("simple_text").request)


def test_what_json_cannot_say_is_told_and_half_a_surrogate_is_escaped() -> None:
    odd = ChatRequest(model="m", messages=(user("half \ud83d"),))
    assert b'"half \\ud83d"' in build(adapter("openai"), odd, OPTIONS).content
    never = ChatRequest(model="m", messages=(user("Hi"),), temperature=float("nan"))
    with pytest.raises(UsageError, match="cannot be said in JSON"):
        build(adapter("openai"), never, OPTIONS)


def test_a_base_url_that_is_none_is_told() -> None:
    with httpx.Client() as client, pytest.raises(UsageError, match="is no URL"):
        list(stream(adapter("openai"), scenario("simple_text").request, CallOptions(KEY, "http://host:port"), client))


def test_the_first_event_comes_before_the_body_ends() -> None:
    """Each frame is let out only when the events of the frame before have been taken."""
    let_out = 0

    class Slowly(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            nonlocal let_out
            speaker, asked = adapter("openai"), scenario("simple_text")
            for frame in speaker.dialect.server.stream(asked.answer, asked.request, {}):
                let_out += 1
                yield frame

    answer = httpx.Response(200, stream=Slowly(), headers={"content-type": "text/event-stream"})
    with httpx.Client(transport=httpx.MockTransport(lambda request: answer)) as client:
        events = stream(adapter("openai"), scenario("simple_text").request, OPTIONS, client)
        assert isinstance(next(events), Start)
        assert let_out == 1
        rest = list(events)
    assert isinstance(rest[-1], Done)
    assert answer.is_closed


def test_leaving_early_closes_the_response() -> None:
    frames = adapter("openai").dialect.server.stream(
        scenario("simple_text").answer, scenario("simple_text").request, {}
    )
    answer = httpx.Response(200, content=frames, headers={"content-type": "text/event-stream"})
    with httpx.Client(transport=httpx.MockTransport(lambda request: answer)) as client:
        events = stream(adapter("openai"), scenario("simple_text").request, OPTIONS, client)
        assert isinstance(next(events), Start)
        assert not answer.is_closed
        events.close()
        assert answer.is_closed


@pytest.mark.parametrize("library", [httpx, httpx2], ids=lambda one: one.__name__)
def test_the_async_twin_tells_the_same(library) -> None:
    recorder, speaker = Recorder(library, "anthropic"), adapter("anthropic")
    request = for_model(scenario("simple_text"), speaker.model)

    async def collect():
        async with library.AsyncClient(transport=library.MockTransport(recorder)) as client:
            return [event async for event in astream(speaker, request, OPTIONS, client)]

    with library.Client(transport=library.MockTransport(recorder)) as client:
        assert anyio.run(collect) == list(stream(speaker, request, OPTIONS, client))
    assert recorder.seen[0].headers["x-api-key"] == KEY


def test_send_keeps_the_exchange_chunk_by_chunk() -> None:
    pieces = [b"data: one\n\n", b"data: two\n\n"]
    answer = httpx.Response(200, content=iter(pieces), headers=[("content-type", "text/event-stream"), ("x", "1")])
    with httpx.Client(transport=httpx.MockTransport(lambda request: answer)) as client:
        exchange = send(adapter("openai"), for_model(scenario("simple_text"), "m"), OPTIONS, client)
    assert [chunk.data for chunk in exchange.response.chunks] == pieces
    assert all(isinstance(chunk, Chunk) and chunk.gap >= 0 for chunk in exchange.response.chunks)
    assert exchange.response.end == "eof"
    assert exchange.response.headers == (
        ("content-type", "text/event-stream"),
        ("x", "1"),
        ("transfer-encoding", "chunked"),
    )
    assert exchange.request.json()["model"] == "m"
    assert exchange.request.header("authorization") == f"Bearer {KEY}"
    assert (exchange.dialect, exchange.provider, exchange.source) == ("openai-chat", "openai", "live")


def test_a_key_never_shows_in_a_repr() -> None:
    for one in (OPTIONS, bearer(KEY), header_key("x-api-key")(KEY)):
        assert KEY not in repr(one)


def test_auth_flows_are_httpx_auths() -> None:
    for auth in (bearer(KEY), header_key("x-api-key")(KEY)):
        assert isinstance(auth, httpx.Auth)
        request = httpx.Request("POST", "https://example.com")
        assert next(auth.sync_auth_flow(request)) is request
        assert KEY in str(request.headers.raw)


def test_importing_auth_and_adapters_does_not_import_httpx() -> None:
    import subprocess
    import sys

    code = "import sys, conformance; conformance.adapter('openai'); sys.exit('httpx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
