"""Where each canonical field lands in a request, what is refused aloud, and what the server half refuses."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.dialects import Refusal, dialect
from conformance.errors import UnsupportedError
from conformance.model import (
    ChatRequest,
    Image,
    Message,
    Opaque,
    Part,
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

COHERE = dialect("cohere-v2")
F, G = Tool("f", "does f", {"type": "object"}), Tool("g")
CITED = Opaque("citations", [{"start": 0, "end": 1}])
USER = {"role": "user", "content": "Hi"}


def body(*messages: Message, **more: Any) -> Any:
    return COHERE.body(ChatRequest(model="m", messages=messages or (user("Hi"),), **more), {})


@pytest.mark.parametrize(
    ("given", "landed"),
    [
        ({"max_tokens": 5, "temperature": 0.5, "top_p": 0.75}, {"max_tokens": 5, "temperature": 0.5, "p": 0.75}),
        ({"stop": ("a", "b")}, {"stop_sequences": ["a", "b"]}),
        ({"response_format": ResponseFormat()}, {"response_format": {"type": "json_object"}}),
        (
            {"response_format": ResponseFormat({"type": "object"}, "n", True)},
            {"response_format": {"type": "json_object", "json_schema": {"type": "object"}}},
        ),
        ({"reasoning": Reasoning("none")}, {"thinking": {"type": "disabled"}}),
        ({"reasoning": Reasoning("medium")}, {"thinking": {"type": "enabled"}}),
        ({"reasoning": Reasoning(budget_tokens=9)}, {"thinking": {"type": "enabled", "token_budget": 9}}),
        ({"stream": True, "parallel_tool_calls": True}, {"stream": True}),
        ({"extra": {"k": 1, "p": 0.5}, "top_p": 0.7}, {"k": 1, "p": 0.5}),
        ({"tool_choice": ToolChoice("none")}, {}),
        ({"tool_choice": ToolChoice("auto")}, {}),
    ],
)
def test_fields(given: dict[str, Any], landed: dict[str, Any]) -> None:
    assert body(**given) == {"model": "m", "messages": [USER], **landed}


def test_tools_and_choices() -> None:
    f = {"type": "function", "function": {"name": "f", "description": "does f", "parameters": {"type": "object"}}}
    g = {"type": "function", "function": {"name": "g", "parameters": {"type": "object", "properties": {}}}}
    assert body(tools=(F, G))["tools"] == [f, g]
    assert body(tools=(F, G), tool_choice=ToolChoice("required"))["tool_choice"] == "REQUIRED"
    assert body(tools=(F, G), tool_choice=ToolChoice("none"))["tool_choice"] == "NONE"
    named = body(tools=(F, G), tool_choice=ToolChoice("tool", "g"))
    assert (named["tools"], named["tool_choice"]) == ([g], "REQUIRED")
    assert body(tools=(Tool("f", strict=True), Tool("g", strict=True)))["strict_tools"] is True


def test_turns() -> None:
    turns = (
        Message("assistant", (Text("So."), Thinking("I will look."), ToolCall("c", "f", ""), CITED)),
        Message("tool", (ToolResult("c", (Text("a"), Text("b"))),)),
        Message("assistant", (Thinking("Hm."), Text("Yes."))),
    )
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    assert body(*turns, system="Be kind.")["messages"] == [
        {"role": "system", "content": "Be kind."},
        {
            "role": "assistant",
            "content": "So.",
            "tool_plan": "I will look.",
            "tool_calls": [call],
            "citations": CITED.raw,
        },
        {"role": "tool", "tool_call_id": "c", "content": [{"type": "text", "text": text} for text in "ab"]},
        {"role": "assistant", "content": [{"type": "thinking", "thinking": "Hm."}, {"type": "text", "text": "Yes."}]},
    ]


def test_images() -> None:
    said = body(user("?", Image(url="https://x.example/a.png", detail="low"), Image(data="QUJD")))["messages"][0]
    assert said["content"][1:] == [
        {"type": "image_url", "image_url": {"url": "https://x.example/a.png", "detail": "low"}},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,QUJD"}},
    ]


@pytest.mark.parametrize(
    "given",
    [
        {"parallel_tool_calls": False},
        {"stop": tuple("abcdef")},
        {"reasoning": Reasoning("high")},
        {"tool_choice": ToolChoice("required")},
        {"tool_choice": ToolChoice("tool", "h"), "tools": (F,)},
        {"tools": (Tool("f", strict=True), G)},
    ],
)
def test_what_cannot_be_said_is_refused_aloud(given: dict[str, Any]) -> None:
    with pytest.raises(UnsupportedError):
        body(**given)


@pytest.mark.parametrize(
    ("role", "part"),
    [
        ("system", Image(data="QUJD")),
        ("user", Thinking("Hm")),
        ("user", Image()),
        ("assistant", Image(data="QUJD")),
        ("assistant", Thinking("", redacted="sealed")),
        ("tool", Text("result")),
        ("tool", ToolResult("c", (Image(data="QUJD"),))),
    ],
)
def test_a_part_in_the_wrong_place_is_refused_aloud(role: Any, part: Part) -> None:
    with pytest.raises(UnsupportedError):
        body(Message(role, (part,)))


def test_a_late_system_message_is_refused_aloud() -> None:
    with pytest.raises(UnsupportedError, match="beginning"):
        body(user("Hi"), Message("system", (Text("Be kind."),)))


@pytest.mark.parametrize(
    ("bad", "word"),
    [
        (None, "object"),
        ({"messages": [USER]}, "model"),
        ({"model": "m", "messages": []}, "messages"),
        ({"model": "m", "messages": [{"role": "developer", "content": "x"}]}, "role"),
        ({"model": "m", "messages": [USER, {"role": "system", "content": "x"}]}, "first"),
        ({"model": "m", "messages": [{"role": "system", "content": "x"}]}, "system"),
        ({"model": "m", "messages": [{"role": "user", "content": ""}]}, "empty"),
        ({"model": "m", "messages": [{"role": "tool", "tool_call_id": "c", "content": "x"}]}, "tool call id not found"),
        ({"model": "m", "messages": [USER], "tool_choice": "REQUIRED"}, "tools"),
        ({"model": "m", "messages": [USER], "tool_choice": "auto"}, "tool_choice"),
        ({"model": "m", "messages": [USER], "p": 1}, "p:"),
        ({"model": "m", "messages": [USER], "max_tokens": -1}, "max_tokens"),
        ({"model": "m", "messages": [USER], "thinking": {"type": "enabled", "token_budget": 0}}, "token_budget"),
        ({"model": "m", "messages": [USER], "tools": [{"type": "function", "function": {"name": "f"}}]}, "parameters"),
    ],
)
def test_what_the_server_refuses(bad: Any, word: str) -> None:
    with pytest.raises(Refusal) as refusal:
        COHERE.server.parse(bad)
    assert (refusal.value.error.kind, refusal.value.error.status) == ("invalid_request", 400)
    assert word in refusal.value.error.message


def test_documents_as_results_are_read() -> None:
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    documents = [{"type": "document", "document": {"data": {"a": 1}}}, {"type": "document", "document": "plain"}]
    said = [
        USER,
        {"role": "assistant", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c", "content": documents},
    ]
    (result,) = COHERE.server.parse({"model": "m", "messages": said}).messages[-1].parts
    assert result == ToolResult("c", (Text('{"a": 1}'), Text("plain")))
