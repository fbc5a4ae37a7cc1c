"""What a request of mistral looks like, and that the server half reads what the client half says."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from msgspec.structs import replace

from conformance.dialects import dialect
from conformance.errors import UnsupportedError, UsageError
from conformance.model import (
    ChatRequest,
    Image,
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
    Usage,
    user,
)

MISTRAL = dialect("mistral")
HI = ChatRequest(model="m", messages=(user("Hi"),))


def body(**fields: Any) -> dict[str, Any]:
    return MISTRAL.body(replace(HI, **fields), {})


def test_limit_and_stream_are_said_in_its_own_fields() -> None:
    told = body(max_tokens=9, stream=True, stop=("a", "b", "c", "d", "e"), reasoning=Reasoning("low"))
    assert told == {
        "model": "m",
        "messages": [{"role": "user", "content": "Hi"}],
        "max_tokens": 9,
        "reasoning_effort": "low",
        "stream": True,
        "stop": ["a", "b", "c", "d", "e"],
    }


def test_a_tool_without_parameters_says_so() -> None:
    assert body(tools=(Tool("f"),))["tools"][0]["function"]["parameters"] == {"type": "object", "properties": {}}


def test_thinking_is_replayed_in_its_place() -> None:
    parts = (Thinking("Hm.", "s"), Text("a"), ToolCall("gSIMJiOkT", "f", "{}"))
    said = body(messages=(user("Hi"), Message("assistant", parts), user("Go")))["messages"][1]
    thought = {"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}], "signature": "s"}
    assert said["content"] == [thought, {"type": "text", "text": "a"}]
    assert said["tool_calls"][0]["id"] == "gSIMJiOkT"


def test_a_begun_answer_is_a_prefix() -> None:
    told = body(messages=(user("Hi"), Message("assistant", (Text("Dear"),))))["messages"][-1]
    assert told == {"role": "assistant", "content": "Dear", "prefix": True}


@pytest.mark.parametrize(
    "fields",
    [
        {"reasoning": Reasoning(budget_tokens=9)},
        {"messages": (Message("tool", (ToolResult("gSIMJiOkT", (Image("https://x.example/a.png"),)),)),)},
    ],
)
def test_what_cannot_be_said_is_refused_aloud(fields: dict[str, Any]) -> None:
    with pytest.raises(UnsupportedError, match="mistral"):
        body(**fields)


def test_it_has_no_quirks() -> None:
    with pytest.raises(UsageError):
        MISTRAL.body(HI, {"max_tokens_field": "max_tokens"})


WORD = some.text(some.characters(exclude_categories=("Cs",)), min_size=1, max_size=12)
ID = some.from_regex(r"[A-Za-z0-9]{9}", fullmatch=True)
IMAGES = some.builds(Image, some.just("https://x.example/a.png"), detail=some.sampled_from([None, "low"]))
TOOLS = some.just((Tool("f", "does", {"type": "object"}), Tool("g", "", {"type": "object"}, True)))


@some.composite
def histories(draw: some.DrawFn) -> tuple[Message, ...]:
    turns = [user(draw(WORD))]
    for id in draw(some.lists(ID, max_size=3, unique=True)):
        thoughts = draw(some.sampled_from([(), (Thinking("Hm."),), (Thinking("Hm.", "s"),)]))
        turns.append(Message("assistant", (*thoughts, Text(draw(WORD)), ToolCall(id, "f", '{"a": 1}'))))
        turns.append(Message("tool", (ToolResult(id, (Text(draw(WORD)),)),)))
    return (*turns, Message("user", (Text(draw(WORD)), draw(IMAGES))))


@given(
    histories(),
    TOOLS,
    some.sampled_from([None, ToolChoice("auto"), ToolChoice("required"), ToolChoice("tool", "f")]),
    some.sampled_from([(), ("a",), ("a", "b")]),
    some.sampled_from([None, ResponseFormat(), ResponseFormat({"type": "object"}, "n", True)]),
    some.booleans(),
)
def test_the_server_reads_what_the_client_says(
    messages: tuple[Message, ...],
    tools: tuple[Tool, ...],
    choice: ToolChoice | None,
    stop: tuple[str, ...],
    form: ResponseFormat | None,
    stream: bool,
) -> None:
    asked = replace(
        HI,
        messages=messages,
        tools=tools,
        tool_choice=choice,
        stop=stop,
        response_format=form,
        stream=stream,
        top_p=0.5,
    )
    assert MISTRAL.server.parse(MISTRAL.body(asked, {})) == asked


PARTS = some.lists(some.one_of(some.builds(Text, WORD), some.builds(Thinking, WORD)), max_size=4)
CALLS = some.lists(some.builds(ToolCall, ID, some.just("f"), some.sampled_from(["{}", '{"a":1}'])), max_size=2)


@given(PARTS, CALLS, some.integers(1, 64))
def test_the_client_reads_what_the_server_says(parts: list[Any], calls: list[ToolCall], step: int) -> None:
    unlike = [one for at, one in enumerate(parts) if at == 0 or type(parts[at - 1]) is not type(one)]
    calls = list({call.id: call for call in calls}.values())
    wanted = Reply(id="a", model="m", parts=(*unlike, *calls), stop="tool_use" if calls else "stop", usage=Usage(1, 2))
    told = b"".join(MISTRAL.server.stream(wanted, HI, {}))
    decoder, events = MISTRAL.decoder(), []
    for at in range(0, len(told), step):
        events += decoder.feed(told[at : at + step])
    assert events[-1].reply == wanted
