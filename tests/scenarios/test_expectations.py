"""Each expectation fails on an answer that breaks it, and on that alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from conformance.model import Reply, Text, Thinking, ToolCall, Usage, error
from conformance.model import replay as told
from conformance.scenarios import check, scenario

GOOD = Usage(input=5, output=5, cache_read=1, reasoning=1)


def reply(*parts, stop="stop", usage=GOOD) -> Reply:
    return Reply(parts=parts, stop=stop, usage=usage)


def call(arguments: str, name: str = "get_weather", id: str = "c1") -> ToolCall:
    return ToolCall(id, name, arguments)


OSLO = call('{"city": "Oslo"}')
BERGEN = '{"name": "Bergen", "country": "Norway", "population": 1, "coastal": true}'

BROKEN = [
    ("simple_text", reply(Text("  ")), "no text"),
    ("simple_text", reply(Text("hi"), stop="length"), "stopped for another reason"),
    ("simple_text", reply(Text("hi"), usage=Usage(input=1)), "nothing of output tokens"),
    ("simple_text", reply(Text("hi"), usage=Usage(output=1)), "nothing of input tokens"),
    ("unicode_text", reply(Text("only ascii")), "did not come back unharmed"),
    ("tool_call_single", reply(OSLO), "stopped for another reason"),
    ("tool_call_single", reply(Text("no call"), stop="tool_use"), "other tools were called"),
    ("tool_call_single", reply(OSLO, replace(OSLO, id="c2"), stop="tool_use"), "other tools were called"),
    ("tool_call_single", reply(replace(OSLO, id=""), stop="tool_use"), "an id of its own"),
    ("tool_call_parallel", reply(OSLO, OSLO, stop="tool_use"), "an id of its own"),
    ("tool_call_single", reply(call("{"), stop="tool_use"), "are not JSON"),
    ("tool_call_single", reply(call('{"city": 7}'), stop="tool_use"), "does not fit the schema"),
    ("tool_call_single", reply(call("{}"), stop="tool_use"), "does not fit the schema"),
    ("tool_call_single", reply(call('{"city": "O", "zip": 1}'), stop="tool_use"), "does not fit the schema"),
    ("structured_output", reply(Text("Bergen")), "not JSON"),
    ("structured_output", reply(Text('{"name": "Bergen"}')), "does not fit the schema"),
    ("thinking", reply(Text("5 cents"), usage=Usage(input=1, output=1)), "no thinking is shown"),
    ("thinking", reply(Text("5 cents"), Thinking("after all")), "stands behind the text"),
    ("max_tokens", reply(Text("x"), stop="length", usage=Usage(output=17)), "more tokens than"),
    ("max_tokens", reply(Text("x")), "stopped for another reason"),
    ("stop_sequence", reply(Text("one, two, three, four")), "stands in the answer"),
    ("refusal", reply(Text("x"), stop="length"), "stopped for another reason"),
    ("content_filter", reply(Text("x")), "stopped for another reason"),
    ("cached_prompt", reply(Text("x"), usage=Usage(input=1, output=1)), "nothing of tokens read from the cache"),
    ("cached_prompt", reply(Text("x"), usage=Usage(input=1, output=1, cache_read=2)), "than there were"),
]


@pytest.mark.parametrize(("name", "answer", "words"), BROKEN, ids=lambda value: value if isinstance(value, str) else "")
def test_a_broken_answer_is_told(name: str, answer: Reply, words: str) -> None:
    found = check(scenario(name), told(answer), "live")
    assert found, "nothing was found"
    assert all(words in one.message for one in found), found


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("simple_text", reply(Text("Good day to you."))),
        ("tool_call_single", reply(Text("Let me see."), OSLO, stop="tool_use")),
        ("tool_call_multiple", reply(call('{"city":"L"}', "get_time", "c2"), OSLO, stop="tool_use")),
        ("structured_output", reply(Text(BERGEN))),
        ("thinking", reply(Thinking("", "sig"), Text("0.05"), usage=Usage(input=1, output=1))),
        ("thinking", reply(Text("0.05"), usage=Usage(input=1, output=9, reasoning=8))),
        ("refusal", reply(Text("I cannot help with that."))),
        ("cached_prompt", reply(Text("7"), usage=Usage(input=1, output=1, cache_read=0))),
    ],
)
def test_a_live_model_is_free_in_its_words(name: str, answer: Reply) -> None:
    assert check(scenario(name), told(answer), "live") == []


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("simple_text", lambda said: replace(said, parts=(Text("Something else."),))),
        ("tool_call_single", lambda said: replace(said, parts=(call('{"city": "Bergen"}'),))),
        ("refusal", lambda said: replace(said, stop="stop")),
        ("cached_prompt", lambda said: replace(said, usage=replace(said.usage, cache_read=1))),
    ],
)
def test_the_virtual_provider_is_held_to_its_words(name: str, change: Callable[[Reply], Reply]) -> None:
    one = scenario(name)
    assert isinstance(one.answer, Reply)
    assert len(check(one, told(change(one.answer)), "virtual")) == 1
    assert check(one, told(change(one.answer)), "live") == []


@pytest.mark.parametrize(
    ("name", "fault", "words"),
    [
        ("error_auth_401", error("permission", "no", status=403), "another error"),
        ("error_auth_401", error("auth", "no", status=407), "another error"),
        ("error_bad_request_400", error("invalid_request", " ", status=400), "no message"),
        ("error_rate_limit_429", error("rate_limit", "no", status=429, retryable=False), "must be retryable"),
    ],
)
def test_another_error_is_told(name: str, fault, words: str) -> None:
    found = check(scenario(name), [fault], "live")
    assert len(found) == 1
    assert words in found[0].message


def test_an_answer_where_an_error_was_due_is_told() -> None:
    found = check(scenario("error_auth_401"), told(reply(Text("welcome"))))
    assert [one.message for one in found] == ["an error was due (auth, HTTP 401 or 403), an answer came"]


def test_an_error_where_an_answer_was_due_is_told_once() -> None:
    found = check(scenario("tool_call_single"), [error("server", "HTTP 500: down", status=500)])
    assert [one.message for one in found] == ["an answer was due, it failed as server: HTTP 500: down"]


def test_retry_after_of_the_virtual_provider_must_arrive() -> None:
    found = check(scenario("error_rate_limit_429"), [error("rate_limit", "slow down", status=429)], "virtual")
    assert [(one.message, one.expected) for one in found] == [("retry-after did not arrive", 7.0)]
