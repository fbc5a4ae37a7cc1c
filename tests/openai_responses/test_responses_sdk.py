"""The vendor's own SDK reads what our server half says, and codex's needs are met."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from conformance.dialects import dialect
from conformance.model import ChatRequest, ErrorKind, Reply, Text, Thinking, Tool, ToolCall, Usage, error, user
from conformance.wire import frames_of

httpx2 = pytest.importorskip("httpx2")
openai = pytest.importorskip("openai")

RESPONSES = dialect("openai-responses")
REQUEST = ChatRequest(model="m", messages=(user("Hi"),))
BODY = RESPONSES.body(
    ChatRequest(model="m", messages=(user("Hi"),), system="Be kind.", tools=(Tool("f", "d", {"type": "object"}),)), {}
)
USAGE = Usage(input=5, output=2, cache_read=3, cache_write=1, reasoning=1)
TEXT = Reply(id="resp_1", model="m-1", parts=(Text("Hello, wide 🌍 world"),), usage=USAGE)
CALLS = Reply(
    id="resp_1",
    model="m-1",
    parts=(
        Thinking("Hm, so.", "sealed"),
        Text("So it is:"),
        ToolCall("a", "f", '{"city": "Oslo"}'),
        ToolCall("b", "g", "{}"),
    ),
    stop="tool_use",
    usage=USAGE,
)
REFUSAL = Reply(id="resp_1", model="m-1", parts=(Text("I cannot."),), stop="refusal", usage=USAGE)
SHORT = Reply(id="resp_1", model="m-1", parts=(Text("Once upon"),), stop="length", usage=USAGE)
REPLIES = pytest.mark.parametrize(
    ("reply", "status"),
    [(TEXT, "completed"), (CALLS, "completed"), (REFUSAL, "completed"), (SHORT, "incomplete")],
    ids=["text", "calls", "refusal", "short"],
)


@contextmanager
def client(answer: Callable[[Any], Any]) -> Iterator[Any]:
    with (
        httpx2.Client(transport=httpx2.MockTransport(answer)) as http,
        openai.OpenAI(
            api_key="k", http_client=http, max_retries=0, _strict_response_validation=True
        ) as made,  # every answer must fit the SDK's types
    ):
        yield made


def streamed(*frames: bytes) -> Callable[[Any], Any]:
    return lambda _: httpx2.Response(200, headers={"content-type": RESPONSES.content_type}, content=b"".join(frames))


def check(response: Any, reply: Reply, status: str) -> None:
    parts = [part for item in response.output if item.type == "message" for part in item.content]
    assert "".join(part.text if part.type == "output_text" else part.refusal for part in parts) == reply.text
    assert [part.type for part in parts] == ["refusal" if reply is REFUSAL else "output_text"]
    calls = [item for item in response.output if item.type == "function_call"]
    assert [(one.call_id, one.name, one.arguments) for one in calls] == [
        (call.id, call.name, call.arguments) for call in reply.tool_calls
    ]
    thoughts = [item for item in response.output if item.type == "reasoning"]
    assert [(one.summary[0].text, one.encrypted_content) for one in thoughts] == [("Hm, so.", "sealed")] * (
        reply is CALLS
    )
    assert (response.status, response.id, response.model) == (status, "resp_1", "m-1")
    assert response.usage.total_tokens == 7
    assert response.usage.input_tokens_details.to_dict() == {"cached_tokens": 3, "cache_write_tokens": 1}
    assert response.usage.output_tokens_details.reasoning_tokens == 1
    assert (response.incomplete_details.reason if response.incomplete_details else None) == (
        "max_output_tokens" if status == "incomplete" else None
    )


@REPLIES
def test_a_whole_answer(reply: Reply, status: str) -> None:
    body = RESPONSES.server.whole(reply, REQUEST, BODY)
    with client(lambda _: httpx2.Response(200, headers={"content-type": "application/json"}, content=body)) as sdk:
        said = sdk.responses.create(model="m", input="Hi")
    check(said, reply, status)
    assert (said.instructions, said.tools[0].name, said.tools[0].strict) == ("Be kind.", "f", None)


@REPLIES
def test_a_stream_event_by_event(reply: Reply, status: str) -> None:
    """Every event fits its type, and the deltas are the text."""
    frames = RESPONSES.server.stream(reply, REQUEST, BODY)
    with client(streamed(*frames)) as sdk:
        events = list(sdk.responses.create(model="m", input="Hi", stream=True))
    assert [one.sequence_number for one in events] == list(range(len(events)))
    deltas = [one.delta for one in events if one.type in ("response.output_text.delta", "response.refusal.delta")]
    assert "".join(deltas) == reply.text
    assert len(deltas) > 1
    check(events[-1].response, reply, status)


@REPLIES
def test_a_stream_accumulated_by_the_sdk(reply: Reply, status: str) -> None:
    """The SDK's own helper, which raises at what it cannot put together."""
    frames = RESPONSES.server.stream(reply, REQUEST, BODY)
    with client(streamed(*frames)) as sdk, sdk.responses.stream(model="m", input="Hi") as stream:
        events = list(stream)
        if status == "completed":
            check(stream.get_final_response(), reply, status)
    texts = [one for one in events if one.type == "response.output_text.delta"]
    assert not texts or texts[-1].snapshot == reply.text


@pytest.mark.parametrize(
    ("kind", "raised"),
    [
        ("invalid_request", "BadRequestError"),
        ("auth", "AuthenticationError"),
        ("permission", "PermissionDeniedError"),
        ("not_found", "NotFoundError"),
        ("rate_limit", "RateLimitError"),
        ("quota", "RateLimitError"),
        ("server", "InternalServerError"),
        ("overloaded", "InternalServerError"),
    ],
)
def test_errors(kind: ErrorKind, raised: str) -> None:
    status, headers, body = RESPONSES.server.failure(error(kind, "it went wrong", retry_after=2.0))
    with (
        client(lambda _: httpx2.Response(status, headers=list(headers), content=body)) as sdk,
        pytest.raises(getattr(openai, raised), match="it went wrong") as caught,
    ):
        sdk.responses.create(model="m", input="Hi")
    assert caught.value.response.headers["retry-after"] == "2"


def test_an_error_in_the_middle_of_a_stream() -> None:
    frames = list(RESPONSES.server.stream(TEXT, REQUEST, BODY))
    last = RESPONSES.server.failure_frame(error("overloaded", "busy"))
    with client(streamed(*frames[:5], last)) as sdk:
        stream = sdk.responses.create(model="m", input="Hi", stream=True)
        with pytest.raises(openai.APIError, match="busy"):
            list(stream)


@REPLIES
def test_what_codex_needs(reply: Reply, status: str) -> None:
    """Finished items whole in output_item.done, then a terminal event with the id: it reads nothing else."""
    frames = [json.loads(data) for _, data in frames_of("sse", b"".join(RESPONSES.server.stream(reply, REQUEST, BODY)))]
    finished = [one["item"] for one in frames if one["type"] == "response.output_item.done"]
    assert finished == frames[-1]["response"]["output"]
    assert (frames[-1]["type"], frames[-1]["response"]["id"]) == (f"response.{status}", "resp_1")
    assert RESPONSES.reply({"status": "completed", "output": finished}).text == reply.text
