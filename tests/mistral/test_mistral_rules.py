"""Every own rule of mistral finds what breaks it, and leaves alone what is legal; the shared ones are openai-chat's."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.dialects import dialect
from conformance.exchange import Chunk, Exchange, Request, Response
from conformance.judging import judge
from conformance.model import ChatRequest, Reply, Text, Thinking, ToolCall, Usage

MISTRAL = dialect("mistral")
HI = {"role": "user", "content": "Hi"}
THOUGHT = {"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]}
CALL = {"id": "gSIMJiOkT", "function": {"name": "f", "arguments": "{}"}}
TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}
USAGE = {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7}
ANSWER = Reply(
    id="a",
    model="m",
    parts=(Thinking("Hm."), Text("Hello you"), ToolCall("gSIMJiOkT", "f", '{"a": 1}')),
    stop="tool_use",
    usage=Usage(5, 7),
)
ASKED = ChatRequest(model="m", messages=())


def exchange(asked: dict[str, Any], body: bytes, kind: str, status: int = 200) -> Exchange:
    response = Response(status, (("content-type", kind),), (Chunk(0.0, body),))
    request = Request("POST", "https://api.mistral.ai/v1/chat/completions", (), json.dumps(asked).encode())
    return Exchange(id="x", request=request, response=response, dialect="mistral", origin="x")


def asks(**fields: Any) -> Exchange:
    return exchange({"model": "m", "messages": [HI]} | fields, b"", "application/json")


def says(message: dict[str, Any] | None = None, finish: Any = "stop", **fields: Any) -> Exchange:
    choice = {"index": 0, "message": {"role": "assistant", "content": "a"} | (message or {}), "finish_reason": finish}
    head = {"id": "a", "object": "chat.completion", "created": 1, "model": "m", "usage": USAGE, "choices": [choice]}
    value = {key: one for key, one in (head | fields).items() if one is not None}
    return exchange({"model": "m", "messages": [HI]}, json.dumps(value).encode(), "application/json")


def streams(*deltas: tuple[dict[str, Any], Any], usage: Any = USAGE, tail: bytes = b"data: [DONE]\n\n") -> Exchange:
    head = {"id": "a", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    body = b""
    for delta, finish in deltas:
        told = head | {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}
        told |= {"usage": usage} if finish and usage else {}
        body += b"data: " + json.dumps(told).encode() + b"\n\n"
    asked = {"model": "m", "messages": [HI], "stream": True}
    return exchange(asked, body + tail, "text/event-stream")


def fails(body: Any, status: int = 422) -> Exchange:
    return exchange({"model": "m", "messages": [HI]}, json.dumps(body).encode(), "application/json", status)


END = ({"content": ""}, "stop")
OTHER = CALL | {"id": "hTJNKjPlU"}
CALLS_END = ({"content": ""}, "tool_calls")
LIST = {"content": [THOUGHT, {"type": "text", "text": "a"}, {"type": "of_tomorrow"}]}
CASES: list[tuple[str, Exchange, Exchange]] = [
    ("MI-Q01", asks(max_tokens=9, random_seed=1), asks(max_completion_tokens=9)),
    ("MI-Q01", asks(seed=None), asks(seed=1)),
    ("MI-Q01", asks(stream=True, n=2), asks(stream=True, stream_options={})),
    ("MI-Q01", asks(), asks(messages=[{"role": "developer", "content": "a"}, HI])),
    ("MI-Q02", asks(tools=[TOOL]), asks(tools=[{"type": "function", "function": {"name": "f"}}])),
    ("MI-Q02", asks(tools=[{"function": TOOL["function"]}]), asks(tools=[{"type": "web_search"}])),
    ("MI-Q03", asks(tool_choice="any"), asks(tool_choice={"type": "tool", "name": "f"})),
    (
        "MI-Q03",
        asks(tools=[TOOL], tool_choice={"type": "function", "function": {"name": "f"}}),
        asks(tools=[TOOL], tool_choice={"type": "function", "function": {"name": "g"}}),
    ),
    (
        "MI-Q04",
        asks(messages=[HI, {"role": "assistant", "tool_calls": [CALL]}, HI]),
        asks(messages=[HI, {"role": "assistant", "tool_calls": [CALL | {"id": "call_1"}]}, HI]),
    ),
    (
        "MI-Q05",
        asks(messages=[HI, {"role": "assistant", "content": "a", "prefix": True}]),
        asks(messages=[HI, {"role": "assistant", "content": "a"}]),
    ),
    ("MI-Q05", asks(), asks(messages=[{"role": "system", "content": "a"}])),
    (
        "MI-Q06",
        asks(messages=[HI, {"role": "assistant", "content": [THOUGHT]}, HI]),
        asks(messages=[HI, {"role": "assistant", "content": [THOUGHT | {"thinking": "Hm."}]}, HI]),
    ),
    ("MI-Q06", asks(), asks(messages=[HI, {"role": "assistant", "content": "a", "reasoning_content": "b"}, HI])),
    ("MI-R01", says(LIST), says({"content": {"text": "a"}})),
    ("MI-R01", says({"content": None}), says({"content": [{"text": "a"}]})),
    ("MI-R01", says(), says({"role": "bot"})),
    ("MI-R01", says(), says({"content": [{"type": "text"}]})),
    ("MI-R02", says(), says(usage=None)),
    (
        "MI-R02",
        says(usage=USAGE | {"total_tokens": 9, "prompt_audio_seconds": 3}),
        says(usage=USAGE | {"total_tokens": 9}),
    ),
    ("MI-R02", says(), says(usage=USAGE | {"prompt_tokens": "5"})),
    ("MI-R03", says(finish="model_length"), says(finish=None)),
    ("MI-R03", says(finish="error"), says(finish="content_filter")),
    ("MI-R04", says({"tool_calls": [CALL]}, "tool_calls"), says({"tool_calls": [{"function": CALL["function"]}]})),
    (
        "MI-R04",
        says({"tool_calls": [CALL | {"function": {"name": "f", "arguments": {}}}]}, "tool_calls"),
        says({"tool_calls": [CALL | {"function": {"name": "f"}}]}, "tool_calls"),
    ),
    (
        "MI-S01",
        streams(({"tool_calls": [CALL]}, "tool_calls")),
        streams(({"tool_calls": [CALL | {"id": None}]}, "tool_calls")),
    ),
    (
        "MI-S01",
        streams(
            ({"tool_calls": [CALL | {"function": {"name": "f", "arguments": ""}}]}, None),
            ({"tool_calls": [{"function": {"name": "", "arguments": "{}"}}]}, None),
            CALLS_END,
        ),
        streams(({"tool_calls": [CALL]}, None), ({"tool_calls": [{"function": {"arguments": ""}}]}, None), CALLS_END),
    ),
    (
        "MI-S01",
        streams(({"tool_calls": [CALL | {"function": {"name": "f", "arguments": "{"}}]}, "length")),
        streams(({"tool_calls": [CALL | {"function": {"name": "f", "arguments": "{"}}]}, "tool_calls")),
    ),
    ("MI-S02", streams(END), streams(END, usage=None)),
    ("MI-S03", streams((LIST, None), END), streams(({"content": [THOUGHT | {"thinking": "Hm."}]}, None), END)),
    ("MI-S04", streams(END), streams(END, tail=b"")),
    ("MI-S04", streams(END), streams(END, tail=b"data: [DONE]\n\ndata: {}\n\n")),
    (
        "MI-S07",
        streams(({"tool_calls": [CALL | {"index": 0}, OTHER | {"index": 1}]}, "tool_calls")),
        streams(({"tool_calls": [CALL | {"index": 0}, CALL | {"index": 1}]}, "tool_calls")),
    ),
    ("MI-S06", streams(({"content": "a"}, "model_length")), streams(({"content": "a"}, "eos"))),
    ("MI-S06", streams(END), streams(({"content": "a"}, None))),
    ("MI-S06", streams(END), streams(END, END)),
    ("MI-S06", streams(({"role": "assistant"}, None), END), streams(({"role": "bot"}, None), END)),
    ("MI-E01", fails({"detail": [{"loc": ["body"], "msg": "m", "type": "t"}]}), fails({"error": {"message": "m"}})),
    ("MI-E01", fails({"detail": "Unauthorized"}, 401), fails({"detail": [{"msg": "m"}]})),
    ("MI-E01", fails({"object": "error", "message": "m", "type": "t", "code": "1"}, 400), fails({"error": "no"}, 400)),
    ("MI-E01", fails({"message": "m", "request_id": "r"}, 401), fails({"message": "m"}, 401)),
]


def found_by(rule: str, one: Exchange) -> list[str]:
    return [finding.message for finding in judge(one).findings if finding.rule == rule]


@pytest.mark.parametrize(
    ("rule", "good", "bad"), [pytest.param(*case, id=f"{case[0]}-{at}") for at, case in enumerate(CASES)]
)
def test_kept_and_broken(rule: str, good: Exchange, bad: Exchange) -> None:
    assert found_by(rule, good) == []
    assert len(found_by(rule, bad)) == 1


def test_every_own_rule_has_a_case() -> None:
    assert {case[0] for case in CASES} == {id for id in MISTRAL.rules.rules if id.startswith("MI-")}


@pytest.mark.parametrize("streamed", [True, False])
def test_what_the_server_says_breaks_no_rule(streamed: bool) -> None:
    asked = {"model": "m", "messages": [HI], "tools": [TOOL]} | ({"stream": True} if streamed else {})
    body = (
        b"".join(MISTRAL.server.stream(ANSWER, ASKED, asked))
        if streamed
        else MISTRAL.server.whole(ANSWER, ASKED, asked)
    )
    one = exchange(asked, body, "text/event-stream" if streamed else "application/json")
    told = judge(one)
    assert [finding for finding in told.findings if finding.rule[:2] in ("MI", "OC", "JS")] == []
    assert {"MI-S01", "MI-S04"} <= set(told.judged) if streamed else {"MI-R01", "MI-R04"} <= set(told.judged)
