"""The server half: what it reads, what it refuses and in which words, what it says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.dialects import Refusal, dialect
from conformance.model import (
    ChatRequest,
    Image,
    Message,
    Opaque,
    Reasoning,
    Reply,
    ResponseFormat,
    Text,
    ToolCall,
    ToolResult,
    Usage,
)
from conformance.schema import problems

CHAT = dialect("openai-chat")
REQUEST = ChatRequest(model="m", messages=())
ANSWER = Reply(
    id="c1",
    model="m-1",
    parts=(Text("The weather: "), ToolCall("a", "get_weather", '{"city":"Oslo"}'), ToolCall("b", "now", "")),
    stop="tool_use",
    usage=Usage(input=5, output=2, cache_read=3, reasoning=1),
)
HI = [{"role": "user", "content": "Hi"}]
CALL = {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}
TOOL = {"type": "function", "function": {"name": "f"}}


def refused(body: Any) -> tuple[int, dict[str, Any]]:
    with pytest.raises(Refusal) as caught:
        CHAT.server.parse(body)
    status, _, sent = CHAT.server.failure(caught.value.error)
    assert problems(CHAT.schemas["error"], json.loads(sent)) == []
    return status, json.loads(sent)["error"]


def asked(**fields: Any) -> dict[str, Any]:
    return {"model": "m", "messages": HI} | fields


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"messages": HI}, "model"),
        ({"model": "m"}, "messages"),
        ({"model": 7, "messages": HI}, "model"),
        (asked(messages=[]), "messages"),
        (asked(messages="Hi"), "messages"),
        (asked(messages=[{"role": "model", "content": "Hi"}]), "messages[0].role"),
        (asked(messages=[{"role": "user"}]), "messages[0]"),
        (asked(messages=[{"role": "user", "content": [{"type": "picture"}]}]), "messages[0].content[0].type"),
        (asked(messages=[{"role": "assistant", "content": None}]), "messages[0].content"),
        (asked(messages=[{"role": "tool", "tool_call_id": "a", "content": "x"}]), "messages[0].role"),
        (asked(messages=[*HI, {"role": "assistant", "tool_calls": [CALL]}, *HI]), "messages[2].role"),
        (asked(messages=[*HI, {"role": "assistant", "tool_calls": [CALL]}]), "messages[1].tool_calls"),
        (asked(stop=["a", "b", "c", "d", "e"]), "stop"),
        (asked(max_completion_tokens=0), "max_completion_tokens"),
        (asked(max_tokens=0), "max_tokens"),
        (asked(max_tokens=1, max_completion_tokens=1), "max_tokens"),
        (asked(temperature=2.1), "temperature"),
        (asked(temperature="hot"), "temperature"),
        (asked(top_p=-1), "top_p"),
        (asked(stream="yes"), "stream"),
        (asked(stream_options={"include_usage": True}), "stream_options"),
        (asked(tools=[{"type": "function", "function": {"name": "no spaces"}}]), "tools[0].function.name"),
        (asked(tools=[{"name": "f"}]), "tools[0]"),
        (asked(tool_choice="required"), "tool_choice"),
        (asked(tools=[TOOL], tool_choice={"type": "function", "function": {"name": "g"}}), "tool_choice"),
        (asked(tools=[TOOL], tool_choice="sometimes"), "tool_choice"),
        (asked(response_format={"type": "json_schema"}), "response_format"),
        (asked(response_format={"type": "json_schema", "json_schema": {"schema": {}}}), "response_format.json_schema"),
        (asked(reasoning_effort="extreme"), "reasoning_effort"),
    ],
)
def test_an_invalid_body_is_refused_with_its_field(body: Any, param: str) -> None:
    status, fault = refused(body)
    assert (status, fault["type"], fault["param"]) == (400, "invalid_request_error", param)
    assert fault["message"]


@pytest.mark.parametrize("body", [None, [], "x", 7])
def test_what_is_no_object_is_refused(body: Any) -> None:
    assert refused(body)[0] == 400


def test_a_whole_conversation_is_read() -> None:
    image = {"url": "data:image/jpeg;base64,AAAA", "detail": "low"}
    body = asked(
        messages=[
            {"role": "developer", "content": "Be brief."},
            {
                "role": "user",
                "name": "Ann",
                "content": [{"type": "text", "text": "a"}, {"type": "image_url", "image_url": image}],
            },
            {"role": "assistant", "content": None, "tool_calls": [CALL]},
            {"role": "tool", "tool_call_id": "a", "content": [{"type": "text", "text": "ok"}]},
            {"role": "user", "content": [{"type": "input_audio", "input_audio": {"data": "A", "format": "wav"}}]},
        ],
        max_tokens=5,
        stop="END",
        reasoning_effort="low",
        stream=True,
        stream_options={"include_usage": True},
        seed=7,
    )
    audio = {"type": "input_audio", "input_audio": {"data": "A", "format": "wav"}}
    assert CHAT.server.parse(body) == ChatRequest(
        model="m",
        messages=(
            Message("system", (Text("Be brief."),)),
            Message("user", (Text("a"), Image(data="AAAA", media_type="image/jpeg", detail="low"))),
            Message("assistant", (ToolCall("a", "f", "{}"),)),
            Message("tool", (ToolResult("a", (Text("ok"),)),)),
            Message("user", (Opaque("input_audio", audio),)),
        ),
        max_tokens=5,
        stop=("END",),
        reasoning=Reasoning("low"),
        stream=True,
        extra={"seed": 7},
    )


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ({"role": "assistant", "content": None, "refusal": "No."}, Message("assistant", (Text("No."),))),
        (
            {"role": "assistant", "content": [{"type": "text", "text": "a"}, {"type": "refusal", "refusal": "No."}]},
            Message("assistant", (Text("a"), Text("No."))),
        ),
        (
            {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": "{}"}},
            Message("assistant", (ToolCall("", "f", "{}"),)),
        ),
        ({"role": "function", "name": "f", "content": "ok"}, Message("tool", (ToolResult("f", (Text("ok"),)),))),
        (
            {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://x.example/a.png"}}]},
            Message("user", (Image(url="https://x.example/a.png"),)),
        ),
    ],
)
def test_rare_and_deprecated_turns_are_read(said: dict[str, Any], read: Message) -> None:
    assert CHAT.server.parse(asked(messages=[said])).messages == (read,)


@pytest.mark.parametrize(
    ("wanted", "read"),
    [
        (None, None),
        ({"type": "text"}, None),
        ({"type": "json_object"}, ResponseFormat()),
        ({"type": "json_schema", "json_schema": {"name": "a"}}, ResponseFormat({}, "a")),
        (
            {"type": "json_schema", "json_schema": {"name": "a", "schema": {"type": "object"}, "strict": True}},
            ResponseFormat({"type": "object"}, "a", strict=True),
        ),
    ],
)
def test_response_formats_are_read(wanted: Any, read: ResponseFormat | None) -> None:
    assert CHAT.server.parse(asked(response_format=wanted)).response_format == read


@pytest.mark.parametrize(
    "fields",
    [
        {"tools": [{"type": "custom", "custom": {"name": "f"}}]},
        {"tools": [TOOL], "tool_choice": {"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": [TOOL]}}},
        {"stream": True, "stream_options": {"include_usage": True, "include_obfuscation": False}},
        {"temperature": None, "tools": None, "stop": None, "response_format": {"type": "text"}},
    ],
)
def test_official_fields_without_a_canonical_word_pass_through(fields: dict[str, Any]) -> None:
    sent = CHAT.body(CHAT.server.parse(asked(**fields)), {})
    for name, value in fields.items():
        assert sent.get(name) == (None if name == "response_format" else value)


# ------------------------------------------------------------------ what it says


def frames(reply: Reply, body: Any) -> list[Any]:
    parts = [part.removeprefix(b"data: ").strip() for part in CHAT.server.stream(reply, REQUEST, body)]
    assert parts[-1] == b"[DONE]"
    read = [json.loads(part) for part in parts[:-1]]
    assert [problems(CHAT.schemas["event"], one) for one in read] == [[]] * len(read)
    return read


def test_a_stream_is_told_as_the_official_server_does() -> None:
    told = frames(ANSWER, {"stream_options": {"include_usage": True}})
    deltas = [one["choices"][0]["delta"] for one in told if one["choices"]]
    assert deltas[0] == {"role": "assistant", "content": "", "refusal": None}
    assert [delta["role"] for delta in deltas if "role" in delta] == ["assistant"]
    heads = [call for delta in deltas for call in delta.get("tool_calls", ()) if "id" in call]
    assert [(call["index"], call["id"], call["type"]) for call in heads] == [(0, "a", "function"), (1, "b", "function")]
    pieces = [
        call["function"]["arguments"] for delta in deltas for call in delta.get("tool_calls", ()) if "id" not in call
    ]
    assert len(pieces) >= 2
    assert "".join(pieces) == '{"city":"Oslo"}'
    assert len([delta for delta in deltas if delta.get("content")]) >= 2
    assert [one["choices"][0]["finish_reason"] for one in told[:-1]] == [None] * (len(told) - 2) + ["tool_calls"]
    assert [one["usage"] for one in told[:-1]] == [None] * (len(told) - 1)
    assert told[-1]["choices"] == []
    assert told[-1]["usage"]["total_tokens"] == 7


def test_usage_is_streamed_only_when_asked() -> None:
    assert all("usage" not in one and one["choices"] for one in frames(ANSWER, {"stream": True}))


def test_a_whole_answer_fits_the_schema() -> None:
    said = json.loads(CHAT.server.whole(ANSWER, REQUEST, {}))
    assert problems(CHAT.schemas["reply"], said) == []
    assert said["choices"][0]["finish_reason"] == "tool_calls"
    assert said["usage"]["prompt_tokens_details"] == {"cached_tokens": 3}


def test_a_refusal_is_told_in_its_own_field() -> None:
    refusal = Reply(parts=(Text("I cannot."),), stop="refusal")
    message = json.loads(CHAT.server.whole(refusal, REQUEST, {}))["choices"][0]["message"]
    assert (message["content"], message["refusal"]) == (None, "I cannot.")
    told = frames(refusal, {})
    assert "".join(one["choices"][0]["delta"].get("refusal") or "" for one in told) == "I cannot."
    assert told[-1]["choices"][0]["finish_reason"] == "stop"
