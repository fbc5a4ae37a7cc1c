"""Streams as official and compatible servers send them, decoded to one timeline."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.dialects import dialect
from conformance.exchange import Broken, End
from conformance.model import (
    Done,
    Error,
    Event,
    Start,
    Text,
    TextDelta,
    TextEnd,
    TextStart,
    Thinking,
    ToolCall,
    Usage,
    grammar_faults,
    name_of,
)

CHAT = dialect("openai-chat")
USAGE = {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7}
COUNTED = Usage(input=5, output=2)


def chunk(delta: Any = None, finish: Any = None, **more: Any) -> bytes:
    head = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    choice = {"index": 0, "delta": {} if delta is None else delta, "finish_reason": finish}
    return data(head | {"choices": [choice]} | more)


def data(value: Any) -> bytes:
    return b"data: " + (value if isinstance(value, bytes) else json.dumps(value).encode()) + b"\n\n"


def call(index: int | None = 0, id: str | None = None, name: str | None = None, arguments: Any = None) -> Any:
    function = {key: value for key, value in (("name", name), ("arguments", arguments)) if value is not None}
    parts = (("index", index), ("id", id), ("function", function))
    return {"tool_calls": [{key: value for key, value in parts if value is not None}]}


DONE = data(b"[DONE]")
HEAD = chunk({"role": "assistant", "content": ""})
STOP = chunk(finish="stop")
CALLED = chunk(finish="tool_calls")


def read(*frames: bytes, size: int = 0, end: End = "eof") -> list[Event]:
    """The timeline of a stream, cut into pieces of `size`; it must be sound."""
    body = b"".join(frames)
    decoder = CHAT.decoder()
    step = size or max(len(body), 1)
    events = [event for at in range(0, len(body), step) for event in decoder.feed(body[at : at + step])]
    events += decoder.close(end)
    assert list(grammar_faults(events)) == []
    assert decoder.feed(DONE) == []
    return events


def done(*frames: bytes) -> Done:
    last = read(*frames)[-1]
    assert isinstance(last, Done), last
    return last


def failed(*frames: bytes, end: End = "eof") -> Error:
    last = read(*frames, end=end)[-1]
    assert isinstance(last, Error), last
    return last


# ------------------------------------------------------------------ the official form

OFFICIAL = [
    HEAD,
    chunk({"content": "Hé"}, usage=None, obfuscation="xx"),
    chunk({"content": "llo 🌍"}, usage=None, service_tier="default"),
    chunk(finish="stop", usage=None),
    chunk(choices=[], usage=USAGE | {"prompt_tokens_details": {"cached_tokens": 3, "cache_write_tokens": 1}}),
    DONE,
]
TOOLS = [
    HEAD,
    chunk({"content": "Let me see."}),
    chunk(call(0, "call_a", "f", "")),
    chunk(call(0, arguments='{"x"')),
    chunk(call(1, "call_b", "g", "")),
    chunk(call(0, arguments=":1}")),
    chunk(call(1, arguments="{}")),
    CALLED,
    DONE,
]


def test_text() -> None:
    events = read(*OFFICIAL)
    assert events[:-1] == [
        Start("c1", "m"),
        TextStart(0),
        TextDelta(0, "Hé"),
        TextDelta(0, "llo 🌍"),
        TextEnd(0, "Héllo 🌍"),
    ]
    assert isinstance(events[-1], Done)
    assert events[-1].reply.usage == Usage(input=5, output=2, cache_read=3, cache_write=1)
    assert (events[-1].reason, events[-1].reply.text) == ("stop", "Héllo 🌍")


def test_interleaved_calls_end_in_order() -> None:
    events = read(*TOOLS)
    assert [name_of(event) for event in events[1:]] == [
        *("TextStart", "TextDelta", "TextEnd"),
        *("ToolCallStart", "ToolCallDelta", "ToolCallStart", "ToolCallDelta", "ToolCallDelta"),
        *("ToolCallEnd", "ToolCallEnd", "Done"),
    ]
    assert done(*TOOLS).reply.parts == (
        Text("Let me see."),
        ToolCall("call_a", "f", '{"x":1}'),
        ToolCall("call_b", "g", "{}"),
    )


@pytest.mark.parametrize("frames", [OFFICIAL, TOOLS], ids=["text", "tools"])
def test_cutting_changes_nothing(frames: list[bytes]) -> None:
    whole = read(*frames)
    body = b"".join(frames)
    for size in (1, 2, 3, 7, 64):
        assert read(*frames, size=size) == whole
    for at in range(1, len(body)):
        decoder = CHAT.decoder()
        assert decoder.feed(body[:at]) + decoder.feed(body[at:]) + decoder.close() == whole


@pytest.mark.parametrize("frames", [OFFICIAL, TOOLS], ids=["text", "tools"])
@pytest.mark.parametrize(
    ("end", "kind"), [("eof", "truncated"), (Broken("ReadError", "reset"), "truncated"), ("closed", "cancelled")]
)
def test_a_cut_stream_never_looks_finished(frames: list[bytes], end: End, kind: str) -> None:
    for kept in range(len(frames)):
        fault = failed(*frames[:kept], end=end)
        assert (fault.kind, "[DONE]" in fault.message) == (kind, True)
    body = b"".join(frames)
    for at in range(len(body) - len(DONE)):
        decoder = CHAT.decoder()
        events = decoder.feed(body[:at]) + decoder.close(end)
        assert isinstance(events[-1], Error)


def test_nothing_is_read_after_the_end() -> None:
    assert read(*OFFICIAL, chunk({"content": "more"})) == read(*OFFICIAL)


def test_a_refusal_is_text_with_its_own_reason() -> None:
    last = done(HEAD, chunk({"refusal": "I can"}), chunk({"refusal": "not."}), STOP, DONE)
    assert (last.reason, last.reply.text) == ("refusal", "I cannot.")


def test_other_choices_are_not_the_answer() -> None:
    other = chunk(choices=[{"index": 1, "delta": {"content": "B"}, "finish_reason": "length"}])
    last = done(HEAD, chunk({"content": "A"}), other, STOP, DONE)
    assert (last.reply.text, last.reason) == ("A", "stop")


# ------------------------------------------------------------------ compatible servers


@pytest.mark.parametrize(
    ("frames", "calls"),
    [
        ([chunk(call(0, "a", "f", '{"x":1}'))], [("a", "f", '{"x":1}')]),
        ([chunk(call(0, "a", "f", "")), chunk(call(0, "", "", "{}"))], [("a", "f", "{}")]),
        ([chunk(call(0, "a", "f", "{")), chunk(call(0, "a", "f", "}"))], [("a", "f", "{}")]),
        ([chunk(call(0, "a", "f", "{")), chunk(call(0, "b", None, "}"))], [("a", "f", "{}")]),
        ([chunk(call(0, "a", "f", "{}")), chunk(call(0, "b", "g", "{}"))], [("a", "f", "{}"), ("b", "g", "{}")]),
        ([chunk(call(None, "a", "f", "{")), chunk(call(None, None, None, "}"))], [("a", "f", "{}")]),
        ([chunk(call(None, "a", "f", "{")), chunk(call(None, "a", None, "}"))], [("a", "f", "{}")]),
        ([chunk(call(None, "", "f", "{}")), chunk(call(None, "", "g", "{}"))], [("", "f", "{}"), ("", "g", "{}")]),
        ([chunk(call(-1, "a", "f", "{")), chunk(call(-1, arguments="}"))], [("a", "f", "{}")]),
        ([chunk(call(0, "a", None, "{")), chunk(call(0, None, "f", "}"))], [("a", "f", "{}")]),
        ([chunk(call(0, "a", None, "{}"))], [("a", "", "{}")]),
        ([chunk(call(0, "a", "f", {"x": 1}))], [("a", "f", '{"x":1}')]),
        ([chunk(call("0", "a", "f", "{}"))], [("a", "f", "{}")]),  # type: ignore[arg-type]
        ([chunk(call(1, "b", "g", "{}")), chunk(call(0, "a", "f", "{}"))], [("b", "g", "{}"), ("a", "f", "{}")]),
        ([chunk({"function_call": {"name": "f"}}), chunk({"function_call": {"arguments": "{}"}})], [("", "f", "{}")]),
        (
            [
                chunk(
                    {"tool_calls": [{"index": 0, "id": "a", "type": "custom", "custom": {"name": "f", "input": "x y"}}]}
                )
            ],
            [("a", "f", "x y")],
        ),
    ],
)
@pytest.mark.parametrize("finish", [CALLED, STOP], ids=["tool_calls", "stop"])
def test_calls_of_compatible_servers(frames: list[bytes], calls: list[tuple[str, str, str]], finish: bytes) -> None:
    last = done(HEAD, *frames, finish, DONE)
    assert [(one.id, one.name, one.arguments) for one in last.reply.tool_calls] == calls
    assert last.reason == "tool_use"


@pytest.mark.parametrize(
    "delta",
    [
        {"reasoning_content": "Hm.", "reasoning": "Hm."},
        {"reasoning": "Hm.", "reasoning_details": [{"type": "reasoning.text", "text": "Hm."}]},
        {"reasoning_text": "Hm."},
        {"reasoning_content": None, "reasoning_details": [{"type": "reasoning.summary", "summary": "Hm."}]},
        {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]}]},
    ],
)
def test_reasoning_is_read_from_one_field(delta: Any) -> None:
    last = done(HEAD, chunk(delta), chunk({"content": "Hi"}), STOP, DONE)
    assert last.reply.parts == (Thinking("Hm."), Text("Hi"))


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("length", "length"),
        ("content_filter", "content_filter"),
        ("sensitive", "content_filter"),
        ("eos", "stop"),
        ("model_length", "length"),
        ("model_context_window_exceeded", "length"),
        ("insufficient_system_resource", "error"),
        ("network_error", "error"),
        ("abort", "error"),
        ("error", "error"),
        ("tool_call", "tool_use"),
        ("never_heard_of", "error"),
    ],
)
def test_finish_words(word: str, reason: str) -> None:
    assert done(HEAD, chunk(finish=word), DONE).reason == reason


@pytest.mark.parametrize("odd", ["null", ""])
def test_a_reason_that_is_none_does_not_finish(odd: str) -> None:
    assert "finish_reason" in failed(HEAD, chunk({"content": "a"}, finish=odd)).message


@pytest.mark.parametrize(
    "frames",
    [
        [chunk(finish="stop", usage=USAGE)],
        [chunk(finish="stop", usage=None), chunk(choices=[], usage=USAGE, base_resp={"status_code": 0})],
        [chunk({"content": ""}, usage=USAGE | {"completion_tokens": 1}), chunk(finish="stop", usage=USAGE)],
    ],
)
def test_an_answer_that_is_complete_by_itself_needs_no_sentinel(frames: list[bytes]) -> None:
    assert done(HEAD, *frames).usage == COUNTED
    assert failed(HEAD, *frames, end=Broken("ReadError", "reset")).kind == "truncated"


@pytest.mark.parametrize(
    ("usage", "counted"),
    [
        (USAGE, COUNTED),
        (
            USAGE | {"prompt_tokens_details": None, "completion_tokens_details": {"reasoning_tokens": 1}},
            Usage(5, 2, reasoning=1),
        ),
        ({"prompt_tokens": None, "completion_tokens": None}, Usage()),
        ({"prompt_tokens": 5.0, "completion_tokens": True}, Usage(input=5)),
        ("none", Usage()),
    ],
)
def test_usage(usage: Any, counted: Usage) -> None:
    assert done(HEAD, STOP, chunk(choices=[], usage=usage), DONE).usage == counted
    choice = {"index": 0, "delta": {}, "finish_reason": "stop", "usage": usage}
    assert done(HEAD, chunk(choices=[choice]), DONE).usage == counted


@pytest.mark.parametrize(
    "frame",
    [
        b": OPENROUTER PROCESSING\n\n",
        data({"type": "ping"}),
        data({"choices": [], "id": "", "model": "", "object": "", "created": 0, "prompt_filter_results": []}),
        chunk(choices=[{"index": 0, "content_filter_offsets": {}, "finish_reason": None}]),
        chunk(choices=[{"index": 0, "delta": None, "finish_reason": None}]),
        chunk(choices=None),
        chunk({"role": None, "content": None, "tool_calls": None}),
        chunk({"content": ""}, logprobs=None),
        chunk({"tool_calls": []}),
        chunk(call(0, "", "", "")),
        chunk({"function_call": {"name": "", "arguments": ""}}),
        chunk({"audio": {"transcript": "x"}}),
    ],
)
def test_what_says_nothing_changes_nothing(frame: bytes) -> None:
    plain = (HEAD, chunk({"content": "Hi"}), STOP, DONE)
    assert read(frame, *plain) == read(*plain)
    assert read(*plain[:2], frame, *plain[2:]) == read(*plain)


@pytest.mark.parametrize(
    ("frame", "text"),
    [
        (data(rb'{"choices":[{"index":0,"delta":{"content":"\ud83d"}}]}'), "\ud83d"),
        (data(b'{"choices":[{"index":0,"delta":{"content":"a"},"logprobs":NaN}]}'), "a"),
        (chunk({"content": 7}), "7"),
        (chunk({"content": [{"type": "text", "text": "a"}, {"type": "reference"}, "b"]}), "ab"),
        (chunk({"content": "a"}, created=10**40, id=5), "a"),
        (chunk({"content": "a", "reasoning": {"x": 1}}), "a"),
    ],
)
def test_what_is_nearly_right_is_coerced(frame: bytes, text: str) -> None:
    assert done(HEAD, frame, STOP, DONE).reply.text == text


def test_what_was_tolerated_is_noted() -> None:
    from conformance.dialects.openai_chat.stream import ChunkReader

    reader, out = ChunkReader(), []
    reader.read(b"", b'{"choices":[{"index":0,"delta":{"content":"a"}}]}', out)
    assert reader.tolerated == []
    reader.read(b"", b'{"choices":[{"index":0,"delta":{"content":7}}]}', out)
    assert [note for note in reader.tolerated if "content" in note] == reader.tolerated != []


def test_a_broken_frame_ends_the_timeline() -> None:
    fault = failed(HEAD, data(b'{"choices":[{'), STOP, DONE)
    assert (fault.kind, "cannot parse frame 1 as JSON" in fault.message) == ("protocol", True)
    assert failed(HEAD, data(b'"text"'), DONE).kind == "protocol"
    assert "invalid UTF-8" in failed(HEAD, data(b'{"a":"\xff"}'), DONE).message


def test_the_sentinel_alone_ends_an_answer_without_a_reason() -> None:
    assert done(HEAD, chunk({"content": "a"}), DONE).reason == "stop"
    assert done(HEAD, chunk(call(0, "a", "f", "{}")), DONE).reason == "tool_use"
    assert done(DONE).reply.parts == ()


def test_text_after_the_finish_reason_is_kept() -> None:
    assert done(HEAD, chunk({"content": "a"}), STOP, chunk({"content": "b"}), DONE).reply.text == "ab"


# ------------------------------------------------------------------ errors in the middle


@pytest.mark.parametrize(
    ("frame", "kind", "message"),
    [
        (data({"error": {"message": "boom", "type": "server_error", "param": None, "code": None}}), "server", "boom"),
        (data({"error": {"message": "slow", "code": 429}}), "rate_limit", "slow"),
        (data({"error": {"message": "bad", "code": "tool_use_failed", "status_code": 400}}), "invalid_request", "bad"),
        (data({"error": "boom"}), "server", "boom"),
        (b"event: error\n" + data({"message": "boom"}), "server", "boom"),
        (data([{"error": {"message": "boom", "code": 503}}]), "overloaded", "boom"),
        (chunk(finish="error", error={"message": "gone", "code": 502}), "server", "gone"),
        (chunk(choices=[{"index": 0, "delta": {}, "error": {"message": "gone", "code": 502}}]), "server", "gone"),
        (chunk(choices=[], base_resp={"status_code": 1004, "status_msg": "denied"}), "server", "denied"),
    ],
)
@pytest.mark.parametrize("before", [(), (HEAD, chunk({"content": "a"}))], ids=["alone", "in the middle"])
def test_an_error_under_200(before: tuple[bytes, ...], frame: bytes, kind: str, message: str) -> None:
    fault = failed(*before, frame, DONE)
    assert (fault.kind, fault.message, fault.status) == (kind, message, None)
