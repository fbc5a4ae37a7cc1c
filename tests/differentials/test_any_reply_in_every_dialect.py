"""Any reply, said in each dialect, streamed or whole, cut anywhere: the client reads what the server meant."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.decoding import decode
from conformance.dialects import Dialect, dialect, dialect_names
from conformance.exchange import Chunk, Exchange, Request, Response
from conformance.model import ChatRequest, Done, Reply, Text, ToolCall, Usage, grammar_faults, user
from conformance.selftest import speaker

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc",)), min_size=1, max_size=40)
NAMES = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=12)
ARGUMENTS = st.dictionaries(NAMES, st.none() | st.booleans() | st.integers(-9, 9) | WORDS, min_size=1, max_size=3)
IDS = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=9, max_size=9)


@st.composite
def replies(draw: Any) -> Reply:
    """Text, then calls: what every language can say."""
    texts = [Text(draw(WORDS))] if draw(st.booleans()) else []
    ids = draw(st.lists(IDS, max_size=3, unique=True, min_size=0 if texts else 1))
    calls = [ToolCall(id, draw(NAMES), json.dumps(draw(ARGUMENTS), ensure_ascii=False)) for id in ids]
    stop = "tool_use" if calls else draw(st.sampled_from(["stop", "length"]))
    usage = Usage(draw(st.integers(1, 10**6)), draw(st.integers(1, 10**6)))
    return Reply(id="reply_1", model="virtual-model", parts=(*texts, *calls), stop=stop, usage=usage)


def read(language: Dialect, reply: Reply, *, stream: bool, cut: int) -> Reply:
    asked = ChatRequest(model="virtual-model", messages=(user("Hi"),), stream=stream)
    body = language.body(asked, {})
    frames = language.server.stream(reply, asked, body) if stream else [language.server.whole(reply, asked, body)]
    told = b"".join(frames)
    label = language.label_of(language.framing_of(told)) if stream else "application/json"
    at = cut % len(told)
    response = Response(200, (("content-type", label),), (Chunk(0.0, told[:at]), Chunk(0.0, told[at:])))
    request = Request("POST", speaker(language.name).url(asked), (), json.dumps(body).encode())
    events = decode(Exchange(id="any", request=request, response=response, dialect=language.name))
    assert not list(grammar_faults(events))
    assert isinstance(events[-1], Done), events[-1]
    return events[-1].reply


@pytest.mark.parametrize("name", dialect_names())
@given(replies(), st.booleans(), st.integers(0, 10**6))
def test_what_is_meant_is_read(name: str, reply: Reply, stream: bool, cut: int) -> None:
    got = read(dialect(name), reply, stream=stream, cut=cut)
    assert got.says() == reply.says()
    assert (got.usage.input, got.usage.output) == (reply.usage.input, reply.usage.output)
