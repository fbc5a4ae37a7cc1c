"""Recorded cohere-v2 traffic: we read what the vendor's SDK reads, and the vendor breaks none of our rules.

The corpus lies beside the project and is no part of it; without it these checks skip.
"""

from __future__ import annotations

import json
import warnings
from typing import Any

import httpx
import pytest
from recorded_corpus import CORPUS, MARKS, least, spoken

from conformance.decoding import came_streamed, decode
from conformance.dialects import dialect
from conformance.exchange import Exchange, Request, Response
from conformance.judging import judge
from conformance.model import Done, Error, grammar_faults

CAPTURES = CORPUS.parent.parent / "targets" / "captures"
pytestmark = MARKS
COHERE = dialect("cohere-v2")
STOPS = {"COMPLETE": "stop", "STOP_SEQUENCE": "stop", "MAX_TOKENS": "length", "TOOL_CALL": "tool_use"}


def recorded() -> tuple[Exchange, ...]:
    return spoken("cohere-v2")


def answers(*, streamed: bool) -> list[Exchange]:
    return [one for one in recorded() if one.response.status < 300 and came_streamed(one, COHERE) is streamed]


def sdk_reads(exchange: Exchange, *, streamed: bool) -> dict[str, Any]:
    cohere = pytest.importorskip("cohere")
    kind = "text/event-stream" if streamed else "application/json"
    reply = httpx.Response(200, headers={"content-type": kind}, content=exchange.response.body)
    asked: dict[str, Any] = {"model": "m", "messages": [{"role": "user", "content": "x"}]}
    with httpx.Client(transport=httpx.MockTransport(lambda _: reply)) as http, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sdk = cohere.ClientV2("k", httpx_client=http, log_warning_experimental_features=False)
        return of_stream(list(sdk.chat_stream(**asked))) if streamed else of_whole(sdk.chat(**asked))


def of_whole(answer: Any) -> dict[str, Any]:
    parts, usage = answer.message.content or [], answer.usage
    thoughts = "".join(part.thinking for part in parts if part.type == "thinking")
    return {
        "id": answer.id,
        "text": "".join(part.text for part in parts if part.type == "text"),
        "thinking": thoughts + (answer.message.tool_plan or ""),
        "calls": [(one.id, one.function.name, one.function.arguments or "") for one in answer.message.tool_calls or []],
        "stop": STOPS[answer.finish_reason],
        "usage": (usage.tokens.input_tokens, usage.tokens.output_tokens, usage.cached_tokens),
    }


def of_stream(events: list[Any]) -> dict[str, Any]:
    text = thinking = ""
    calls: list[list[str]] = []
    for event in events:
        if event.type == "content-delta":
            text += event.delta.message.content.text or ""
            thinking += event.delta.message.content.thinking or ""
        elif event.type == "tool-plan-delta":
            thinking += event.delta.message.tool_plan
        elif event.type == "tool-call-start":
            call = event.delta.message.tool_calls
            calls.append([call.id, call.function.name, call.function.arguments])
        elif event.type == "tool-call-delta":
            calls[event.index][2] += event.delta.message.tool_calls.function.arguments
    end = events[-1].delta
    if end.finish_reason == "ERROR":
        return {"error": end.error}
    usage = end.usage
    return {
        "id": events[0].id,
        "text": text,
        "thinking": thinking,
        "calls": [tuple(one) for one in calls],
        "stop": STOPS[end.finish_reason],
        "usage": (usage.tokens.input_tokens, usage.tokens.output_tokens, usage.cached_tokens),
    }


def we_read(exchange: Exchange) -> dict[str, Any]:
    last = decode(exchange)[-1]
    if isinstance(last, Error):
        return {"error": last.message}
    assert isinstance(last, Done)
    reply, usage = last.reply, last.usage
    return {
        "id": reply.id,
        "text": reply.text,
        "thinking": reply.thinking,
        "calls": [(call.id, call.name, call.arguments) for call in reply.tool_calls],
        "stop": last.reason,
        "usage": (usage.input, usage.output, usage.cache_read),
    }


@pytest.mark.parametrize("streamed", [True, False], ids=["streamed", "whole"])
def test_we_read_what_the_sdk_reads(streamed: bool) -> None:
    """Every recorded answer decodes to what the vendor's SDK makes of the same bytes, failures in the stream too."""
    found = answers(streamed=streamed)
    assert len(found) > least(29)
    for exchange in found:
        assert we_read(exchange) == sdk_reads(exchange, streamed=streamed), exchange.id


def test_every_recording_decodes_to_a_sound_timeline() -> None:
    """No crash and no broken grammar, whatever was recorded, and however it is cut."""
    for exchange in recorded():
        events = decode(exchange)
        assert list(grammar_faults(events)) == [], exchange.id
        assert exchange.response.status < 400 or isinstance(events[-1], Error)
        if came_streamed(exchange, COHERE) and len(exchange.response.body) < 20_000:
            cut = Exchange(id="", request=exchange.request, response=exchange.response.recut(7), dialect="cohere-v2")
            assert decode(cut) == events, exchange.id


def test_the_vendor_breaks_none_of_our_rules() -> None:
    """All of it came from the vendor's own hosts: no MUST finding on an answer or an error."""
    alarms = [
        f"{exchange.id} {one.rule} {one.message} {one.path} {one.got}"
        for exchange in recorded()
        for one in judge(exchange).findings
        if one.level == "MUST" and "-Q" not in one.rule and one.rule != "CO-H01"
    ]
    assert len(recorded()) > least(78)
    assert alarms == []


@pytest.mark.skipif(not CAPTURES.exists(), reason="the captures of real clients are not beside the project")
@pytest.mark.parametrize("client", ["py-cohere", "js-ai-sdk-cohere"])
def test_real_clients_break_no_rule_of_requests(client: str) -> None:
    """What the vendor's SDK and others send is legal, and the server half reads all of it."""
    requests = json.loads((CAPTURES / f"{client}.json").read_text("utf-8"))["requests"]
    assert len(requests) >= 5
    for one in requests:
        headers = tuple((name, value) for name, value in one["headers"])
        body = json.dumps(one["body"]).encode()
        request = Request(one["method"], f"https://api.cohere.com{one['path']}", headers, body)
        assert COHERE.claims(request.method, request.url, headers, one["body"])
        exchange = Exchange(id=one["kind"], request=request, response=Response(200), dialect="cohere-v2")
        found = [
            one for one in judge(exchange).findings if one.level == "MUST" and one.rule.startswith(("CO-", "JS-Q"))
        ]
        assert [one for one in found if one.rule.startswith(("CO-Q", "CO-H", "JS-Q"))] == []
        parsed = COHERE.server.parse(one["body"])
        assert COHERE.server.parse(COHERE.body(parsed, {})) == parsed
