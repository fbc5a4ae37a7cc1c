"""The official mistralai SDK, an independent judge, talks to the virtual provider and reads what our cassettes hold."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from mistralai.client import Mistral
from mistralai.client.errors import MistralError, SDKError

from conformance import adapter, decode, read_cassette
from conformance.exchange import Exchange
from conformance.model import Done, Reply
from conformance.scenarios import for_model, scenario
from conformance.tape import on_shelf
from conformance.virtual import VIRTUAL_KEY, VirtualProvider

MODEL = adapter("mistral").model
PATHS = [pytest.param(path, id=path.stem) for path in on_shelf("mistral")]


@pytest.fixture(scope="module")
def sdk(_running: VirtualProvider) -> Iterator[Mistral]:
    with Mistral(api_key=VIRTUAL_KEY, server_url=f"{_running.url}/mistral") as client:
        yield client


def body_for(name: str) -> dict[str, Any]:
    body = adapter("mistral").body(for_model(scenario(name), MODEL))
    body.pop("stream", None)
    return body


def gathered(chunks: Any) -> tuple[str, str, list[Any], str, Any]:
    """Text, thinking, calls, reason and usage as a user of the SDK gathers them."""
    text, thinking, calls, reason, usage = "", "", [], "", None
    for event in chunks:
        choice = event.data.choices[0]
        told = _told(choice.delta.content)
        text, thinking = text + told[0], thinking + told[1]
        calls += choice.delta.tool_calls or []
        reason, usage = choice.finish_reason or reason, event.data.usage or usage
    return text, thinking, calls, reason, usage


def _told(content: Any) -> tuple[str, str]:
    if not isinstance(content, list):
        return content or "", ""
    thoughts = [one.text for part in content if part.type == "thinking" for one in part.thinking]
    return "".join(part.text for part in content if part.type == "text"), "".join(thoughts)


def test_text(sdk: Mistral, virtual: VirtualProvider) -> None:
    answer = sdk.chat.complete(**body_for("simple_text"))
    assert answer.choices[0].message.content == "Hello, dear reader, and welcome!"
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (24, 9)
    (sent,) = virtual.requests
    assert sent.header("authorization") == f"Bearer {VIRTUAL_KEY}"
    assert sent.json() == body_for("simple_text") | {"stream": False}


def test_stream(sdk: Mistral) -> None:
    text, _, _, reason, usage = gathered(sdk.chat.stream(**body_for("simple_text")))
    assert (text, reason, usage.completion_tokens) == ("Hello, dear reader, and welcome!", "stop", 9)


def test_thinking(sdk: Mistral) -> None:
    text, thinking, _, _, _ = gathered(sdk.chat.stream(**body_for("thinking")))
    assert text == "The ball costs 0.05."
    assert thinking.startswith("Let the ball cost x.")


@pytest.mark.parametrize("name", ["tool_call_single", "tool_call_multiple", "tool_call_parallel"])
def test_tools_streamed_and_whole(sdk: Mistral, name: str) -> None:
    wanted = scenario(name).answer
    assert isinstance(wanted, Reply)
    _, _, streamed, reason, _ = gathered(sdk.chat.stream(**body_for(name)))
    whole = sdk.chat.complete(**body_for(name)).choices[0]
    due = [(call.name, call.input) for call in wanted.tool_calls]
    for calls in (streamed, whole.message.tool_calls):
        assert [(one.function.name, json.loads(one.function.arguments)) for one in calls] == due
        assert [len(one.id) for one in calls] == [9] * len(due)
    assert (reason, whole.finish_reason) == ("tool_calls", "tool_calls")


def test_a_tool_is_called_and_its_result_read(sdk: Mistral) -> None:
    asked = body_for("tool_call_single")
    said = sdk.chat.complete(**asked).choices[0].message
    result = {"role": "tool", "tool_call_id": said.tool_calls[0].id, "name": "get_weather", "content": "rain"}
    answer = sdk.chat.complete(**asked | {"messages": [*asked["messages"], said, result]})
    assert answer.choices[0].message.content == "The tool returned: rain"


def test_an_answer_is_continued(sdk: Mistral) -> None:
    asked = {
        "model": MODEL,
        "messages": [{"role": "user", "content": "Greet me."}, {"role": "assistant", "content": "Hel"}],
    }
    with pytest.raises(SDKError) as caught:
        sdk.chat.complete(**asked)
    assert caught.value.status_code == 400
    asked["messages"][1]["prefix"] = True
    assert sdk.chat.complete(**asked).choices[0].finish_reason == "stop"


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("error_bad_request_400", 422, "max_tokens"),
        ("error_not_found_404", 400, "Invalid model"),
        ("error_rate_limit_429", 429, "too many requests"),
    ],
)
def test_errors(sdk: Mistral, name: str, status: int, words: str) -> None:
    with pytest.raises(MistralError) as caught:
        sdk.chat.complete(**body_for(name))
    assert caught.value.status_code == status
    assert words in caught.value.body


def test_a_wrong_key(virtual: VirtualProvider) -> None:
    with Mistral(api_key="wrong", server_url=f"{virtual.url}/mistral") as client, pytest.raises(SDKError) as caught:
        client.chat.complete(**body_for("simple_text"))
    assert (caught.value.status_code, json.loads(caught.value.body)) == (401, {"detail": "Unauthorized"})


def replayed(exchange: Exchange) -> httpx.Client:
    """A client that gets the recorded answer, whatever it asks."""
    said = exchange.response
    headers = [line for line in said.headers if line[0].lower() != "content-length"]
    transport = httpx.MockTransport(lambda _: httpx.Response(said.status, headers=headers, content=said.body))
    return httpx.Client(transport=transport)


@pytest.mark.parametrize("path", PATHS)
def test_the_sdk_reads_the_same_of_a_cassette(path: Path) -> None:
    for one in read_cassette(path).exchanges:
        body, last = one.request.json(), decode(one)[-1]
        streamed = body.pop("stream", False)
        with replayed(one) as http, Mistral(api_key="any", client=http) as client:
            if not isinstance(last, Done):
                with pytest.raises(MistralError) as caught:
                    (client.chat.stream if streamed else client.chat.complete)(**body)
                assert caught.value.status_code == last.status
                continue
            if streamed:
                text, thinking, calls, reason, usage = gathered(client.chat.stream(**body))
            else:
                answer = client.chat.complete(**body)
                choice, usage = answer.choices[0], answer.usage
                (text, thinking), reason = _told(choice.message.content), choice.finish_reason
                calls = choice.message.tool_calls or []
        assert (text, thinking) == (last.reply.text, last.reply.thinking)
        told = [(call.id, call.function.name, call.function.arguments) for call in calls]
        assert told == [(call.id, call.name, call.arguments) for call in last.reply.tool_calls]
        assert {"tool_calls": "tool_use"}.get(reason, reason) == last.reason
        assert (usage.prompt_tokens, usage.completion_tokens) == (last.usage.input, last.usage.output)


def test_the_cassettes_are_there() -> None:
    assert len(PATHS) == 30
