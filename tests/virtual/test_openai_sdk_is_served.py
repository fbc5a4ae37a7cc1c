"""The official openai SDK, an independent judge, talks to the virtual provider."""

from __future__ import annotations

import json
from collections.abc import Iterator

import openai
import pytest
from pydantic import BaseModel

from conformance.model import Reply
from conformance.scenarios import for_model, scenario
from conformance.scenarios.failing import UNKNOWN_MODEL
from conformance.scenarios.material import RED_SQUARE
from conformance.virtual import VIRTUAL_KEY, VirtualProvider
from conformance.virtual.mind import GREETING

MODEL = "gpt-5.4-mini"


@pytest.fixture(scope="module")
def sdk(_running: VirtualProvider) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=_running.base_url("openai-chat"), api_key=VIRTUAL_KEY, max_retries=0) as client:
        yield client


def prompt(name: str) -> str:
    return scenario(name).request.messages[0].parts[0].text


def ask(sdk: openai.OpenAI, text: str, **more):
    return sdk.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": text}], **more)


def body_for(name: str) -> dict:
    """What our own adapter would send: the SDK sends the same."""
    from conformance import adapter

    body = adapter("openai").body(for_model(scenario(name), MODEL))
    body.pop("stream", None)
    body.pop("stream_options", None)
    return body


def test_text(sdk: openai.OpenAI, virtual: VirtualProvider) -> None:
    answer = ask(sdk, prompt("simple_text"))
    assert answer.choices[0].message.content == "Hello, dear reader, and welcome!"
    assert answer.choices[0].finish_reason == "stop"
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens, answer.usage.total_tokens) == (24, 9, 33)
    assert answer.model == MODEL
    assert answer._request_id.startswith("req_")
    (sent,) = virtual.requests
    assert sent.json() == {"model": MODEL, "messages": [{"role": "user", "content": prompt("simple_text")}]}
    assert sent.header("authorization") == f"Bearer {VIRTUAL_KEY}"
    assert sent.url.endswith("/v1/chat/completions")


def test_stream(sdk: openai.OpenAI, virtual: VirtualProvider) -> None:
    chunks = list(ask(sdk, prompt("simple_text"), stream=True, stream_options={"include_usage": True}))
    said = [one.choices[0].delta.content for one in chunks if one.choices and one.choices[0].delta.content]
    assert len(said) > 3
    assert "".join(said) == "Hello, dear reader, and welcome!"
    assert [one.choices[0].finish_reason for one in chunks if one.choices][-1] == "stop"
    assert chunks[-1].usage.total_tokens == 33
    assert len({one.id for one in chunks}) == 1
    assert virtual.requests[0].json()["stream"] is True


def test_unicode_comes_back_unharmed(sdk: openai.OpenAI) -> None:
    wanted = scenario("unicode_text").answer
    assert isinstance(wanted, Reply)
    assert ask(sdk, prompt("unicode_text")).choices[0].message.content == wanted.text
    with sdk.chat.completions.stream(
        model=MODEL, messages=[{"role": "user", "content": prompt("unicode_text")}]
    ) as stream:
        assert stream.get_final_completion().choices[0].message.content == wanted.text


@pytest.mark.parametrize("name", ["tool_call_single", "tool_call_multiple", "tool_call_parallel"])
def test_tools_whole_and_streamed(sdk: openai.OpenAI, virtual: VirtualProvider, name: str) -> None:
    wanted = [(call.name, call.input) for call in scenario(name).answer.tool_calls]
    whole = sdk.chat.completions.create(**body_for(name)).choices[0]
    assert [(one.function.name, json.loads(one.function.arguments)) for one in whole.message.tool_calls] == wanted
    assert whole.finish_reason == "tool_calls"
    body = body_for(name)
    with sdk.chat.completions.stream(**body) as stream:
        streamed = stream.get_final_completion().choices[0]
    assert [(one.function.name, json.loads(one.function.arguments)) for one in streamed.message.tool_calls] == wanted
    assert len({one.id for one in streamed.message.tool_calls}) == len(wanted)
    assert virtual.requests[0].json() == body


def test_a_tool_result_is_answered(sdk: openai.OpenAI, virtual: VirtualProvider) -> None:
    answer = sdk.chat.completions.create(**body_for("tool_result"))
    assert answer.choices[0].message.content == scenario("tool_result").answer.text
    assert [one["role"] for one in virtual.requests[0].json()["messages"]] == ["user", "assistant", "tool"]


def test_a_tool_loop_of_ones_own(sdk: openai.OpenAI, virtual: VirtualProvider) -> None:
    """No scenario: the call is made up from the schema, and its result is told."""
    turns: list = [{"role": "user", "content": "Book me a table."}]
    schema = {"type": "object", "properties": {"seats": {"type": "integer", "minimum": 2}}, "required": ["seats"]}
    tools = [{"type": "function", "function": {"name": "book_table", "parameters": schema}}]
    first = sdk.chat.completions.create(model=MODEL, messages=turns, tools=tools, tool_choice="required").choices[0]
    (call,) = first.message.tool_calls
    assert (call.function.name, json.loads(call.function.arguments)) == ("book_table", {"seats": 2})
    turns += [first.message, {"role": "tool", "tool_call_id": call.id, "content": "table 7"}]
    second = sdk.chat.completions.create(model=MODEL, messages=turns, tools=tools).choices[0]
    assert second.message.content == "The tool returned: table 7"
    assert virtual.call_count == 2


def test_reasoning_is_counted(sdk: openai.OpenAI, virtual: VirtualProvider) -> None:
    answer = ask(sdk, prompt("thinking"), reasoning_effort="medium")
    assert answer.choices[0].message.content == "The ball costs 0.05."
    assert answer.usage.completion_tokens_details.reasoning_tokens == 40
    assert virtual.requests[0].json()["reasoning_effort"] == "medium"


class Order(BaseModel):
    dish: str
    count: int


def test_structured_output_is_parsed_by_the_sdk(sdk: openai.OpenAI, virtual: VirtualProvider) -> None:
    messages = [{"role": "user", "content": "Take my order."}]
    answer = sdk.chat.completions.parse(model=MODEL, messages=messages, response_format=Order)
    assert answer.choices[0].message.parsed == Order(dish="example", count=1)
    assert virtual.requests[0].json()["response_format"]["json_schema"]["name"] == "Order"


def test_images(sdk: openai.OpenAI, virtual: VirtualProvider) -> None:
    answer = sdk.chat.completions.create(**body_for("image_input"))
    assert answer.choices[0].message.content == "Red"
    picture = virtual.requests[0].json()["messages"][0]["content"][1]["image_url"]["url"]
    assert picture == f"data:image/png;base64,{RED_SQUARE.data}"


def test_a_refusal_stands_in_its_own_field(sdk: openai.OpenAI) -> None:
    message = ask(sdk, prompt("refusal")).choices[0].message
    assert (message.refusal, message.content) == ("I cannot help with that.", None)


def test_limits_are_kept(sdk: openai.OpenAI) -> None:
    cut = ask(sdk, "Anything.", max_completion_tokens=2)
    assert (cut.choices[0].message.content, cut.choices[0].finish_reason) == ("Hello! This", "length")
    assert cut.usage.completion_tokens == 2
    stopped = ask(sdk, "Anything.", stop=["provider"])
    assert stopped.choices[0].message.content == GREETING.partition("provider")[0]


def test_the_cache_is_counted(sdk: openai.OpenAI) -> None:
    usage = sdk.chat.completions.create(**body_for("cached_prompt")).usage
    assert usage.prompt_tokens_details.cached_tokens == 1536 <= usage.prompt_tokens


def test_400_for_a_body_that_breaks_the_language(sdk: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        ask(sdk, "Anything.", max_completion_tokens=-1)
    assert caught.value.type == "invalid_request_error"
    with pytest.raises(openai.BadRequestError):
        sdk.chat.completions.create(model=MODEL, messages=[])


def test_401_for_a_wrong_key(sdk: openai.OpenAI, virtual: VirtualProvider) -> None:
    with pytest.raises(openai.AuthenticationError) as caught:
        ask(sdk.with_options(api_key="wrong"), "Anything.")
    assert (caught.value.status_code, caught.value.code) == (401, "invalid_api_key")
    assert virtual.call_count == 1


def test_404_for_an_unknown_model(sdk: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as caught:
        sdk.chat.completions.create(model=UNKNOWN_MODEL, messages=[{"role": "user", "content": "Hi"}])
    assert caught.value.code == "model_not_found"
    assert UNKNOWN_MODEL in caught.value.message


def test_429_says_when_to_come_back(sdk: openai.OpenAI) -> None:
    for stream in (False, True):
        with pytest.raises(openai.RateLimitError) as caught:
            ask(sdk, prompt("error_rate_limit_429"), stream=stream)
        assert caught.value.response.headers["retry-after"] == "7"


def test_models_are_listed(sdk: openai.OpenAI) -> None:
    assert MODEL in [one.id for one in sdk.models.list()]
    assert sdk.models.retrieve("virtual-anything").id == "virtual-anything"
    with pytest.raises(openai.NotFoundError):
        sdk.models.retrieve(UNKNOWN_MODEL)
