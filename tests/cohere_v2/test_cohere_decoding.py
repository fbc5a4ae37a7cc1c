"""Streams and replies as the real server sends them, every known way to bend them, any cut, any end; errors."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.dialects import dialect
from conformance.exchange import Broken
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
    error,
    grammar_faults,
    name_of,
)

COHERE = dialect("cohere-v2")
ANSWER = Reply(
    id="a1",
    parts=(
        Thinking("Hm, 世界."),
        Text("Grüße 👩‍🚀"),
        Thinking("I will look."),
        ToolCall("c1", "f", '{"city": "Oslo"}'),
    ),
    stop="tool_use",
    usage=Usage(input=70, output=9, cache_read=64),
)
FRAMES = list(COHERE.server.stream(ANSWER, ChatRequest(model="m", messages=()), {}))
START = {"type": "message-start", "id": "m1", "delta": {"message": {"role": "assistant"}}}

Step = dict[str, Any]


def read(body: bytes, end: Any = "eof") -> list[Event]:
    decoder = COHERE.decoder()
    events = decoder.feed(body) + decoder.close(end)
    assert list(grammar_faults(events)) == []
    return events


def last(*steps: Step | bytes, end: Any = "eof") -> Event:
    parts = (one if isinstance(one, bytes) else b"data: " + json.dumps(one).encode() + b"\n\n" for one in steps)
    return read(b"".join(parts), end)[-1]


def answer(*steps: Step | bytes) -> Reply:
    found = last(*steps)
    assert isinstance(found, Done), found
    return found.reply


def content(kind: str, index: int = 0, **piece: Any) -> Step:
    return {"type": f"content-{kind}", "index": index, "delta": {"message": {"content": piece}}}


def call(kind: str, index: int = 0, **said: Any) -> Step:
    return {"type": f"tool-call-{kind}", "index": index, "delta": {"message": {"tool_calls": said}}}


def end(reason: str = "COMPLETE", **more: Any) -> Step:
    return {"type": "message-end", "delta": {"finish_reason": reason, **more}}


def test_the_timeline_of_a_full_answer() -> None:
    events = read(b"".join(FRAMES))
    block = ["ThinkingStart", "ThinkingDelta", "ThinkingEnd"]
    names = [name_of(one) for one in events]
    short = [name for at, name in enumerate(names) if at == 0 or name != names[at - 1]]
    text, tool = ["TextStart", "TextDelta", "TextEnd"], ["ToolCallStart", "ToolCallDelta", "ToolCallEnd"]
    assert short == ["Start", *block, *text, *block, *tool, "Done"]
    assert isinstance(events[-1], Done)
    assert events[-1].reply == ANSWER


def test_a_cut_at_any_byte_changes_nothing() -> None:
    body = b"".join(FRAMES)
    whole = read(body)
    for at in range(len(body)):
        decoder = COHERE.decoder()
        assert decoder.feed(body[:at]) + decoder.feed(body[at:]) + decoder.close() == whole


@pytest.mark.parametrize("number", range(len(FRAMES)))
@pytest.mark.parametrize(("how", "kind"), [("eof", "truncated"), (Broken("ReadError", "gone"), "truncated")])
def test_a_stream_that_stops_early_is_truncated(number: int, how: Any, kind: str) -> None:
    for part in (b"", FRAMES[number][: len(FRAMES[number]) // 2]):
        found = read(b"".join(FRAMES[:number]) + part, how)[-1]
        assert isinstance(found, Error)
        assert found.kind == kind


def test_done_after_the_end_is_tolerated_and_alone_is_no_end() -> None:
    done = b"data: [DONE]\n\n"
    assert answer(START, end(), done).stop == "stop"
    found = last(START, done)
    assert isinstance(found, Error)
    assert "message-end" in found.message


@pytest.mark.parametrize(
    ("reason", "stop"),
    [
        ("COMPLETE", "stop"),
        ("STOP_SEQUENCE", "stop"),
        ("MAX_TOKENS", "length"),
        ("ERROR_TOXIC", "content_filter"),
        ("ERROR_LIMIT", "length"),
        ("SOMETHING_NEW", "error"),
    ],
)
def test_reasons(reason: str, stop: str) -> None:
    assert answer(START, end(reason)).stop == stop
    body = {"id": "a", "finish_reason": reason, "message": {"role": "assistant"}}
    assert COHERE.reply(body).stop == stop


@pytest.mark.parametrize(("reason", "kind"), [("ERROR", "server"), ("TIMEOUT", "timeout")])
def test_an_ending_that_fails(reason: str, kind: str) -> None:
    found = last(START, content("start", type="text", text="Hel"), end(reason, error="no valid response", usage={}))
    assert isinstance(found, Error)
    assert (found.kind, found.message, found.code) == (kind, "no valid response", reason)
    assert COHERE.error(200, (), json.dumps({"finish_reason": reason, "message": {}}).encode()).kind == kind


def test_counts_may_be_floats_and_the_cache_is_part_of_the_input() -> None:
    usage = {"billed_units": {"input_tokens": 3}, "tokens": {"input_tokens": 70.0, "output_tokens": 4.0}}
    assert answer(START, end(usage=usage | {"cached_tokens": 64.0})).usage == Usage(70, 4, 64)
    assert answer(START, end(usage={"tokens": {"input_tokens": "many"}})).usage == Usage()


def test_what_comes_without_its_start_is_shown_as_the_vendors_clients_show_it() -> None:
    found = answer(content("delta", text="Hel"), content("delta", text="lo"), content("delta", thinking="Hm"), end())
    assert found.parts == (Text("Hello"), Thinking("Hm"))


def test_a_call_without_its_start_cannot_be_made() -> None:
    found = last(START, call("delta", function={"arguments": "{}"}), end("TOOL_CALL"))
    assert isinstance(found, Error)
    assert found.kind == "protocol"


def test_calls_side_by_side_and_one_without_arguments() -> None:
    def begin(at: int) -> Step:
        return call("start", at, id=f"c{at}", type="function", function={"name": "f", "arguments": ""})

    pieces = [call("delta", at, function={"arguments": '{"a":'}) for at in (0, 1)]
    rest = [call("delta", at, function={"arguments": f"{at}}}"}) for at in (1, 0)]
    found = answer(START, *map(begin, range(3)), *pieces, *rest, end("COMPLETE"))
    assert [one.input for one in found.tool_calls] == [{"a": 0}, {"a": 1}, {}]
    assert found.stop == "tool_use"  # calls that were seen outrank the word


def test_values_of_odd_types_and_unknown_events() -> None:
    found = answer(
        START | {"id": 7},
        {"type": "debug", "prompt": "x"},
        content("start", type="text", text=None),
        content("delta", text="Hi"),
        {"type": "content-delta", "index": "0", "delta": {"message": {"content": {"text": "!"}}}},
        call("start", id=None, function={"name": "f", "arguments": {"a": 1}}),
        {"type": "citation-start", "index": 0, "delta": {"message": {"citations": {"start": 0}}}},
        end("TOOL_CALL"),
    )
    assert found.parts == (Text("Hi!"), ToolCall("", "f", '{"a":1}'), Opaque("citations", [{"start": 0}]))


def test_half_a_surrogate_pair_survives() -> None:
    frame = b'data: {"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"\\ud83d"}}}}\n\n'
    assert answer(START, frame, end()).text == "\ud83d"


def test_an_error_object_in_place_of_a_stream() -> None:
    found = last({"message": "invalid api token", "id": "e"})
    assert isinstance(found, Error)
    assert "invalid api token" in found.message


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, "invalid_request"), (401, "auth"), (402, "quota"), (403, "permission"), (404, "not_found"),
     (422, "invalid_request"), (429, "rate_limit"), (498, "content_filter"), (499, "cancelled"), (500, "server"),
     (503, "overloaded"), (504, "timeout"), (418, "invalid_request"), (599, "server")],
)  # fmt: skip
def test_statuses(status: int, kind: str) -> None:
    found = COHERE.error(status, (("retry-after", "3"),), b'{"id":"e","message":"so it is"}')
    assert (found.kind, found.message, found.retry_after) == (kind, f"HTTP {status}: so it is", 3.0)
    if status not in (418, 422, 599):
        again, _, body = COHERE.server.failure(error(found.kind, "so it is", status=status))
        assert (again, json.loads(body)) == (status, {"message": "so it is"})


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b"plain words", b'{"error":{"message":"no"}}', b"\xff", b"[" * 9999]
)
def test_no_error_body_is_too_odd(body: bytes) -> None:
    assert COHERE.error(500, (), body).message.startswith("HTTP 500")
    assert COHERE.error(200, (), body).kind in ("protocol", "server")


@pytest.mark.parametrize("value", [None, [], "text", {}, {"message": "text"}, {"message": []}])
def test_what_is_no_reply(value: Any) -> None:
    with pytest.raises(ValueError, match="reply"):
        COHERE.reply(value)
