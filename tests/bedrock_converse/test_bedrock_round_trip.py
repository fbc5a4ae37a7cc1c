"""Both halves of bedrock-converse understand each other: requests, whole replies, streams cut anywhere."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from msgspec.structs import replace

from conformance.dialects import dialect, heard
from conformance.errors import UnsupportedError
from conformance.model import (
    ChatRequest,
    Done,
    Error,
    Event,
    Image,
    Message,
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
    user,
)
from conformance.schema import problems

CONVERSE = dialect("bedrock-converse")
HI = ChatRequest(model="m", messages=(user("Hi"),))
WORDS = some.text(some.characters(codec="utf-8"), min_size=1, max_size=30)
INPUTS = some.dictionaries(WORDS, some.one_of(WORDS, some.integers(-9, 9), some.booleans(), some.none()), min_size=1)
PARTS = some.one_of(
    some.builds(Text, WORDS),
    some.builds(Thinking, WORDS, WORDS),
    some.builds(lambda data: Thinking("", redacted=data), some.just("aGlkZGVu")),
    some.builds(
        lambda id, name, value: ToolCall(id, name, json.dumps(value, ensure_ascii=False, separators=(",", ":"))),
        some.from_regex(r"[a-z0-9]{1,9}", fullmatch=True),
        some.from_regex(r"[a-z_]{1,9}", fullmatch=True),
        INPUTS,
    ),
)
REPLIES = some.builds(
    lambda parts, stop, usage: Reply(parts=tuple(parts), stop=stop, usage=usage),
    some.lists(PARTS, max_size=5),
    some.sampled_from(["stop", "length", "tool_use", "content_filter"]),
    some.builds(
        lambda fresh, output, read, write: Usage(fresh + read + write, output, read, write),
        *[some.integers(0, 999)] * 4,
    ),
)
STREAMED = Reply(
    parts=(Thinking("Let me see…", "c2ln"), Text("Grüße 👋"), ToolCall("t1", "get_weather", '{"city":"Oslo"}')),
    stop="tool_use",
    usage=Usage(input=9, output=5),
)
FRAMES = list(CONVERSE.server.stream(STREAMED, HI, {}))


def told(*pieces: bytes, end: Any = "eof") -> list[Event]:
    decoder = CONVERSE.decoder()
    return [event for piece in pieces for event in decoder.feed(piece)] + decoder.close(end)


@given(REPLIES)
def test_a_whole_reply_comes_back(reply: Reply) -> None:
    body = json.loads(CONVERSE.server.whole(reply, HI, {}))
    assert CONVERSE.reply(body) == reply
    assert problems(CONVERSE.schemas["reply"], body) == []


@given(REPLIES, some.integers(1, 200))
def test_a_streamed_reply_comes_back_however_it_is_cut(reply: Reply, size: int) -> None:
    body = b"".join(CONVERSE.server.stream(reply, HI, {}))
    events = told(*(body[at : at + size] for at in range(0, len(body), size)))
    assert list(grammar_faults(events)) == []
    assert events[-1] == Done(reply.stop, reply.usage, reply)


def test_a_stream_cut_after_any_byte_is_truncated() -> None:
    body, ends = b"".join(FRAMES), told(b"".join(FRAMES))
    assert isinstance(ends[-1], Done)
    for at in range(len(body)):
        assert told(body[:at], body[at:]) == ends
        last = told(body[:at])[-1]
        assert isinstance(last, Error)
        assert last.kind == "truncated", at


def test_what_was_missing_is_named() -> None:
    for number, missing in ((0, "messageStart"), (3, "messageStop (content block 0 was open)"), (-1, "metadata")):
        last = told(*FRAMES[:number])[-1]
        assert isinstance(last, Error)
        assert last.message == f"the stream ended without {missing}"


CALL = ToolCall("t1", "get_weather", '{"city":"Oslo"}')
REQUESTS = [
    HI,
    replace(HI, system="Be brief.", max_tokens=9, temperature=0.5, top_p=0.25, stop=("a", "b")),
    replace(HI, messages=(Message("user", (Text("?"), Image(data="aGk=", media_type="image/webp"))),)),
    replace(
        HI,
        messages=(
            user("?"),
            Message("assistant", (Thinking("Hm", "c2ln"), Thinking("", redacted="aGk="), Text("So"), CALL)),
            Message("tool", (ToolResult("t1", (Text("4"), Image(data="aGk=")), True),)),
        ),
        tools=(Tool("get_weather", "It tells.", {"type": "object"}, True),),
        tool_choice=ToolChoice("tool", "get_weather"),
    ),
    replace(HI, tools=(Tool("a", "", {"type": "object"}),), tool_choice=ToolChoice("required")),
    replace(HI, response_format=ResponseFormat({"type": "object", "title": "ö"}, "city")),
    replace(HI, reasoning=Reasoning("low", 1024)),
    replace(HI, reasoning=Reasoning("none")),
    replace(HI, extra={"guardrailConfig": {"guardrailIdentifier": "g"}}),
    replace(HI, model="arn:aws:bedrock:us-east-1:1:inference-profile/us.some.model-v1:0", stream=True),
]


@pytest.mark.parametrize("request_", REQUESTS)
def test_a_request_comes_back(request_: ChatRequest) -> None:
    body = CONVERSE.body(request_, {})
    url = f"https://bedrock-runtime.us-east-1.amazonaws.com{CONVERSE.path(request_)}"
    assert problems(CONVERSE.schemas["request"], body) == []
    assert CONVERSE.server.parse(heard(CONVERSE, url, json.loads(json.dumps(body)))) == request_
    assert CONVERSE.streams(url, body) is request_.stream
    assert url.count("/") == 5


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"parallel_tool_calls": False}, "parallel"),
        ({"response_format": ResponseFormat()}, "any JSON"),
        ({"messages": (Message("user", (Image("https://example.com/a.png"),)),)}, "by URL"),
        ({"messages": (Message("user", (Image(data="aGk=", media_type="image/bmp"),)),)}, "image/bmp"),
        ({"messages": (Message("user", (Image(data="aGk=", detail="high"),)),)}, "detail"),
        ({"messages": (Message("assistant", (ToolCall("t", "f", "{"),)),)}, "no JSON object"),
        ({"messages": (user("?"), Message("assistant", (CALL,))), "tool_choice": ToolChoice("none")}, "none"),
        ({"messages": (Message("user", (Thinking("Hm"),)),)}, "no place"),
    ],
)
def test_what_cannot_be_said_is_refused_aloud(change: dict[str, Any], word: str) -> None:
    with pytest.raises(UnsupportedError, match=word):
        CONVERSE.body(replace(HI, **change), {})


def test_no_call_wanted_leaves_the_tools_out() -> None:
    assert "toolConfig" not in CONVERSE.body(replace(HI, tools=(Tool("a"),), tool_choice=ToolChoice("none")), {})


def test_results_of_one_turn_are_one_message_and_stand_first() -> None:
    results = Message("tool", (ToolResult("t1", (Text("4"),)),)), Message("tool", (ToolResult("t2", ()),))
    body = CONVERSE.body(replace(HI, messages=(user("?"), *results, user("So?"))), {})
    assert body["messages"] == [
        {
            "role": "user",
            "content": [
                {"toolResult": {"toolUseId": "t1", "content": [{"text": "4"}]}},
                {"toolResult": {"toolUseId": "t2", "content": []}},
                {"text": "?"},
                {"text": "So?"},
            ],
        }
    ]
