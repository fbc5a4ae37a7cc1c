"""What the bytes of mistral mean: contents as lists, whole calls, ids that are none, and where a stream ends."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.dialects import detect, dialect
from conformance.model import (
    ChatRequest,
    Done,
    Error,
    Event,
    Opaque,
    Reply,
    Text,
    Thinking,
    ToolCall,
    Usage,
    grammar_faults,
)

MISTRAL = dialect("mistral")
USAGE = {"prompt_tokens": 9, "total_tokens": 15, "completion_tokens": 6}


def chunk(delta: dict[str, Any], finish: str | None = None, **more: Any) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    head = {"id": "a", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    return b"data: " + json.dumps(head | {"choices": [choice]} | more).encode() + b"\n\n"


def said(*frames: bytes, step: int = 0, done: bool = True) -> list[Event]:
    body = b"".join(frames) + (b"data: [DONE]\n\n" if done else b"")
    decoder, events = MISTRAL.decoder(), []
    for at in range(0, len(body), step or len(body)):
        events += decoder.feed(body[at : at + (step or len(body))])
    events += decoder.close()
    assert list(grammar_faults(events)) == []
    return events


def reply(*frames: bytes, step: int = 0) -> Reply:
    last = said(*frames, step=step)[-1]
    assert isinstance(last, Done)
    return last.reply


def whole(message: dict[str, Any], finish: str = "stop") -> Reply:
    choice = {"index": 0, "message": message, "finish_reason": finish}
    return MISTRAL.reply({"id": "a", "model": "m", "choices": [choice], "usage": USAGE})


def thought(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "thinking", "thinking": [{"type": "text", "text": text}], **more}


TEXT = {"type": "text", "text": "Oslo"}
REFERENCE = {"type": "reference", "reference_ids": [3]}
CALL = {"id": "gSIMJiOkT", "function": {"name": "f", "arguments": '{"a": 1}'}}
FINISH = chunk({"content": ""}, "stop", usage=USAGE)


@pytest.mark.parametrize("step", [0, 1, 7])
def test_thinking_then_text_are_two_blocks(step: int) -> None:
    frames = [
        chunk({"role": "assistant", "content": ""}),
        chunk({"content": [thought("Hm")]}),
        chunk({"content": [thought(", so.", signature="s", closed=True)]}),
        chunk({"content": [TEXT]}),
        chunk({"content": "!"}),
        FINISH,
    ]
    found = reply(*frames, step=step)
    assert found.parts == (Thinking("Hm, so.", "s"), Text("Oslo!"))
    assert found.usage == Usage(9, 6)


def test_parts_of_one_list_keep_their_order_streamed_and_whole() -> None:
    content = [TEXT, REFERENCE, TEXT, TEXT, thought("a"), thought("b")]
    parts = (Text("Oslo"), Opaque("reference", REFERENCE), Text("OsloOslo"), Thinking("ab"))
    assert reply(chunk({"content": content}), FINISH).parts == parts
    assert whole({"role": "assistant", "content": content}).parts == parts


def test_a_whole_call_on_the_finish_chunk() -> None:
    found = reply(chunk({"content": None, "tool_calls": [CALL]}, "tool_calls", usage=USAGE))
    assert (found.parts, found.stop) == ((ToolCall("gSIMJiOkT", "f", '{"a": 1}'),), "tool_use")


def test_whole_calls_are_told_apart_by_id_or_else_by_name() -> None:
    calls = [CALL, {"id": "other0001", "index": 0, "function": {"name": "f", "arguments": "{}"}}]
    nameless = [{"id": "null", "index": 0, "function": {"name": name, "arguments": "{}"}} for name in "fg"]
    told = [(one.id, one.name) for one in reply(chunk({"tool_calls": calls}, "tool_calls")).tool_calls]
    assert told == [("gSIMJiOkT", "f"), ("other0001", "f")]
    told = [(one.id, one.name) for one in reply(chunk({"tool_calls": nameless}, "tool_calls")).tool_calls]
    assert told == [("", "f"), ("", "g")]


def test_an_empty_name_is_no_new_name() -> None:
    later = [
        {"type": "function", "index": 0, "function": {"name": "", "arguments": piece}} for piece in ('{"a":', "1}")
    ]
    first = {"id": "gSIMJiOkT", "type": "function", "index": 0, "function": {"name": "f", "arguments": ""}}
    found = reply(*(chunk({"tool_calls": [one]}) for one in (first, *later)), chunk({}, "tool_calls", usage=USAGE))
    assert found.parts == (ToolCall("gSIMJiOkT", "f", '{"a":1}'),)


def test_arguments_may_be_an_object_and_the_id_none() -> None:
    found = whole({"tool_calls": [{"id": "null", "function": {"name": "f", "arguments": {"a": 1}}}]}, "tool_calls")
    assert found.parts == (ToolCall("", "f", '{"a":1}'),)


@pytest.mark.parametrize(
    ("word", "stop"),
    [
        ("stop", "stop"),
        ("length", "length"),
        ("model_length", "length"),
        ("error", "error"),
        ("tool_calls", "tool_use"),
    ],
)
def test_why_it_ended(word: str, stop: str) -> None:
    assert reply(chunk({"content": "a"}, word, usage=USAGE)).stop == stop
    assert whole({"content": "a"}, word).stop == stop


def test_only_the_sentinel_ends_a_stream() -> None:
    last = said(chunk({"content": "a"}), FINISH, done=False)[-1]
    assert isinstance(last, Error)
    assert (last.kind, "[DONE]" in last.message) == ("truncated", True)


def test_padding_and_unknown_keys_are_no_part_of_the_answer() -> None:
    found = reply(chunk({"content": "a", "index": 4, "metadata": {}}, p="abcdefgh"), FINISH)
    assert found.parts == (Text("a"),)


def test_a_flat_error_in_a_stream_fails_the_answer() -> None:
    frame = (
        b'data: {"object":"error","message":"Service unavailable.","type":"internal_server_error","code":"1000"}\n\n'
    )
    last = said(chunk({"content": "a"}), frame, FINISH)[-1]
    assert isinstance(last, Error)
    assert (last.kind, last.message, last.code) == ("server", "Service unavailable.", "1000")


def test_every_cut_of_what_the_server_says_means_the_same() -> None:
    answer = Reply(
        id="a",
        model="m",
        parts=(
            Thinking("Soll ich? Ja, ich überlege.", "sig"),
            Text("Grüße 👋 aus Oslo"),
            ToolCall("gSIMJiOkT", "f", "{}"),
        ),
        stop="tool_use",
        usage=Usage(9, 6, 2),
    )
    frames = list(MISTRAL.server.stream(answer, ChatRequest(model="m", messages=()), {}))
    body = b"".join(frames)
    for at in range(len(body)):
        decoder = MISTRAL.decoder()
        events = [*decoder.feed(body[:at]), *decoder.feed(body[at:]), *decoder.close()]
        assert events[-1] == Done("tool_use", answer.usage, answer), at
    for number in range(len(frames) - 1):
        decoder = MISTRAL.decoder()
        last = [*decoder.feed(b"".join(frames[: number + 1])), *decoder.close()][-1]
        assert isinstance(last, Error), number
        assert last.kind == "truncated"
    assert MISTRAL.reply(json.loads(MISTRAL.server.whole(answer, ChatRequest(model="m", messages=()), {}))) == answer


@pytest.mark.parametrize(
    ("url", "speaks"),
    [
        ("https://api.mistral.ai/v1/chat/completions", "mistral"),
        ("https://codestral.mistral.ai/v1/chat/completions", "mistral"),
        ("https://notmistral.ai/v1/chat/completions", "openai-chat"),
        ("https://api.openai.com/v1/chat/completions", "openai-chat"),
        ("http://127.0.0.1:8080/v1/chat/completions", "openai-chat"),
        ("https://api.mistral.ai/v1/models", None),
    ],
)
def test_the_host_tells_the_language(url: str, speaks: str | None) -> None:
    assert detect("POST", url, (), {}) == speaks
