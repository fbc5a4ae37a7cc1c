"""What of a canonical request goes over the wire, field by field."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.dialects import dialect
from conformance.dialects.anthropic_messages import OLD_VERSION, QUIRKS, VERSION
from conformance.errors import UnsupportedError
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

MESSAGES = dialect("anthropic-messages")
WEATHER = Tool("get_weather", "tells the weather", {"type": "object", "properties": {"city": {"type": "string"}}})
CALL = ToolCall("toolu_1", "get_weather", '{"city":"Oslo"}')
CALL_BLOCK = {"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {"city": "Oslo"}}


def said(quirks: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """The body of a request, fit for the schema."""
    request = ChatRequest(**{"model": "claude-x", "messages": (user("hi"),), **fields})
    body = MESSAGES.body(request, quirks or {})
    assert problems(MESSAGES.schemas["request"], body) == []
    return body


def turns(*messages: Message) -> list[Any]:
    return said(messages=messages)["messages"]


def test_least() -> None:
    """Only what was said is sent, and max_tokens, which the wire requires."""
    assert said() == {"model": "claude-x", "max_tokens": 8192, "messages": [{"role": "user", "content": "hi"}]}


def test_path_and_tool_schemas() -> None:
    assert MESSAGES.path(ChatRequest(model="m", messages=())) == "/v1/messages"
    assert MESSAGES.tool_schemas(said(tools=(WEATHER, Tool("now")))) == [
        WEATHER.parameters,
        {"type": "object", "properties": {}},
    ]
    assert QUIRKS == {"default_max_tokens": 8192, "version": VERSION, "anthropic_version": None}


@pytest.mark.parametrize(
    ("fields", "wire"),
    [
        ({"max_tokens": 0}, {"max_tokens": 0}),
        ({"system": "be brief"}, {"system": "be brief"}),
        ({"stop": ("END", "\n")}, {"stop_sequences": ["END", "\n"]}),
        ({"stream": True}, {"stream": True}),
        ({"tools": (Tool("now", strict=True),)}, {"tools": [{"name": "now", "input_schema": ..., "strict": True}]}),
        ({"tool_choice": ToolChoice("auto")}, {"tool_choice": {"type": "auto"}}),
        ({"tool_choice": ToolChoice("required")}, {"tool_choice": {"type": "any"}}),
        ({"tool_choice": ToolChoice("none")}, {"tool_choice": {"type": "none"}}),
        ({"tool_choice": ToolChoice("tool", "f")}, {"tool_choice": {"type": "tool", "name": "f"}}),
        ({"parallel_tool_calls": False}, {"tool_choice": {"type": "auto", "disable_parallel_tool_use": True}}),
        (
            {"parallel_tool_calls": True, "tool_choice": ToolChoice("required")},
            {"tool_choice": {"type": "any", "disable_parallel_tool_use": False}},
        ),
        (
            {"response_format": ResponseFormat({"type": "object"})},
            {"output_config": {"format": {"type": "json_schema", "schema": {"type": "object"}}}},
        ),
        (
            {"reasoning": Reasoning(effort="high")},
            {"thinking": {"type": "adaptive"}, "output_config": {"effort": "high"}},
        ),
        ({"reasoning": Reasoning(budget_tokens=2048)}, {"thinking": {"type": "enabled", "budget_tokens": 2048}}),
        ({"reasoning": Reasoning(effort="none")}, {"thinking": {"type": "disabled"}}),
        ({"extra": {"metadata": {"user_id": "u"}}}, {"metadata": {"user_id": "u"}}),
    ],
)
def test_a_field_lands(fields: dict[str, Any], wire: dict[str, Any]) -> None:
    added = {key: value for key, value in said(**fields).items() if value != said().get(key)}
    if "tools" in wire:
        wire["tools"][0]["input_schema"] = {"type": "object", "properties": {}}
    assert added == wire


def test_tool_schema_stays_intact() -> None:
    assert said(tools=(WEATHER,))["tools"] == [
        {"name": "get_weather", "description": "tells the weather", "input_schema": WEATHER.parameters}
    ]


def test_extra_joins_what_is_there() -> None:
    """Objects and lists of `extra` are joined to ours; all else replaces."""
    body = said(
        tools=(Tool("f"),),
        reasoning=Reasoning(effort="low"),
        extra={
            "tools": [{"type": "web_search_20250305", "name": "web_search"}],
            "output_config": {"x": 1},
            "model": "b",
        },
    )
    assert [tool["name"] for tool in body["tools"]] == ["f", "web_search"]
    assert body["output_config"] == {"effort": "low", "x": 1}
    assert body["model"] == "b"


def test_default_max_tokens_is_a_quirk() -> None:
    assert said({"default_max_tokens": 5})["max_tokens"] == 5
    assert said({"default_max_tokens": 5}, max_tokens=7)["max_tokens"] == 7


def test_sampling_goes_with_the_old_version_only() -> None:
    body = said({"version": OLD_VERSION}, temperature=0.0, top_p=0.5)
    assert (body["temperature"], body["top_p"]) == (0.0, 0.5)
    for name in ("temperature", "top_p"):
        with pytest.raises(UnsupportedError, match=name):
            said(**{name: 0.0})


def test_leading_system_messages_are_top_level() -> None:
    first, second = Message("system", (Text("one"),)), Message("system", (Text("two"),))
    assert said(messages=(first, user("hi")))["system"] == "one"
    body = said(system="zero", messages=(first, user("hi"), second))
    assert body["system"] == [{"type": "text", "text": "zero"}, {"type": "text", "text": "one"}]
    assert body["messages"][1] == {"role": "system", "content": "two"}


def test_images() -> None:
    png = Image(data="aGk=", media_type="image/png")
    content = turns(user("see", png, Image(url="https://h/x.png"), Image(url="data:image/gif;base64,aGk=")))[0][
        "content"
    ]
    assert [block.get("source") for block in content] == [
        None,
        {"type": "base64", "media_type": "image/png", "data": "aGk="},
        {"type": "url", "url": "https://h/x.png"},
        {"type": "base64", "media_type": "image/gif", "data": "aGk="},
    ]


def test_results_come_first_in_one_user_message() -> None:
    """However the turns are cut, the server wants all results at the head of the next user message."""
    other = ToolCall("toolu_2", "get_weather", "")
    found = turns(
        user("weather?"),
        Message("assistant", (CALL, other)),
        Message("tool", (ToolResult("toolu_1", (Text("sunny"),)),)),
        user("and?"),
        Message("tool", (ToolResult("toolu_2", (), is_error=True),)),
    )
    assert found[1]["content"] == [CALL_BLOCK, {**CALL_BLOCK, "id": "toolu_2", "input": {}}]
    assert found[2:] == [
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "toolu_1", "content": "sunny"},
                {"type": "tool_result", "tool_use_id": "toolu_2", "is_error": True},
                {"type": "text", "text": "and?"},
            ],
        }
    ]


def test_result_with_an_image() -> None:
    result = ToolResult("toolu_1", (Text("see"), Image(data="aGk=")))
    assert turns(Message("tool", (result,)))[0]["content"][0]["content"] == [
        {"type": "text", "text": "see"},
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "aGk="}},
    ]


def test_thinking_is_replayed_byte_for_byte() -> None:
    server = {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {"q": "é"}, "new": [1]}
    parts = (
        Thinking(" Hm.\n", "sig=="),
        Thinking("", "sig2"),
        Thinking("", redacted="xyz"),
        Opaque("server_tool_use", server),
        Text(""),
        CALL,
    )
    assert turns(user("hi"), Message("assistant", parts))[1]["content"] == [
        {"type": "thinking", "thinking": " Hm.\n", "signature": "sig=="},
        {"type": "thinking", "thinking": "", "signature": "sig2"},
        {"type": "redacted_thinking", "data": "xyz"},
        server,
        CALL_BLOCK,
    ]


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"response_format": ResponseFormat()}, "any JSON object"),
        ({"reasoning": Reasoning(effort="minimal")}, "minimal"),
        ({"messages": (Message("assistant", (Thinking("hm"),)),)}, "signature"),
        ({"messages": (Message("assistant", (ToolCall("c", "f", '{"ci'),)),)}, "'c'"),
        ({"messages": (Message("assistant", (ToolCall("c", "f", "[1]"),)),)}, "object"),
        ({"messages": (Message("assistant", (Image(url="https://h"),)),)}, "Image"),
        ({"messages": (user("x", Image(data="aGk=", media_type="image/tiff")),)}, "tiff"),
        ({"messages": (user("x", Image(url="https://h", detail="high")),)}, "detail"),
        ({"messages": (user("x"), Message("system", (Image(url="https://h"),)))}, "Image"),
    ],
)
def test_what_cannot_be_said_is_refused_aloud(fields: dict[str, Any], named: str) -> None:
    with pytest.raises(UnsupportedError, match=named):
        said(**fields)
