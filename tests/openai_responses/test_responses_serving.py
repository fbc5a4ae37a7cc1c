"""The server half: bodies that real clients send are read, bodies that the real server refuses are refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.dialects import Refusal, dialect
from conformance.model import Image, Message, Opaque, Reasoning, Reply, Text, Thinking, ToolCall, ToolResult, user
from conformance.schema import problems
from conformance.wire import frames_of

RESPONSES = dialect("openai-responses")
CALL = {"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{}"}
RESULT = {"type": "function_call_output", "call_id": "c1", "output": "ok"}
TOOL = {"type": "function", "name": "f", "parameters": {"type": "object"}, "strict": False}


def parse(*items: Any, **fields: Any) -> Any:
    return RESPONSES.server.parse({"model": "m", "input": list(items) or "Hi", **fields})


def test_a_bare_string_is_a_user() -> None:
    assert parse().messages == (user("Hi"),)


def test_what_an_agent_sends() -> None:
    """Developer messages, tools of other kinds, a replayed turn, fields of its own: as a coding agent does."""
    request = parse(
        {"type": "message", "id": "msg_1", "role": "developer", "content": [{"type": "input_text", "text": "Obey."}]},
        {"role": "user", "content": [{"type": "input_text", "text": "Go."}]},
        {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "sealed"},
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Going."}]},
        {**CALL, "id": "fc_1", "status": "completed"},
        RESULT,
        tools=[TOOL, {"type": "web_search"}, {"type": "namespace", "name": "agents", "tools": []}],
        reasoning={"summary": "auto"},
        include=["reasoning.encrypted_content"],
        store=False,
        prompt_cache_key="k",
        client_metadata={"a": "b"},
        stream=True,
    )
    assert request.messages == (
        Message("system", (Text("Obey."),)),
        user("Go."),
        Message("assistant", (Thinking("", "sealed"), Text("Going."), ToolCall("c1", "f", "{}"))),
        Message("tool", (ToolResult("c1", (Text("ok"),)),)),
    )
    assert ([tool.name for tool in request.tools], request.reasoning, request.stream) == (["f"], Reasoning(), True)
    assert request.extra.keys() == {"tools", "store", "prompt_cache_key", "client_metadata"}


def test_items_that_have_no_word_are_kept() -> None:
    search = {"type": "web_search_call", "id": "ws_1"}
    screen = {"type": "computer_call_output", "call_id": "c", "output": {}}
    bare = {"type": "reasoning", "id": "rs_1", "summary": []}
    request = parse({"role": "user", "content": "Hi"}, bare, search, screen)
    assert request.messages[1:] == (
        Message("assistant", (Opaque("reasoning", bare), Opaque("web_search_call", search))),
        Message("tool", (Opaque("computer_call_output", screen),)),
    )


def test_custom_calls_are_calls() -> None:
    call = {"type": "custom_tool_call", "call_id": "c", "name": "sh", "input": "ls"}
    result = {"type": "custom_tool_call_output", "call_id": "c", "output": [{"type": "input_text", "text": "a b"}]}
    request = parse({"role": "user", "content": "Hi"}, call, result)
    assert request.messages[1].parts == (ToolCall("c", "sh", "ls"),)
    assert request.messages[2].parts == (ToolResult("c", (Text("a b"),)),)


def test_images_by_url_by_bytes_and_by_file() -> None:
    parts = [
        {"type": "input_image", "image_url": "https://x.example/a.png"},
        {"type": "input_image", "image_url": "data:image/gif;base64,QUJD", "detail": "high"},
        {"type": "input_image", "file_id": "file_1", "detail": "auto"},
    ]
    (message,) = parse({"role": "user", "content": parts}).messages
    assert message.parts == (
        Image(url="https://x.example/a.png"),
        Image(data="QUJD", media_type="image/gif", detail="high"),
        Opaque("input_image", parts[2]),
    )


@pytest.mark.parametrize(
    ("items", "fields", "param", "says"),
    [
        ((), {"model": None}, "model", "Missing required parameter"),
        ((), {"input": None}, "input", "Missing required parameter"),
        ((), {"messages": []}, "messages", "Unsupported parameter"),
        ((), {"max_tokens": 5}, "max_tokens", "max_output_tokens"),
        ((), {"stop": ["x"]}, "stop", "Unsupported parameter"),
        ((), {"response_format": {"type": "json_object"}}, "response_format", "text.format"),
        ((), {"max_output_tokens": "many"}, "max_output_tokens", "Invalid value"),
        ((), {"temperature": 3}, "temperature", "Invalid value"),
        ((), {"tools": [{"type": "function", "function": {"name": "f"}}]}, "tools[0]", "'name' is missing"),
        ((), {"tool_choice": "sometimes"}, "tool_choice", "Invalid value"),
        ((), {"tool_choice": "required"}, "tool_choice", "required"),
        ((), {"tool_choice": {"type": "function", "name": "g"}, "tools": [TOOL]}, "tool_choice", "not found"),
        (
            (),
            {"tool_choice": {"type": "function", "name": "g"}, "tools": [{"type": "mcp", "name": {}}]},
            "tool_choice",
            "not found",
        ),
        ((), {"conversation": "c", "previous_response_id": "r"}, "previous_response_id", "Mutually exclusive"),
        (({"role": "robot", "content": "Hi"},), {}, "input[0].role", "must be one of"),
        (
            ({"role": "assistant", "content": [{"type": "input_text", "text": "x"}]},),
            {},
            "input[0].content[0].type",
            "output_text",
        ),
        (({"role": "user", "content": [{"type": "output_text", "text": "x"}]},), {}, "input[0].content[0].type", ""),
        (
            ({"role": "user", "content": [{"type": "input_image", "image_url": {"url": "x"}}]},),
            {},
            "input[0].content[0].image_url",
            "",
        ),
        ((CALL,), {}, "input", "No tool output found for function call c1"),
        ((RESULT,), {}, "input", "No tool call found for function call output with call_id c1"),
        (({**CALL, "arguments": {}}, RESULT), {}, "input[0].arguments", "must be a string"),
    ],
)
def test_what_the_server_refuses(items: Any, fields: Any, param: str, says: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse(*items, **fields)
    status, _, body = RESPONSES.server.failure(refused.value.error)
    said = json.loads(body)["error"]
    assert (status, said["type"], said["param"]) == (400, "invalid_request_error", param)
    assert says in said["message"]


@pytest.mark.parametrize("body", [None, [], "x", 1])
def test_a_body_that_is_no_object(body: Any) -> None:
    with pytest.raises(Refusal, match="must be an object"):
        RESPONSES.server.parse(body)


def test_results_of_a_kept_conversation_are_taken() -> None:
    assert parse(RESULT, previous_response_id="resp_0").messages[0].role == "tool"


def test_the_answer_repeats_what_was_asked() -> None:
    asked = {
        "model": "m",
        "input": "Hi",
        "instructions": "Be kind.",
        "temperature": 0.5,
        "metadata": {"a": "b"},
        "store": False,
        "text": {"format": {"type": "json_object"}},
        "reasoning": {"effort": "low"},
        "max_output_tokens": 9,
    }
    request = RESPONSES.server.parse(asked)
    said = json.loads(RESPONSES.server.whole(Reply(parts=(Text("{}"),)), request, asked))
    for key in ("model", "instructions", "temperature", "metadata", "store", "max_output_tokens"):
        assert said[key] == asked[key]
    assert (said["text"]["format"], said["reasoning"]["effort"]) == ({"type": "json_object"}, "low")


def test_a_failed_answer_says_so() -> None:
    reply = Reply(id="resp_1", model="m", stop="error")
    whole = json.loads(RESPONSES.server.whole(reply, parse(), {}))
    assert (whole["status"], whole["error"]["code"], whole["usage"]) == ("failed", "server_error", None)
    assert problems(RESPONSES.schemas["reply"], whole) == []
    *_, (event, data) = frames_of("sse", b"".join(RESPONSES.server.stream(reply, parse(), {})))
    assert (event, json.loads(data)["response"]["status"]) == ("response.failed", "failed")
