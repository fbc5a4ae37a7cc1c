"""GN-13: a streamed and a whole answer of the same content are compared by what a user sees of them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec.structs import replace

from conformance.exchange import Chunk, Exchange, Request, Response
from conformance.rules.pairs import twins_differ

USAGE = {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7}


def _exchange(body: bytes, streamed: bool, status: int = 200) -> Exchange:
    asked = json.dumps({"model": "m", "messages": [], "stream": streamed}).encode()
    request = Request("POST", "https://api.openai.com/v1/chat/completions", (), asked)
    return Exchange(id="t", request=request, response=Response(status, (), (Chunk(0, body),)), dialect="openai-chat")


def streamed(*texts: str, finish: str = "stop", usage: Any = USAGE, arguments: str | None = None) -> Exchange:
    deltas: list[Any] = [{"role": "assistant"}, *({"content": text} for text in texts)]
    if arguments is not None:
        function = {"name": "f", "arguments": arguments}
        deltas.append({"tool_calls": [{"index": 0, "id": "a", "type": "function", "function": function}]})
    frames = [{"choices": [{"index": 0, "delta": delta, "finish_reason": None}], "id": "s"} for delta in deltas]
    frames += [{"choices": [{"index": 0, "delta": {}, "finish_reason": finish}], "id": "s"}]
    frames += [{"choices": [], "usage": usage, "id": "s"}] if usage else []
    body = "".join(f"data: {json.dumps(frame)}\n\n" for frame in frames) + "data: [DONE]\n\n"
    return _exchange(body.encode(), True)


def whole(text: str, finish: str = "stop", usage: Any = USAGE, arguments: str | None = None) -> Exchange:
    message: dict[str, Any] = {"role": "assistant", "content": text}
    if arguments is not None:
        function = {"name": "f", "arguments": arguments}
        message["tool_calls"] = [{"id": "b", "type": "function", "function": function}]
    body = {"id": "w", "choices": [{"index": 0, "message": message, "finish_reason": finish}], "usage": usage}
    return _exchange(json.dumps(body).encode(), False)


ERROR = _exchange(b'{"error": {"message": "no", "type": "x", "code": null}}', False, 401)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (streamed("Hel", "lo"), whole("Hello")),
        (streamed("", "Hello", ""), whole("Hello")),
        (streamed(finish="tool_calls", arguments='{"a":1}'), whole("", "tool_calls", arguments='{ "a": 1 }')),
        (streamed("Hello", usage=None), whole("Hello", usage=None)),
        (ERROR, ERROR),
    ],
)
def test_twins_may_differ_in_what_nobody_sees(one: Exchange, other: Exchange) -> None:
    assert list(twins_differ(one, other)) == []


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        (streamed("Hel"), whole("Hello"), "the text of the streamed answer"),
        (streamed("Hello", finish="length"), whole("Hello"), "the stop reason of"),
        (
            streamed(finish="tool_calls", arguments="{}"),
            whole("", "tool_calls", arguments='{"a":1}'),
            "the tool calls of",
        ),
        (streamed("Hello", usage=None), whole("Hello"), "the streamed one none"),
        (
            streamed("Hello"),
            whole("Hello", usage=USAGE | {"completion_tokens_details": {"reasoning_tokens": 1}}),
            "reports no reasoning tokens",
        ),
        (ERROR, whole("Hello"), "one twin failed"),
        (streamed("Hello"), ERROR, "one twin failed"),
        (ERROR, replace(ERROR, response=replace(ERROR.response, status=500)), "one twin failed"),
    ],
)
def test_twins_that_say_different_things_are_told(one: Exchange, other: Exchange, words: str) -> None:
    [found] = twins_differ(one, other)
    assert words in found.message
