"""What goes wrong on the way ends the timeline with one clear error, in httpx and httpx2, sync and async alike."""

from __future__ import annotations

import anyio
import httpx
import httpx2
import pytest

from conformance import adapter
from conformance.calls import CallOptions, astream, send, stream
from conformance.errors import Unreachable
from conformance.exchange import Broken
from conformance.model import Error, TextDelta, name_of
from conformance.scenarios import for_model, scenario

OPTIONS = CallOptions("sk-test-key-0123456789")
SSE = {"content-type": "text/event-stream"}
PROVIDERS = ["openai", "anthropic"]


def request_for(provider: str, name: str = "simple_text"):
    return for_model(scenario(name), adapter(provider).model)


def frames(provider: str) -> list[bytes]:
    speaker, asked = adapter(provider), scenario("simple_text")
    return list(speaker.dialect.server.stream(asked.answer, request_for(provider), {}))


def run(library, provider: str, answer, *, asynchronous: bool = False, name: str = "simple_text"):
    """The timeline that comes of an answer: a function of a request, of either library."""
    speaker, request = adapter(provider), request_for(provider, name)
    if not asynchronous:
        with library.Client(transport=library.MockTransport(answer)) as client:
            return list(stream(speaker, request, OPTIONS, client))

    async def collect():
        async with library.AsyncClient(transport=library.MockTransport(answer)) as client:
            return [event async for event in astream(speaker, request, OPTIONS, client)]

    return anyio.run(collect)


@pytest.fixture(
    params=[(lib, way) for lib in (httpx, httpx2) for way in (False, True)],
    ids=lambda p: f"{p[0].__name__}-{'async' if p[1] else 'sync'}",
)
def way(request):
    library, asynchronous = request.param
    return library, lambda provider, answer, **more: run(library, provider, answer, asynchronous=asynchronous, **more)


@pytest.mark.parametrize("provider", PROVIDERS)
class TestFivePaths:
    def test_http_500_says_so_and_quotes_the_body(self, way, provider: str) -> None:
        library, ask = way
        events = ask(provider, lambda request: library.Response(500, text="the engine is on fire"))
        assert [name_of(one) for one in events] == ["Error"]
        assert "HTTP 500" in events[0].message
        assert "the engine is on fire" in events[0].message
        assert events[0].status == 500
        assert events[0].retryable

    def test_http_500_in_the_dialect_keeps_the_vendors_words(self, way, provider: str) -> None:
        library, ask = way
        body = {"type": "error", "error": {"type": "api_error", "message": "Overheated", "param": None, "code": None}}
        (event,) = ask(provider, lambda request: library.Response(500, json=body))
        assert event.message == "HTTP 500: Overheated"

    def test_a_wrong_content_type_is_a_protocol_error(self, way, provider: str) -> None:
        library, ask = way
        body = b"".join(frames(provider))
        (event,) = ask(
            provider, lambda request: library.Response(200, content=body, headers={"content-type": "text/html"})
        )
        assert event.kind == "protocol"
        assert "protocol error" in event.message
        assert "content-type" in event.message

    def test_no_content_type_is_a_protocol_error(self, way, provider: str) -> None:
        library, ask = way
        body = b"".join(frames(provider))
        (event,) = ask(provider, lambda request: library.Response(200, content=body))
        assert event.kind == "protocol"
        assert "missing content-type" in event.message

    def test_invalid_json_in_the_stream_is_told(self, way, provider: str) -> None:
        library, ask = way
        body = [*frames(provider)[:2], b"event: ping\ndata: {oops\n\n"]
        events = ask(provider, lambda request: library.Response(200, content=b"".join(body), headers=SSE))
        assert isinstance(events[-1], Error)
        assert events[-1].kind == "protocol"
        assert "JSON" in events[-1].message
        assert "parse" in events[-1].message

    def test_invalid_utf8_is_told(self, way, provider: str) -> None:
        library, ask = way
        body = [*frames(provider)[:2], b"event: ping\ndata: \xff\xfe\n\n"]
        events = ask(provider, lambda request: library.Response(200, content=b"".join(body), headers=SSE))
        assert isinstance(events[-1], Error)
        assert "SSE error" in events[-1].message

    def test_a_stream_that_ends_early_is_truncated(self, way, provider: str) -> None:
        library, ask = way
        body = b"".join(frames(provider)[:-1])
        events = ask(provider, lambda request: library.Response(200, content=body, headers=SSE))
        assert events[-1].kind == "truncated"

    def test_a_redirect_is_neither_answer_nor_error(self, way, provider: str) -> None:
        library, ask = way
        (event,) = ask(provider, lambda request: library.Response(302, headers={"location": "/elsewhere"}))
        assert event.kind == "protocol"
        assert "HTTP 302" in event.message

    def test_a_whole_answer_that_is_html_is_a_protocol_error(self, way, provider: str) -> None:
        library, ask = way
        page = library.Response(200, html="<html>hello</html>")
        (event,) = ask(provider, lambda request: page, name="simple_text_whole")
        assert "content-type" in event.message


FAULTS = [
    ("ConnectTimeout", "timeout"),
    ("ReadTimeout", "timeout"),
    ("PoolTimeout", "timeout"),
    ("ConnectError", "server"),
    ("ReadError", "truncated"),
    ("RemoteProtocolError", "truncated"),
    ("ProxyError", "proxy_error"),
    ("UnsupportedProtocol", "invalid_request"),
]


@pytest.mark.parametrize(("fault", "kind"), FAULTS)
def test_a_transport_that_fails_before_the_answer(way, fault: str, kind: str) -> None:
    library, ask = way

    def fail(request):
        raise getattr(library, fault)("out of order")

    (event,) = ask("openai", fail)
    assert event.kind == kind
    assert f"{fault}: out of order" in event.message
    assert "https://api.openai.com/v1/chat/completions" in event.message


def test_a_transport_that_fails_in_the_middle_truncates(way) -> None:
    library, ask = way
    head = frames("openai")[:3]

    class Breaks(library.SyncByteStream, library.AsyncByteStream):
        def __iter__(self):
            yield from head
            raise library.ReadError("cable cut")

        async def __aiter__(self):
            for one in head:
                yield one
            raise library.ReadError("cable cut")

    events = ask("openai", lambda request: library.Response(200, stream=Breaks(), headers=SSE))
    assert any(isinstance(one, TextDelta) for one in events)
    assert events[-1].kind == "truncated"
    assert "cable cut" in events[-1].message


def test_a_fault_of_ours_is_not_swallowed(way) -> None:
    _, ask = way

    def fail(request):
        raise ZeroDivisionError("a bug")

    with pytest.raises(ZeroDivisionError):
        ask("openai", fail)


def test_send_keeps_a_body_that_broke_off() -> None:
    class Breaks(httpx.SyncByteStream):
        def __iter__(self):
            yield b"data: {}\n\n"
            raise httpx.ReadError("cable cut")

    answer = httpx.MockTransport(lambda request: httpx.Response(200, stream=Breaks(), headers=SSE))
    with httpx.Client(transport=answer) as client:
        exchange = send(adapter("openai"), request_for("openai"), OPTIONS, client)
    assert exchange.response.end == Broken("ReadError", "cable cut")
    assert exchange.response.body == b"data: {}\n\n"


def test_send_raises_when_no_answer_came_at_all() -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with (
        httpx.Client(transport=httpx.MockTransport(fail)) as client,
        pytest.raises(Unreachable, match="refused") as caught,
    ):
        send(adapter("openai"), request_for("openai"), OPTIONS, client)
    assert caught.value.hint
