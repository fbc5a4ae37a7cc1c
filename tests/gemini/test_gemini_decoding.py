"""What chunks of a stream and whole replies become: blocks, thoughts, signatures, stops, usage."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.dialects import dialect
from conformance.model import (
    Done,
    Error,
    Event,
    Opaque,
    Start,
    Text,
    Thinking,
    ToolCall,
    Usage,
    grammar_faults,
    replay,
)

GEMINI = dialect("gemini")


def chunk(*parts: dict[str, Any], finish: Any = None, **more: Any) -> dict[str, Any]:
    one: dict[str, Any] = {"content": {"role": "model", "parts": list(parts)}, "index": 0}
    return {"candidates": [one | ({"finishReason": finish} if finish else {})], "responseId": "r", **more}


def sse(*chunks: dict[str, Any]) -> bytes:
    return b"".join(b"data: " + json.dumps(one).encode() + b"\r\n\r\n" for one in chunks)


def array(*chunks: dict[str, Any]) -> bytes:
    return b"[" + b"\n,\r\n".join(json.dumps(one, indent=2).encode() for one in chunks) + b"\n]\n"


def told(body: bytes, size: int = 0) -> list[Event]:
    decoder = GEMINI.decoder()
    events: list[Event] = []
    for at in range(0, len(body), size or len(body)):
        events += decoder.feed(body[at : at + (size or len(body))])
    events += decoder.close()
    assert not list(grammar_faults(events))
    return events


def reply(body: bytes) -> Any:
    last = told(body)[-1]
    assert isinstance(last, Done), last
    return last.reply


THOUGHT = {"text": "Hm.", "thought": True}
CALL = {"functionCall": {"name": "f", "args": {"city": "Tromsø"}, "id": "fc1"}, "thoughtSignature": "c2ln"}
ANSWER = (
    chunk(THOUGHT, modelVersion="m"),
    chunk({"text": "Hel"}, modelVersion="m"),
    chunk({"text": "lo 👋"}, modelVersion="m"),
    chunk({"text": "", "thoughtSignature": "dGV4dA=="}, modelVersion="m"),
    chunk(
        CALL,
        finish="STOP",
        modelVersion="m",
        usageMetadata={
            "promptTokenCount": 9, "candidatesTokenCount": 3, "thoughtsTokenCount": 4, "totalTokenCount": 16,
        },
    ),
)  # fmt: skip
PARTS = (
    Thinking("Hm."),
    Text("Hello 👋", "dGV4dA=="),
    ToolCall("fc1", "f", '{"city": "Troms\\u00f8"}', "c2ln"),
)


def test_neighbouring_parts_are_one_block() -> None:
    """Thoughts, text and a call, each with the signature that came on it or after it."""
    events = told(sse(*ANSWER))
    assert [type(event).__name__ for event in events] == [
        "Start", "ThinkingStart", "ThinkingDelta", "ThinkingEnd", "TextStart", "TextDelta", "TextDelta", "TextEnd",
        "ToolCallStart", "ToolCallDelta", "ToolCallEnd", "Done",
    ]  # fmt: skip
    assert events[0] == Start("r", "m")
    done = events[-1]
    assert isinstance(done, Done)
    assert done.reply.parts == PARTS
    assert done.reason == "tool_use"
    assert done.usage == Usage(input=9, output=7, reasoning=4)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
@pytest.mark.parametrize("body", [sse(*ANSWER), array(*ANSWER)], ids=["sse", "array"])
def test_cuts_change_nothing(body: bytes, size: int) -> None:
    """Both forms of a stream, in pieces of any size, tell what they tell in one piece."""
    assert told(body, size) == told(body)


def test_an_array_tells_what_an_event_stream_tells() -> None:
    """The same chunks as one JSON array are the same answer."""
    events, other = told(sse(*ANSWER)), told(array(*ANSWER))
    assert len(events) == len(other)
    assert reply(sse(*ANSWER)).says() == reply(array(*ANSWER)).says()


@pytest.mark.parametrize("form", [sse, array], ids=["sse", "array"])
def test_a_cut_is_never_finished(form: Any) -> None:
    """Cut anywhere before its end, neither form looks finished."""
    body = form(*ANSWER).rstrip()
    for at in range(len(body)):
        decoder = GEMINI.decoder()
        last = [*decoder.feed(body[:at]), *decoder.close()][-1]
        assert isinstance(last, Error), at
        assert last.kind == "truncated", at


def test_elements_of_an_array_come_at_once() -> None:
    """An element is told as soon as its brace closes, before the comma of the next one has come."""
    decoder = GEMINI.decoder()
    first = array(*ANSWER).partition(b"\n,")[0]
    assert [type(event).__name__ for event in decoder.feed(first)] == ["Start", "ThinkingStart", "ThinkingDelta"]


def test_a_whole_reply_is_read_by_the_same_rules() -> None:
    """All parts in one chunk make the same answer, and its timeline is sound."""
    parts = [part for one in ANSWER for part in one["candidates"][0]["content"]["parts"]]
    whole = GEMINI.reply(chunk(*parts, finish="STOP", usageMetadata=ANSWER[-1]["usageMetadata"]))
    assert whole.says() == reply(sse(*ANSWER)).says()
    assert whole.parts[1] == PARTS[1]
    assert not list(grammar_faults(replay(whole)))


def test_thoughts_are_never_answer_text() -> None:
    """thought:true keeps a part out of the text."""
    found = reply(sse(chunk(THOUGHT, {"text": "Yes."}, finish="STOP")))
    assert (found.text, found.thinking) == ("Yes.", "Hm.")


@pytest.mark.parametrize(
    "bare",
    [{"index": 0}, {"content": {}}, {"content": {"role": "model"}}, {"content": None}, {"content": {"parts": None}}],
)
def test_chunks_without_parts_are_legal(bare: dict[str, Any]) -> None:
    """Content and parts may be missing on any chunk."""
    found = reply(sse(chunk({"text": "a"}), {"candidates": [bare]}, chunk({"text": "b"}, finish="STOP")))
    assert found.parts == (Text("ab"),)


@pytest.mark.parametrize(
    ("word", "stop"),
    [
        ("STOP", "stop"), ("MAX_TOKENS", "length"), ("CONTINUATION", "pause"), ("SAFETY", "content_filter"),
        ("RECITATION", "content_filter"), ("BLOCKLIST", "content_filter"), ("SPII", "content_filter"),
        ("LANGUAGE", "content_filter"), ("PROHIBITED_CONTENT", "content_filter"), ("MODEL_ARMOR", "content_filter"),
        ("IMAGE_SAFETY", "content_filter"), ("MALFORMED_FUNCTION_CALL", "error"), ("UNEXPECTED_TOOL_CALL", "error"),
        ("OTHER", "error"), ("A_WORD_OF_TOMORROW", "error"), (1, "stop"), (2, "length"), (3, "content_filter"),
        (12, "error"), (99, "error"),
    ],
)  # fmt: skip
def test_finish_reasons(word: str | int, stop: str) -> None:
    """Every reason, by word or by number; unknown ones are errors, not crashes."""
    assert reply(sse(chunk({"text": "a"}, finish=word))).stop == stop


def test_a_blocked_prompt_is_a_content_filter() -> None:
    """promptFeedback.blockReason alone finishes an answer, streamed and whole."""
    body = {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": {"promptTokenCount": 5}}
    assert reply(sse(body)).stop == "content_filter"
    assert GEMINI.reply(body).stop == "content_filter"
    assert reply(sse(body)).usage == Usage(input=5)


def test_usage_counts_tools_and_cache() -> None:
    """Results of the server's tools are input, the cache is part of it; the last counts stand; empty ones count not."""
    counts = {
        "promptTokenCount": 10, "toolUsePromptTokenCount": 4, "cachedContentTokenCount": 8, "candidatesTokenCount": 2,
    }  # fmt: skip
    early, late = {"trafficType": "ON_DEMAND"}, {"serviceTier": "standard"}
    chunks = (
        chunk({"text": "a"}, usageMetadata=early),
        chunk({"text": "b"}, finish="STOP", usageMetadata=counts),
        {"usageMetadata": late},
    )
    assert reply(sse(*chunks)).usage == Usage(input=14, output=2, cache_read=8)
    assert reply(sse(chunk({"text": "a"}, finish="STOP"))).usage == Usage()


def test_calls_without_ids_get_the_same_ids_every_time() -> None:
    """Two calls of one function are told apart, and reading again gives the ids again."""
    bare = {"functionCall": {"name": "f", "args": {}}}
    first, second = (reply(sse(chunk(bare, bare, finish="STOP"))).tool_calls for _ in range(2))
    assert [call.id for call in first] == ["unnamed:r:0", "unnamed:r:1"]
    assert first == second


@pytest.mark.parametrize("call", [{"name": "f"}, {"name": "f", "args": None}, {"name": "f", "args": {}}])
def test_absent_arguments_are_an_empty_object(call: dict[str, Any]) -> None:
    """A call without args has the input {}."""
    assert reply(sse(chunk({"functionCall": call}, finish="STOP"))).tool_calls[0].input == {}


def test_other_parts_are_kept_whole() -> None:
    """Code that the server ran has no canonical word; nothing of it is lost."""
    code = {"executableCode": {"language": "PYTHON", "code": "print(1)"}, "thoughtSignature": "c2ln"}
    result = {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "1"}}
    found = reply(sse(chunk(code, result, {"text": "One."}, finish="STOP")))
    assert found.parts == (Opaque("executableCode", code), Opaque("codeExecutionResult", result), Text("One."))


def test_code_that_still_runs_is_no_end() -> None:
    """The server says STOP when it runs code, and goes on: a stream cut there is cut."""
    code, result = {"executableCode": {"code": "1"}}, {"codeExecutionResult": {"output": "1"}}
    chunks = (chunk(code, finish="STOP"), chunk(result), chunk({"text": "One."}, finish="STOP"))
    assert [getattr(told(sse(*chunks[:n]))[-1], "kind", "Done") for n in (1, 2, 3)] == [
        "truncated",
        "truncated",
        "Done",
    ]


def test_only_the_first_candidate_is_the_answer() -> None:
    """Other candidates stay out of the text."""
    one, other = chunk({"text": "a"}, finish="STOP"), {"content": {"parts": [{"text": "b"}]}, "index": 1}
    one["candidates"].append(other)
    assert reply(sse(one)).text == "a"


def test_wrong_types_are_read_leniently() -> None:
    """A wrong type in one field loses that field, not the answer."""
    odd = chunk({"text": 5, "thought": "no"}, finish="STOP", usageMetadata={"promptTokenCount": "7"}, modelVersion=3)
    found = reply(sse(odd))
    assert (found.text, found.model, found.usage) == ("5", "3", Usage(input=7))


def test_half_a_surrogate_pair_survives() -> None:
    """What msgspec refuses, the lenient way reads."""
    body = b'data: {"candidates":[{"content":{"parts":[{"text":"\\ud83d"}]},"finishReason":"STOP"}]}\n\n'
    assert reply(body).text == "\ud83d"
