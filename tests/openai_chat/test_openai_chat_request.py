"""Every canonical field of a request lands at its place in the body, or is refused aloud."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.dialects import dialect
from conformance.errors import UnsupportedError, UsageError
from conformance.model import (
    ChatRequest,
    Image,
    Message,
    Opaque,
    Reasoning,
    ResponseFormat,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
    user,
)
from conformance.schema import problems

CHAT = dialect("openai-chat")
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER = Tool("get_weather", "Tells the weather.", SCHEMA, strict=True)


def body(quirks: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """The body of a request, which must fit the dialect's own schema."""
    said = {"model": "m", "messages": (user("Hi"),)} | fields
    made = CHAT.body(ChatRequest(**said), quirks or {})
    assert problems(CHAT.schemas["request"], made) == []
    return made


def test_what_was_not_said_is_not_sent() -> None:
    assert body() == {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}


@pytest.mark.parametrize(
    ("fields", "sent"),
    [
        ({"max_tokens": 9}, {"max_completion_tokens": 9}),
        ({"temperature": 0.0}, {"temperature": 0.0}),
        ({"top_p": 0.5}, {"top_p": 0.5}),
        ({"stop": ("END", "X")}, {"stop": ["END", "X"]}),
        ({"parallel_tool_calls": False}, {"parallel_tool_calls": False}),
        ({"reasoning": Reasoning("low")}, {"reasoning_effort": "low"}),
        ({"stream": True}, {"stream": True, "stream_options": {"include_usage": True}}),
        ({"extra": {"seed": 7, "n": 1}}, {"seed": 7, "n": 1}),
        ({"response_format": ResponseFormat()}, {"response_format": {"type": "json_object"}}),
        (
            {"response_format": ResponseFormat(SCHEMA, "city", strict=True)},
            {
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {"name": "city", "schema": SCHEMA, "strict": True},
                }
            },
        ),
        (
            {"tools": (WEATHER,)},
            {
                "tools": [
                    {
                        "type": "function",
                        "function": {
                            "name": "get_weather",
                            "description": "Tells the weather.",
                            "parameters": SCHEMA,
                            "strict": True,
                        },
                    }
                ]
            },
        ),
        ({"tools": (Tool("now"),)}, {"tools": [{"type": "function", "function": {"name": "now"}}]}),
        ({"tool_choice": ToolChoice("auto")}, {"tool_choice": "auto"}),
        ({"tool_choice": ToolChoice("none")}, {"tool_choice": "none"}),
        ({"tool_choice": ToolChoice("required")}, {"tool_choice": "required"}),
        (
            {"tool_choice": ToolChoice("tool", "now")},
            {"tool_choice": {"type": "function", "function": {"name": "now"}}},
        ),
    ],
)
def test_a_field_lands(fields: dict[str, Any], sent: dict[str, Any]) -> None:
    assert body(**fields) == body() | sent


@pytest.mark.parametrize(
    ("message", "sent"),
    [
        (Message("system", (Text("Be brief."),)), {"role": "system", "content": "Be brief."}),
        (
            Message("user", (Text("a"), Text("b"))),
            {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
        ),
        (
            user("What is it?", Image(url="https://x.example/a.png", detail="low")),
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "What is it?"},
                    {"type": "image_url", "image_url": {"url": "https://x.example/a.png", "detail": "low"}},
                ],
            },
        ),
        (
            Message("user", (Image(data="AAAA", media_type="image/jpeg"),)),
            {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:image/jpeg;base64,AAAA"}}]},
        ),
        (
            Message(
                "user", (Opaque("input_audio", {"type": "input_audio", "input_audio": {"data": "A", "format": "wav"}}),)
            ),
            {"role": "user", "content": [{"type": "input_audio", "input_audio": {"data": "A", "format": "wav"}}]},
        ),
        (Message("assistant", (Thinking("Hm."), Text("Hi"))), {"role": "assistant", "content": "Hi"}),
        (Message("assistant", (Thinking("Hm."),)), {"role": "assistant", "content": ""}),
    ],
)
def test_a_message_lands(message: Message, sent: dict[str, Any]) -> None:
    assert body(messages=(message,))["messages"] == [sent]


def test_calls_and_their_results_land() -> None:
    """An assistant that only calls has content null; each result is a message of its own; "" means no arguments."""
    calls = (ToolCall("a", "f", '{"x": 1}'), ToolCall("b", "g", ""))
    results = (ToolResult("a", (Text("ok"),)), ToolResult("b", (Text("boom"), Text("!")), is_error=True))
    assert body(messages=(user("Go"), Message("assistant", calls), Message("tool", results)))["messages"][1:] == [
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {"id": "a", "type": "function", "function": {"name": "f", "arguments": '{"x": 1}'}},
                {"id": "b", "type": "function", "function": {"name": "g", "arguments": "{}"}},
            ],
        },
        {"role": "tool", "tool_call_id": "a", "content": "ok"},
        {
            "role": "tool",
            "tool_call_id": "b",
            "content": [{"type": "text", "text": "boom"}, {"type": "text", "text": "!"}],
        },
    ]


def test_the_system_text_comes_first_in_the_role_that_the_speaker_wants() -> None:
    assert body(system="Be brief.")["messages"][0] == {"role": "system", "content": "Be brief."}
    sent = body({"system_role": "developer"}, system="A", messages=(Message("system", (Text("B"),)), user("Hi")))
    assert [one["role"] for one in sent["messages"]] == ["developer", "developer", "user"]


def test_quirks_change_the_wire() -> None:
    assert body({"max_tokens_field": "max_tokens"}, max_tokens=9)["max_tokens"] == 9
    assert "stream_options" not in body({"include_usage": False}, stream=True)
    assert "strict" not in body({"strict": False}, tools=(Tool("f", strict=False),))["tools"][0]["function"]


@pytest.mark.parametrize(
    ("fields", "quirks", "names"),
    [
        ({"stop": tuple("abcde")}, {}, "stop"),
        ({"reasoning": Reasoning(budget_tokens=2048)}, {}, "budget"),
        ({"messages": (Message("tool", (ToolResult("a", (Image(data="AAAA"),)),)),)}, {}, "Image"),
        ({"messages": (Message("assistant", (Image(data="AAAA"),)),)}, {}, "Image"),
        ({"messages": (Message("system", (Image(data="AAAA"),)),)}, {}, "Image"),
        ({"messages": (Message("user", (ToolResult("a", ()),)),)}, {}, "ToolResult"),
        ({"messages": (Message("tool", (Text("x"),)),)}, {}, "Text"),
        ({"messages": (Message("user", (Image(),)),)}, {}, "exactly one"),
        ({"tools": (WEATHER,)}, {"strict": False}, "strict"),
    ],
)
def test_what_cannot_be_said_is_refused_aloud(fields: dict[str, Any], quirks: dict[str, Any], names: str) -> None:
    with pytest.raises(UnsupportedError, match=names):
        body(quirks, **fields)


def test_an_unknown_quirk_is_an_error_of_the_caller() -> None:
    with pytest.raises(UsageError, match="max_token_field"):
        body({"max_token_field": "max_tokens"})


def test_where_it_goes_and_what_it_claims() -> None:
    assert CHAT.path(ChatRequest(model="m", messages=())) == "/chat/completions"
    assert CHAT.claims("POST", "https://x.example/v1/chat/completions?a=b", (), None)
    assert not CHAT.claims("POST", "https://x.example/v1/completions", (), {"messages": []})
    assert CHAT.streams("", {"stream": True})
    assert not CHAT.streams("", {"stream": 1})
    assert CHAT.tool_schemas(body(tools=(WEATHER, Tool("now")))) == [SCHEMA, None]
