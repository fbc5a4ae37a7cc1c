"""What the decoder makes of streams and whole replies, legal and odd."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.dialects import dialect
from conformance.exchange import Broken
from conformance.model import (
    Done,
    Error,
    Event,
    Opaque,
    Reply,
    Start,
    Text,
    TextDelta,
    TextEnd,
    TextStart,
    Thinking,
    ToolCall,
    Usage,
    grammar_faults,
    replay,
)

MESSAGES = dialect("anthropic-messages")
USAGE = {"input_tokens": 5, "output_tokens": 1}
BEGIN = {
    "type": "message_start",
    "message": {"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": [], "usage": USAGE},
}
END = {"type": "message_stop"}
CALL = {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {}}


def open_(index: Any, **block: Any) -> dict[str, Any]:
    return {"type": "content_block_start", "index": index, "content_block": block}


def delta(index: Any, kind: str, **fields: Any) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": index, "delta": {"type": kind, **fields}}


def text(index: int, piece: Any) -> dict[str, Any]:
    return delta(index, "text_delta", text=piece)


def shut(index: int) -> dict[str, Any]:
    return {"type": "content_block_stop", "index": index}


def stop(reason: Any = "end_turn", usage: Any = None, **fields: Any) -> dict[str, Any]:
    return {"type": "message_delta", "delta": {"stop_reason": reason, **fields}, "usage": usage or {"output_tokens": 9}}


def raw(*steps: Any) -> bytes:
    return b"".join(
        step if isinstance(step, bytes) else f"event: {step['type']}\ndata: {json.dumps(step)}\n\n".encode()
        for step in steps
    )


def decoded(*steps: Any, end: Any = "eof") -> list[Event]:
    decoder = MESSAGES.decoder()
    events = [*decoder.feed(raw(*steps)), *decoder.close(end)]
    assert list(grammar_faults(events)) == []
    return events


def reply_of(*steps: Any) -> Reply:
    last = decoded(BEGIN, *steps)[-1]
    assert isinstance(last, Done), last
    return last.reply


def parts_of(*steps: Any) -> tuple[Any, ...]:
    return reply_of(*steps, stop(), END).parts


def test_text() -> None:
    assert decoded(BEGIN, open_(0, type="text", text=""), text(0, "Hel"), text(0, "lo"), shut(0), stop(), END) == [
        Start("msg_1", "m"),
        TextStart(0),
        TextDelta(0, "Hel"),
        TextDelta(0, "lo"),
        TextEnd(0, "Hello"),
        Done(
            "stop",
            Usage(5, 9),
            Reply(id="msg_1", model="m", parts=(Text("Hello"),), stop="stop", usage=Usage(5, 9)),
        ),
    ]


@pytest.mark.parametrize(
    ("steps", "part"),
    [
        ([open_(0, type="text", text="Hi "), text(0, "you"), shut(0)], Text("Hi you")),
        ([open_(0, type="text", text=""), delta(0, "citations_delta", citation={}), text(0, "x"), shut(0)], Text("x")),
        ([open_(0, type="text", text=""), delta(0, "brand_new", text="?"), text(0, "x"), shut(0)], Text("x")),
        ([open_(0, type="text", text=""), text(0, None), text(0, "x")], Text("x")),
        ([open_(0, type="text"), delta(0, "input_json_delta", partial_json="{}"), shut(0)], Text("")),
        ([open_(0, type="text", text=""), text(0, "no end")], Text("no end")),
        (
            [
                open_(0, type="thinking", thinking="", signature=""),
                delta(0, "thinking_delta", thinking="Hm."),
                delta(0, "signature_delta", signature="s=="),
                shut(0),
            ],
            Thinking("Hm.", "s=="),
        ),
        (
            [open_(0, type="thinking", thinking=""), delta(0, "signature_delta", signature="s"), shut(0)],
            Thinking("", "s"),
        ),
        ([open_(0, type="redacted_thinking", data="xyz"), shut(0)], Thinking("", redacted="xyz")),
        ([open_(0, **CALL), delta(0, "input_json_delta", partial_json=""), shut(0)], ToolCall("toolu_1", "f", "")),
        (
            [
                open_(0, **CALL),
                delta(0, "input_json_delta", partial_json='{"a": '),
                delta(0, "input_json_delta", partial_json="1}"),
                shut(0),
            ],
            ToolCall("toolu_1", "f", '{"a": 1}'),
        ),
        ([open_(0, **{**CALL, "input": {"a": 1}}), shut(0)], ToolCall("toolu_1", "f", '{"a":1}')),
        (
            [
                open_(0, type="server_tool_use", id="s", name="web_search", input={}),
                delta(0, "input_json_delta", partial_json='{"q":'),
                delta(0, "input_json_delta", partial_json='"x"}'),
                shut(0),
            ],
            Opaque(
                "server_tool_use", {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {"q": "x"}}
            ),
        ),
        (
            [open_(0, type="web_search_tool_result", tool_use_id="s", content=[{"url": "u"}]), shut(0)],
            Opaque(
                "web_search_tool_result",
                {"type": "web_search_tool_result", "tool_use_id": "s", "content": [{"url": "u"}]},
            ),
        ),
        (
            [open_(0, type="compaction", content=None), delta(0, "compaction_delta", content="sum"), shut(0)],
            Opaque("compaction", {"type": "compaction", "content": "sum"}),
        ),
        (
            [open_(0, type="brand_new"), text(0, "a"), text(0, "b"), shut(0)],
            Opaque("brand_new", {"type": "brand_new", "text": "ab"}),
        ),
    ],
)
def test_one_block(steps: list[Any], part: Any) -> None:
    assert parts_of(*steps) == (part,)


def test_pings_and_unknown_events_change_nothing() -> None:
    ping = {"type": "ping"}
    odd = [
        b": hello\n\n",
        ping,
        {"type": "brand_new", "error": {"message": "not for you"}},
        {"type": "brand_new", "index": 0},
        b"event: ping\ndata: {}\n\n",
    ]
    plain = [BEGIN, open_(0, type="text", text=""), text(0, "Hi"), shut(0), stop(), END]
    noisy = [one for step in plain for one in (*odd, step)]
    assert decoded(*noisy, b"data: [DONE]\n\n") == decoded(*plain)


def test_events_without_a_name_are_read_by_their_type() -> None:
    """The vendor's SDK drops them; a rule tells of it, and the decoder goes on."""
    steps = [BEGIN, open_(0, type="text", text=""), text(0, "Hi"), shut(0), stop(), END]
    bare = b"".join(b"data:" + json.dumps(step).encode() + b"\r\n\r\n" for step in steps)
    assert decoded(bare) == decoded(*steps)


def test_done_of_another_vendor_ends_nothing() -> None:
    events = decoded(BEGIN, b"data: [DONE]\n\n")
    assert isinstance(events[-1], Error)
    assert events[-1].kind == "truncated"


def test_last_event_without_its_blank_line() -> None:
    assert isinstance(decoded(BEGIN, stop(), b'event: message_stop\ndata: {"type":"message_stop"}')[-1], Done)


def test_integers_written_as_floats() -> None:
    steps = [open_(0.0, type="text", text=""), {**text(0, "Hi"), "index": 0.0}, {**shut(0), "index": 0.0}]
    assert parts_of(*steps) == (Text("Hi"),)


def test_json_that_only_the_standard_library_reads() -> None:
    """A lone surrogate is refused by the fast path; the text is not lost."""
    assert parts_of(open_(0, type="text", text=""), text(0, "\ud83d"), shut(0)) == (Text("\ud83d"),)


def test_blocks_keep_their_order_however_they_are_numbered() -> None:
    found = parts_of(
        open_(7, type="text", text="a"), open_(3, type="text", text="b"), text(7, "A"), text(3, "B"), shut(3), shut(7)
    )
    assert found == (Text("aA"), Text("bB"))
    assert parts_of(open_(0, type="text", text="a"), open_(0, type="text", text="b")) == (Text("a"), Text("b"))


def test_a_program_goes_on_with_its_turn() -> None:
    begun = {**BEGIN, "message": {**BEGIN["message"], "content": [{"type": "text", "text": "so far"}, 3]}}
    events = decoded(begun, open_(2, type="text", text=""), text(2, "on"), shut(2), stop(), END)
    assert isinstance(events[-1], Done)
    assert events[-1].reply.text == "so faron"


def test_a_whole_message_where_a_stream_was_due() -> None:
    whole = {**BEGIN["message"], "content": [{"type": "text", "text": "Hi"}], "stop_reason": "max_tokens"}
    assert decoded({**whole, "type": "message"}) == list(replay(MESSAGES.reply(whole)))


@pytest.mark.parametrize(
    ("reason", "canonical"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("max_tokens", "length"),
        ("model_context_window_exceeded", "length"),
        ("tool_use", "tool_use"),
        ("pause_turn", "pause"),
        ("compaction", "pause"),
        ("refusal", "refusal"),
        ("brand_new", "stop"),
        (None, "stop"),
    ],
)
def test_stop_reasons(reason: Any, canonical: str) -> None:
    assert reply_of(stop(reason), END).stop == canonical
    assert MESSAGES.reply({"content": [], "stop_reason": reason}).stop == canonical


def test_stop_sequence_is_kept() -> None:
    assert reply_of(stop("stop_sequence", stop_sequence="END"), END).stop_sequence == "END"


@pytest.mark.parametrize(
    ("counts", "usage"),
    [
        ({"output_tokens": 9}, Usage(5, 9)),
        ({"output_tokens": 9, "input_tokens": None}, Usage(5, 9)),
        ({"output_tokens": 9, "input_tokens": 7, "cache_read_input_tokens": 3}, Usage(10, 9, cache_read=3)),
        (
            {"output_tokens": 9, "cache_read_input_tokens": 3, "cache_creation_input_tokens": 4},
            Usage(12, 9, cache_read=3, cache_write=4),
        ),
        ({"output_tokens": 9, "output_tokens_details": {"thinking_tokens": 6}}, Usage(5, 9, reasoning=6)),
        ({"output_tokens": True, "output_tokens_details": 3}, Usage(5, None)),
        ({"output_tokens": 9.0, "input_tokens": 7.5}, Usage(None, 9)),
    ],
)
def test_usage_is_overwritten_never_added(counts: Any, usage: Usage) -> None:
    assert reply_of(stop(usage=counts), END).usage == usage
    assert MESSAGES.reply({"content": [], "usage": {**USAGE, **{k: v for k, v in counts.items() if v}}}).usage == usage


def test_missing_usage_is_not_nought() -> None:
    assert MESSAGES.reply({"content": []}).usage == Usage()
    assert MESSAGES.reply({"content": [], "usage": {"output_tokens": 3}}).usage == Usage(output=3)


@pytest.mark.parametrize(
    ("steps", "kind", "message"),
    [
        ([text(0, "x")], "protocol", "before message_start"),
        ([open_(0, type="text")], "protocol", "before message_start"),
        ([stop()], "protocol", "before message_start"),
        ([END], "protocol", "before message_start"),
        ([BEGIN, text(0, "x")], "protocol", "block 0, which is not open"),
        ([BEGIN, b"event: x\ndata: {oops\n\n"], "protocol", "cannot parse frame 1 as JSON"),
        ([BEGIN, b"event: x\ndata: [1]\n\n"], "protocol", "cannot parse frame 1"),
        ([BEGIN, b"event: x\ndata: \xff\n\n"], "protocol", "invalid UTF-8 in frame 1"),
        ([], "truncated", "message_start"),
        ([BEGIN], "truncated", "message_stop"),
        ([BEGIN, open_(0, type="text"), stop()], "truncated", "message_stop"),
    ],
)
def test_what_ends_badly(steps: list[Any], kind: str, message: str) -> None:
    last = decoded(*steps)[-1]
    assert isinstance(last, Error)
    assert last.kind == kind
    assert message in last.message


def test_how_the_body_ended_is_told() -> None:
    last = decoded(BEGIN, end=Broken("ReadError", "reset by peer"))[-1]
    assert isinstance(last, Error)
    assert (last.kind, last.retryable) == ("truncated", True)
    assert "ReadError" in last.message
    assert decoded(BEGIN, end="closed")[-1].kind == "cancelled"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "body",
    [None, 3, [], "x", {}, {"type": "error", "error": {}}, {"content": "Hi"}, {"type": "message", "content": None}],
)
def test_what_is_no_reply(body: Any) -> None:
    with pytest.raises(ValueError, match="no message"):
        MESSAGES.reply(body)


def test_odd_blocks_of_a_whole_reply_are_kept() -> None:
    odd = [3, None, {"type": ["x"]}, {"type": "text", "text": None}, {"type": "tool_use", "name": "f"}, {"type": "new"}]
    assert [part.raw for part in MESSAGES.reply({"content": odd}).parts] == odd  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("method", "url", "claimed"),
    [
        ("POST", "https://api.anthropic.com/v1/messages", True),
        ("POST", "https://h/anthropic/v1/messages?beta=true", True),
        ("POST", "https://h/v1/projects/p/publishers/anthropic/models/m:streamRawPredict", True),
        ("POST", "https://api.anthropic.com/v1/messages/count_tokens", False),
        ("GET", "https://api.anthropic.com/v1/messages", False),
        ("POST", "https://h/v1/chat/completions", False),
        ("POST", "https://h/v1/threads/thread_1/messages", False),
        ("POST", "https://h/v1/projects/p/publishers/google/models/m:rawPredict", False),
    ],
)
def test_claims(method: str, url: str, claimed: bool) -> None:
    assert MESSAGES.claims(method, url, (), {}) is claimed


def test_a_named_version_claims_other_paths() -> None:
    assert MESSAGES.claims("POST", "https://h/claude/messages", (("Anthropic-Version", "2023-06-01"),), {})


def test_streams() -> None:
    assert MESSAGES.streams("https://h/v1/messages", {"stream": True})
    assert MESSAGES.streams("https://h/m:streamRawPredict", {})
    assert not MESSAGES.streams("https://h/v1/messages", {"stream": False})
    assert not MESSAGES.streams("https://h/v1/messages", None)
