"""The official openai SDK speaks openai-responses to the virtual provider, as do agents at the door."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest
from pydantic import BaseModel

from conformance.dialects import dialect
from conformance.model import Reply
from conformance.scenarios import for_model, scenario
from conformance.scenarios.failing import UNKNOWN_MODEL
from conformance.virtual import VIRTUAL_KEY, VirtualProvider

MODEL = "virtual-responses"
RESPONSES = dialect("openai-responses")


@pytest.fixture(scope="module")
def sdk(_running: VirtualProvider) -> Iterator[openai.OpenAI]:
    base = _running.base_url("openai-responses")
    with openai.OpenAI(base_url=base, api_key=VIRTUAL_KEY, max_retries=0, _strict_response_validation=True) as client:
        yield client


def prompt(name: str) -> str:
    return scenario(name).request.messages[0].parts[0].text


def body_for(name: str, **quirks: Any) -> dict[str, Any]:
    """What our own client half would send."""
    body = RESPONSES.body(for_model(scenario(name), MODEL), quirks)
    body.pop("stream", None)
    return body


def test_text(sdk: openai.OpenAI, virtual: VirtualProvider) -> None:
    answer = sdk.responses.create(model=MODEL, input=prompt("simple_text"), store=False)
    assert answer.output_text == "Hello, dear reader, and welcome!"
    assert (answer.status, answer.model, answer.store) == ("completed", MODEL, False)
    assert (answer.usage.input_tokens, answer.usage.output_tokens, answer.usage.total_tokens) == (24, 9, 33)
    assert answer.id.startswith("resp_")
    assert answer._request_id.startswith("req_")
    (sent,) = virtual.requests
    assert sent.url.endswith("/v1/responses")
    assert sent.json() == {"model": MODEL, "input": prompt("simple_text"), "store": False}


def test_stream(sdk: openai.OpenAI) -> None:
    events = list(sdk.responses.create(model=MODEL, input=prompt("unicode_text"), stream=True))
    said = [one.delta for one in events if one.type == "response.output_text.delta"]
    wanted = scenario("unicode_text").answer
    assert isinstance(wanted, Reply)
    assert len(said) > 3
    assert "".join(said) == wanted.text == events[-1].response.output_text
    assert len({one.response.id for one in events if hasattr(one, "response")}) == 1


@pytest.mark.parametrize("name", ["tool_call_single", "tool_call_multiple", "tool_call_parallel"])
def test_tools_whole_and_streamed(sdk: openai.OpenAI, virtual: VirtualProvider, name: str) -> None:
    wanted = [(call.name, call.input) for call in scenario(name).answer.tool_calls]
    body = body_for(name)
    with sdk.responses.stream(**body) as stream:
        streamed = stream.get_final_response()
    for answer in (sdk.responses.create(**body), streamed):
        calls = [item for item in answer.output if item.type == "function_call"]
        assert [(one.name, json.loads(one.arguments)) for one in calls] == wanted
        assert len({one.call_id for one in calls}) == len(wanted)
    assert virtual.requests[-1].json() == body


def test_a_tool_loop_of_ones_own(sdk: openai.OpenAI, virtual: VirtualProvider) -> None:
    """The whole output goes back, reasoning with it, and the result is told."""
    schema = {"type": "object", "properties": {"seats": {"type": "integer", "minimum": 2}}, "required": ["seats"]}
    settings: dict[str, Any] = {
        "model": MODEL,
        "tools": [{"type": "function", "name": "book_table", "parameters": schema, "strict": False}],
        "reasoning": {"effort": "low", "summary": "auto"},
        "include": ["reasoning.encrypted_content"],
        "store": False,
    }
    turns: list[Any] = [{"role": "user", "content": "Book me a table."}]
    first = sdk.responses.create(input=turns, tool_choice="required", **settings)
    thought, call = first.output
    assert (thought.type, call.type, json.loads(call.arguments)) == ("reasoning", "function_call", {"seats": 2})
    assert thought.encrypted_content
    turns += [*first.output, {"type": "function_call_output", "call_id": call.call_id, "output": "table 7"}]
    second = sdk.responses.create(input=turns, **settings)
    assert second.output_text == "The tool returned: table 7"
    assert virtual.call_count == 2


def test_a_tool_result_is_answered(sdk: openai.OpenAI, virtual: VirtualProvider) -> None:
    answer = sdk.responses.create(**body_for("tool_result"))
    assert answer.output_text == scenario("tool_result").answer.text
    kinds = [item["type"] for item in virtual.requests[0].json()["input"]]
    assert kinds == ["message", "function_call", "function_call_output"]


def test_thinking_is_shown_and_counted(sdk: openai.OpenAI) -> None:
    answer = sdk.responses.create(**body_for("thinking"))
    thought = answer.output[0]
    assert thought.summary[0].text.startswith("Let the ball cost x.")
    assert answer.output_text == "The ball costs 0.05."
    assert answer.usage.output_tokens_details.reasoning_tokens == 40


class Order(BaseModel):
    dish: str
    count: int


def test_structured_output_is_parsed_by_the_sdk(sdk: openai.OpenAI, virtual: VirtualProvider) -> None:
    answer = sdk.responses.parse(model=MODEL, input="Take my order.", text_format=Order)
    assert answer.output_parsed == Order(dish="example", count=1)
    assert virtual.requests[0].json()["text"]["format"]["name"] == "Order"


def test_a_refusal_is_a_part_of_its_own(sdk: openai.OpenAI) -> None:
    (item,) = sdk.responses.create(model=MODEL, input=prompt("refusal")).output
    assert item.content[0].refusal == "I cannot help with that."


def test_limits_are_kept(sdk: openai.OpenAI) -> None:
    cut = sdk.responses.create(model=MODEL, input="Anything.", max_output_tokens=2)
    assert (cut.output_text, cut.status, cut.incomplete_details.reason) == (
        "Hello! This",
        "incomplete",
        "max_output_tokens",
    )


def test_errors(sdk: openai.OpenAI, virtual: VirtualProvider) -> None:
    with pytest.raises(openai.BadRequestError) as bad:
        sdk.responses.create(model=MODEL, input=[{"role": "robot", "content": "Hi"}])  # type: ignore[list-item]
    assert (bad.value.type, bad.value.param) == ("invalid_request_error", "input[0].role")
    with pytest.raises(openai.AuthenticationError) as stranger:
        sdk.with_options(api_key="wrong").responses.create(model=MODEL, input="Hi")
    assert stranger.value.code == "invalid_api_key"
    with pytest.raises(openai.NotFoundError) as unknown:
        sdk.responses.create(model=UNKNOWN_MODEL, input="Hi")
    assert unknown.value.code == "model_not_found"
    for stream in (False, True):
        with pytest.raises(openai.RateLimitError) as hurried:
            sdk.responses.create(model=MODEL, input=prompt("error_rate_limit_429"), stream=stream)
        assert hurried.value.response.headers["retry-after"] == "7"


def test_tokens_are_counted_without_a_call(sdk: openai.OpenAI, virtual: VirtualProvider) -> None:
    assert sdk.responses.input_tokens.count(model=MODEL, input="Hello there").input_tokens > 0
    assert virtual.call_count == 0


def test_agents_that_knock_for_a_websocket_are_sent_to_post(virtual: VirtualProvider) -> None:
    """codex takes 426 for an answer; after anything else it tries seven times."""
    url = virtual.base_url("openai-responses") + "/responses"
    upgrade = {"connection": "Upgrade", "upgrade": "websocket", "sec-websocket-version": "13", "sec-websocket-key": "x"}
    with httpx.Client(verify=False) as http:
        answer = http.get(url, headers=upgrade)
        assert (answer.status_code, answer.json()["error"]["type"]) == (426, "invalid_request_error")
        assert http.get(url).status_code == 405
    assert virtual.call_count == 0
