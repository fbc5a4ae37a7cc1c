"""Whatever bytes and headers an exchange holds, it is judged: findings, never a traceback."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.dialects import dialect, dialect_names
from conformance.exchange import Broken, Chunk, End, Exchange, Headers, Request, Response
from conformance.judging import judge

SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=4), st.sampled_from([-1, 0, 1, "", "tool"])
)
_WORDS = """
    model messages role content type text tools function name arguments index choices delta message finish_reason usage
    error tool_calls id object created content_block stop_reason input partial_json prompt_tokens input_tokens detail
    stream stream_options tool_choice response_format thinking system tool_use_id source citations
"""
_TYPES = """
    message_start content_block_start content_block_delta content_block_stop message_delta message_stop ping error
    text tool_use tool_result thinking text_delta input_json_delta thinking_delta image assistant user
"""
WORDS, TYPES = st.sampled_from(_WORDS.split()), st.sampled_from(_TYPES.split())
VALUES = st.recursive(
    SCALARS | TYPES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=5),
    max_leaves=8,
)
JSON_BODIES = VALUES.map(lambda value: json.dumps(value).encode())
FRAMES = st.one_of(
    JSON_BODIES.map(lambda data: b"data: " + data + b"\n\n"),
    st.tuples(TYPES, JSON_BODIES).map(lambda pair: b"event: " + pair[0].encode() + b"\ndata: " + pair[1] + b"\n\n"),
    st.sampled_from(
        [b"data: [DONE]\n\n", b": note\n\n", b"\r\r", b"data:", b"\xff", b"id: \0\n", "\u2028data:".encode()]
    ),
)
BODIES = st.one_of(
    st.binary(max_size=60),
    JSON_BODIES,
    st.lists(FRAMES, max_size=6).map(b"".join),
    st.sampled_from([b"", b"<html>", b"[" * 5000, b'{"a":' * 5000, b"1" * 5000, b"\xef\xbb\xbf{}", b"null", b"NaN"]),
)
_NAMES = ("content-type", "Content-Type", "retry-after", "retry-after-ms", "authorization", "set-cookie", "date", "\0")
_SAID = (
    "text/event-stream",
    "application/json",
    "",
    ";",
    "-1",
    "9" * 400,
    "nan",
    "Sat, 31 Feb 2026 99:99:99 GMT",
    "\0é",
)
HEADERS = st.lists(st.tuples(st.sampled_from(_NAMES), st.sampled_from(_SAID)), max_size=4).map(tuple)
URLS = st.sampled_from(
    ["https://h/v1/chat/completions", "", "http://[", "https://h/v1/messages?key=%zz&key", "\0", "//"]
)
ENDS = st.sampled_from(["eof", "closed", Broken("ReadError", "x")])


@pytest.mark.parametrize("name", dialect_names())
@given(
    method=st.sampled_from(["POST", "GET", ""]),
    url=URLS,
    sent=HEADERS,
    asked=BODIES,
    status=st.sampled_from([200, 200, 200, 204, 302, 400, 401, 429, 500, 529, 0, 999]),
    headers=HEADERS,
    body=BODIES,
    cut=st.integers(1, 50),
    end=ENDS,
)
def test_garbage_is_judged(
    name: str,
    method: str,
    url: str,
    sent: Headers,
    asked: bytes,
    status: int,
    headers: Headers,
    body: bytes,
    cut: int,
    end: End,
) -> None:
    chunks = tuple(Chunk(0.0, body[at : at + cut]) for at in range(0, len(body), cut))
    response = Response(status, headers, chunks, end)
    exchange = Exchange(id="t", request=Request(method, url, sent, asked), response=response, dialect=name)
    judgement = judge(exchange)
    assert not [one for one in judgement.findings if one.rule in OURS], judgement.findings
    assert json.dumps([str(one) for one in judgement.findings])


OURS = ("GN-04", "GN-10", "GN-11", "GN-12")
"""The rules that bind our own decoders: they hold for garbage too."""


@pytest.mark.parametrize("name", dialect_names())
def test_every_kind_of_value_in_every_place_is_judged(name: str) -> None:
    """Each key of a sound body in turn holds every type of value."""
    language = dialect(name)
    for asked in _spoiled(ASKED[name]) if name in ASKED else ():
        request = Request("POST", "https://h/v1/x", (), json.dumps(asked).encode())
        judge(Exchange(id="t", request=request, response=Response(200), dialect=name), language)


CALL = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
PICTURE = {"type": "base64", "media_type": "image/png", "data": "AA=="}
THOUGHT = {"type": "thinking", "thinking": "a", "signature": "s"}
TEXT = {"type": "text", "text": "a", "cache_control": {"type": "ephemeral"}}
ASKED: dict[str, Any] = {
    "openai-chat": {
        "model": "m",
        "stream": True,
        "stream_options": {"include_usage": True},
        "tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}, "strict": True}}],
        "tool_choice": {"type": "function", "function": {"name": "f"}},
        "response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": {"type": "object"}}},
        "stop": ["a"],
        "messages": [
            {"role": "system", "content": [{"type": "text", "text": "a"}]},
            {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}]},
            {"role": "assistant", "tool_calls": [CALL]},
            {"role": "tool", "tool_call_id": "c", "content": "b"},
        ],
    },
    "anthropic-messages": {
        "model": "m",
        "max_tokens": 9,
        "stream": True,
        "system": [TEXT],
        "tools": [{"name": "f", "input_schema": {"type": "object"}}],
        "tool_choice": {"type": "tool", "name": "f"},
        "thinking": {"type": "enabled", "budget_tokens": 1024},
        "messages": [
            {"role": "user", "content": [{"type": "image", "source": PICTURE}]},
            {"role": "assistant", "content": [THOUGHT, {"type": "tool_use", "id": "c", "name": "f", "input": {}}]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c", "content": [TEXT]}]},
        ],
    },
}


def _spoiled(value: Any) -> list[Any]:
    """Copies of a value in which one place each holds something of another type, or nothing."""
    spoiled: list[Any] = [None, 7, -1.5, "x", [], [[]], {}, {"type": []}, True]
    if isinstance(value, dict):
        spoiled += [{**value, key: wrong} for key, inner in value.items() for wrong in _spoiled(inner)]
        spoiled += [{key: inner for key, inner in value.items() if key != gone} for gone in value]
    elif isinstance(value, list):
        spoiled += [
            [*value[:at], wrong, *value[at + 1 :]] for at, inner in enumerate(value) for wrong in _spoiled(inner)
        ]
    return spoiled
