"""The vendor's own SDK talks to the server half: what it sends is read, what it gets it understands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from conformance.dialects import Refusal
from conformance.dialects.anthropic_messages import SERVER, VERSION
from conformance.model import (
    ChatRequest,
    Error,
    ErrorKind,
    Image,
    Message,
    Reply,
    ResponseFormat,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
    Usage,
    error,
    user,
)

anthropic = pytest.importorskip("anthropic", reason="the extra `oracles` is not installed")
httpx2 = pytest.importorskip("httpx2", reason="the extra `oracles` is not installed")

WEATHER: dict[str, Any] = {
    "name": "get_weather",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
USAGE = Usage(12, 34, cache_read=3, cache_write=4, reasoning=5)


class Virtual:
    """The server half behind the SDK's transport: answers what it is told to, keeps what it was asked."""

    def __init__(self) -> None:
        self.answer: Reply | Error = Reply(parts=(Text("Hello, world."),), usage=USAGE)
        self.asked: list[ChatRequest] = []
        self.in_stream: Error | None = None

    def handle(self, request: Any) -> Any:
        body = json.loads(request.content)
        if refused := SERVER.refuse(tuple(request.headers.items()), body):
            return self._fail(refused)
        try:
            parsed = SERVER.parse(body)
        except Refusal as refusal:
            return self._fail(refusal.error)
        self.asked.append(parsed)
        if isinstance(self.answer, Error):
            return self._fail(self.answer)
        if not parsed.stream:
            return httpx2.Response(200, json=json.loads(SERVER.whole(self.answer, parsed, body)))
        frames = list(SERVER.stream(self.answer, parsed, body))
        if self.in_stream:
            frames[-2:] = [SERVER.failure_frame(self.in_stream)]
        return httpx2.Response(200, headers={"content-type": "text/event-stream"}, content=b"".join(frames))

    def _fail(self, fault: Error) -> Any:
        status, headers, body = SERVER.failure(fault)
        return httpx2.Response(status, headers=list(headers), content=body)


@pytest.fixture
def virtual() -> Virtual:
    return Virtual()


@pytest.fixture
def client(virtual: Virtual) -> Iterator[Any]:
    transport = httpx2.MockTransport(virtual.handle)
    with (
        httpx2.Client(transport=transport) as http,
        anthropic.Anthropic(api_key="k", http_client=http, max_retries=0) as made,
    ):
        yield made


def ask(client: Any, streamed: bool, **fields: Any) -> Any:
    """The finished message, asked for in either way."""
    asked = {"model": "claude-x", "max_tokens": 4096, "messages": [{"role": "user", "content": "hi"}], **fields}
    if not streamed:
        return client.messages.create(**asked)
    with client.messages.stream(**asked) as stream:
        return stream.get_final_message()


both = pytest.mark.parametrize("streamed", [False, True])


@both
def test_text_and_usage(client: Any, virtual: Virtual, streamed: bool) -> None:
    message = ask(client, streamed, system="be brief", stop_sequences=["END"])
    assert [block.text for block in message.content] == ["Hello, world."]
    assert (message.stop_reason, message.role, message.model) == ("end_turn", "assistant", "claude-x")
    usage = message.usage
    assert (usage.input_tokens, usage.cache_read_input_tokens, usage.cache_creation_input_tokens) == (5, 3, 4)
    assert (usage.output_tokens, usage.output_tokens_details.thinking_tokens) == (34, 5)
    assert virtual.asked == [
        ChatRequest(
            model="claude-x",
            max_tokens=4096,
            system="be brief",
            messages=(user("hi"),),
            stop=("END",),
            stream=streamed,
        )
    ]


@both
def test_tool_loop(client: Any, virtual: Virtual, streamed: bool) -> None:
    """A turn that calls two tools, sent back by the SDK with both results."""
    calls = (ToolCall("toolu_1", "get_weather", '{"city":"Oslo"}'), ToolCall("toolu_2", "get_weather", ""))
    virtual.answer = Reply(parts=(Thinking("Hm.", "sig"), Text("Let me see."), *calls), stop="tool_use")
    turn = ask(client, streamed, tools=[WEATHER], tool_choice={"type": "any"}, thinking={"type": "adaptive"})
    assert turn.stop_reason == "tool_use"
    assert [(block.name, block.input) for block in turn.content[2:]] == [
        ("get_weather", {"city": "Oslo"}),
        ("get_weather", {}),
    ]
    answers = [{"type": "tool_result", "tool_use_id": block.id, "content": "sunny"} for block in turn.content[2:]]
    messages = [{"role": "user", "content": "hi"}, turn.to_param(), {"role": "user", "content": answers}]
    ask(client, streamed, tools=[WEATHER], messages=messages)
    assert virtual.asked[0].tools == (Tool("get_weather", parameters=WEATHER["input_schema"]),)
    assert virtual.asked[0].tool_choice == ToolChoice("required")
    assert virtual.asked[1].messages == (
        user("hi"),
        Message("assistant", (Thinking("Hm.", "sig"), Text("Let me see."), *calls)),
        Message("tool", tuple(ToolResult(call.id, (Text("sunny"),)) for call in calls)),
    )


@both
def test_thinking(client: Any, virtual: Virtual, streamed: bool) -> None:
    parts = (Thinking("Let me think.", "c2ln"), Thinking("", "only"), Thinking("", redacted="xyz"), Text("42"))
    virtual.answer = Reply(parts=parts)
    first, second, third, _ = ask(client, streamed, thinking={"type": "enabled", "budget_tokens": 1024}).content
    assert (first.type, first.thinking, first.signature) == ("thinking", "Let me think.", "c2ln")
    assert (second.thinking, second.signature) == ("", "only")
    assert (third.type, third.data) == ("redacted_thinking", "xyz")
    reasoning = virtual.asked[0].reasoning
    assert reasoning is not None
    assert reasoning.budget_tokens == 1024


@both
@pytest.mark.parametrize(
    ("reply", "reason", "sequence"),
    [
        (Reply(stop="length"), "max_tokens", None),
        (Reply(stop="pause"), "pause_turn", None),
        (Reply(stop="stop", stop_sequence="END"), "stop_sequence", "END"),
        (Reply(stop="refusal"), "refusal", None),
        (Reply(stop="content_filter"), "refusal", None),
    ],
)
def test_stops(client: Any, virtual: Virtual, streamed: bool, reply: Reply, reason: str, sequence: str | None) -> None:
    virtual.answer = reply
    message = ask(client, streamed)
    assert (message.stop_reason, message.stop_sequence, message.content) == (reason, sequence, [])
    assert (message.stop_details is not None) is (reason == "refusal")


def test_image_and_structured_output(client: Any, virtual: Virtual) -> None:
    schema = {"type": "object", "properties": {}, "additionalProperties": False}
    picture = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "aGk="}}
    ask(
        client,
        False,
        messages=[{"role": "user", "content": [picture, {"type": "text", "text": "see"}]}],
        output_config={"format": {"type": "json_schema", "schema": schema}},
    )
    assert virtual.asked[0].messages == (Message("user", (Image(data="aGk="), Text("see"))),)
    assert virtual.asked[0].response_format == ResponseFormat(schema)


ERRORS: list[tuple[ErrorKind, str]] = [
    ("invalid_request", "BadRequestError"),
    ("auth", "AuthenticationError"),
    ("quota", "PaymentRequiredError"),
    ("permission", "PermissionDeniedError"),
    ("not_found", "NotFoundError"),
    ("conflict", "ConflictError"),
    ("too_large", "ContentTooLargeError"),
    ("rate_limit", "RateLimitError"),
    ("server", "InternalServerError"),
    ("timeout", "GatewayTimeoutError"),
    ("overloaded", "OverloadedError"),
]


@both
@pytest.mark.parametrize(("kind", "name"), ERRORS)
def test_errors(client: Any, virtual: Virtual, streamed: bool, kind: ErrorKind, name: str) -> None:
    virtual.answer = error(kind, "no, thank you", retry_after=2.0)
    with pytest.raises(anthropic.APIStatusError, match="no, thank you") as raised:
        ask(client, streamed)
    assert name in [cls.__name__ for cls in type(raised.value).__mro__]
    assert raised.value.response.headers["retry-after"] == "2"
    assert raised.value.request_id.startswith("req_")


def test_error_inside_a_stream(client: Any, virtual: Virtual) -> None:
    virtual.in_stream = error("overloaded", "busy")
    with pytest.raises(anthropic.APIStatusError, match="busy"):
        ask(client, True)


def test_the_sdk_names_the_version_we_follow(client: Any, virtual: Virtual) -> None:
    """What that version forbids is refused, as the vendor does."""
    assert client.default_headers["anthropic-version"] == VERSION
    with pytest.raises(anthropic.BadRequestError, match="temperature"):
        ask(client, False, extra_body={"temperature": 0.5})
    with pytest.raises(anthropic.BadRequestError, match="anthropic-version"):
        ask(client, False, extra_headers={"anthropic-version": "1999-01-01"})
    assert virtual.asked == []
