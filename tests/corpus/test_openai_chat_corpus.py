"""Recorded openai-chat traffic, decoded by us and by the vendor's SDK: the same bytes must say the same.

The corpus lies beside the project and is no part of it; without it these checks skip.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from recorded_corpus import CORPUS, MARKS, least, spoken

from conformance.decoding import came_streamed, decode
from conformance.dialects import dialect
from conformance.exchange import Exchange, Request, Response
from conformance.judging import judge
from conformance.model import Done, grammar_faults

CAPTURES = CORPUS.parents[1] / "targets" / "captures"
pytestmark = MARKS
CHAT = dialect("openai-chat")
MOST_FRAMES = 10**9 if os.environ.get("CORPUS") == "full" else 200
"""The SDK reads 5,000 frames a second: longer streams only with CORPUS=full."""
CALL_REASONS = ("tool_calls", "function_call", "tool_call")


def recorded() -> tuple[Exchange, ...]:
    return spoken(CHAT.name)


def _pairs(headers: Any) -> tuple[tuple[str, str], ...]:
    if isinstance(headers, dict):
        return tuple((name, value if isinstance(value, str) else value[0]) for name, value in headers.items() if value)
    return tuple((str(name), str(value)) for name, value in headers or ())


def answers(*, streamed: bool) -> Iterator[Exchange]:
    for one in recorded():
        if 200 <= one.response.status < 300 and one.response.body.strip() and came_streamed(one, CHAT) is streamed:
            yield one


# ------------------------------------------------------------------ what the SDK makes of it


def sdk_reads(exchange: Exchange, *, streamed: bool) -> dict[str, Any]:
    """Text, calls, stop and usage as a user of the openai SDK would gather them; {"error": ...} when it raises."""
    import httpx2
    import openai

    kind = "text/event-stream" if streamed else "application/json"
    reply = httpx2.Response(200, headers={"content-type": kind}, content=exchange.response.body)
    with (
        httpx2.Client(transport=httpx2.MockTransport(lambda _: reply)) as http,
        openai.OpenAI(api_key="k", http_client=http, max_retries=0) as client,
    ):
        try:
            said = client.chat.completions.create(model="m", messages=[], stream=streamed)
            return _gather(said) if streamed else _whole(said)
        except (openai.APIError, json.JSONDecodeError) as fault:
            return {"error": type(fault).__name__}


def _gather(chunks: Any) -> dict[str, Any]:
    text, calls, reason, usage, refused = "", {}, None, None, False
    for chunk in chunks:
        usage = _counts(chunk.usage) or usage
        for choice in chunk.choices or ():
            if choice.index:
                continue
            reason = choice.finish_reason or reason
            delta = getattr(choice, "delta", None)
            text += _text(delta.content if delta else None) + ((delta.refusal if delta else None) or "")
            refused = refused or bool(delta and delta.refusal)
            for call in (delta.tool_calls if delta else None) or ():
                _add(calls, call)
    return _said(text, [(one["name"], one["arguments"]) for one in calls.values()], reason, usage, refused)


def _add(calls: dict[Any, dict[str, str]], call: Any) -> None:
    """What every accumulator does: by index; a whole call without an index stands alone."""
    named = call.function
    index = call.index if call.index is not None else f"whole {len(calls)}"
    one = calls.setdefault(index, {"name": "", "arguments": ""})
    one["name"] = one["name"] or (named.name if named else "") or ""
    one["arguments"] += (named.arguments if named else "") or ""


def _whole(reply: Any) -> dict[str, Any]:
    choice = (reply.choices or [None])[0]
    if choice is None:
        return {"error": "no choices"}
    message = choice.message
    named = [one.function for one in (message.tool_calls if message else None) or ()]
    old = message.function_call if message else None  # deprecated; one vendor always sends a blank one
    named += [old] if old and old.name else []
    refusal = (message.refusal if message else None) or ""
    text = _text(message.content if message else None) + refusal
    calls = [(one.name, one.arguments) for one in named]
    return _said(text, calls, choice.finish_reason, _counts(reply.usage), bool(refusal))


def _text(content: Any) -> str:
    if isinstance(content, list):  # the SDK hands a vendor's list of parts through
        return "".join(part.get("text") or "" for part in content)
    return content or ""


def _counts(usage: Any) -> tuple[Any, ...] | None:
    if usage is None:
        return None
    prompt, output = usage.prompt_tokens_details, usage.completion_tokens_details
    found = (
        usage.prompt_tokens,
        usage.completion_tokens,
        prompt.cached_tokens if prompt else None,
        output.reasoning_tokens if output else None,
    )
    return found if any(one is not None for one in found) else None


def _said(
    text: str, calls: list[tuple[str, str]], reason: str | None, usage: tuple[Any, ...] | None, refused: bool
) -> dict[str, Any]:
    """The canonical names of what was gathered: a refusal and calls outrank the reason stop."""
    stop = reason or "stop"
    if reason in CALL_REASONS or (calls and stop == "stop"):
        stop = "tool_use"
    if refused and stop == "stop":
        stop = "refusal"
    return {"text": text, "calls": calls, "stop": stop, "usage": usage or (None,) * 4}


def we_read(exchange: Exchange) -> dict[str, Any]:
    last = decode(exchange)[-1]
    if not isinstance(last, Done):
        return {"error": last.kind, "message": last.message}
    reply, usage = last.reply, last.usage
    return {
        "text": reply.text,
        "calls": [(call.name, call.arguments) for call in reply.tool_calls],
        "stop": last.reason,
        "usage": (usage.input, usage.output, usage.cache_read, usage.reasoning),
    }


def differs(ours: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    if "error" in ours or "error" in theirs:
        return [] if "error" in ours and "error" in theirs else ["error"]
    return [key for key in theirs if ours[key] != theirs[key]]


# ------------------------------------------------------------------ checks


@pytest.mark.parametrize("streamed", [True, False], ids=["streamed", "whole"])
def test_we_read_what_the_sdk_reads(streamed: bool) -> None:
    """At least 99.5 % of recorded answers decode to what the vendor's SDK makes of the same bytes."""
    pytest.importorskip("openai")
    total, different = 0, []
    for exchange in answers(streamed=streamed):
        if exchange.response.body.count(b"data:") > MOST_FRAMES:
            continue
        ours, theirs = we_read(exchange), sdk_reads(exchange, streamed=streamed)
        total += 1
        if keys := differs(ours, theirs):
            different.append(f"{exchange.id} {exchange.provider} {[(k, ours.get(k), theirs.get(k)) for k in keys]}")
    print(f"\n{total - len(different)} of {total} equal", *different, sep="\n")
    assert total > least(600)
    assert len(different) <= total * 0.005, "\n".join(different)


def test_every_recording_decodes_to_a_sound_timeline() -> None:
    """No crash and no broken grammar, whatever was recorded, whole or cut anywhere into three."""
    for exchange in recorded():
        events = decode(exchange)
        assert not list(grammar_faults(events)), exchange.id
        if came_streamed(exchange, CHAT) and len(exchange.response.body) < 20_000:
            recut = exchange.response.recut(7)
            assert decode(Exchange(id="", request=exchange.request, response=recut, dialect="openai-chat")) == events


def test_the_vendors_own_answers_break_no_must() -> None:
    """A MUST finding on the official host is a false alarm until proven otherwise: under 0.5 % of exchanges."""
    official = [one for one in recorded() if one.request.url.startswith("https://api.openai.com/")]
    alarms = {one.id: [f.rule for f in judge(one).findings if f.level == "MUST"] for one in official}
    raised = {id: rules for id, rules in alarms.items() if rules}
    print(f"\n{len(raised)} of {len(official)}: {raised}")
    assert len(official) > least(200)
    assert len(raised) <= len(official) * 0.005


@pytest.mark.parametrize(
    "client", ["py-openai-chat", "js-openai-chat", "js-ai-sdk-openai-chat", "js-ai-sdk-openai-compatible"]
)
def test_real_clients_ask_as_they_must(client: str) -> None:
    """What real clients were seen to send breaks no rule on requests, and our server reads it."""
    captured = json.loads((CAPTURES / f"{client}.json").read_text(encoding="utf-8"))["requests"]
    sent = [one for one in captured if one["path"].endswith("/chat/completions")]
    assert sent
    for one in sent:
        body = one["body"] if isinstance(one["body"], dict) else json.loads(one["body"])
        request = Request(
            one["method"], f"https://x.example{one['path']}", _pairs(one["headers"]), json.dumps(body).encode()
        )
        exchange = Exchange(
            id=one["kind"], request=request, response=Response(200), dialect="openai-chat", origin=client
        )
        found = [finding for finding in judge(exchange).findings if finding.rule[:4] in ("OC-Q", "OC-H", "JS-Q")]
        assert [(finding.rule, finding.message) for finding in found if finding.level == "MUST"] == [], one["kind"]
        CHAT.server.parse(body)
