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
    Reasoning,
    Reply,
    ResponseFormat,
    Text,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
    Usage,
    grammar_faults,
)
from conformance.schema import problems

CHAT = dialect("openai-chat")
REQUEST = ChatRequest(model="m", messages=())
COUNTED = {"stream_options": {"include_usage": True}}

words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60)
ids = st.text("abcdefghijklmnopqrstuvwxyz_0123456789", min_size=1, max_size=12)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | words, lambda inner: st.lists(inner, max_size=3), max_leaves=5
)
arguments = st.dictionaries(words, values, max_size=3).map(lambda one: json.dumps(one, ensure_ascii=False))
calls = st.builds(ToolCall, ids, ids, arguments | st.just(""))
counts = st.integers(0, 10**9)
usages = st.just(Usage()) | st.builds(Usage, counts, counts, *[st.none() | counts] * 3)


@st.composite
def replies(draw: Any) -> Reply:
    """A normal answer: text, then calls; a refusal has text only."""
    text = tuple(Text(one) for one in draw(st.lists(words, max_size=1)))
    made = tuple(draw(st.lists(calls, max_size=3)))
    stops = ["tool_use", "length"] if made else ["stop", "length", "content_filter"] + ["refusal"] * bool(text)
    stop = draw(st.sampled_from(stops))
    return Reply(id="c1", model="m", parts=text + made, stop=stop, usage=draw(usages))


def decoded(body: bytes, cut: int) -> Reply:
    decoder = CHAT.decoder()
    events = decoder.feed(body[:cut]) + decoder.feed(body[cut:]) + decoder.close()
    assert list(grammar_faults(events)) == []
    assert isinstance(events[-1], Done)
    return events[-1].reply


@given(replies(), st.integers(0, 10_000))
def test_a_stream_is_read_as_it_was_meant(reply: Reply, cut: int) -> None:
    body = b"".join(CHAT.server.stream(reply, REQUEST, COUNTED))
    assert decoded(body, cut % len(body)) == reply


@given(replies())
def test_a_whole_answer_is_read_as_it_was_meant(reply: Reply) -> None:
    body = CHAT.server.whole(reply, REQUEST, {})
    assert problems(CHAT.schemas["reply"], json.loads(body)) == []
    assert CHAT.reply(json.loads(body)) == reply


@given(
    st.text(st.characters(exclude_categories=()), max_size=30).filter(lambda text: json.loads(json.dumps(text)) == text)
)
def test_half_a_surrogate_pair_survives(text: str) -> None:
    reply = Reply(id="c1", model="m", parts=(Text(text),) if text else ())
    assert decoded(b"".join(CHAT.server.stream(reply, REQUEST, {})), 0) == reply
    assert CHAT.reply(json.loads(CHAT.server.whole(reply, REQUEST, {}))) == reply


# ------------------------------------------------------------------ requests

texts = st.builds(Text, words)
images = st.builds(
    lambda url, detail: Image(url="https://x.example/" + url, detail=detail), ids, st.sampled_from([None, "low"])
)
data_images = st.builds(lambda kind: Image(data="QUJD", media_type=kind), st.sampled_from(["image/png", "image/webp"]))
users = st.builds(
    lambda parts: Message("user", tuple(parts)), st.lists(texts | images | data_images, min_size=1, max_size=3)
)
assistants = st.builds(lambda text: Message("assistant", (text,)), texts)
tools = st.builds(
    Tool, ids, words | st.just(""), st.just({"type": "object"}) | st.none(), st.sampled_from([None, True, False])
)


@st.composite
def turns(draw: Any) -> tuple[Message, ...]:
    """Users and assistants in turn; every call is answered in its own message."""
    said: list[Message] = [Message("system", (draw(texts),))] if draw(st.booleans()) else []
    said.append(draw(users))
    for call in draw(st.lists(calls, max_size=2)):
        call = ToolCall(call.id, call.name, call.arguments or "{}")
        said += [Message("assistant", (call,)), Message("tool", (ToolResult(call.id, (draw(texts),)),))]
    return (*said, draw(assistants), draw(users))


@st.composite
def requests(draw: Any) -> ChatRequest:
    declared = tuple(draw(st.lists(tools, max_size=2, unique_by=lambda tool: tool.name)))
    choices = [None, ToolChoice("none")]
    if declared:
        choices += [ToolChoice("required"), ToolChoice("auto"), ToolChoice("tool", declared[0].name)]
    return ChatRequest(
        model=draw(ids),
        messages=draw(turns()),
        tools=declared,
        tool_choice=draw(st.sampled_from(choices)),
        parallel_tool_calls=draw(st.none() | st.booleans()),
        max_tokens=draw(st.none() | st.integers(1, 10**6)),
        temperature=draw(st.none() | st.floats(0, 2)),
        top_p=draw(st.none() | st.floats(0, 1)),
        stop=tuple(draw(st.lists(words, max_size=4))),
        response_format=draw(
            st.sampled_from([None, ResponseFormat(), ResponseFormat({"type": "object"}, strict=True)])
        ),
        reasoning=draw(st.sampled_from([None, Reasoning("high")])),
        stream=draw(st.booleans()),
        extra=draw(st.sampled_from([{}, {"seed": 1}])),
    )


@given(requests())
def test_a_request_is_read_as_it_was_meant(request: ChatRequest) -> None:
    """The server reads the very request, and the client says the very body again."""
    body = CHAT.body(request, {})
    read = CHAT.server.parse(json.loads(json.dumps(body)))
    assert read == request
    assert CHAT.body(read, {}) == body


KEYS = (
    "choices delta index error message tool_calls function function_call content usage model messages role"
    " finish_reason name arguments id code type status detail errors base_resp status_code status_msg text"
    " reasoning_details tools tool_choice tool_call_id stop response_format json_schema refusal prompt_tokens"
).split()
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
scalars |= st.sampled_from(["user", "tool", "assistant", "text", "function", "json_schema", "required"])
wild = st.recursive(
    scalars,
    lambda one: st.lists(one, max_size=3) | st.dictionaries(st.sampled_from(KEYS), one, max_size=4),
    max_leaves=20,
)


@given(wild)
def test_no_json_makes_either_half_crash(value: Any) -> None:
    """Whatever JSON comes: the decoder, the whole reply, the error and the server answer in their own words."""
    from conformance.dialects import Refusal

    raw = json.dumps(value).encode()
    decoder = CHAT.decoder()
    events = decoder.feed(b"data: " + raw + b"\n\n") + decoder.close()
    assert list(grammar_faults(events)) == []
    for status in (200, 400, 500):
        CHAT.error(status, (), raw)
    for half in (CHAT.reply, CHAT.server.parse):
        try:
            half(value)
        except (ValueError, Refusal):
            continue
