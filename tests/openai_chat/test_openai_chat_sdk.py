"""The vendor's own SDK reads what our server half says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from conformance.dialects import dialect
from conformance.model import ChatRequest, ErrorKind, Reply, Text, ToolCall, Usage, error

httpx2 = pytest.importorskip("httpx2")
openai = pytest.importorskip("openai")

CHAT = dialect("openai-chat")
REQUEST = ChatRequest(model="m", messages=())
USAGE = Usage(input=5, output=2, cache_read=3, reasoning=1)
TEXT = Reply(id="c1", model="m-1", parts=(Text("Hello, wide 🌍 world"),), usage=USAGE)
CALLS = Reply(
    id="c1",
    model="m-1",
    parts=(Text("So:"), ToolCall("a", "f", '{"city": "Oslo"}'), ToolCall("b", "g", "")),
    stop="tool_use",
    usage=USAGE,
)
REFUSAL = Reply(id="c1", model="m-1", parts=(Text("I cannot."),), stop="refusal", usage=USAGE)


@contextmanager
def client(answer: Callable[[Any], Any]) -> Iterator[Any]:
    with (
        httpx2.Client(transport=httpx2.MockTransport(answer)) as http,
        openai.OpenAI(api_key="k", http_client=http, max_retries=0) as made,
    ):
        yield made


def streamed(reply: Reply) -> Callable[[Any], Any]:
    body = b"".join(CHAT.server.stream(reply, REQUEST, {"stream_options": {"include_usage": True}}))
    return lambda _: httpx2.Response(200, headers={"content-type": CHAT.content_type}, content=body)


@pytest.mark.parametrize(("reply", "reason"), [(TEXT, "stop"), (CALLS, "tool_calls"), (REFUSAL, "stop")])
def test_a_whole_answer(reply: Reply, reason: str) -> None:
    body = CHAT.server.whole(reply, REQUEST, {})
    with client(lambda _: httpx2.Response(200, headers={"content-type": "application/json"}, content=body)) as sdk:
        said = sdk.chat.completions.create(model="m", messages=[])
    message = said.choices[0].message
    assert ((message.content or "") + (message.refusal or ""), said.choices[0].finish_reason) == (reply.text, reason)
    assert bool(message.refusal) is (reply is REFUSAL)
    assert [(one.id, one.function.name, one.function.arguments) for one in message.tool_calls or ()] == [
        (call.id, call.name, call.arguments) for call in reply.tool_calls
    ]
    assert (said.usage.total_tokens, said.usage.prompt_tokens_details.cached_tokens) == (7, 3)
    assert said.to_dict()["id"] == "c1"


@pytest.mark.parametrize(("reply", "reason"), [(TEXT, "stop"), (CALLS, "tool_calls"), (REFUSAL, "stop")])
def test_a_stream_accumulated_by_the_sdk(reply: Reply, reason: str) -> None:
    """The SDK's own helper, which raises at what it cannot put together."""
    with (
        client(streamed(reply)) as sdk,
        sdk.chat.completions.stream(model="m", messages=[], stream_options={"include_usage": True}) as stream,
    ):
        final = stream.get_final_completion()
    message = final.choices[0].message
    assert ((message.content or "") + (message.refusal or ""), final.choices[0].finish_reason) == (reply.text, reason)
    assert message.role == "assistant"
    assert [(one.id, one.function.name, one.function.arguments) for one in message.tool_calls or ()] == [
        (call.id, call.name, call.arguments) for call in reply.tool_calls
    ]
    assert (final.usage.completion_tokens_details.reasoning_tokens, final.model) == (1, "m-1")


@pytest.mark.parametrize(
    ("kind", "raised"),
    [
        ("invalid_request", "BadRequestError"),
        ("auth", "AuthenticationError"),
        ("permission", "PermissionDeniedError"),
        ("not_found", "NotFoundError"),
        ("conflict", "ConflictError"),
        ("rate_limit", "RateLimitError"),
        ("quota", "RateLimitError"),
        ("server", "InternalServerError"),
        ("overloaded", "InternalServerError"),
    ],
)
def test_errors(kind: ErrorKind, raised: str) -> None:
    status, headers, body = CHAT.server.failure(error(kind, "it went wrong", retry_after=2.0))
    with (
        client(lambda _: httpx2.Response(status, headers=list(headers), content=body)) as sdk,
        pytest.raises(getattr(openai, raised), match="it went wrong") as caught,
    ):
        sdk.chat.completions.create(model="m", messages=[])
    assert caught.value.response.headers["retry-after"] == "2"
    assert caught.value.request_id == dict(headers)["x-request-id"]


def test_an_error_in_the_middle_of_a_stream() -> None:
    frames = list(CHAT.server.stream(TEXT, REQUEST, {}))
    body = b"".join(frames[:2]) + CHAT.server.failure_frame(error("overloaded", "busy"))
    with client(lambda _: httpx2.Response(200, headers={"content-type": CHAT.content_type}, content=body)) as sdk:
        stream = sdk.chat.completions.create(model="m", messages=[], stream=True)
        with pytest.raises(openai.APIError, match="busy"):
            list(stream)
