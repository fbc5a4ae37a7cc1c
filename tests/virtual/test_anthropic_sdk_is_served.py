"""The official anthropic SDK, an independent judge, talks to the virtual provider."""

from __future__ import annotations

from collections.abc import Iterator

import anthropic
import pytest

from conformance import adapter
from conformance.model import Reply
from conformance.scenarios import for_model, scenario
from conformance.scenarios.failing import UNKNOWN_MODEL
from conformance.scenarios.material import CITY, RED_SQUARE
from conformance.virtual import VIRTUAL_KEY, VirtualProvider
from conformance.virtual.mind import GREETING

MODEL = "claude-sonnet-5"


@pytest.fixture(scope="module")
def sdk(_running: VirtualProvider) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(
        base_url=_running.base_url("anthropic-messages"), api_key=VIRTUAL_KEY, max_retries=0
    ) as client:
        yield client


def prompt(name: str) -> str:
    return scenario(name).request.messages[0].parts[0].text


def body_for(name: str) -> dict:
    """What our own adapter would send: the SDK sends the same."""
    body = adapter("anthropic").body(for_model(scenario(name), MODEL))
    body.pop("stream", None)
    return body


def ask(sdk: anthropic.Anthropic, text: str, **more):
    more.setdefault("max_tokens", 100)
    return sdk.messages.create(model=MODEL, messages=[{"role": "user", "content": text}], **more)


def both(sdk: anthropic.Anthropic, name: str) -> tuple[anthropic.types.Message, anthropic.types.Message]:
    """The answer whole, and put together from a stream by the SDK."""
    body = body_for(name)
    with sdk.messages.stream(**body) as stream:
        streamed = stream.get_final_message()
    return sdk.messages.create(**body), streamed


def test_text(sdk: anthropic.Anthropic, virtual: VirtualProvider) -> None:
    for answer in both(sdk, "simple_text"):
        assert [one.text for one in answer.content] == ["Hello, dear reader, and welcome!"]
        assert (answer.stop_reason, answer.model, answer.role) == ("end_turn", MODEL, "assistant")
        assert (answer.usage.input_tokens, answer.usage.output_tokens) == (24, 9)
        assert answer.id.startswith("msg_")
    sent = virtual.requests[1]
    assert sent.json() == body_for("simple_text")
    assert sent.url.endswith("/v1/messages")
    assert sent.header("authorization") == f"Bearer {VIRTUAL_KEY}"
    assert sent.header("anthropic-version") == "2026-10-21"


def test_stream_comes_in_pieces(sdk: anthropic.Anthropic) -> None:
    with sdk.messages.stream(**body_for("simple_text")) as stream:
        said = list(stream.text_stream)
    assert len(said) > 1
    assert "".join(said) == "Hello, dear reader, and welcome!"


def test_unicode_comes_back_unharmed(sdk: anthropic.Anthropic) -> None:
    wanted = scenario("unicode_text").answer
    assert isinstance(wanted, Reply)
    assert [answer.content[0].text for answer in both(sdk, "unicode_text")] == [wanted.text] * 2


@pytest.mark.parametrize("name", ["tool_call_single", "tool_call_multiple", "tool_call_parallel"])
def test_tools(sdk: anthropic.Anthropic, virtual: VirtualProvider, name: str) -> None:
    wanted = [(call.name, call.input) for call in scenario(name).answer.tool_calls]
    for answer in both(sdk, name):
        calls = [one for one in answer.content if one.type == "tool_use"]
        assert [(one.name, one.input) for one in calls] == wanted
        assert len({one.id for one in calls}) == len(wanted)
        assert answer.stop_reason == "tool_use"
    assert virtual.requests[1].json() == body_for(name)


def test_a_tool_result_is_answered(sdk: anthropic.Anthropic, virtual: VirtualProvider) -> None:
    for answer in both(sdk, "tool_result"):
        assert answer.content[0].text == scenario("tool_result").answer.text
    (block,) = virtual.requests[0].json()["messages"][-1]["content"]
    assert block["type"] == "tool_result"


def test_a_tool_loop_of_ones_own(sdk: anthropic.Anthropic, virtual: VirtualProvider) -> None:
    """No scenario: the call is made up from the schema, and its result is told."""
    turns: list = [{"role": "user", "content": "Book me a table."}]
    schema = {"type": "object", "properties": {"seats": {"type": "integer", "minimum": 2}}, "required": ["seats"]}
    tools = [{"name": "book_table", "input_schema": schema}]
    first = sdk.messages.create(model=MODEL, max_tokens=50, messages=turns, tools=tools, tool_choice={"type": "any"})
    (call,) = first.content
    assert (call.name, call.input) == ("book_table", {"seats": 2})
    result = {"type": "tool_result", "tool_use_id": call.id, "content": "table 7"}
    turns += [{"role": "assistant", "content": first.content}, {"role": "user", "content": [result]}]
    second = sdk.messages.create(model=MODEL, max_tokens=50, messages=turns, tools=tools)
    assert second.content[0].text == "The tool returned: table 7"
    assert virtual.call_count == 2


def test_thinking_comes_with_its_signature(sdk: anthropic.Anthropic, virtual: VirtualProvider) -> None:
    for answer in both(sdk, "thinking"):
        thought, said = answer.content
        assert thought.thinking.startswith("Let the ball cost x.")
        assert thought.signature == "dmlydHVhbC1zaWduYXR1cmU="
        assert said.text == "The ball costs 0.05."
    assert virtual.requests[0].json()["thinking"] == {"type": "adaptive"}


def test_structured_output(sdk: anthropic.Anthropic, virtual: VirtualProvider) -> None:
    for answer in both(sdk, "structured_output"):
        assert answer.content[0].text == scenario("structured_output").answer.text
    assert virtual.requests[0].json()["output_config"]["format"]["schema"] == CITY


def test_images(sdk: anthropic.Anthropic, virtual: VirtualProvider) -> None:
    assert [answer.content[0].text for answer in both(sdk, "image_input")] == ["Red", "Red"]
    source = virtual.requests[0].json()["messages"][0]["content"][1]["source"]
    assert source == {"type": "base64", "media_type": "image/png", "data": RED_SQUARE.data}


def test_the_ways_an_answer_ends(sdk: anthropic.Anthropic) -> None:
    assert [answer.stop_reason for answer in both(sdk, "max_tokens")] == ["max_tokens"] * 2
    assert [answer.stop_reason for answer in both(sdk, "refusal")] == ["refusal"] * 2
    for answer in both(sdk, "stop_sequence"):
        assert (answer.stop_reason, answer.stop_sequence) == ("stop_sequence", "four")


def test_limits_are_kept_outside_of_scenarios(sdk: anthropic.Anthropic) -> None:
    cut = ask(sdk, "Anything.", max_tokens=2)
    assert (cut.content[0].text, cut.stop_reason) == ("Hello! This", "max_tokens")
    stopped = ask(sdk, "Anything.", stop_sequences=["provider"])
    assert stopped.content[0].text == GREETING.partition("provider")[0]
    assert stopped.stop_sequence == "provider"


def test_the_cache_is_counted_apart(sdk: anthropic.Anthropic) -> None:
    for answer in both(sdk, "cached_prompt"):
        assert (answer.usage.input_tokens, answer.usage.cache_read_input_tokens) == (1661 - 1536, 1536)


def test_400_for_a_body_that_breaks_the_language(sdk: anthropic.Anthropic) -> None:
    with pytest.raises(anthropic.BadRequestError) as caught:
        ask(sdk, "Anything.", max_tokens=-1)
    assert caught.value.body["error"]["type"] == "invalid_request_error"
    with pytest.raises(anthropic.BadRequestError, match="temperature"):
        ask(sdk, "Anything.", extra_body={"temperature": 1.0})


def test_the_old_version_still_takes_sampling(sdk: anthropic.Anthropic) -> None:
    answer = ask(sdk, "Hi", extra_body={"temperature": 1.0}, extra_headers={"anthropic-version": "2023-06-01"})
    assert answer.content[0].text == GREETING


def test_401_for_a_wrong_key_in_either_header(sdk: anthropic.Anthropic) -> None:
    with pytest.raises(anthropic.AuthenticationError, match="invalid x-api-key"):
        ask(sdk, "Hi", extra_headers={"x-api-key": "wrong"})
    with pytest.raises(anthropic.AuthenticationError):
        ask(sdk, "Hi", extra_headers={"authorization": "Bearer wrong"})
    assert ask(sdk, "Hi", extra_headers={"x-api-key": VIRTUAL_KEY, "authorization": "Bearer x"}).content


def test_404_for_an_unknown_model(sdk: anthropic.Anthropic) -> None:
    with pytest.raises(anthropic.NotFoundError) as caught:
        sdk.messages.create(model=UNKNOWN_MODEL, max_tokens=5, messages=[{"role": "user", "content": "Hi"}])
    assert caught.value.body["error"] == {"type": "not_found_error", "message": f"model: {UNKNOWN_MODEL}"}


def test_429_says_when_to_come_back(sdk: anthropic.Anthropic) -> None:
    with pytest.raises(anthropic.RateLimitError) as caught:
        ask(sdk, prompt("error_rate_limit_429"))
    assert caught.value.response.headers["retry-after"] == "7"
    with (
        pytest.raises(anthropic.RateLimitError),
        sdk.messages.stream(
            model=MODEL, max_tokens=5, messages=[{"role": "user", "content": prompt("error_rate_limit_429")}]
        ),
    ):
        pass


def test_the_beta_route_is_the_same(sdk: anthropic.Anthropic, virtual: VirtualProvider) -> None:
    body = body_for("simple_text")
    assert (
        sdk.beta.messages.create(**body, extra_query={"beta": "true"}).content[0].text
        == "Hello, dear reader, and welcome!"
    )
    assert virtual.requests[0].url.endswith("/v1/messages?beta=true")


def test_tokens_are_counted_without_a_call(sdk: anthropic.Anthropic, virtual: VirtualProvider) -> None:
    turns = [{"role": "user", "content": "one two three"}]
    assert sdk.messages.count_tokens(model=MODEL, messages=turns).input_tokens == 6
    assert virtual.call_count == 0
    assert len(virtual.requests) == 1


def test_models_are_listed(sdk: anthropic.Anthropic) -> None:
    assert MODEL in [one.id for one in sdk.models.list()]
    assert sdk.models.retrieve("virtual-anything").display_name == "virtual-anything"
    with pytest.raises(anthropic.NotFoundError):
        sdk.models.retrieve(UNKNOWN_MODEL)
