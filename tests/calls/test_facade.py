"""A model by name: what arrives at the server, what is refused before, and what it hands back."""

from __future__ import annotations

import json
from contextlib import aclosing
from threading import active_count

import anyio
import httpx
import pytest

from conformance import adapter
from conformance.calls import CallContext, Limits, Model, RateLimiter, Steps, quick_chat
from conformance.calls.breaker import BreakerConfig, CircuitBreaker
from conformance.calls.failures import CallTimeout, CircuitOpen, PolicyError, RateLimitError
from conformance.calls.requests import ChatRequestModel
from conformance.calls.retry import RetryConfig
from conformance.errors import InputError, UsageError
from conformance.exchange import host_of
from conformance.model import ChatRequest, Done, Start, TextDelta, user
from conformance.virtual import VIRTUAL_KEY, VirtualProvider
from conformance.virtual.mind import GREETING

pytestmark = pytest.mark.anyio

QUICK = RetryConfig(base_delay=0.001, jitter=False)


def model(virtual: VirtualProvider, name: str = "openai/gpt-4.1", **more) -> Model:
    maker = name.partition("/")[0]
    return Model(name, **{"base_url": virtual.base_url_as(maker), "api_key": VIRTUAL_KEY, **more})


# ------------------------------------------------------------------ what is sent and handed back


@pytest.mark.parametrize("name", ["openai", "anthropic", "gemini", "mistral", "cohere", "openai-responses", "groq"])
async def test_a_model_by_name_is_called_in_the_language_of_its_provider(virtual: VirtualProvider, name: str) -> None:
    one = adapter(name)
    async with model(virtual, f"{name}/{one.model}") as calling:
        reply = await calling.invoke("Hello", max_tokens=100)
        events = [event async for event in calling.stream("Hello", max_tokens=100)]
    assert reply.text == GREETING
    assert isinstance(events[0], Start)
    assert isinstance(events[-1], Done)
    assert events[-1].reply.text == GREETING
    heard = [one.dialect.server.parse(sent.json()) for sent in virtual.requests]
    assert [asked.messages for asked in heard] == [(user("Hello"),)] * 2
    assert [asked.max_tokens for asked in heard] == [100, 100]
    assert [one.dialect.streams(sent.url, sent.json()) for sent in virtual.requests] == [False, True]


@pytest.mark.parametrize(
    "asked",
    [
        "Hello",
        [user("Hello")],
        [{"role": "user", "content": "Hello"}],
        ChatRequest(model="", messages=(user("Hello"),)),
        ChatRequestModel(model="gpt-4.1", messages=[{"role": "user", "content": "Hello"}]),
    ],
    ids=["prompt", "messages", "JSON", "request", "request model"],
)
async def test_what_is_asked_may_be_written_in_several_ways(virtual: VirtualProvider, asked) -> None:
    async with model(virtual) as one:
        await one.invoke(asked, temperature=0.5, stop=["END"], service_tier="flex")
    (sent,) = virtual.requests
    assert sent.json() == {
        "model": "gpt-4.1",
        "messages": [{"role": "user", "content": "Hello"}],
        "temperature": 0.5,
        "stop": ["END"],
        "service_tier": "flex",
    }


async def test_tools_as_chat_completions_have_them_reach_every_language(virtual: VirtualProvider) -> None:
    tool = {"type": "function", "function": {"name": "get_time", "parameters": {"type": "object"}}}
    async with model(virtual, f"anthropic/{adapter('anthropic').model}") as one:
        reply = await one.invoke("What time is it?", tools=[tool], max_tokens=50)
    assert [call.name for call in reply.tool_calls] == ["get_time"]
    assert [one["name"] for one in virtual.requests[0].json()["tools"]] == ["get_time"]


async def test_bedrock_signs_its_calls(virtual: VirtualProvider) -> None:
    async with model(virtual, f"bedrock/{adapter('bedrock').model}", api_key=f"{VIRTUAL_KEY}:secret") as one:
        reply = await one.invoke("Hello")
    assert reply.text == GREETING
    (sent,) = virtual.requests
    assert (sent.header("authorization") or "").startswith(f"AWS4-HMAC-SHA256 Credential={VIRTUAL_KEY}/")
    assert sent.json()["messages"] == [{"role": "user", "content": [{"text": "Hello"}]}]


async def test_any_server_of_a_known_language_by_its_base_url(virtual: VirtualProvider) -> None:
    base = virtual.base_url("anthropic-messages")
    async with Model("virtual-x", base_url=base, dialect="anthropic-messages", api_key=VIRTUAL_KEY) as one:
        assert (await one.invoke("Hello", max_tokens=100)).text == GREETING
        assert one.metadata["dialect"] == "anthropic-messages"
        assert one.metadata["host"] == "127.0.0.1"
    assert virtual.requests[0].url == f"{virtual.url}/v1/messages"


# ------------------------------------------------------------------ without async


def test_the_sync_face_does_the_same(virtual: VirtualProvider) -> None:
    threads = active_count()
    with model(virtual).sync() as one:
        assert one.invoke("Hello").text == GREETING
        events = list(one.stream("Hello"))
        early = one.stream("Hello")
        assert isinstance(next(early), Start)
        early.close()
    assert "".join(event.text for event in events if isinstance(event, TextDelta)) == GREETING
    assert virtual.call_count == 3
    assert active_count() == threads


def test_quick_chat_takes_its_key_from_the_environment(
    virtual: VirtualProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", VIRTUAL_KEY)
    made: list[str] = []

    class Here(Model):
        def __init__(self, name: str, **more) -> None:
            made.append(name)
            super().__init__(name, base_url=virtual.base_url("openai-chat"), **more)

    monkeypatch.setattr("conformance.calls.facade.Model", Here)
    assert quick_chat("Hello", max_tokens=2, temperature=0) != GREETING
    assert made == ["openai/gpt-4.1"]
    (sent,) = virtual.requests
    assert sent.header("authorization") == f"Bearer {VIRTUAL_KEY}"
    assert sent.json()["temperature"] == 0


# ------------------------------------------------------------------ policy


async def _streamed(one: Model, **more) -> list:
    return [event async for event in one.stream("Hello", **more)]


@pytest.mark.parametrize("how", ["invoke", "stream"])
@pytest.mark.parametrize("where", ["model", "call", "context"])
async def test_an_empty_set_of_capabilities_lets_nothing_out(virtual: VirtualProvider, how: str, where: str) -> None:
    none: frozenset[str] = frozenset()
    own = {"capabilities": none} if where == "model" else {}
    told = {"call": {"capabilities": none}, "context": {"ctx": CallContext.new(capabilities=none)}}.get(where, {})
    async with model(virtual, **own) as one:
        with pytest.raises(PolicyError, match=r"net\.out:127\.0\.0\.1 is not granted"):
            await (one.invoke("Hello", **told) if how == "invoke" else _streamed(one, **told))
    assert virtual.call_count == 0
    assert virtual.requests == ()


async def test_what_is_granted_goes_out_and_a_call_may_narrow_it(virtual: VirtualProvider) -> None:
    async with model(virtual, capabilities={"net.out:*"}) as one:
        assert (await one.invoke("Hello")).text == GREETING
        with pytest.raises(PolicyError):
            await one.invoke("Hello", capabilities={"net.out:api.example.com"})
    assert virtual.call_count == 1


async def test_without_the_step_nobody_asks_for_capabilities(virtual: VirtualProvider) -> None:
    async with model(virtual, capabilities=(), steps=Steps(policy=False)) as one:
        await one.invoke("Hello")
    assert virtual.call_count == 1


# ------------------------------------------------------------------ resilience, limits, time


def passing_on(virtual: VirtualProvider, busy: int) -> httpx.AsyncClient:
    """A client whose first answers are 429; then it is the network's."""
    network = httpx.AsyncHTTPTransport()

    class Storm(httpx.AsyncBaseTransport):
        seen = 0

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            self.seen += 1
            if self.seen <= busy:
                return httpx.Response(429, json={"error": {"message": "slow down"}})
            return await network.handle_async_request(request)

        async def aclose(self) -> None:
            await network.aclose()

    return httpx.AsyncClient(transport=Storm())


@pytest.mark.parametrize("how", ["invoke", "stream"])
async def test_a_server_that_is_busy_is_asked_again(virtual: VirtualProvider, how: str) -> None:
    ctx = CallContext.with_timeout(timeout_s=30)
    async with passing_on(virtual, 2) as client, model(virtual, client=client, steps=Steps(retry=QUICK)) as one:
        if how == "invoke":
            assert (await one.invoke("Hello", ctx=ctx)).text == GREETING
        else:
            events = await _streamed(one, ctx=ctx)
            assert [type(event) for event in (events[0], events[-1])] == [Start, Done]
    assert ctx.tracking["attempts"] == 3
    assert virtual.call_count == 1


async def test_a_storm_ends_in_its_own_error_and_opens_the_circuit(virtual: VirtualProvider) -> None:
    steps = Steps(retry=QUICK, circuit=CircuitBreaker(BreakerConfig(failure_threshold=1)))
    async with passing_on(virtual, 9) as client, model(virtual, client=client, steps=steps) as one:
        with pytest.raises(RateLimitError, match="slow down"):
            await one.invoke("Hello")
        with pytest.raises(CircuitOpen):
            await one.invoke("Hello")
    assert virtual.call_count == 0


async def test_without_resilience_the_first_answer_counts(virtual: VirtualProvider) -> None:
    async with passing_on(virtual, 1) as client, model(virtual, client=client, steps=Steps(resilience=False)) as one:
        with pytest.raises(RateLimitError):
            await one.invoke("Hello")
        assert (await one.invoke("Hello")).text == GREETING


async def test_what_is_over_the_limit_waits_no_longer_than_its_deadline(virtual: VirtualProvider) -> None:
    shared = RateLimiter(Limits(requests=1))
    async with model(virtual, steps=Steps(limits=shared), patience=0.5) as one:
        await one.invoke("Hello")
        with pytest.raises(CallTimeout):
            await one.invoke("Hello")
    assert virtual.call_count == 1


async def test_many_streams_share_a_model_and_leave_nothing(virtual: VirtualProvider) -> None:
    """More than a client of httpx is lent at a time; half of them are left at their first event."""
    seen: list[str] = []

    async def take(one: Model, number: int) -> None:
        async with aclosing(one.stream(f"Hello {number}")) as events:  # type: ignore[type-var]
            async for event in events:
                if number % 2:
                    return
                if isinstance(event, Done):
                    seen.append(event.reply.text)

    async with model(virtual) as one, anyio.create_task_group() as group:
        for number in range(30):
            group.start_soon(take, one, number)
    assert seen == [GREETING] * 15
    assert virtual.call_count == 30


# ------------------------------------------------------------------ as JSON


async def test_a_model_is_told_without_its_key_and_made_anew(virtual: VirtualProvider) -> None:
    steps = Steps(metrics=False, retry=RetryConfig(max_attempts=2), limits=Limits(requests=50))
    with_key = virtual.base_url_as("openai").replace("://", "://user:url-secret@") + "?key=query-secret"
    told = Model("openai/gpt-4.1", base_url=with_key, api_key="sk-own-0123456789", steps=steps, timeout=7.0).to_dict()
    text = json.dumps(told)
    assert not [secret for secret in ("sk-own", "url-secret", "query-secret") if secret in text]
    again = Model.from_dict({**json.loads(text), "base_url": virtual.base_url_as("openai")}, api_key=VIRTUAL_KEY)
    assert again.to_dict() == {**told, "base_url": virtual.base_url_as("openai")}
    assert again.steps == steps
    async with again:
        assert (await again.invoke("Hello")).text == GREETING


def test_the_key_is_in_nothing_that_is_shown() -> None:
    one = Model("openai/gpt-4.1", api_key="sk-own-0123456789")
    assert "sk-own" not in repr(one) + str(one.metadata) + repr(one.service) + repr(one.steps)
    assert one.metadata["requires"] == ["net.out:api.openai.com"]
    assert one.metadata["key_env"] == ["OPENAI_API_KEY"]


@pytest.mark.parametrize(
    "told", [{"api_key": "x"}, {"steps": {"hooks": 1}}, {"steps": {"retry": {"often": 3}}}], ids=str
)
def test_what_was_never_told_is_refused(told) -> None:
    with pytest.raises(InputError):
        Model.from_dict({"model": "openai/gpt-4.1", **told}, api_key="k")


# ------------------------------------------------------------------ settings and keys


def test_settings_go_into_the_address() -> None:
    found = Model("azure/gpt-4.1", settings={"resource": "mine"}, api_key="k").metadata
    assert host_of(f"https://{found['host']}") == "mine.openai.azure.com"


@pytest.mark.parametrize(
    ("name", "more", "says"),
    [
        ("openai/gpt-4.1", {"settings": {"region": "x"}}, "openai has no setting 'region'"),
        ("azure/gpt-4.1", {}, "the address of azure lacks resource"),
        ("azure/gpt-4.1", {"settings": {"resorce": "x"}}, "azure has no setting 'resorce'"),
        ("nobody-knows-this", {}, "no provider is known"),
        ("openai/gpt-4.1", {"dialect": "gemini"}, "openai speaks openai-chat"),
        ("openai/gpt-4.1", {"base_url": "localhost"}, "is no URL"),
    ],
)
def test_what_makes_no_model_is_refused_with_a_hint(name: str, more: dict, says: str) -> None:
    with pytest.raises(UsageError, match=says) as told:
        Model(name, **{"api_key": "k", **more})
    assert told.value.hint


def test_a_key_that_is_nowhere_is_asked_for_by_the_name_of_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(UsageError, match="set OPENAI_API_KEY"):
        Model("openai/gpt-4.1")


async def test_no_key_is_sent_where_none_is_given() -> None:
    sent: list[httpx.Request] = []

    def hear(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(400, json={"error": {"message": "heard"}})

    async with httpx.AsyncClient(transport=httpx.MockTransport(hear)) as client:
        one = Model("m", base_url="http://127.0.0.1:9/v1", api_key="", client=client)
        with pytest.raises(Exception, match="heard"):
            await one.invoke("Hello")
    assert "authorization" not in sent[0].headers
