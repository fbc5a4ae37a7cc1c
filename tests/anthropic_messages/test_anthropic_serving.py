"""The server half: what it refuses, what it reads, and in which order it streams."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.dialects import Refusal, dialect
from conformance.dialects.anthropic_messages import SERVER
from conformance.errors import UnsupportedError
from conformance.exchange import Chunk, Exchange, Request, Response
from conformance.judging import judge
from conformance.model import (
    ChatRequest,
    Image,
    Message,
    Opaque,
    Reasoning,
    Reply,
    ResponseFormat,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
    Usage,
    user,
)
from conformance.schema import problems

MESSAGES = dialect("anthropic-messages")
ASKED: dict[str, Any] = {"model": "m", "max_tokens": 4096, "messages": [{"role": "user", "content": "hi"}]}
CALL = {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {}}
RESULT = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "sunny"}
TOOL = {"name": "f", "input_schema": {"type": "object"}}
OPEN = {"type": "object", "properties": {"a": {"type": "string"}}}


def turns(*contents: Any) -> list[dict[str, Any]]:
    return [{"role": ("user", "assistant")[at % 2], "content": one} for at, one in enumerate(contents)]


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"model": ...}, "model: Field required"),
        ({"max_tokens": ...}, "max_tokens: Field required"),
        ({"messages": ...}, "messages: Field required"),
        ({"messages": []}, "messages: "),
        ({"messages": "hi"}, "messages: "),
        ({"max_tokens": "many"}, "max_tokens: "),
        ({"max_tokens": -1}, "max_tokens: "),
        ({"stream": "yes"}, "stream: "),
        ({"messages": [{"role": "tool", "content": "x"}]}, "messages.0.role: "),
        ({"messages": [{"role": "user", "content": [{"type": "text"}]}]}, "messages.0.content.0: 'text' is missing"),
        ({"messages": [{"role": "user", "content": ""}]}, "messages.0.content: text content blocks must be non-empty"),
        ({"messages": turns("hi", [{**CALL, "input": "{}"}], [RESULT])}, "messages.1.content.0.input: "),
        ({"messages": turns("hi", [CALL])}, "toolu_1 is answered nowhere"),
        ({"messages": turns("hi", [CALL], [{"type": "text", "text": "x"}, RESULT])}, "only after other blocks"),
        ({"messages": turns([RESULT])}, "toolu_1 is no `tool_use` of the message before"),
        ({"tools": [{"name": "f"}]}, "tools.0: 'input_schema' is missing"),
        ({"tools": [{**TOOL, "name": "no good"}]}, "tools.0.name: "),
        ({"tools": [TOOL], "tool_choice": "auto"}, "tool_choice: "),
        ({"tools": [TOOL], "tool_choice": {"type": "tool", "name": "g"}}, "tool_choice.name: tool 'g'"),
        ({"tool_choice": {"type": "auto"}}, "together with tools"),
        ({"thinking": {"type": "enabled", "budget_tokens": 100}}, "thinking.budget_tokens: "),
        ({"thinking": {"type": "enabled", "budget_tokens": 4096}}, "greater than thinking.budget_tokens"),
        ({"output_config": {"format": {"type": "json_object"}}}, "output_config.format"),
        ({"output_config": {"format": {"type": "json_schema", "schema": OPEN}}}, "additionalProperties"),
        (
            {"output_config": {"format": {"type": "json_schema", "schema": {"type": "array", "items": OPEN}}}},
            "schema.items: for type object",
        ),
    ],
)
def test_what_the_body_is_refused_for(fields: dict[str, Any], named: str) -> None:
    body = {key: value for key, value in {**ASKED, **fields}.items() if value is not ...}
    with pytest.raises(Refusal) as raised:
        SERVER.parse(body)
    found = raised.value.error
    assert (found.kind, found.status) == ("invalid_request", 400)
    assert named in found.message
    status, _, said = SERVER.failure(found)
    assert (status, json.loads(said)["error"]["type"]) == (400, "invalid_request_error")


@pytest.mark.parametrize("body", [None, [], "hi", 3])
def test_what_is_no_body(body: Any) -> None:
    with pytest.raises(Refusal, match="object"):
        SERVER.parse(body)


@pytest.mark.parametrize(
    ("version", "fields", "named"),
    [
        (None, {}, "anthropic-version: header is required"),
        ("2024-01-01", {}, "not a valid version"),
        ("2026-10-21", {"temperature": 1.0}, "temperature"),
        ("2026-10-21", {"top_p": 0.5}, "top_p"),
        ("2026-10-21", {"top_k": 5}, "top_k"),
        ("2026-10-21", {"messages": turns("x", [{"type": "document"}], "y")}, "messages.1.content.0: `document`"),
        ("2026-10-21", {"messages": turns([{"type": "text", "text": "x", "citations": [{}]}])}, "citations"),
        ("2026-10-21", {}, None),
        ("2023-06-01", {"temperature": 1.0, "top_k": 5}, None),
        ("2023-01-01", {}, None),
    ],
)
def test_what_the_version_is_refused_for(version: str | None, fields: dict[str, Any], named: str | None) -> None:
    headers = (("Anthropic-Version", version),) if version else ()
    found = SERVER.refuse(headers, {**ASKED, **fields})
    assert (found is None) is (named is None)
    if found and named:
        assert (found.kind, found.status) == ("invalid_request", 400)
        assert named in found.message


def test_everything_is_read() -> None:
    body = {
        **ASKED,
        "system": [{"type": "text", "text": "be brief", "cache_control": {"type": "ephemeral"}}],
        "messages": [
            {
                "role": "user",
                "content": [{"type": "text", "text": "see"}, _image("base64"), _image("url"), _image("file")],
            },
            {
                "role": "assistant",
                "content": [
                    {"type": "thinking", "thinking": "hm", "signature": "s"},
                    {"type": "redacted_thinking", "data": "r"},
                    {**CALL, "input": {"a": 1}},
                ],
            },
            {
                "role": "user",
                "content": [
                    {**RESULT, "content": [{"type": "text", "text": "sunny"}, _image("url")], "is_error": True},
                    {"type": "document", "source": {}},
                ],
            },
        ],
        "tools": [{**TOOL, "description": "d", "strict": True}, {"type": "bash_20250124", "name": "bash"}],
        "tool_choice": {"type": "any", "disable_parallel_tool_use": True},
        "stop_sequences": ["END"],
        "thinking": {"type": "adaptive"},
        "output_config": {"effort": "low", "format": {"type": "json_schema", "schema": {}}, "new": 1},
        "stream": True,
        "metadata": {"user_id": "u"},
    }
    assert SERVER.parse(body) == ChatRequest(
        model="m",
        max_tokens=4096,
        system="be brief",
        messages=(
            user("see", Image(data="aGk="), Image(url="https://h/x"), Opaque("image", _image("file"))),  # type: ignore[arg-type]
            Message(
                "assistant", (Thinking("hm", "s"), Thinking("", redacted="r"), ToolCall("toolu_1", "f", '{"a":1}'))
            ),
            Message("tool", (ToolResult("toolu_1", (Text("sunny"), Image(url="https://h/x")), is_error=True),)),
            Message("user", (Opaque("document", {"type": "document", "source": {}}),)),
        ),
        tools=(Tool("f", "d", {"type": "object"}, strict=True),),
        tool_choice=ToolChoice("required"),
        parallel_tool_calls=False,
        stop=("END",),
        reasoning=Reasoning(effort="low"),
        response_format=ResponseFormat({}),
        stream=True,
        extra={
            "tools": [{"type": "bash_20250124", "name": "bash"}],
            "output_config": {"new": 1},
            "metadata": {"user_id": "u"},
        },
    )


def _image(kind: str) -> dict[str, Any]:
    where = {
        "base64": {"media_type": "image/png", "data": "aGk="},
        "url": {"url": "https://h/x"},
        "file": {"file_id": "f"},
    }
    return {"type": "image", "source": {"type": kind, **where[kind]}}


REPLY = Reply(
    id="msg_1",
    model="m",
    parts=(
        Thinking("Let me think.", "sig"),
        Thinking("", redacted="xyz"),
        Text("It is sunny. \N{GRINNING FACE}"),
        ToolCall("toolu_1", "f", '{"city": "Tōkyō"}'),
        ToolCall("toolu_2", "f", ""),
        Opaque("server_tool_use", {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {"q": "x"}}),
    ),
    stop="tool_use",
    usage=Usage(12, 34, cache_read=3, cache_write=4, reasoning=5),
)
REQUEST = ChatRequest(model="m", messages=(user("hi"),))


def frames(reply: Reply) -> list[dict[str, Any]]:
    found = []
    for one in SERVER.stream(reply, REQUEST, ASKED):
        event, data, *rest = one.decode().split("\n")
        assert rest == ["", ""]
        found.append(json.loads(data.removeprefix("data: ")))
        assert event == f"event: {found[-1]['type']}"
        assert problems(MESSAGES.schemas["event"], found[-1]) == []
    return found


def test_the_order_of_a_stream() -> None:
    found = frames(REPLY)
    kinds = [one["type"] for one in found]
    assert kinds[:3] == ["message_start", "ping", "content_block_start"]
    assert kinds[-3:] == ["content_block_stop", "message_delta", "message_stop"]
    assert found[0]["message"]["usage"] == {
        "input_tokens": 5,
        "cache_creation_input_tokens": 4,
        "cache_read_input_tokens": 3,
        "output_tokens": 1,
    }
    assert found[-2]["usage"] == {
        "input_tokens": 5,
        "cache_creation_input_tokens": 4,
        "cache_read_input_tokens": 3,
        "output_tokens": 34,
        "output_tokens_details": {"thinking_tokens": 5},
    }
    deltas = [
        [one["delta"] for one in found if one["type"] == "content_block_delta" and one["index"] == at]
        for at in range(6)
    ]
    assert deltas[0][-1] == {"type": "signature_delta", "signature": "sig"}
    assert len(deltas[0]) > 2
    assert deltas[1] == []
    assert len(deltas[2]) > 1
    assert deltas[3][0]["partial_json"] == ""
    assert len(deltas[3]) >= 3
    assert deltas[4] == [{"type": "input_json_delta", "partial_json": ""}]
    assert len(deltas[5]) >= 3


@pytest.mark.parametrize("streamed", [True, False])
@pytest.mark.parametrize("stop", ["stop", "length", "tool_use", "pause", "refusal", "content_filter"])
def test_no_rule_is_broken(streamed: bool, stop: Any) -> None:
    """The server half breaks no rule, not even a SHOULD, with any stop that such a reply may have."""
    reply = Reply(id=REPLY.id, model="m", parts=REPLY.parts, stop=stop, usage=REPLY.usage)
    called = dict.fromkeys(part.name for part in REPLY.parts if isinstance(part, ToolCall))
    asked = {**ASKED, "stream": streamed, "tools": [{**TOOL, "name": name} for name in called]}
    chunks = list(SERVER.stream(reply, REQUEST, asked)) if streamed else [SERVER.whole(reply, REQUEST, asked)]
    label = "text/event-stream; charset=utf-8" if streamed else "application/json"
    sent = (("content-type", "application/json"), ("anthropic-version", MESSAGES.version), ("x-api-key", "k"))
    got = (("content-type", label), ("request-id", "req_1"), ("date", "Sat, 21 Nov 2026 10:00:00 GMT"))
    one = Exchange(
        id="x",
        request=Request("POST", "https://api.anthropic.com/v1/messages", sent, json.dumps(asked).encode()),
        response=Response(200, got, tuple(Chunk(0.0, chunk) for chunk in chunks)),
        source="virtual",
    )
    found = {finding.rule for finding in judge(one, MESSAGES).findings} - {"GN-14"}
    assert found == ({"AM-R06"} if stop == "stop" else set())  # it calls tools, and was told to say otherwise


def test_a_refusal_says_its_details() -> None:
    reply = Reply(stop="refusal", parts=())
    assert frames(reply)[-2]["delta"] == {
        "stop_reason": "refusal",
        "stop_sequence": None,
        "stop_details": {"type": "refusal", "category": None, "explanation": None},
    }
    assert json.loads(SERVER.whole(reply, REQUEST, ASKED))["stop_details"]["type"] == "refusal"


def test_what_has_no_place_here_is_refused_aloud() -> None:
    with pytest.raises(UnsupportedError, match="aborted"):
        SERVER.whole(Reply(stop="aborted"), REQUEST, ASKED)
    with pytest.raises(UnsupportedError, match="no JSON object"):
        SERVER.whole(Reply(parts=(ToolCall("c", "f", '{"ci'),)), REQUEST, ASKED)
    with pytest.raises(UnsupportedError, match="opaque"):
        list(SERVER.stream(Reply(parts=(Opaque("x", 3),)), REQUEST, ASKED))


def test_ids_are_made_where_none_is_given() -> None:
    """The same answer has the same id, so recordings do not change for nothing."""
    made = json.loads(SERVER.whole(Reply(), REQUEST, ASKED))
    assert made["id"].startswith("msg_")
    assert made["model"] == "m"
    assert made == json.loads(SERVER.whole(Reply(), REQUEST, ASKED))
