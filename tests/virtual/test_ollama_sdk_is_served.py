"""The official ollama SDK, an independent judge, talks to the virtual provider and reads the cassettes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from conformance import adapter
from conformance.decoding import decode
from conformance.model import Done, Reply
from conformance.scenarios import SCENARIOS, fits, for_model, scenario
from conformance.scenarios.failing import UNKNOWN_MODEL
from conformance.scenarios.material import RED_SQUARE
from conformance.tape import cassette_path, read_cassette
from conformance.virtual import VIRTUAL_KEY, VirtualProvider

ollama = pytest.importorskip("ollama")

OLLAMA = adapter("ollama")
MODEL = OLLAMA.model


def client(host: str, key: str = VIRTUAL_KEY, transport: httpx.BaseTransport | None = None) -> Any:
    inner = transport or httpx.HTTPTransport(verify=False)
    return ollama.Client(host=host, headers={"authorization": f"Bearer {key}"}, transport=inner)


@pytest.fixture(scope="module")
def sdk(_running: VirtualProvider) -> Iterator[Any]:
    made = client(_running.base_url("ollama"))
    yield made
    made._client.close()


def asked(name: str) -> dict[str, Any]:
    """What our own adapter would send, as arguments of the SDK."""
    body = OLLAMA.body(for_model(scenario(name), MODEL))
    body.pop("stream")
    return body


def seen(lines: list[Any]) -> tuple[Any, ...]:
    """What a user of the SDK has of an answer, whole or line by line."""
    text = "".join(line.message.content or "" for line in lines)
    thinking = "".join(line.message.thinking or "" for line in lines)
    calls = [call for line in lines for call in line.message.tool_calls or ()]
    last = lines[-1]
    assert [line.done for line in lines] == [False] * (len(lines) - 1) + [True]
    stop = "tool_use" if calls and last.done_reason == "stop" else last.done_reason
    made = [(call.function.name, dict(call.function.arguments)) for call in calls]
    return text, thinking, made, stop, (last.prompt_eval_count, last.eval_count)


def due(reply: Reply) -> tuple[Any, ...]:
    return (*reply.says(), (reply.usage.input, reply.usage.output))


ANSWERED = [
    name
    for name, one in SCENARIOS.items()
    if isinstance(one.answer, Reply) and fits(one, OLLAMA) is None and one.request.stream
]


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("name", ANSWERED)
def test_every_answer_arrives(sdk: Any, virtual: VirtualProvider, name: str, stream: bool) -> None:
    answer = scenario(name).answer
    assert isinstance(answer, Reply)
    came = sdk.chat(**asked(name), stream=stream)
    assert seen(list(came) if stream else [came]) == due(answer)
    (sent,) = virtual.requests
    assert sent.url.endswith("/api/chat")
    assert sent.json()["stream"] is stream
    assert sent.header("authorization") == f"Bearer {VIRTUAL_KEY}"


def test_the_sdk_sends_pictures_as_we_do(sdk: Any, virtual: VirtualProvider) -> None:
    sdk.chat(**asked("image_input"))
    (sent,) = virtual.requests
    assert sent.json()["messages"][-1]["images"] == [RED_SQUARE.data]
    assert sent.json()["messages"] == asked("image_input")["messages"]


def test_a_result_without_ids_finds_its_call(sdk: Any, virtual: VirtualProvider) -> None:
    """The SDK keeps no ids of calls: name and order link a result to its call."""
    body = asked("tool_call_parallel")
    message = sdk.chat(**body).message
    results = [{"role": "tool", "tool_name": "get_weather", "content": sky} for sky in ("sun", "rain")]
    answer = sdk.chat(**body | {"messages": [*body["messages"], message, *results]})
    assert answer.message.content == "The tool returned: sun; rain"
    replayed = OLLAMA.dialect.server.parse(virtual.requests[-1].json())
    calls = [part.id for part in replayed.messages[-3].parts]
    assert [turn.parts[0].call_id for turn in replayed.messages[-2:]] == calls
    assert len(set(calls)) == 2


def test_errors(sdk: Any, virtual: VirtualProvider) -> None:
    turns = [{"role": "user", "content": "Hi"}]
    wrong = client(virtual.url, "wrong")
    for one, model, status, word in ((wrong, MODEL, 401, "unauthorized"), (sdk, UNKNOWN_MODEL, 404, UNKNOWN_MODEL)):
        for stream in (True, False):
            with pytest.raises(ollama.ResponseError) as failed:
                list(one.chat(model=model, messages=turns, stream=stream))
            assert failed.value.status_code == status
            assert word in failed.value.error
    wrong._client.close()
    with pytest.raises(ollama.ResponseError) as broken:
        sdk.chat(model=MODEL, messages=turns, think="a lot")
    assert broken.value.status_code == 400


def test_an_error_in_the_middle_of_a_stream() -> None:
    """The frame that our server half fails a stream with is what the SDK raises for."""
    from conformance.model import error

    good = b'{"model":"m","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":"Hel"}'
    body = good + b',"done":false}\n' + OLLAMA.dialect.server.failure_frame(error("server", "the runner stopped"))
    answer = httpx.Response(200, headers={"content-type": "application/x-ndjson"}, content=body)
    lines = client("http://127.0.0.1:9", transport=httpx.MockTransport(lambda _: answer)).chat(model="m", stream=True)
    assert next(lines).message.content == "Hel"
    with pytest.raises(ollama.ResponseError, match="the runner stopped"):
        next(lines)


def test_the_list_of_models(sdk: Any) -> None:
    assert MODEL in [one.model for one in sdk.list().models]


def test_an_empty_conversation_loads_the_model(sdk: Any) -> None:
    answer = sdk.chat(model=MODEL)
    assert (answer.message.content, answer.done_reason) == ("", "load")


@pytest.mark.parametrize("name", [one for stem in ANSWERED for one in (stem, f"{stem}_whole")])
def test_every_cassette_is_read_alike(name: str) -> None:
    (exchange,) = read_cassette(cassette_path("ollama", name)).exchanges
    kept = exchange.response
    answer = httpx.Response(kept.status, headers=list(kept.headers), content=kept.body)
    one = client("http://127.0.0.1:9", transport=httpx.MockTransport(lambda _: answer))
    stream = not name.endswith("_whole")
    came = one.chat(**asked(name), stream=stream)
    theirs = seen(list(came) if stream else [came])
    last = decode(exchange)[-1]
    assert isinstance(last, Done)
    assert due(last.reply) == theirs
