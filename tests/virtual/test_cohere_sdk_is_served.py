"""The official cohere SDK, an independent judge, talks to the virtual provider and reads the cassettes."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from conformance import adapter
from conformance.decoding import decode
from conformance.model import Done, Reply
from conformance.scenarios import SCENARIOS, fits, for_model, scenario
from conformance.scenarios.failing import UNKNOWN_MODEL
from conformance.tape import cassette_path, read_cassette
from conformance.virtual import VIRTUAL_KEY, VirtualProvider

cohere = pytest.importorskip("cohere")

COHERE = adapter("cohere")
MODEL = COHERE.model
STOPS = {"COMPLETE": "stop", "STOP_SEQUENCE": "stop", "MAX_TOKENS": "length", "TOOL_CALL": "tool_use"}


def client(base_url: str, http: httpx.Client, key: str = VIRTUAL_KEY) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the SDK's own making
        return cohere.ClientV2(key, base_url=base_url, httpx_client=http, log_warning_experimental_features=False)


@pytest.fixture(scope="module")
def http() -> Iterator[httpx.Client]:
    with httpx.Client(transport=httpx.HTTPTransport(verify=False)) as made:
        yield made


@pytest.fixture(scope="module")
def sdk(_running: VirtualProvider, http: httpx.Client) -> Any:
    return client(_running.base_url("cohere-v2"), http)


def asked(name: str) -> dict[str, Any]:
    """What our own adapter would send, as arguments of the SDK."""
    body = COHERE.body(for_model(scenario(name), MODEL))
    body.pop("stream", None)
    return body


def seen_whole(answer: Any) -> tuple[Any, ...]:
    message = answer.message
    parts = message.content or []
    text = "".join(part.text for part in parts if part.type == "text")
    thinking = "".join(part.thinking for part in parts if part.type == "thinking") + (message.tool_plan or "")
    calls = [(call.function.name, json.loads(call.function.arguments or "{}")) for call in message.tool_calls or []]
    return text, thinking, calls, STOPS[answer.finish_reason], _tokens(answer.usage)


def seen_streamed(events: list[Any]) -> tuple[Any, ...]:
    text = thinking = ""
    calls: list[list[str]] = []
    for event in events:
        if event.type == "content-delta":
            text += event.delta.message.content.text or ""
            thinking += event.delta.message.content.thinking or ""
        elif event.type == "tool-plan-delta":
            thinking += event.delta.message.tool_plan
        elif event.type == "tool-call-start":
            calls.append([event.delta.message.tool_calls.function.name, ""])
        elif event.type == "tool-call-delta":
            calls[event.index][1] += event.delta.message.tool_calls.function.arguments
    assert (events[0].type, events[-1].type) == ("message-start", "message-end")
    end = events[-1].delta
    made = [(name, json.loads(arguments or "{}")) for name, arguments in calls]
    return text, thinking, made, STOPS[end.finish_reason], _tokens(end.usage)


def _tokens(usage: Any) -> tuple[Any, ...]:
    return usage.tokens.input_tokens, usage.tokens.output_tokens, usage.cached_tokens


def due(reply: Reply) -> tuple[Any, ...]:
    return (*reply.says(), (reply.usage.input, reply.usage.output, reply.usage.cache_read))


ANSWERED = [
    name
    for name, one in SCENARIOS.items()
    if isinstance(one.answer, Reply) and fits(one, COHERE) is None and one.request.stream
]


@pytest.mark.parametrize("name", ANSWERED)
def test_every_answer_arrives_whole(sdk: Any, virtual: VirtualProvider, name: str) -> None:
    answer = scenario(name).answer
    assert isinstance(answer, Reply)
    assert seen_whole(sdk.chat(**asked(name))) == due(answer)
    (sent,) = virtual.requests
    assert sent.json() == asked(name) | {"stream": False}
    assert (sent.header("authorization"), sent.url.endswith("/v2/chat")) == (f"Bearer {VIRTUAL_KEY}", True)


@pytest.mark.parametrize("name", ANSWERED)
def test_every_answer_arrives_streamed(sdk: Any, virtual: VirtualProvider, name: str) -> None:
    answer = scenario(name).answer
    assert isinstance(answer, Reply)
    assert seen_streamed(list(sdk.chat_stream(**asked(name)))) == due(answer)
    assert virtual.requests[0].json() == asked(name) | {"stream": True}


def test_a_plan_is_replayed_with_its_calls(sdk: Any, virtual: VirtualProvider) -> None:
    body = asked("tool_call_single")
    message = sdk.chat(**body).message
    message.tool_plan = "I will look it up."
    result = {"role": "tool", "tool_call_id": message.tool_calls[0].id, "content": '{"sky": "rain"}'}
    answer = sdk.chat(**body | {"messages": [*body["messages"], message, result]})
    assert "rain" in answer.message.content[0].text
    replayed = virtual.requests[-1].json()["messages"][-2]
    assert replayed["tool_plan"] == "I will look it up."
    assert replayed["tool_calls"][0]["id"] == result["tool_call_id"]


def test_errors(virtual: VirtualProvider, sdk: Any, http: httpx.Client) -> None:
    wrong = client(virtual.base_url("cohere-v2"), http, "wrong")
    turns = [{"role": "user", "content": "Hi"}]
    with pytest.raises(cohere.UnauthorizedError) as denied:
        wrong.chat(model=MODEL, messages=turns)
    assert denied.value.body["message"] == "invalid api token"
    with pytest.raises(cohere.NotFoundError) as missing:
        list(sdk.chat_stream(model=UNKNOWN_MODEL, messages=turns))
    assert UNKNOWN_MODEL in missing.value.body["message"]
    with pytest.raises(cohere.BadRequestError):
        sdk.chat(model=MODEL, messages=turns, max_tokens=-1)
    assert virtual.call_count == 3


def test_too_many_requests(sdk: Any) -> None:
    with pytest.raises(cohere.TooManyRequestsError) as busy:
        sdk.chat(**asked("error_rate_limit_429"), request_options={"max_retries": 0})
    assert busy.value.headers["retry-after"] == "7"


def test_the_list_of_models(sdk: Any, http: httpx.Client, virtual: VirtualProvider) -> None:
    assert MODEL in [one.name for one in sdk.models.list().models]
    assert sdk.models.get(MODEL).endpoints == ["chat"]
    key = {"authorization": f"Bearer {VIRTUAL_KEY}"}
    plain = http.get(f"{virtual.url}/v1/models?endpoint=chat", headers=key).json()
    assert plain.keys() == {"models"}
    assert http.get(f"{virtual.url}/v1/models", headers=key).json().keys() == {"object", "data"}


def played(name: str) -> Any:
    """The cassette's answer before the SDK; no socket is there."""
    (exchange,) = read_cassette(cassette_path("cohere", name)).exchanges
    kept = exchange.response
    answer = httpx.Response(kept.status, headers=list(kept.headers), content=kept.body)
    last = decode(exchange)[-1]
    assert isinstance(last, Done)
    with httpx.Client(transport=httpx.MockTransport(lambda _: answer)) as made:
        one = client("https://api.cohere.example", made)
        if name.endswith("_whole"):
            return seen_whole(one.chat(**asked(name))), due(last.reply)
        return seen_streamed(list(one.chat_stream(**asked(name)))), due(last.reply)


@pytest.mark.parametrize("name", [one for stem in ANSWERED for one in (stem, f"{stem}_whole")])
def test_every_cassette_is_read_alike(name: str) -> None:
    theirs, ours = played(name)
    assert ours == theirs
