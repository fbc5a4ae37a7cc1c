"""A canonical request on the wire: each field where the language has it, or refused aloud."""

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

RESPONSES = dialect("openai-responses")
SCHEMA = {"type": "object", "properties": {"city": {"$ref": "#/$defs/c"}}, "$defs": {"c": {"type": "string"}}}
WEATHER = Tool("get_weather", "Weather of a city.", SCHEMA, strict=True)


def said(*messages: Message, quirks: Any = None, **fields: Any) -> Any:
    """The body, which must fit the request schema."""
    request = ChatRequest(model="m", messages=messages or (user("Hi"),), **fields)
    body = RESPONSES.body(request, quirks or {})
    assert problems(RESPONSES.schemas["request"], body) == []
    return body


def test_the_smallest_request() -> None:
    assert said() == {"model": "m", "input": [{"type": "message", "role": "user", "content": "Hi"}]}
    assert RESPONSES.path(ChatRequest(model="m", messages=())) == "/responses"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"system": "Be kind."}, {"instructions": "Be kind."}),
        ({"max_tokens": 9}, {"max_output_tokens": 9}),
        ({"temperature": 0.0, "top_p": 0.5}, {"temperature": 0.0, "top_p": 0.5}),
        ({"parallel_tool_calls": False}, {"parallel_tool_calls": False}),
        ({"stream": True}, {"stream": True}),
        ({"tool_choice": ToolChoice("required")}, {"tool_choice": "required"}),
        ({"tool_choice": ToolChoice("tool", "f")}, {"tool_choice": {"type": "function", "name": "f"}}),
        ({"response_format": ResponseFormat()}, {"text": {"format": {"type": "json_object"}}}),
        (
            {"response_format": ResponseFormat(SCHEMA, "place", True)},
            {"text": {"format": {"type": "json_schema", "name": "place", "schema": SCHEMA, "strict": True}}},
        ),
        (
            {"reasoning": Reasoning("high")},
            {"reasoning": {"effort": "high", "summary": "auto"}, "include": ["reasoning.encrypted_content"]},
        ),
        ({"extra": {"service_tier": "flex"}}, {"service_tier": "flex"}),
    ],
)
def test_fields(fields: dict[str, Any], expected: dict[str, Any]) -> None:
    body = said(**fields)
    assert {key: value for key, value in body.items() if key not in ("model", "input")} == expected


def test_tools_are_flat_and_their_schemas_whole() -> None:
    body = said(tools=(WEATHER, Tool("now")))
    assert body["tools"] == [
        {
            "type": "function",
            "name": "get_weather",
            "description": "Weather of a city.",
            "parameters": SCHEMA,
            "strict": True,
        },
        {"type": "function", "name": "now", "parameters": None, "strict": None},
    ]
    assert RESPONSES.tool_schemas(body) == [SCHEMA, None]


def test_a_turn_with_thinking_and_calls_keeps_its_order() -> None:
    """Reasoning stands right before what came of it; neighbouring texts are one message."""
    body = said(
        user("Weather?"),
        Message(
            "assistant",
            (Thinking("Look it up.", "sealed"), Text("One "), Text("moment."), ToolCall("c1", "get_weather", "")),
        ),
        Message("tool", (ToolResult("c1", (Text("sunny"),)),)),
    )
    assert body["input"][1:] == [
        {
            "type": "reasoning",
            "summary": [{"type": "summary_text", "text": "Look it up."}],
            "encrypted_content": "sealed",
        },
        {
            "type": "message",
            "role": "assistant",
            "content": [{"type": "output_text", "text": "One "}, {"type": "output_text", "text": "moment."}],
        },
        {"type": "function_call", "call_id": "c1", "name": "get_weather", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c1", "output": "sunny"},
    ]


def test_hidden_thinking_and_unknown_items_travel_as_they_came() -> None:
    search = {"type": "web_search_call", "id": "ws_1", "status": "completed"}
    turn = Message("assistant", (Thinking("", redacted="sealed"), Opaque("web_search_call", search), Text("Found.")))
    assert said(user("Search."), turn)["input"][1:3] == [
        {"type": "reasoning", "summary": [], "encrypted_content": "sealed"},
        search,
    ]


def test_images() -> None:
    """The URL is a string; `detail` is a required key."""
    file = {"type": "input_file", "file_id": "file_1"}
    parts = (Text("See:"), Image(url="https://x.example/a.png", detail="low"), Image(data="QUJD"), Opaque("f", file))
    assert said(Message("user", parts))["input"][0]["content"] == [
        {"type": "input_text", "text": "See:"},
        {"type": "input_image", "image_url": "https://x.example/a.png", "detail": "low"},
        {"type": "input_image", "image_url": "data:image/png;base64,QUJD", "detail": "auto"},
        file,
    ]


def test_results_may_hold_pictures_or_nothing() -> None:
    calls = Message("assistant", (ToolCall("a", "f", "{}"), ToolCall("b", "f", "{}")))
    results = Message("tool", (ToolResult("a", (Text("x"), Image(data="QUJD"))), ToolResult("b", ())))
    first, second = said(user("Hi"), calls, results)["input"][3:]
    assert [part["type"] for part in first["output"]] == ["input_text", "input_image"]
    assert second == {"type": "function_call_output", "call_id": "b", "output": ""}


@pytest.mark.parametrize(
    ("quirks", "expected"),
    [
        ({"store": False}, {"store": False}),
        ({"reasoning_summary": None, "encrypted_reasoning": False}, {"reasoning": {"effort": "low"}}),
        ({"strict": False}, {"tools": [{"type": "function", "name": "f", "parameters": None}]}),
    ],
)
def test_quirks(quirks: dict[str, Any], expected: dict[str, Any]) -> None:
    body = said(quirks=quirks, reasoning=Reasoning("low"), tools=(Tool("f"),))
    assert body | expected == body
    assert ("include" in body) is ("encrypted_reasoning" not in quirks)


def test_where_the_system_text_goes_is_a_quirk() -> None:
    body = said(
        Message("system", (Text("Later."),)),
        quirks={"instructions": False, "system_role": "developer"},
        system="Be kind.",
    )
    assert "instructions" not in body
    assert [(item["role"], item["content"]) for item in body["input"]] == [
        ("developer", "Be kind."),
        ("developer", "Later."),
    ]


def test_reasoning_in_the_clear_is_a_quirk() -> None:
    turn = Message("assistant", (Thinking("Hm."), Text("Yes.")))
    item = said(user("?"), turn, quirks={"plain_reasoning": True})["input"][1]
    assert item == {"type": "reasoning", "summary": [], "content": [{"type": "reasoning_text", "text": "Hm."}]}
    with pytest.raises(UnsupportedError, match="without its encrypted content"):
        said(user("?"), turn)


@pytest.mark.parametrize(
    ("messages", "fields", "says"),
    [
        ((), {"stop": ("END",)}, "no stop sequences"),
        ((), {"reasoning": Reasoning(budget_tokens=100)}, "no reasoning budget"),
        ((Message("system", (Image(data="QUJD"),)),), {}, "no Image in a message of role system"),
        ((Message("user", (ToolCall("a", "f", ""),)),), {}, "no ToolCall in a message of role user"),
        ((Message("user", (Image(),)),), {}, "either a URL or data"),
        ((Message("assistant", (Image(data="QUJD"),)),), {}, "no Image in a turn of the assistant"),
        ((Message("tool", (Text("x"),)),), {}, "tool results only"),
    ],
)
def test_what_cannot_be_said_is_refused_aloud(messages: tuple[Message, ...], fields: Any, says: str) -> None:
    with pytest.raises(UnsupportedError, match=says):
        said(*messages, **fields)


def test_strict_is_refused_where_the_vendor_takes_none() -> None:
    with pytest.raises(UnsupportedError, match="strict"):
        said(tools=(WEATHER,), quirks={"strict": False})


def test_an_unknown_quirk_is_the_callers_fault() -> None:
    with pytest.raises(UsageError, match="no quirk 'stor'"):
        said(quirks={"stor": False})


@pytest.mark.parametrize(
    ("method", "url", "ours"),
    [
        ("POST", "https://api.openai.com/v1/responses", True),
        ("POST", "https://x.example/openai/responses?api-version=1", True),
        ("GET", "https://api.openai.com/v1/responses", False),
        ("POST", "https://api.openai.com/v1/responses/resp_1/cancel", False),
        ("POST", "https://api.openai.com/v1/responses/input_tokens", False),
        ("POST", "https://api.openai.com/v1/chat/completions", False),
    ],
)
def test_which_requests_are_ours(method: str, url: str, ours: bool) -> None:
    assert RESPONSES.claims(method, url, (), {}) is ours
