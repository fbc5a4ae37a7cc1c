"""One half says it, the other half understands it: for any canonical value that this language can say."""

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

MESSAGES = dialect("anthropic-messages")
SERVER = MESSAGES.server

words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
names = st.from_regex(r"[A-Za-z0-9_-]{1,12}", fullmatch=True)
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
objects = st.dictionaries(words, plain, max_size=3)
calls = st.builds(lambda id, name, value: ToolCall(id, name, json.dumps(value)), names, names, objects)
opaque = st.builds(
    lambda id, value: Opaque(
        "server_tool_use", {"type": "server_tool_use", "id": id, "name": "web_search", "input": value}
    ),
    names,
    objects,
)
thoughts = st.builds(Thinking, words | st.just(""), words) | st.builds(lambda data: Thinking("", redacted=data), words)
counts = st.none() | st.integers(0, 1000)


@st.composite
def usages(draw: st.DrawFn) -> Usage:
    read, written, reasoning = draw(counts), draw(counts), draw(counts)
    fresh, more = draw(st.integers(0, 1000)), draw(st.integers(0, 1000))
    return Usage(fresh + (read or 0) + (written or 0), more + (reasoning or 0), read, written, reasoning)


@st.composite
def replies(draw: st.DrawFn) -> Reply:
    stop = draw(st.sampled_from(["stop", "length", "tool_use", "pause", "refusal"]))
    return Reply(
        id=draw(names),
        model=draw(names),
        parts=tuple(draw(st.lists(st.builds(Text, words | st.just("")) | thoughts | calls | opaque, max_size=4))),
        stop=stop,
        stop_sequence=draw(st.none() | words) if stop == "stop" else None,
        usage=draw(usages()),
    )


REQUEST = ChatRequest(model="m", messages=())


@given(replies(), st.integers(1, 40))
def test_a_reply_survives_both_ways(reply: Reply, size: int) -> None:
    """Streamed in pieces of any size, and whole."""
    body = b"".join(SERVER.stream(reply, REQUEST, {}))
    decoder = MESSAGES.decoder()
    events = [event for at in range(0, len(body), size) for event in decoder.feed(body[at : at + size])]
    assert decoder.close() == []
    assert list(grammar_faults(events)) == []
    assert isinstance(events[-1], Done)
    assert events[-1].reply == reply
    whole = MESSAGES.reply(json.loads(SERVER.whole(reply, REQUEST, {})))
    assert whole.says() == reply.says()
    assert (whole.usage, whole.stop_sequence, whole.id, whole.model) == (
        reply.usage,
        reply.stop_sequence,
        reply.id,
        reply.model,
    )
    assert [part for part in whole.parts if not isinstance(part, ToolCall)] == [
        part for part in reply.parts if not isinstance(part, ToolCall)
    ]


images = st.builds(
    lambda data, kind: Image(data=data, media_type=kind), words, st.sampled_from(["image/png", "image/gif"])
)
images |= st.builds(lambda path: Image(url=f"https://h/{path}"), names)
results = st.lists(st.builds(Text, words) | images, max_size=2).map(tuple)


@st.composite
def conversations(draw: st.DrawFn) -> tuple[Message, ...]:
    """Turns that the server takes: each call answered, no empty text."""
    said = [Message("user", tuple(draw(st.lists(st.builds(Text, words) | images, min_size=1, max_size=3))))]
    for _ in range(draw(st.integers(0, 2))):
        asked = draw(st.lists(calls, max_size=2, unique_by=lambda call: call.id))
        spoken = draw(st.lists(st.builds(Text, words) | thoughts | opaque, min_size=1, max_size=2))
        said.append(Message("assistant", (*spoken, *asked)))
        if asked:
            said.append(
                Message("tool", tuple(ToolResult(call.id, draw(results), draw(st.booleans())) for call in asked))
            )
        if not asked or draw(st.booleans()):
            said.append(Message("user", (Text(draw(words)),)))
    return tuple(said)


@st.composite
def requests(draw: st.DrawFn) -> ChatRequest:
    schema = draw(st.just({"type": "object", "properties": {}, "additionalProperties": False}))
    tools = draw(
        st.lists(
            st.builds(Tool, names, words | st.just(""), st.just(schema), st.none() | st.booleans()),
            max_size=2,
            unique_by=lambda tool: tool.name,
        )
    )
    choices: Any = st.none() | st.sampled_from([ToolChoice("auto"), ToolChoice("none"), ToolChoice("required")])
    choice = draw(choices) if tools else None
    return ChatRequest(
        model=draw(names),
        messages=draw(conversations()),
        system=draw(st.none() | words),
        tools=tuple(tools),
        tool_choice=choice,
        parallel_tool_calls=draw(st.none() | st.booleans()) if choice and choice.mode != "none" else None,
        max_tokens=draw(st.integers(5000, 9000)),
        stop=tuple(draw(st.lists(words, max_size=2))),
        response_format=draw(st.none() | st.just(ResponseFormat(schema))),
        reasoning=draw(
            st.none() | st.builds(Reasoning, st.sampled_from(["low", "max", None]), st.none() | st.just(2048))
        ),
        stream=draw(st.booleans()),
        extra=draw(st.just({}) | st.just({"metadata": {"user_id": "u"}})),
    )


@given(requests())
def test_a_request_survives(request: ChatRequest) -> None:
    body = MESSAGES.body(request, {})
    read = SERVER.parse(json.loads(json.dumps(body)))
    assert MESSAGES.body(read, {}) == body
    assert _bare(read) == _bare(request)


def _bare(request: ChatRequest) -> list[Any]:
    """A request with the arguments of its calls parsed: their blanks are not on this wire."""
    parts = [
        (turn.role, [(part.id, part.name, part.input) if isinstance(part, ToolCall) else part for part in turn.parts])
        for turn in request.messages
    ]
    rest = [getattr(request, name) for name in request.__struct_fields__ if name != "messages"]
    return [parts, rest]
