"""What one half says, the other half reads: requests, whole answers and streams of every canonical kind."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from conformance.dialects import Refusal, dialect
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

RESPONSES = dialect("openai-responses")
REQUEST = ChatRequest(model="m", messages=())

words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60)
ids = st.text("abcdefghijklmnopqrstuvwxyz_0123456789", min_size=1, max_size=12)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | words, lambda inner: st.lists(inner, max_size=3), max_leaves=5
)
arguments = st.dictionaries(words, values, max_size=3).map(lambda one: json.dumps(one, ensure_ascii=False))
calls = st.builds(ToolCall, ids, ids, arguments)
thoughts = st.builds(Thinking, words, st.none() | ids) | st.builds(Thinking, st.just(""), ids)
others = ids.map(lambda id: Opaque("web_search_call", {"type": "web_search_call", "id": id, "status": "completed"}))
counts = st.integers(0, 10**9)
usages = st.builds(Usage, counts, counts, counts, counts, counts)


@st.composite
def replies(draw: Any) -> Reply:
    """Thoughts, texts, calls and hosted tools in any order; a refusal has one text only."""
    parts = tuple(draw(st.lists(thoughts | st.builds(Text, words | st.just("")) | calls | others, max_size=5)))
    called = any(isinstance(part, ToolCall) for part in parts)
    stops = ["tool_use"] if called else ["stop", "refusal"]
    stop = draw(st.sampled_from([*stops, "length", "content_filter", "pause"]))
    if stop == "refusal":
        parts = (*(part for part in parts if isinstance(part, Thinking)), Text(draw(words)))
    return Reply(id="r1", model="m", parts=parts, stop=stop, usage=draw(usages))


def decoded(body: bytes, cut: int) -> Reply:
    decoder = RESPONSES.decoder()
    events = decoder.feed(body[:cut]) + decoder.feed(body[cut:]) + decoder.close()
    assert list(grammar_faults(events)) == []
    assert isinstance(events[-1], Done), events[-1]
    return events[-1].reply


@given(replies(), st.integers(0, 100_000))
def test_a_stream_is_read_as_it_was_meant(reply: Reply, cut: int) -> None:
    body = b"".join(RESPONSES.server.stream(reply, REQUEST, {}))
    assert decoded(body, cut % len(body)) == reply
    for _, data in frames_of("sse", body):
        assert problems(RESPONSES.schemas["event"], json.loads(data)) == []


@given(replies())
def test_a_whole_answer_is_read_as_it_was_meant(reply: Reply) -> None:
    body = json.loads(RESPONSES.server.whole(reply, REQUEST, {}))
    assert problems(RESPONSES.schemas["reply"], body) == []
    assert RESPONSES.reply(body) == reply


@given(
    st.text(st.characters(exclude_categories=()), max_size=30).filter(lambda text: json.loads(json.dumps(text)) == text)
)
def test_half_a_surrogate_pair_survives(text: str) -> None:
    reply = Reply(id="r1", model="m", parts=(Text(text),), usage=Usage(0, 0, 0, 0, 0))
    assert decoded(b"".join(RESPONSES.server.stream(reply, REQUEST, {})), 0) == reply
    assert RESPONSES.reply(json.loads(RESPONSES.server.whole(reply, REQUEST, {}))) == reply


# ------------------------------------------------------------------ requests

texts = st.builds(Text, words)
images = st.builds(
    lambda url, detail: Image(url="https://x.example/" + url, detail=detail), ids, st.sampled_from([None, "low"])
)
data_images = st.builds(lambda kind: Image(data="QUJD", media_type=kind), st.sampled_from(["image/png", "image/webp"]))
files = st.just(Opaque("input_file", {"type": "input_file", "file_id": "file_1"}))
users = st.builds(
    lambda parts: Message("user", tuple(parts)), st.lists(texts | images | data_images | files, min_size=1, max_size=3)
)
sealed = st.builds(Thinking, words | st.just(""), ids)
tools = st.builds(
    Tool, ids, words | st.just(""), st.just({"type": "object"}) | st.none(), st.sampled_from([None, True, False])
)
results = st.lists(texts | images, max_size=2).map(tuple)


@st.composite
def turns(draw: Any) -> tuple[Message, ...]:
    """Users and assistants in turn; the calls of a turn are answered together."""
    said: list[Message] = [Message("system", (draw(texts),))] if draw(st.booleans()) else []
    said.append(draw(users))
    for _ in range(draw(st.integers(0, 2))):
        made = draw(st.lists(calls, min_size=1, max_size=2, unique_by=lambda call: call.id))
        said.append(Message("assistant", (*draw(st.lists(sealed | texts, max_size=2)), *made)))
        said.append(Message("tool", tuple(ToolResult(call.id, draw(results)) for call in made)))
    last = draw(st.lists(sealed | texts | others, min_size=1, max_size=3))
    return (*said, Message("assistant", tuple(last)), draw(users))


@st.composite
def requests(draw: Any) -> ChatRequest:
    declared = tuple(draw(st.lists(tools, max_size=2, unique_by=lambda tool: tool.name)))
    choices = [None, ToolChoice("none"), ToolChoice("auto")]
    if declared:
        choices += [ToolChoice("required"), ToolChoice("tool", declared[0].name)]
    return ChatRequest(
        model=draw(ids),
        messages=draw(turns()),
        system=draw(st.none() | words),
        tools=declared,
        tool_choice=draw(st.sampled_from(choices)),
        parallel_tool_calls=draw(st.none() | st.booleans()),
        max_tokens=draw(st.none() | st.integers(1, 10**6)),
        temperature=draw(st.none() | st.floats(0, 2)),
        top_p=draw(st.none() | st.floats(0, 1)),
        response_format=draw(
            st.sampled_from([None, ResponseFormat(), ResponseFormat({"type": "object"}, strict=True)])
        ),
        reasoning=draw(st.sampled_from([None, Reasoning("high"), Reasoning()])),
        stream=draw(st.booleans()),
        extra=draw(st.sampled_from([{}, {"service_tier": "flex"}, {"store": False, "metadata": {"a": "b"}}])),
    )


@given(requests())
def test_a_request_is_read_as_it_was_meant(request: ChatRequest) -> None:
    """The server reads the very request, and the client says the very body again."""
    body = RESPONSES.body(request, {})
    read = RESPONSES.server.parse(json.loads(json.dumps(body)))
    assert read == request
    assert RESPONSES.body(read, {}) == body


# ------------------------------------------------------------------ anything at all

# fmt: off
KEYS = [
    "type", "output", "item", "part", "response", "delta", "content", "summary", "error", "status",
    "output_index", "content_index", "text", "id", "arguments", "name", "call_id", "role", "input", "model",
    "tools", "reasoning", "include", "tool_choice", "incomplete_details", "reason", "usage", "object",
]
KINDS = [
    "response.created", "response.output_item.added", "response.output_item.done", "response.completed",
    "response.failed", "error", "response.output_text.delta", "response.content_part.done",
    "response.function_call_arguments.done", "message", "function_call", "function_call_output", "reasoning",
    "custom_tool_call", "output_text", "refusal", "incomplete",
]
# fmt: on
junk = st.recursive(
    st.none() | st.integers() | st.text(max_size=5) | st.sampled_from(KINDS),
    lambda one: st.lists(one, max_size=3) | st.dictionaries(st.sampled_from(KEYS), one, max_size=5),
    max_leaves=20,
)


@given(st.lists(junk, min_size=1, max_size=4))
def test_no_json_makes_either_half_crash(given_values: list[Any]) -> None:
    """Whatever JSON comes: the decoder, the whole reply, the error and the server answer in their own words."""
    raw = [json.dumps(value).encode() for value in given_values]
    decoder = RESPONSES.decoder()
    events = decoder.feed(b"".join(b"data: " + one + b"\n\n" for one in raw)) + decoder.close()
    assert list(grammar_faults(events)) == []
    RESPONSES.error(500, (), raw[0])
    RESPONSES.error(200, (), raw[0])
    for half in (RESPONSES.reply, RESPONSES.server.parse):
        try:
            half(given_values[0])
        except (ValueError, Refusal):
            continue
