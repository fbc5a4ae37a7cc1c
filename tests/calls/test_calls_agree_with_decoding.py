"""The call layer and `decode` make the same of the same bytes: every cassette, and every answer that went wrong."""

from __future__ import annotations

import httpx
import pytest

from conformance import adapter, adapter_names, decode
from conformance.calls import CallOptions, send, stream
from conformance.exchange import Exchange, Request, Response
from conformance.scenarios import AGENT_LOOP, for_model, scenario
from conformance.tape import on_shelf, open_tape, read_cassette

OPTIONS = CallOptions("any-key-0123456789")


@pytest.mark.parametrize("provider", adapter_names())
def test_every_cassette_tells_the_same_both_ways(provider: str) -> None:
    speaker = adapter(provider)
    paths = [path for path in on_shelf(provider) if AGENT_LOOP not in path.stem]
    assert paths
    for path in paths:
        recording = read_cassette(path)
        assert recording.provenance.scenario is not None
        one = scenario(recording.provenance.scenario)
        with open_tape(path) as tape, httpx.Client(transport=tape.transport()) as client:
            events = list(stream(speaker, for_model(one, speaker.model), CallOptions(OPTIONS.api_key), client))
        # a token may come first
        assert events == decode(recording.exchanges[-1], speaker.dialect, strict=True), path.name


ODD = [
    httpx.Response(500, text="boom", headers={"content-type": "text/plain"}),
    httpx.Response(503, text=""),
    httpx.Response(429, json={"error": {"type": "rate_limit_error", "message": "slow"}}, headers={"retry-after": "3"}),
    httpx.Response(302, headers={"location": "/"}),
    httpx.Response(200, text="data: x\n\n"),
    httpx.Response(200, content=b"data: {}\n\n"),
    httpx.Response(200, json={"error": {"type": "api_error", "message": "inside a 200"}}),
    httpx.Response(200, content=b"", headers={"content-type": "text/event-stream"}),
    httpx.Response(200, content=b"", headers={"content-type": "application/json"}),
    httpx.Response(200, content=b"[]", headers={"content-type": "application/json"}),
    httpx.Response(204),
]


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
@pytest.mark.parametrize("name", ["simple_text", "simple_text_whole"])
@pytest.mark.parametrize("answer", ODD, ids=lambda one: f"{one.status_code}-{one.content[:12]!r}")
def test_odd_answers_tell_the_same_in_stream_send_and_decode(provider: str, name: str, answer: httpx.Response) -> None:
    speaker = adapter(provider)
    request = for_model(scenario(name), speaker.model)

    def vendor(asked: httpx.Request) -> httpx.Response:
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    with httpx.Client(transport=httpx.MockTransport(vendor)) as client:
        events = list(stream(speaker, request, OPTIONS, client))
        exchange = send(speaker, request, OPTIONS, client)
    assert isinstance(exchange, Exchange)
    assert isinstance(exchange.request, Request)
    assert isinstance(exchange.response, Response)
    assert events == decode(exchange, strict=True)
    assert len(events) == 1
