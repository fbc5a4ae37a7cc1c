"""Recorded gemini traffic, decoded by us and by the vendor's SDK: the same bytes must say the same.

The corpus lies beside the project and is no part of it; without it these checks skip.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from recorded_corpus import MARKS, least, spoken

from conformance.decoding import came_streamed, decode
from conformance.dialects import dialect
from conformance.exchange import Exchange
from conformance.judging import judge
from conformance.model import Done, Opaque, Text, Thinking, ToolCall, grammar_faults
from conformance.wire import frames_of

pytestmark = MARKS
GEMINI = dialect("gemini")
FILTERS = {"SAFETY", "RECITATION", "MODEL_ARMOR", "PROHIBITED_CONTENT", "BLOCKLIST", "SPII"}


def recorded() -> tuple[Exchange, ...]:
    return spoken("gemini")


def answers(*, streamed: bool) -> Iterator[Exchange]:
    for one in recorded():
        if 200 <= one.response.status < 300 and one.response.body.strip() and came_streamed(one, GEMINI) is streamed:
            yield one


# ------------------------------------------------------------------ what the SDK makes of it


def sdk_reads(exchange: Exchange, *, streamed: bool) -> dict[str, Any]:
    """Text, thoughts, calls, stop and usage as a user of google-genai would gather them."""
    import httpx2
    from google import genai
    from google.genai import errors, types

    body = exchange.response.body
    framing, numbers = GEMINI.framing_of(body), "enum-encoding" in exchange.request.url
    if streamed and (framing == "json-array" or numbers):  # the SDK knows event streams with words only
        chunks = [_in_words(json.loads(data)) for _, data in frames_of(framing, body)]
        body = b"".join(b"data: " + json.dumps(one).encode() + b"\n\n" for one in chunks)
    elif numbers:
        body = json.dumps(_in_words(json.loads(body))).encode()
    kind = "text/event-stream" if streamed else "application/json"
    reply = httpx2.Response(200, headers={"content-type": kind}, content=body)
    with httpx2.Client(transport=httpx2.MockTransport(lambda _: reply)) as http:
        options = types.HttpOptions(httpx_client=http, base_url="https://vendor.example")
        client = genai.Client(api_key="k", vertexai=False, http_options=options)
        try:
            if streamed:
                return said(list(client.models.generate_content_stream(model="m", contents="?")))
            return said([client.models.generate_content(model="m", contents="?")])
        except errors.APIError as fault:
            return {"error": type(fault).__name__}


def _in_words(value: Any) -> Any:
    """The reply with integer enums as words or left out: the SDK cannot read them, though some clients ask for them."""
    if isinstance(value, list):
        return [_in_words(one) for one in value]
    if not isinstance(value, dict):
        return value
    kept = {key: _in_words(one) for key, one in value.items() if not (key in ENUMS and isinstance(one, int))}
    if isinstance(value.get("finishReason"), int):
        kept["finishReason"] = {1: "STOP", 2: "MAX_TOKENS", 3: "SAFETY"}[value["finishReason"]]
    return kept


ENUMS = (
    "finishReason",
    "modality",
    "category",
    "probability",
    "urlRetrievalStatus",
    "outcome",
    "language",
    "trafficType",
)


def said(chunks: list[Any]) -> dict[str, Any]:
    first = [one for chunk in chunks for one in chunk.candidates or [] if not one.index]
    parts = [part for one in first if one.content for part in one.content.parts or []]
    calls = [(part.function_call.name, part.function_call.args or {}) for part in parts if part.function_call]
    reasons = [one.finish_reason for one in first if one.finish_reason]
    blocked = any(chunk.prompt_feedback and chunk.prompt_feedback.block_reason for chunk in chunks)
    return {
        "text": "".join(part.text for part in parts if part.text and not part.thought),
        "thinking": "".join(part.text for part in parts if part.text and part.thought),
        "calls": calls,
        "stop": _stop(reasons[-1] if reasons else None, bool(calls), blocked),
        "usage": _usage([chunk.usage_metadata for chunk in chunks if chunk.usage_metadata]),
        "signatures": len([part for part in parts if part.thought_signature]),
    }


def _stop(reason: Any, calls: bool, blocked: bool) -> str | None:
    word = getattr(reason, "value", reason)
    if word in (1, "STOP"):
        return "tool_use" if calls else "stop"
    if word is None:
        return "content_filter" if blocked else None
    return "length" if word == "MAX_TOKENS" else "content_filter" if word in FILTERS else "error"


def _usage(found: list[Any]) -> tuple[int | None, ...]:
    names = ("prompt_token_count", "candidates_token_count", "thoughts_token_count", "cached_content_token_count")
    counted = [one for one in found if any(getattr(one, name) is not None for name in names)]
    if not counted:
        return (None, None, None, None)
    last = counted[-1]
    made = [count for count in (last.candidates_token_count, last.thoughts_token_count) if count is not None]
    prompt = last.prompt_token_count
    given = None if prompt is None else prompt + (last.tool_use_prompt_token_count or 0)
    return given, sum(made) if made else None, last.cached_content_token_count, last.thoughts_token_count


def we_read(exchange: Exchange) -> dict[str, Any]:
    last = decode(exchange)[-1]
    if not isinstance(last, Done):
        return {"error": last.kind, "message": last.message}
    reply, usage = last.reply, last.usage
    sealed = [part for part in reply.parts if _seal(part)]
    return {
        "text": reply.text,
        "thinking": reply.thinking,
        "calls": [(call.name, call.input) for call in reply.tool_calls],
        "stop": last.reason,
        "usage": (usage.input, usage.output, usage.cache_read, usage.reasoning),
        "signatures": len(sealed),
    }


def _seal(part: Text | Thinking | ToolCall | Opaque) -> Any:
    return part.raw.get("thoughtSignature") if isinstance(part, Opaque) else part.signature


def differs(ours: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    if "error" in ours or "error" in theirs:
        return [] if "error" in ours and "error" in theirs else ["error"]
    return [key for key in theirs if ours[key] != theirs[key]]


# ------------------------------------------------------------------ checks


@pytest.mark.parametrize("streamed", [True, False], ids=["streamed", "whole"])
def test_we_read_what_the_sdk_reads(streamed: bool) -> None:
    """Text, thoughts, calls, stop, usage and signatures are equal on at least 99.5 % of the recorded answers."""
    total, different = 0, []
    for exchange in answers(streamed=streamed):
        theirs = sdk_reads(exchange, streamed=streamed)
        ours = we_read(exchange)
        total += 1
        if keys := differs(ours, theirs):
            different.append(f"{exchange.id} {exchange.provider} {[(k, ours.get(k), theirs.get(k)) for k in keys]}")
    assert total > least(100)
    assert len(different) <= total * 0.005, "\n".join(different)


def test_every_recording_decodes_to_a_sound_timeline() -> None:
    """No crash and no broken grammar, whatever was recorded; bytes in small pieces tell the same."""
    for exchange in recorded():
        events = decode(exchange)
        assert not list(grammar_faults(events)), exchange.id
        if came_streamed(exchange, GEMINI) and len(exchange.response.body) < 20_000:
            recut = exchange.response.recut(7)
            assert decode(Exchange(id="", request=exchange.request, response=recut, dialect="gemini")) == events


def test_json_arrays_are_streams() -> None:
    """A recorded array is a stream, and the answer in it is whole; without its bracket it is cut."""
    arrays = [one for one in answers(streamed=True) if GEMINI.framing_of(one.response.body) == "json-array"]
    assert len(arrays) > least(10)
    for exchange in arrays:
        decoder = GEMINI.decoder()
        events = [*decoder.feed(exchange.response.body.rstrip()[:-1]), *decoder.close()]
        assert getattr(events[-1], "kind", None) == "truncated", exchange.id


def test_the_vendor_keeps_its_own_rules() -> None:
    """MUST findings on what Google's own hosts said are false alarms: fewer than 0.5 % of exchanges have one."""
    alarms: Counter[str] = Counter()
    shown, judged = [], 0
    for exchange in recorded():
        if exchange.provider not in ("gemini", "vertex"):
            continue
        judged += 1
        found = [one for one in judge(exchange).findings if one.level == "MUST" and not one.rule.startswith(CLIENTS)]
        alarms[exchange.id] += bool(found)
        shown += [f"{exchange.id} {one.rule} {one.path} {one.message} {one.got}" for one in found]
    assert judged > least(200)
    assert sum(alarms.values()) < judged * 0.005, "\n".join(shown)


CLIENTS = ("GM-Q", "JS-Q", "GN-01")
"""Rules that bind the client: some recorded clients break them, and the vendor answered all the same."""
