"""What the virtual model makes of a request that is no scenario, and how it tells scenarios."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

from conformance.model import (
    ChatRequest,
    Message,
    Reasoning,
    Reply,
    ResponseFormat,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
    user,
)
from conformance.scenarios import SCENARIOS, agent_story, for_model, scenario
from conformance.schema import problems
from conformance.virtual.mind import GREETING, think
from conformance.virtual.samples import sample

WEATHER = Tool("get_weather", parameters={"type": "object", "properties": {"city": {"type": "string"}}})
SEARCH = Tool("web_search", parameters={"type": "object", "properties": {"query": {"type": "string"}}})


def asks(text: str, **more) -> ChatRequest:
    return ChatRequest(model="m", messages=(user(text),), **more)


def reply(request: ChatRequest, dialect: str = "openai-chat") -> Reply:
    found = think(request, dialect)
    assert isinstance(found, Reply)
    return found


@pytest.mark.parametrize("one", SCENARIOS.values(), ids=lambda one: one.name)
def test_every_scenario_is_known(one) -> None:
    found = think(for_model(one, "m"), "openai-chat")
    if isinstance(one.answer, Reply):
        assert isinstance(found, Reply)
        assert found.says() == one.answer.says()
        wanted = replace(one.answer.usage, cache_read=one.answer.usage.cache_read or 0)
        assert found.usage == replace(wanted, reasoning=wanted.reasoning or 0)
    else:
        assert found == one.answer


def test_a_scenarios_words_without_what_it_needs_get_another_answer() -> None:
    for name in ("tool_call_single", "max_tokens", "stop_sequence", "structured_output"):
        bare = ChatRequest(model="m", messages=scenario(name).request.messages)
        assert reply(bare).text == GREETING


def test_the_agents_story_is_told() -> None:
    request = asks(agent_story.FIRST, tools=agent_story.TOOLS)
    assert reply(request).tool_calls[0].name == "get_weather"


def test_ids_follow_from_the_request_and_look_like_the_dialects() -> None:
    first, again, other = reply(asks("a")), reply(asks("a")), reply(asks("b"))
    assert first == again
    assert first.id != other.id
    assert first.id.startswith("chatcmpl-")
    claude = reply(asks("a", tools=(WEATHER,)), "anthropic-messages")
    assert claude.id.startswith("msg_")
    assert claude.tool_calls[0].id.startswith("toolu_")
    assert reply(asks("a", stream=True)) == first


def test_each_vendor_reports_its_own_zeros() -> None:
    openai, claude = reply(asks("a")).usage, reply(asks("a"), "anthropic-messages").usage
    assert (openai.cache_read, openai.cache_write, openai.reasoning) == (0, None, 0)
    assert (claude.cache_read, claude.cache_write, claude.reasoning) == (0, 0, None)


def test_a_plain_question_gets_the_greeting_and_counts() -> None:
    found = reply(asks("Anything at all"))
    assert (found.text, found.stop) == (GREETING, "stop")
    assert (found.usage.input, found.usage.output) == (6, 13)


@pytest.mark.parametrize(
    ("text", "choice", "called"),
    [
        ("What is the weather?", None, "get_weather"),
        ("Please search this.", None, "web_search"),
        ("Hm.", None, "web_search"),
        ("Hm.", ToolChoice("required"), "web_search"),
        ("Please search this.", ToolChoice("tool", "get_weather"), "get_weather"),
        ("What is the weather?", ToolChoice("none"), None),
    ],
)
def test_which_tool_is_called(text: str, choice: ToolChoice | None, called: str | None) -> None:
    found = reply(asks(text, tools=(SEARCH, WEATHER), tool_choice=choice))
    assert [call.name for call in found.tool_calls] == ([called] if called else [])
    assert found.stop == ("tool_use" if called else "stop")


def test_a_result_is_told_even_when_the_user_says_more() -> None:
    call = ToolCall("c", "get_weather", "{}")
    turns = (
        user("Weather?"),
        Message("assistant", (call,)),
        Message("tool", (ToolResult("c", (Text("4 degrees"),)), ToolResult("d", (Text("windy"),)))),
        user("Go on."),
    )
    found = reply(ChatRequest(model="m", messages=turns, tools=(WEATHER,)))
    assert found.text == "The tool returned: 4 degrees; windy"


def test_reasoning_is_shown_when_asked_for() -> None:
    assert isinstance(reply(asks("Hm.", reasoning=Reasoning(effort="low"))).parts[0], Thinking)
    assert not reply(asks("Hm.", reasoning=Reasoning(effort="none"))).thinking


def test_limits_cut_and_stop_sequences_end() -> None:
    assert reply(asks("Hm.", max_tokens=3)).text == "Hello! This is"
    assert reply(asks("Hm.", max_tokens=3)).stop == "length"
    found = reply(asks("Hm.", stop=("fixed", "virtual")))
    assert (found.text, found.stop, found.stop_sequence) == ("Hello! This is the ", "stop", "virtual")


def test_json_without_a_schema_is_an_object() -> None:
    assert json.loads(reply(asks("Hm.", response_format=ResponseFormat())).text) == {"answer": GREETING}


SCHEMAS = [
    {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "integer"}}, "required": ["b"]},
    {"type": "object", "properties": {"a": {"type": ["null", "string"]}, "b": {"type": "boolean"}}},
    {"type": "string", "minLength": 20},
    {"type": "string", "maxLength": 3},
    {"type": "string", "format": "date-time"},
    {"enum": ["celsius", "fahrenheit"]},
    {"const": 7},
    {"type": "integer", "minimum": 5, "multipleOf": 4},
    {"type": "integer", "maximum": -3},
    {"type": "number", "exclusiveMinimum": 2},
    {"type": "number", "exclusiveMaximum": 0},
    {"type": "array", "items": {"type": "number"}, "minItems": 3},
    {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": False},
    {"type": "array", "items": {"type": "string"}, "maxItems": 0},
    {"anyOf": [{"type": "integer"}, {"type": "null"}]},
    {"oneOf": [{"$ref": "#/$defs/x"}], "$defs": {"x": {"type": "object", "required": ["y"], "properties": {"y": {}}}}},
    {"allOf": [{"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}]},
    {"$ref": "#/$defs/node", "$defs": {"node": {"type": "object", "properties": {"name": {"type": "string"}}}}},
    {"type": "object", "properties": {"next": {"$ref": "#/$defs/a~1b"}}, "$defs": {"a/b": {"type": "boolean"}}},
    {"type": "null"},
    {},
    True,
]


@pytest.mark.parametrize("schema", SCHEMAS, ids=json.dumps)
def test_samples_fit_their_schemas(schema) -> None:
    value = sample(schema)
    assert schema is True or problems(schema, value) == []


def test_a_schema_that_contains_itself_comes_to_an_end() -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#"}}, "required": ["next"]}
    assert json.dumps(sample(node)).count("next") > 3


def test_arguments_are_made_from_the_tools_schema() -> None:
    tool = replace(WEATHER, parameters={"type": "object", "properties": {"n": {"type": "integer", "minimum": 3}}})
    assert reply(asks("weather", tools=(tool,))).tool_calls[0].input == {"n": 3}
    assert reply(asks("weather", tools=(Tool("get_weather"),))).tool_calls[0].input == {}
