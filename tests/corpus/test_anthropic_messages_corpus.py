"""Recorded anthropic-messages traffic: we read what the vendor's SDK reads, and the vendor breaks none of our rules.

The corpus lies beside the project and is no part of it; without it these checks skip.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

import pytest
from recorded_corpus import CORPUS, MARKS, least, spoken

from conformance.decoding import came_streamed, decode
from conformance.dialects import dialect
from conformance.exchange import Exchange, Request, Response
from conformance.judging import judge
from conformance.model import Done, Error, Thinking, grammar_faults

CAPTURES = CORPUS.parents[1] / "targets" / "captures"
CLIENTS = ("py-anthropic", "js-anthropic", "js-ai-sdk-anthropic", "cli-opencode-anthropic")
pytestmark = MARKS
MESSAGES = dialect("anthropic-messages")


def recorded() -> tuple[Exchange, ...]:
    return spoken(MESSAGES.name)


def answers(*, streamed: bool) -> list[Exchange]:
    return [one for one in recorded() if one.response.status < 300 and came_streamed(one, MESSAGES) is streamed]


# ------------------------------------------------------------------ what the SDK makes of it


def sdk_message(body: bytes, *, streamed: bool) -> Any:
    """The message as a user of the SDK has it at the end; of a stream, when `message_stop` has come."""
    import anthropic
    import httpx2

    kind = "text/event-stream" if streamed else "application/json"
    reply = httpx2.Response(200, headers={"content-type": kind}, content=body)
    asked: dict[str, Any] = {"model": "m", "max_tokens": 1, "messages": [{"role": "user", "content": "x"}]}
    with (
        httpx2.Client(transport=httpx2.MockTransport(lambda _: reply)) as http,
        anthropic.Anthropic(api_key="k", http_client=http, max_retries=0) as client,
    ):
        if not streamed:
            return client.beta.messages.create(**asked)
        with client.beta.messages.stream(**asked) as stream:
            for event in stream:
                if event.type == "message_stop":
                    return stream.current_message_snapshot
        return stream.get_final_message()


def sdk_reads(exchange: Exchange, *, streamed: bool) -> dict[str, Any]:
    body = exchange.response.body
    if streamed and (whole := only_message(body)):  # see `test_recordings_that_are_no_streams`
        body, streamed = whole, False
    message = sdk_message(body, streamed=streamed)
    kinds: dict[str, list[Any]] = {"text": [], "thinking": [], "tool_use": []}
    for block in message.content:
        kinds.setdefault(block.type, []).append(block)
    return {
        "text": "".join(block.text for block in kinds["text"]),
        "thinking": [(block.thinking, block.signature or None) for block in kinds["thinking"]],
        "calls": [(block.id, block.name, block.input) for block in kinds["tool_use"]],
        "stop": (STOPS[message.stop_reason], message.stop_sequence),
        "usage": _counts(message.usage),
    }


STOPS = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "tool_use": "tool_use",
    "pause_turn": "pause",
    "refusal": "refusal",
}


def _counts(usage: Any) -> tuple[int | None, ...]:
    read, written, details = (
        usage.cache_read_input_tokens,
        usage.cache_creation_input_tokens,
        usage.output_tokens_details,
    )
    total = usage.input_tokens + (read or 0) + (written or 0)
    return total, usage.output_tokens, read, written, details.thinking_tokens if details else None


def only_message(body: bytes) -> bytes | None:
    """The data of a stream that is one frame with a whole message in it."""
    lines = [line.removeprefix(b"data: ") for line in body.splitlines() if line.startswith(b"data: ")]
    return lines[0] if len(lines) == 1 and json.loads(lines[0]).get("type") == "message" else None


def we_read(exchange: Exchange) -> dict[str, Any]:
    last = decode(exchange)[-1]
    if isinstance(last, Error):
        return {"error": f"{last.kind}: {last.message}"}
    assert isinstance(last, Done)
    reply, usage = last.reply, last.usage
    shown = [part for part in reply.parts if isinstance(part, Thinking) and part.redacted is None]
    return {
        "text": reply.text,
        "thinking": [(part.text, part.signature) for part in shown],
        "calls": [(call.id, call.name, call.input) for call in reply.tool_calls],
        "stop": (last.reason, reply.stop_sequence),
        "usage": (usage.input, usage.output, usage.cache_read, usage.cache_write, usage.reasoning),
    }


# ------------------------------------------------------------------ checks


@pytest.mark.parametrize("streamed", [True, False], ids=["streamed", "whole"])
def test_we_read_what_the_sdk_reads(streamed: bool) -> None:
    """At least 99.5 % of recorded answers decode to what the vendor's SDK makes of the same bytes."""
    pytest.importorskip("anthropic")
    found = answers(streamed=streamed)
    different = []
    for exchange in found:
        ours, theirs = we_read(exchange), sdk_reads(exchange, streamed=streamed)
        wrong = {key: (ours.get(key), theirs[key]) for key in theirs if ours.get(key) != theirs[key]}
        if wrong:
            different.append(f"{exchange.id} {exchange.provider} {ours.get('error', '')} {wrong}")
    print(f"\n{len(found) - len(different)} of {len(found)} equal", *different, sep="\n")
    assert len(found) > least(100)
    assert len(different) <= len(found) * 0.005, "\n".join(different)


def test_recordings_that_are_no_streams() -> None:
    """Some recordings hold the finished message as the one frame of a stream; they are of content only."""
    odd = [one for one in answers(streamed=True) if only_message(one.response.body)]
    assert {one.fidelity for one in odd} <= {"body_only"}
    assert all(isinstance(decode(one)[-1], Done) for one in odd)


def test_every_recording_decodes_to_a_sound_timeline() -> None:
    """No crash and no broken grammar, whatever was recorded, and however it is cut."""
    for exchange in recorded():
        events = decode(exchange)
        assert list(grammar_faults(events)) == [], exchange.id
        assert exchange.response.status < 400 or isinstance(events[-1], Error)
        if came_streamed(exchange, MESSAGES) and len(exchange.response.body) < 20_000:
            recut = Exchange(
                id="", request=exchange.request, response=exchange.response.recut(7), dialect=MESSAGES.name
            )
            assert decode(recut) == events, exchange.id


def test_the_vendor_breaks_none_of_our_rules() -> None:
    """A MUST finding on a reply of api.anthropic.com is a false alarm: in less than 0.5 % of the exchanges."""
    found = [one for one in recorded() if urlsplit(one.request.url).hostname == "api.anthropic.com"]
    by_rule: Counter[str] = Counter()
    alarms = []
    for exchange in found:
        for one in judge(exchange).findings:
            by_rule[f"{one.rule} {one.level}"] += 1
            if one.level == "MUST" and not _about_the_request(one.rule):
                alarms.append(f"{exchange.id} {one.rule} {one.message} {one.path} {one.got}")
    print(f"\n{len(found)} exchanges", dict(by_rule), *alarms, sep="\n")
    assert len(found) > least(150)
    assert len({alarm.split()[0] for alarm in alarms}) < len(found) * 0.005, "\n".join(alarms)


def _about_the_request(rule: str) -> bool:
    return "-Q" in rule or rule == "AM-H01"


@pytest.mark.skipif(not CAPTURES.exists(), reason="the captures of real clients are not beside the project")
@pytest.mark.parametrize("client", CLIENTS)
def test_real_clients_break_no_rule_of_requests(client: str) -> None:
    """What the vendor's SDKs and agents send is legal: no MUST finding, and the server half reads it."""
    judged = 0
    for one in json.loads((CAPTURES / f"{client}.json").read_text("utf-8"))["requests"]:
        url = f"https://api.anthropic.com{one['path']}"
        headers = tuple((name, value) for name, value in one["headers"])
        request = Request(one["method"], url, headers, json.dumps(one["body"]).encode())
        counted = url.endswith("/count_tokens")
        if not counted and not MESSAGES.claims(request.method, url, headers, one["body"]):
            continue
        exchange = Exchange(
            id=one["kind"], request=request, response=Response(200), dialect=MESSAGES.name, source="live"
        )
        found = [
            one for one in judge(exchange).findings if one.level == "MUST" and one.rule.startswith(("AM-Q", "AM-H"))
        ]
        assert found == []
        assert MESSAGES.server.refuse(headers, one["body"]) is None  # type: ignore[attr-defined]
        if not counted:
            parsed = MESSAGES.server.parse(one["body"])
            again = MESSAGES.server.parse(MESSAGES.body(parsed, {"version": request.header("anthropic-version")}))
            assert again == parsed
        judged += 1
    assert judged >= 3
