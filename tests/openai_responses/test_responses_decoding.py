"""Streams as real servers send them: the official grammar, every known way to bend it, any cut, any end."""

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
    ThinkingDelta,
    ToolCall,
    ToolCallStart,
    Usage,
    grammar_faults,
    name_of,
)

RESPONSES = dialect("openai-responses")
REQUEST = ChatRequest(model="m", messages=())
USAGE = Usage(input=5, output=7, cache_read=1, cache_write=0, reasoning=3)
ANSWER = Reply(
    id="resp_1",
    model="m-1",
    parts=(Thinking("Let me\n\nsee.", "sealed"), Text("Grüße, 👩‍🚀 世界"), ToolCall("call_1", "f", '{"city": "Oslo"}')),
    stop="tool_use",
    usage=USAGE,
)
FRAMES = list(RESPONSES.server.stream(ANSWER, REQUEST, {}))

Step = dict[str, Any]


def sse(*steps: Step | bytes) -> bytes:
    """Frames without `event:` lines, as some gateways send them."""
    return b"".join(one if isinstance(one, bytes) else b"data: " + json.dumps(one).encode() + b"\n\n" for one in steps)


def read(body: bytes, end: Any = "eof") -> list[Event]:
    decoder = RESPONSES.decoder()
    events = decoder.feed(body) + decoder.close(end)
    assert list(grammar_faults(events)) == []
    return events


def answer(*steps: Step | bytes) -> Reply:
    last = read(sse(*steps))[-1]
    assert isinstance(last, Done), last
    return last.reply


def failure(*steps: Step | bytes) -> Error:
    last = read(sse(*steps))[-1]
    assert isinstance(last, Error), last
    return last


def event(kind: str, **fields: Any) -> Step:
    return {"type": f"response.{kind}", **fields}


def added(item: Step, at: int = 0) -> Step:
    return event("output_item.added", output_index=at, item=item)


def done(item: Step, at: int = 0) -> Step:
    return event("output_item.done", output_index=at, item=item)


def end(*output: Step, kind: str = "completed", **fields: Any) -> Step:
    return event(kind, response={"id": "resp_1", "model": "m", "status": kind, "output": list(output), **fields})


CREATED = event("created", response={"id": "resp_1", "model": "m", "status": "in_progress", "output": []})
MESSAGE: Step = {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed"}
HELLO = {**MESSAGE, "content": [{"type": "output_text", "text": "Hello", "annotations": []}]}
CALL: Step = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "f", "arguments": '{"a":1}'}
CALLED = ToolCall("call_1", "f", '{"a":1}')


# ------------------------------------------------------------------ cuts


def test_the_timeline_of_a_full_answer() -> None:
    events = read(b"".join(FRAMES))
    names = [name_of(one) for one in events]
    assert list(dict.fromkeys(names)) == [
        "Start",
        "ThinkingStart",
        "ThinkingDelta",
        "ThinkingEnd",
        "TextStart",
        "TextDelta",
        "TextEnd",
        "ToolCallStart",
        "ToolCallDelta",
        "ToolCallEnd",
        "Done",
    ]
    assert isinstance(events[-1], Done)
    assert events[-1].reply == ANSWER


def test_a_cut_at_any_byte_changes_nothing() -> None:
    body = b"".join(FRAMES)
    whole = read(body)
    for at in range(len(body)):
        decoder = RESPONSES.decoder()
        assert decoder.feed(body[:at]) + decoder.feed(body[at:]) + decoder.close() == whole


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
def test_pieces_of_any_size_tell_the_same(size: int) -> None:
    body = b"".join(FRAMES)
    decoder = RESPONSES.decoder()
    events = [one for at in range(0, len(body), size) for one in decoder.feed(body[at : at + size])]
    assert events + decoder.close() == read(body)


@pytest.mark.parametrize("kept", range(len(FRAMES)))
def test_a_stream_cut_at_any_event_never_looks_finished(kept: int) -> None:
    for last in (b"", FRAMES[kept][: len(FRAMES[kept]) // 2]):
        events = read(b"".join(FRAMES[:kept]) + last)
        assert isinstance(events[-1], Error)
        assert (events[-1].kind, events[-1].retryable) == ("truncated", True)
        assert "response.completed" in events[-1].message


def test_how_the_connection_ended_is_told() -> None:
    half = b"".join(FRAMES[:6])
    broken, left = read(half, Broken("ReadError", "reset"))[-1], read(half, "closed")[-1]
    assert (broken.kind, left.kind) == ("truncated", "cancelled")  # type: ignore[union-attr]
    assert "ReadError: reset" in broken.message  # type: ignore[union-attr]


def test_a_missing_last_blank_line_is_forgiven() -> None:
    assert read(b"".join(FRAMES).rstrip()) == read(b"".join(FRAMES))


# ------------------------------------------------------------------ what surrounds the answer


def test_strangers_are_skipped() -> None:
    """Comments, keep-alives, events of a later version, a gateway's ping, [DONE]: none of them is an error."""
    reply = answer(
        b": OPENROUTER PROCESSING\n\n",
        CREATED,
        event("in_progress", response={}),
        {"type": "keepalive", "sequence_number": 1},
        event("holographic.delta", output_index=9, delta={"x": [1]}),
        added(MESSAGE),
        event("output_text.delta", output_index=0, content_index=0, delta="Hel", obfuscation="xyz"),
        event("output_text.annotation.added", output_index=0, content_index=0, annotation={}),
        b"data: [DONE]\n\n",
        event("output_text.delta", output_index=0, content_index=0, delta="lo"),
        end(HELLO),
        {"type": "ping", "cost": "0"},
        b"data: [DONE]\n\n",
    )
    assert reply.parts == (Text("Hello"),)


@pytest.mark.parametrize(
    ("kind", "fields", "stop"),
    [
        ("incomplete", {"incomplete_details": {"reason": "max_output_tokens"}}, "length"),
        ("incomplete", {"incomplete_details": {"reason": "content_filter"}}, "content_filter"),
        ("incomplete", {"incomplete_details": {"reason": "steered"}}, "pause"),
        ("incomplete", {"incomplete_details": None}, "error"),
        ("completed", {}, "stop"),
    ],
)
def test_why_it_stopped(kind: str, fields: Step, stop: str) -> None:
    assert answer(CREATED, done(HELLO), end(HELLO, kind=kind, **fields)).stop == stop


def test_usage_that_is_missing_is_not_zero() -> None:
    counts = {"input_tokens": 5, "output_tokens": 2.0, "total_tokens": 7, "input_tokens_details": None}
    assert answer(CREATED, end(HELLO, usage=counts)).usage == Usage(input=5, output=2)
    assert answer(CREATED, end(HELLO)).usage == Usage()


# ------------------------------------------------------------------ what servers leave out


def test_text_that_came_only_whole() -> None:
    """No deltas: the done event, the part or the finished item says it, once."""
    text = event("output_text.done", output_index=0, content_index=0, text="Hello")
    part = event("content_part.done", output_index=0, content_index=0, part=HELLO["content"][0])
    for said in ([text], [part], [done(HELLO)], [text, part, done(HELLO)]):
        assert answer(CREATED, added(MESSAGE), *said, end(HELLO)).parts == (Text("Hello"),)


def test_arguments_that_came_only_whole() -> None:
    """LM Studio sends no deltas; others begin with the arguments already in place."""
    whole = event("function_call_arguments.done", output_index=0, arguments=CALL["arguments"])
    for steps in (
        [added({**CALL, "arguments": ""}), whole, done(CALL)],
        [added(CALL)],
        [done(CALL)],
        [added(CALL), whole],
    ):
        reply = answer(CREATED, *steps, end(CALL))
        assert (reply.parts, reply.stop) == ((CALLED,), "tool_use")


def test_items_that_only_the_last_event_holds() -> None:
    """Beside what was streamed, in order, never twice."""
    events = read(sse(CREATED, done(HELLO), end(HELLO, CALL)))
    assert [one.id for one in events if isinstance(one, ToolCallStart)] == ["call_1"]
    assert answer(CREATED, end(HELLO, CALL)).parts == (Text("Hello"), CALLED)
    assert answer(CREATED, done(CALL), end({**CALL, "id": "fc_other"})).parts == (CALLED,)


def test_an_empty_final_output_takes_nothing_back() -> None:
    assert answer(CREATED, added(MESSAGE), done(HELLO), end()).parts == (Text("Hello"),)


def test_ids_that_change_with_every_event() -> None:
    """Copilot does so: only output_index holds an item together."""
    reply = answer(
        CREATED,
        added({**MESSAGE, "id": "a"}),
        event("output_text.delta", item_id="b", output_index=0, content_index=0, delta="Hel"),
        event("output_text.delta", item_id="c", output_index=0, content_index=0, delta="lo"),
        done({**HELLO, "id": "d"}),
        end({**HELLO, "id": "e"}),
    )
    assert reply.parts == (Text("Hello"),)


def test_events_without_output_index_are_told_apart_by_item_id() -> None:
    reply = answer(
        CREATED,
        {"type": "response.output_item.added", "item": {**MESSAGE, "id": "a"}},
        {"type": "response.output_item.added", "item": {**MESSAGE, "id": "b"}},
        event("output_text.delta", item_id="a", delta="1"),
        event("output_text.delta", item_id="b", delta="2"),
        event("output_text.delta", item_id="a", delta="3"),
        end(),
    )
    assert reply.parts == (Text("13"), Text("2"))


def test_one_output_index_for_all_items() -> None:
    reply = answer(
        CREATED,
        added(MESSAGE),
        event("output_text.delta", output_index=0, content_index=0, delta="Hello"),
        done(HELLO),
        added({**CALL, "arguments": ""}),
        event("function_call_arguments.delta", output_index=0, delta=CALL["arguments"]),
        done(CALL),
        end(HELLO, CALL),
    )
    assert reply.parts == (Text("Hello"), CALLED)


def test_an_item_that_was_never_announced() -> None:
    delta = event("output_text.delta", output_index=0, content_index=0, delta="Hello")
    assert answer(delta, end(HELLO)).parts == (Text("Hello"),)


def test_a_type_that_stands_on_the_event_line_alone() -> None:
    bare = b'event: response.output_text.delta\ndata: {"output_index":0,"delta":"Hello"}\n\n'
    assert answer(CREATED, bare, end()).parts == (Text("Hello"),)


def test_a_whole_answer_in_one_frame() -> None:
    assert answer({"object": "response", "id": "r", "status": "completed", "output": [HELLO]}).parts == (Text("Hello"),)


# ------------------------------------------------------------------ items of all kinds


def test_several_parts_of_one_message() -> None:
    steps = [
        event("output_text.delta", output_index=0, content_index=at, delta=text) for at, text in enumerate(("a", "b"))
    ]
    refusal = event("refusal.delta", output_index=0, content_index=2, delta="no")
    reply = answer(CREATED, added(MESSAGE), *steps, refusal, end())
    assert (reply.parts, reply.stop) == ((Text("a"), Text("b"), Text("no")), "refusal")


def test_a_part_of_an_unknown_kind_is_kept() -> None:
    hologram = {"type": "hologram", "data": "QUJD"}
    item = {**HELLO, "content": [*HELLO["content"], hologram]}
    added_part = event("content_part.added", output_index=0, content_index=1, part=hologram)
    reply = answer(CREATED, added(MESSAGE), added_part, done(item), end(item))
    assert reply.parts == (Text("Hello"), Opaque("hologram", hologram))
    assert RESPONSES.reply({"output": [item], "status": "completed"}).parts == reply.parts


def test_summaries_are_paragraphs_and_sealed_content_comes_with_the_finished_item() -> None:
    deltas = [
        event("reasoning_summary_text.delta", output_index=0, summary_index=at, delta=text)
        for at, text in ((0, "One"), (0, "."), (1, "Two."))
    ]
    begun = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "half"}
    events = read(sse(CREATED, added(begun), *deltas, done({**begun, "encrypted_content": "whole"}), end()))
    assert [one.text for one in events if isinstance(one, ThinkingDelta)] == ["One", ".", "\n\nTwo."]
    assert events[-1].reply.parts == (Thinking("One.\n\nTwo.", "whole"),)  # type: ignore[union-attr]


@pytest.mark.parametrize("named", ["content_part.done", "reasoning_part.done", "reasoning_text.done"])
def test_open_models_show_their_reasoning(named: str) -> None:
    """As reasoning_text deltas, or only whole; `reasoning_part` is what one vendor calls the parts."""
    item = {"type": "reasoning", "id": "rs_1", "summary": [], "content": [{"type": "reasoning_text", "text": "Hm."}]}
    delta = event("reasoning_text.delta", output_index=0, content_index=0, delta="Hm.")
    closing = event(named, output_index=0, content_index=0, text="Hm.", part={"type": "reasoning_text", "text": "Hm."})
    for steps in ([delta, closing], [closing], [delta]):
        assert answer(CREATED, added({**item, "content": []}), *steps, done(item), end(item)).parts == (
            Thinking("Hm."),
        )


def test_reasoning_that_says_nothing_is_kept_for_its_id() -> None:
    item = {"type": "reasoning", "id": "rs_1", "summary": []}
    reply = answer(CREATED, added(item), done(item), done(HELLO, 1), end(item, HELLO))
    assert reply.parts == (Opaque("reasoning", item), Text("Hello"))
    assert RESPONSES.reply({"output": [item, HELLO], "status": "completed"}).parts == reply.parts


def test_custom_tools_and_hosted_tools() -> None:
    custom = {"type": "custom_tool_call", "id": "ctc_1", "call_id": "c", "name": "sh", "input": "ls -l"}
    search = {"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {"query": "x"}}
    reply = answer(
        CREATED,
        added({**search, "status": "in_progress"}),
        event("web_search_call.searching", output_index=0, item_id="ws_1"),
        done(search),
        added({**custom, "input": ""}, 1),
        event("custom_tool_call_input.delta", output_index=1, delta="ls"),
        event("custom_tool_call_input.delta", output_index=1, delta=" -l"),
        event("custom_tool_call_input.done", output_index=1, input="ls -l"),
        done(custom, 1),
        end(search, custom),
    )
    assert (reply.parts, reply.stop) == ((Opaque("web_search_call", search), ToolCall("c", "sh", "ls -l")), "tool_use")


def test_wrong_types_are_tolerated_where_the_meaning_is_plain() -> None:
    reply = answer(
        CREATED,
        added({**CALL, "arguments": None}),
        event("function_call_arguments.done", output_index="0", arguments={"a": 1}),
        end(),
    )
    assert reply.parts == (CALLED,)


# ------------------------------------------------------------------ failures in a stream


@pytest.mark.parametrize(
    ("steps", "kind", "code"),
    [
        ([{"type": "error", "code": "server_error", "message": "it broke", "param": None}], "server", "server_error"),
        ([{"type": "error", "code": None, "message": "it broke"}], "server", None),
        (
            [{"type": "error", "error": {"type": "tokens", "code": "rate_limit_exceeded", "message": "it broke"}}],
            "rate_limit",
            "rate_limit_exceeded",
        ),
        (
            [{"type": "error", "error": {"type": "insufficient_quota", "code": None, "message": "it broke"}}],
            "quota",
            None,
        ),
        ([b'event: error\ndata: {"error":{"message":"it broke","code":502}}\n\n'], "server", "502"),
        ([{"error": {"message": "it broke"}}], "server", None),
        ([end(kind="failed", error={"code": "server_error", "message": "it broke"})], "server", "server_error"),
        ([end(kind="failed", error={"code": "bio_policy", "message": "it broke"})], "content_filter", "bio_policy"),
        (
            [end(kind="failed", error={"code": "invalid_image_url", "message": "it broke"})],
            "invalid_request",
            "invalid_image_url",
        ),
    ],
)
def test_every_shape_of_failure(steps: list[Step | bytes], kind: str, code: str | None) -> None:
    """After it nothing is read any more, response.failed neither."""
    for before in ([], [CREATED, added(MESSAGE)]):
        found = failure(*before, *steps, end(HELLO))
        assert (found.kind, found.code, found.message) == (kind, code, "it broke")
        assert found.retryable is (kind in ("server", "rate_limit"))


def test_failures_without_a_reason() -> None:
    assert failure(CREATED, end(kind="failed", error=None)).kind == "server"
    assert failure(CREATED, event("completed", response={"status": "cancelled"})).kind == "cancelled"
    assert failure(b"event: error\ndata: upstream gone\n\n").message == "upstream gone"


@pytest.mark.parametrize("bad", [b"data: {not json\n\n", b"data: \xff\xfe\n\n", b"data: [1]\n\n"])
def test_one_bad_frame_ends_the_answer(bad: bytes) -> None:
    found = failure(CREATED, bad, end(HELLO))
    assert found.kind == "protocol"
    assert "frame 1" in found.message
