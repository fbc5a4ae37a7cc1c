"""What one half says, the other half reads: requests, whole answers and streams of every canonical kind."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from conformance.dialects import dialect
from conformance.model import (
    ChatRequest,
    Done,
    Image,
    Message,
    Opaque,
    Reasoning,
    Reply,
    ResponseFormat,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolResult,
    Usage,
    grammar_faults,
    user,
)
from conformance.schema import problems
from conformance.wire import frames_of

OLLAMA = dialect("ollama")
REQUEST = ChatRequest(model="m", messages=(user("Hi"),))
PNG, JPEG = Image(data="iVBORw0KGgoA"), Image(data="/9j/4AAQ", media_type="image/jpeg")

words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60)
ids = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=12)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | words, lambda inner: st.lists(inner, max_size=3), max_leaves=5
)
objects = st.dictionaries(words, values, max_size=3)
arguments = objects.map(lambda one: json.dumps(one, ensure_ascii=False, separators=(",", ":")) if one else "")
calls = st.builds(ToolCall, ids, ids, arguments)
counts = st.none() | st.integers(1, 10**9)


@st.composite
def replies(draw: Any) -> Reply:
    """Thinking, text, calls, images: the order of the language."""
    made = draw(st.lists(calls, max_size=3))
    thought, said, drawn = (draw(st.booleans()) for _ in range(3))
    parts = (
        *((Thinking(draw(words)),) if thought else ()),
        *((Text(draw(words)),) if said else ()),
        *made,
        *((Opaque("images", ["QUJD"]),) if drawn else ()),
    )
    stop = draw(st.sampled_from(["tool_use"] if made else ["stop", "length", "error"]))
    return Reply(model="m1", parts=parts, stop=stop, usage=Usage(draw(counts), draw(counts)))


@given(replies(), st.integers(0, 100_000))
def test_a_stream_is_read_as_it_was_meant(reply: Reply, cut: int) -> None:
    body = b"".join(OLLAMA.server.stream(reply, REQUEST, {}))
    decoder, at = OLLAMA.decoder(), cut % len(body)
    events = decoder.feed(body[:at]) + decoder.feed(body[at:]) + decoder.close()
    assert list(grammar_faults(events)) == []
    assert isinstance(events[-1], Done), events[-1]
    assert events[-1].reply == reply
    for _, data in frames_of("ndjson", body):
        assert problems(OLLAMA.schemas["event"], json.loads(data)) == []


@given(replies())
def test_a_whole_answer_is_read_as_it_was_meant(reply: Reply) -> None:
    body = json.loads(OLLAMA.server.whole(reply, REQUEST, {}))
    assert problems(OLLAMA.schemas["reply"], body) == []
    assert OLLAMA.reply(body) == reply


texts = st.builds(Text, words)


@st.composite
def turns(draw: Any) -> tuple[Message, ...]:
    """Users and assistants in turn; results answer the calls before them."""
    said = [Message("system", (draw(texts),))] if draw(st.booleans()) else []
    said.append(Message("user", (draw(texts), *draw(st.lists(st.sampled_from([PNG, JPEG]), max_size=2)))))
    for _ in range(draw(st.integers(0, 2))):
        made = draw(st.lists(calls, min_size=1, max_size=2, unique_by=lambda call: call.id))
        thought = (Thinking(draw(words)),) if draw(st.booleans()) else ()
        said.append(Message("assistant", (*thought, *made)))
        said += [Message("tool", (ToolResult(call.id, (draw(texts),)),)) for call in made]
    return (*said, Message("assistant", (Thinking(draw(words)), draw(texts))), Message("user", (draw(texts),)))


@st.composite
def requests(draw: Any) -> ChatRequest:
    names = draw(st.lists(ids, max_size=2, unique=True))
    return ChatRequest(
        model=draw(ids),
        messages=draw(turns()),
        tools=tuple(Tool(name, draw(words | st.just("")), {"type": "object"}) for name in names),
        max_tokens=draw(st.none() | st.integers(1, 10**6)),
        temperature=draw(st.none() | st.floats(0, 2)),
        top_p=draw(st.none() | st.floats(0, 1)),
        stop=tuple(draw(st.lists(words, max_size=3))),
        response_format=draw(st.sampled_from([None, ResponseFormat(), ResponseFormat({"type": "object"})])),
        reasoning=draw(st.sampled_from([None, Reasoning("none"), Reasoning(), Reasoning("high")])),
        stream=draw(st.booleans()),
        extra=draw(st.sampled_from([{}, {"keep_alive": "5m"}, {"options": {"seed": 4, "num_ctx": 4096}}])),
    )


@given(requests())
def test_a_request_is_read_as_it_was_meant(request: ChatRequest) -> None:
    body = OLLAMA.body(request, {})
    assert problems(OLLAMA.schemas["request"], body) == []
    assert OLLAMA.server.parse(json.loads(json.dumps(body))) == request


@given(requests())
@settings(max_examples=20, deadline=None)
def test_results_without_ids_are_linked_by_name_and_order(request: ChatRequest) -> None:
    """Older builds and the vendor's SDK send no ids: every result still answers a call of its own."""
    body = json.loads(json.dumps(OLLAMA.body(request, {})))
    for said in body["messages"]:
        said.pop("tool_call_id", None)
        for call in said.get("tool_calls", ()):
            del call["id"]
    read = OLLAMA.server.parse(body)
    made = [part for turn in read.messages for part in turn.parts if isinstance(part, ToolCall)]
    answered = [part.call_id for turn in read.messages for part in turn.parts if isinstance(part, ToolResult)]
    assert sorted(answered) == sorted(call.id for call in made)
    assert len(set(answered)) == len(answered)
    assert OLLAMA.server.parse(body) == read
    assert replace(read, messages=()) == replace(request, messages=())
