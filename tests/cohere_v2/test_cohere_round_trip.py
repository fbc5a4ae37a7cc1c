"""What one half says, the other half reads: requests, whole answers and streams of every canonical kind."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

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
    ToolChoice,
    ToolResult,
    Usage,
    grammar_faults,
)
from conformance.schema import problems
from conformance.wire import frames_of

COHERE = dialect("cohere-v2")
REQUEST = ChatRequest(model="m", messages=())

words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60)
ids = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=12)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | words, lambda inner: st.lists(inner, max_size=3), max_leaves=5
)
arguments = st.dictionaries(words, values, min_size=1, max_size=3).map(lambda one: json.dumps(one, ensure_ascii=False))
calls = st.builds(ToolCall, ids, ids, st.just("") | arguments)
said = st.builds(Text, words) | st.builds(Thinking, words)
cited = st.just(Opaque("citations", [{"start": 0, "end": 1, "text": "a", "sources": []}]))
counts = st.none() | st.integers(0, 10**9)


@st.composite
def replies(draw: Any) -> Reply:
    """Content, then perhaps a plan, then calls, then citations: the order of the language."""
    made = draw(st.lists(calls, max_size=3))
    plan = [Thinking(draw(words))] if made and draw(st.booleans()) else []
    content = draw(st.lists(said, max_size=3))
    if made and not plan and content and isinstance(content[-1], Thinking):
        content.append(Text("."))  # else it would be the plan
    parts = (*content, *plan, *made, *draw(st.lists(cited, max_size=1)))
    stop = draw(st.sampled_from(["tool_use"] if made else ["stop", "length", "content_filter"]))
    return Reply(id="r1", parts=parts, stop=stop, usage=Usage(draw(counts), draw(counts), draw(counts)))


@given(replies(), st.integers(0, 100_000))
def test_a_stream_is_read_as_it_was_meant(reply: Reply, cut: int) -> None:
    body = b"".join(COHERE.server.stream(reply, REQUEST, {}))
    decoder, at = COHERE.decoder(), cut % len(body)
    events = decoder.feed(body[:at]) + decoder.feed(body[at:]) + decoder.close()
    assert list(grammar_faults(events)) == []
    assert isinstance(events[-1], Done), events[-1]
    assert events[-1].reply == reply
    for name, data in frames_of("sse", body):
        assert problems(COHERE.schemas["event"], json.loads(data)) == []
        assert json.loads(data)["type"] == name


@given(replies())
def test_a_whole_answer_is_read_as_it_was_meant(reply: Reply) -> None:
    body = json.loads(COHERE.server.whole(reply, REQUEST, {}))
    assert problems(COHERE.schemas["reply"], body) == []
    assert COHERE.reply(body) == reply


texts = st.builds(Text, words)
images = st.builds(lambda detail: Image(url="https://x.example/a.png", detail=detail), st.sampled_from([None, "low"]))
data_images = st.builds(lambda kind: Image(data="QUJD", media_type=kind), st.sampled_from(["image/png", "image/webp"]))
users = st.builds(
    lambda parts: Message("user", tuple(parts)), st.lists(texts | images | data_images, min_size=1, max_size=3)
)


@st.composite
def turns(draw: Any) -> tuple[Message, ...]:
    """Users and assistants in turn; results answer the calls before them."""
    spoken = [Message("system", (draw(texts),))] if draw(st.booleans()) else []
    spoken.append(draw(users))
    for _ in range(draw(st.integers(0, 2))):
        full = st.builds(ToolCall, ids, ids, arguments)
        made = draw(st.lists(full, min_size=1, max_size=2, unique_by=lambda call: call.id))
        plan = (Thinking(draw(words)),) if draw(st.booleans()) else ()
        spoken.append(Message("assistant", (*plan, *made)))
        spoken += [Message("tool", (ToolResult(call.id, (draw(texts),)),)) for call in made]
    last = draw(st.lists(said, min_size=1, max_size=3))
    return (*spoken, Message("assistant", tuple(last)), draw(users))


@st.composite
def requests(draw: Any) -> ChatRequest:
    strict = draw(st.sampled_from([None, True, False]))
    names = draw(st.lists(ids, max_size=2, unique=True))
    tools = tuple(Tool(name, draw(words | st.just("")), {"type": "object"}, strict) for name in names)
    choices = [None, ToolChoice("required"), ToolChoice("none")] if tools else [None]
    return ChatRequest(
        model=draw(ids),
        messages=draw(turns()),
        tools=tools,
        tool_choice=draw(st.sampled_from(choices)),
        max_tokens=draw(st.none() | st.integers(1, 10**6)),
        temperature=draw(st.none() | st.floats(0, 1)),
        top_p=draw(st.none() | st.floats(0.01, 0.99)),
        stop=tuple(draw(st.lists(words, max_size=5))),
        response_format=draw(st.sampled_from([None, ResponseFormat(), ResponseFormat({"type": "object"})])),
        reasoning=draw(st.sampled_from([None, Reasoning("none"), Reasoning(), Reasoning(budget_tokens=100)])),
        stream=draw(st.booleans()),
        extra=draw(st.sampled_from([{}, {"k": 3, "seed": 4}, {"safety_mode": "OFF"}])),
    )


@given(requests())
def test_a_request_is_read_as_it_was_meant(request: ChatRequest) -> None:
    body = COHERE.body(request, {})
    assert problems(COHERE.schemas["request"], body) == []
    assert COHERE.server.parse(json.loads(json.dumps(body))) == request
