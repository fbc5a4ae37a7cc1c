"""Whatever stands in the fields of a stream, a body or a request: an answer or one clear error, never an exception."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from conformance.dialects import Refusal, dialect
from conformance.exchange import Chunk, Exchange, Request, Response
from conformance.model import ChatRequest, Reply, grammar_faults
from conformance.reading import Reading

MESSAGES = dialect("anthropic-messages")
URL = "https://api.anthropic.com/v1/messages"
BEGIN = {"type": "message_start", "message": {"id": "msg_1", "content": []}}
KINDS = [
    "message_start",
    "content_block_start",
    "content_block_delta",
    "content_block_stop",
    "message_delta",
    "message_stop",
    "ping",
    "error",
    "message",
    "brand_new",
]
WORDS = [
    "text",
    "thinking",
    "tool_use",
    "tool_result",
    "redacted_thinking",
    "image",
    "document",
    "server_tool_use",
    "text_delta",
    "input_json_delta",
    "signature_delta",
    "thinking_delta",
    "end_turn",
    "user",
    "assistant",
    "auto",
    "tool",
    "enabled",
    "json_schema",
    "base64",
    "toolu_1",
]
FIELDS = [
    "type",
    "text",
    "thinking",
    "partial_json",
    "signature",
    "id",
    "name",
    "input",
    "data",
    "content",
    "usage",
    "stop_reason",
    "role",
    "source",
    "tool_use_id",
    "input_schema",
    "format",
    "schema",
    "budget_tokens",
]

scalars = st.none() | st.booleans() | st.integers(-1, 3) | st.just(1.0) | st.sampled_from(WORDS)
odd = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4),
    max_leaves=12,
)


def objects(*names: str, **sure: Any) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with some of these fields, and odd values in them."""
    return st.fixed_dictionaries(sure, optional=dict.fromkeys(names, odd))


steps = objects("message", "content_block", "delta", "index", "usage", "error", "content", type=st.sampled_from(KINDS))


def exchange(asked: Any, body: bytes, status: int = 200) -> Exchange:
    request = Request("POST", URL, (("anthropic-version", "2026-10-21"),), json.dumps(asked).encode())
    return Exchange(id="x", request=request, response=Response(status, (), (Chunk(0.0, body),)))


def judged(one: Exchange) -> list[Any]:
    return list(MESSAGES.rules.judge(Reading(one, MESSAGES)))


@given(st.lists(steps, max_size=8), st.booleans())
def test_streams(found: list[Any], begun: bool) -> None:
    frames = [*([BEGIN] if begun else []), *found]
    body = b"".join(b"event: %s\ndata: %s\n\n" % (one["type"].encode(), json.dumps(one).encode()) for one in frames)
    decoder = MESSAGES.decoder()
    assert list(grammar_faults([*decoder.feed(body), *decoder.close()])) == []
    judged(exchange({"stream": True}, body))


@given(objects("type", "content", "usage", "error", "stop_reason", "stop_sequence", "message", "detail") | odd)
def test_whole_replies_and_errors(body: Any) -> None:
    data = json.dumps(body).encode()
    with suppress(ValueError):
        assert isinstance(MESSAGES.reply(body), Reply)
    assert MESSAGES.error(500, (), data).message
    judged(exchange({}, data))
    judged(exchange({}, data, 500))


@given(
    objects(
        "system",
        "tools",
        "tool_choice",
        "thinking",
        "output_config",
        "stream",
        "stop_sequences",
        "mcp_servers",
        model=st.just("m"),
        max_tokens=st.just(2048),
        messages=st.lists(objects(role=st.sampled_from(["user", "assistant"]), content=odd), min_size=1, max_size=3),
    )
    | odd
)
def test_requests(body: Any) -> None:
    with suppress(Refusal):
        assert isinstance(MESSAGES.server.parse(body), ChatRequest)
    MESSAGES.server.refuse((("anthropic-version", "2026-10-21"),), body)  # type: ignore[attr-defined]
    judged(exchange(body, b"{}"))
