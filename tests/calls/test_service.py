"""An adapter as a service: what it sends, what it hands back, and how each failure is named."""

from __future__ import annotations

import socket
import time
from contextlib import aclosing

import anyio
import httpx
import httpx2
import msgspec
import openai
import pytest

from conformance import adapter
from conformance.calls import AdapterService, CallContext, CallOptions
from conformance.calls.detection import generic, infer_provider_config
from conformance.calls.failures import (
    CallTimeout,
    NonRetryableError,
    RateLimitError,
    RetryableError,
    ServiceError,
    TransportError,
    failure_of,
)
from conformance.calls.requests import ChatRequestModel, EmbeddingRequestModel
from conformance.dialects import dialect_names
from conformance.errors import UnsupportedError, UsageError
from conformance.exchange import Request
from conformance.model import ChatRequest, Done, Start, user
from conformance.scenarios import for_model, scenario
from conformance.virtual import VIRTUAL_KEY, VirtualProvider

pytestmark = pytest.mark.anyio

SPEAKERS = (
    "openai",
    "anthropic",
    "openai-responses",
    "gemini",
    "mistral",
    "cohere",
    "ollama",
    "openrouter",
    "together",
)
VENDORS = {
    "openai": "openai-chat",
    "anthropic": "anthropic-messages",
    "cohere": "cohere-v2",
    "bedrock": "bedrock-converse",
}
HI = ChatRequest(model="virtual-model", messages=(user("Hi"),), max_tokens=50)


def service(virtual: VirtualProvider, name: str = "openai", key: str = VIRTUAL_KEY, **more) -> AdapterService:
    return AdapterService(adapter(name), CallOptions(key, virtual.base_url_as(name)), **more)


@pytest.mark.parametrize("name", SPEAKERS)
async def test_a_call_brings_a_reply_and_a_stream_the_same_in_events(virtual: VirtualProvider, name: str) -> None:
    async with service(virtual, name) as one:
        request = for_model(scenario("simple_text_whole"), adapter(name).model)
        reply = await one.call(request, CallContext.new())
        events = [event async for event in one.stream(request, CallContext.new())]
    assert isinstance(events[0], Start)
    assert isinstance(events[-1], Done)
    assert events[-1].reply.says() == reply.says() == scenario("simple_text").answer.says()
    whole, streamed = virtual.requests
    language = adapter(name).dialect
    assert [language.streams(sent.url, sent.json()) for sent in (whole, streamed)] == [False, True]


@pytest.mark.parametrize("library", [httpx, httpx2], ids=lambda one: one.__name__)
async def test_a_client_that_is_given_is_used_and_left_open(virtual: VirtualProvider, library) -> None:
    async with library.AsyncClient(headers={"x-mine": "1"}) as client:
        async with service(virtual, client=client) as one:
            await one.call(HI)
        assert not client.is_closed
    assert virtual.requests[0].header("x-mine") == "1"


async def test_a_request_as_programs_write_it_is_sent_as_it_is_meant(virtual: VirtualProvider) -> None:
    async with service(virtual) as one:
        await one.call(ChatRequestModel(model="virtual-x", messages=[{"role": "user", "content": "Hi"}], seed=7))
        with pytest.raises(UsageError, match="EmbeddingRequestModel is no chat request"):
            await one.call(EmbeddingRequestModel(input="x"))
        with pytest.raises(UnsupportedError):
            await service(virtual, "cohere").call(msgspec.structs.replace(HI, parallel_tool_calls=False))
    (sent,) = virtual.requests
    assert sent.json() == {"model": "virtual-x", "messages": [{"role": "user", "content": "Hi"}], "seed": 7}


async def test_what_a_call_must_be_allowed_follows_from_where_it_goes(virtual: VirtualProvider) -> None:
    assert service(virtual).requires == {"net.out:127.0.0.1"}
    assert AdapterService(adapter("anthropic"), CallOptions("k")).requires == {"net.out:api.anthropic.com"}
    assert service(virtual).name == "openai"


# ------------------------------------------------------------------ failures

FAILURES = {
    "error_auth_401": (NonRetryableError, "auth"),
    "error_bad_request_400": (NonRetryableError, "invalid_request"),
    "error_not_found_404": (NonRetryableError, "not_found"),
    "error_rate_limit_429": (RateLimitError, "rate_limit"),
}


@pytest.mark.parametrize("name", dialect_names())
@pytest.mark.parametrize("wrong", FAILURES)
@pytest.mark.parametrize("how", ["call", "stream"])
async def test_each_refusal_has_its_class_in_every_dialect(
    virtual: VirtualProvider, name: str, wrong: str, how: str
) -> None:
    speaks = {name: own for own, name in VENDORS.items()}.get(name, name)
    one = scenario(wrong)
    key = VIRTUAL_KEY if one.key == "good" else "conformance-wrong-key"
    async with service(virtual, speaks, key) as serving:
        with pytest.raises(FAILURES[wrong][0]) as told:
            await _performed(serving, how, for_model(one, adapter(speaks).model))
    assert told.value.error.kind == FAILURES[wrong][1]
    assert key not in str(told.value)
    assert virtual.call_count == 1


async def _performed(one: AdapterService, how: str, request: ChatRequest, ctx: CallContext | None = None) -> object:
    if how == "call":
        return await one.call(request, ctx)
    return [event async for event in one.stream(request, ctx)]


SAYS_HOW_LONG = {"content-type": "application/json", "retry-after": "7"}


@pytest.mark.parametrize(
    ("answer", "expected", "says"),
    [
        (httpx.Response(429, json={"error": {"message": "slow"}}, headers=SAYS_HOW_LONG), RateLimitError, "slow"),
        (httpx.Response(500, text="oops"), RetryableError, "HTTP 500"),
        (httpx.Response(503, text="down"), RetryableError, "HTTP 503"),
        (httpx.Response(400, json={"error": {"message": "no"}}), NonRetryableError, "HTTP 400: no"),
        (httpx.Response(418, text="teapot"), NonRetryableError, "HTTP 418"),
        (httpx.Response(302, headers={"location": "http://elsewhere"}), TransportError, "HTTP 302"),
        (httpx.Response(200, text="<html>", headers={"content-type": "text/html"}), TransportError, "text/html"),
        (httpx.Response(200, text="{", headers={"content-type": "application/json"}), TransportError, "JSON"),
    ],
)
async def test_what_a_server_answers_amiss_has_its_class(answer, expected, says: str) -> None:
    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda request: answer)) as client:
        one = AdapterService(adapter("openai"), CallOptions("sk-secret-0123456789"), client)
        with pytest.raises(expected, match=says) as told:
            await one.call(HI)
    assert getattr(told.value, "retry_after", None) == (7.0 if expected is RateLimitError else None)
    assert told.value.exchange.response.status == answer.status_code


@pytest.mark.parametrize("how", ["call", "stream"])
async def test_a_server_that_quotes_the_key_does_not_bring_it_into_an_error(how: str) -> None:
    def quoting(request: httpx.Request) -> httpx.Response:
        return httpx.Response(401, json={"error": {"message": f"bad key: {request.headers['authorization']}"}})

    async with httpx.AsyncClient(transport=httpx.MockTransport(quoting)) as client:
        one = AdapterService(adapter("openai"), CallOptions("sk-secret-0123456789"), client)
        with pytest.raises(NonRetryableError, match="bad key") as told:
            await _performed(one, how, HI)
    assert "sk-secret" not in str(told.value) + repr(told.value) + str(told.value.error) + repr(one)


@pytest.mark.parametrize("how", ["call", "stream"])
async def test_a_server_that_is_not_there_may_be_tried_again(how: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    async with AdapterService(adapter("openai"), CallOptions("k", f"http://127.0.0.1:{port}/v1")) as one:
        with pytest.raises(RetryableError, match="gave no answer"):
            await _performed(one, how, HI)


SENT = httpx2.Request("POST", "https://api.openai.com/v1/chat/completions")


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (openai.RateLimitError("x", response=httpx2.Response(429, request=SENT), body=None), RateLimitError),
        (openai.InternalServerError("x", response=httpx2.Response(500, request=SENT), body=None), RetryableError),
        (openai.BadRequestError("x", response=httpx2.Response(400, request=SENT), body=None), NonRetryableError),
        (openai.AuthenticationError("x", response=httpx2.Response(401, request=SENT), body=None), NonRetryableError),
        (openai.PermissionDeniedError("x", response=httpx2.Response(403, request=SENT), body=None), NonRetryableError),
        (openai.NotFoundError("x", response=httpx2.Response(404, request=SENT), body=None), NonRetryableError),
        (TimeoutError(), CallTimeout),
        (ValueError("odd"), ServiceError),
    ],
    ids=lambda one: type(one).__name__ if isinstance(one, Exception) else None,
)
def test_faults_of_an_sdk_have_the_same_classes(fault: Exception, expected: type[ServiceError]) -> None:
    assert type(failure_of(fault)) is expected


# ------------------------------------------------------------------ deadlines, leaving


@pytest.mark.parametrize("how", ["call", "stream"])
async def test_a_near_deadline_fails_fast(how: str) -> None:
    """The server holds the answer back for ever."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        base = f"http://127.0.0.1:{silent.getsockname()[1]}/v1"
        async with AdapterService(adapter("openai"), CallOptions("k", base)) as one:
            began = time.perf_counter()
            with pytest.raises(CallTimeout):
                await _performed(one, how, HI, CallContext.with_timeout(timeout_s=0.05))
            assert 0.04 < time.perf_counter() - began < 1


async def test_a_deadline_that_is_over_sends_nothing(virtual: VirtualProvider) -> None:
    async with service(virtual) as one:
        with pytest.raises(CallTimeout, match="deadline is over"):
            await one.call(HI, CallContext.with_timeout(timeout_s=0))
    assert virtual.requests == ()


async def test_leaving_a_stream_closes_its_connection() -> None:
    closed = []

    class Endless(httpx.AsyncByteStream):
        async def __aiter__(self):
            for frame in adapter("openai").dialect.server.stream(scenario("simple_text").answer, HI, {}):
                yield frame
                await anyio.lowlevel.checkpoint()
            await anyio.sleep_forever()

        async def aclose(self) -> None:
            closed.append(True)

    answer = httpx.Response(200, stream=Endless(), headers={"content-type": "text/event-stream"})
    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda request: answer)) as client:
        one = AdapterService(adapter("openai"), CallOptions("k"), client)
        async with aclosing(one.stream(HI)) as events:
            assert isinstance(await anext(events), Start)
    assert closed == [True]


# ------------------------------------------------------------------ any server by its base URL


async def test_any_server_of_a_known_language_is_a_service(virtual: VirtualProvider) -> None:
    sent: list[Request] = []
    for name in ("openai-chat", "anthropic-messages", "openai-responses", "gemini", "cohere-v2", "ollama"):
        one = generic(virtual.base_url(name), "virtual-model", name)
        async with AdapterService(one, CallOptions(VIRTUAL_KEY)) as serving:
            assert (await serving.call(HI)).text
        sent.append(virtual.requests[-1])
    assert [one.url.removeprefix(virtual.url) for one in sent][:3] == [
        "/v1/chat/completions",
        "/v1/messages",
        "/v1/responses",
    ]
    assert infer_provider_config("org/m", base_url=virtual.base_url("openai-chat")).requires == {"net.out:127.0.0.1"}
