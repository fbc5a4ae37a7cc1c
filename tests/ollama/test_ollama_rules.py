"""Every rule of the language finds what breaks it, and leaves alone what is legal."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.dialects import dialect
from conformance.exchange import Chunk, Exchange, Request, Response
from conformance.reading import Reading
from conformance.rulebook import Finding

OLLAMA = dialect("ollama")
USER = {"role": "user", "content": "Hi"}
CALL = {"function": {"name": "f", "arguments": {"a": 1}}}


def exchange(asked: Any, body: bytes = b"", status: int = 200, kind: str = "application/json") -> Exchange:
    request = Request("POST", "http://127.0.0.1:11434/api/chat", (), json.dumps(asked).encode())
    response = Response(status, (("content-type", kind),), (Chunk(0.0, body),))
    return Exchange(id="x", request=request, response=response, dialect="ollama")


def asks(**fields: Any) -> Exchange:
    return exchange({"model": "m", "messages": [USER], "stream": True} | fields, kind="application/x-ndjson")


def turn(**fields: Any) -> Exchange:
    return asks(messages=[USER | fields])


def line(done: bool = False, content: Any = "", **fields: Any) -> dict[str, Any]:
    message = {"role": "assistant", "content": content, **fields.pop("message", {})}
    base = {"model": "m", "created_at": "2026-11-20T10:00:00.123Z", "message": message, "done": done}
    return base | ({"done_reason": "stop", "eval_count": 3} if done else {}) | fields


def stream(*lines: dict[str, Any] | bytes) -> Exchange:
    body = b"".join(one if isinstance(one, bytes) else json.dumps(one).encode() + b"\n" for one in lines)
    return exchange({"model": "m", "messages": [USER], "stream": True}, body, kind="application/x-ndjson")


def reply(drop: str = "", **fields: Any) -> Exchange:
    value = {key: one for key, one in line(True, "Hi", **fields).items() if key != drop}
    return exchange({"model": "m", "messages": [USER], "stream": False}, json.dumps(value).encode())


def error(body: Any, status: int = 400) -> Exchange:
    return exchange({"model": "m", "messages": [USER], "stream": False}, json.dumps(body).encode(), status)


def asked(more: dict[str, Any], **fields: Any) -> Exchange:
    """A whole answer to a request that asks for more."""
    return exchange({"model": "m", "messages": [USER], "stream": False} | more, reply(**fields).response.body)


TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}
NAMED = CALL | {"id": "call_a"}
HI, END = line(content="Hi"), line(True)

BROKEN: dict[str, list[Exchange]] = {
    "OL-Q01": [asks(stream=None), asks(stream="yes")],
    "OL-Q02": [
        turn(content=[{"type": "text", "text": "x"}]),
        turn(images=["data:image/png;base64,QUJD"]),
        turn(images=[7]),
    ],
    "OL-Q03": [turn(role="assistant", tool_calls=[{"function": {"name": "f", "arguments": "{}"}}])],
    "OL-Q04": [asks(temperature=0.5), asks(max_tokens=5), asks(options={"max_tokens": 5}), asks(options={"stop": "a"})],
    "OL-Q05": [
        asks(format="yaml"), asks(format=7), asks(response_format={"type": "json_object"}),
        asks(format={"type": "json_object"}),
    ],
    "OL-Q06": [asks(think="a lot"), asks(think=1), asks(think={})],
    "OL-Q07": [asks(tool_choice="auto")],
    "OL-R01": [
        reply("model"), reply("created_at"), reply(created_at="yesterday"), reply("message"), reply("done"),
        reply(message={"content": None}), reply(message={"role": "tool"}), stream(line(model=""), END),
    ],
    "OL-S01": [
        stream(b"data: " + json.dumps(HI).encode() + b"\n\n", END), stream(HI, END, b"[DONE]\n"), stream(b"[]\n", END),
        stream(HI, json.dumps(END).encode()),
    ],
    "OL-S02": [stream(HI), stream(HI, END, END), stream(END, HI)],
    "OL-S03": [stream(HI, line(model="n"), END), stream(line(content=None), END), stream(line(content=[]), END)],
    "OL-S04": [
        stream(line(message={"tool_calls": [{"function": {"name": "f", "arguments": '{"a'}}]}), END),
        stream(line(message={"tool_calls": [{"function": {"arguments": {}}}]}), END),
        stream(line(True, message={"tool_calls": [CALL]})),
    ],
    "OL-S05": [stream(HI, line(message={"thinking": "Hm"}), END)],
    "OL-S06": [stream(line(eval_count=1), END)],
    "OL-S07": [stream(HI, line(True, done_reason="tool_calls")), reply(done_reason="end"), reply(done_reason=None)],
    "OL-E01": [error({"error": {"message": "no"}}), error({"message": "no"}), stream(HI, {"error": "no"}, HI),
               stream(HI, {"error": {"message": "no"}})],
    "OL-R02": [exchange({"model": "m", "messages": [USER], "stream": False}, json.dumps(line(content="Hi")).encode())],
    "OL-R03": [
        reply(message={"tool_calls": [{"function": {"name": "f", "arguments": "{}"}}]}),
        reply(message={"tool_calls": [{"function": {"arguments": {}}}]}),
    ],
    "OL-R04": [reply("eval_count"), stream(HI, line(True, eval_count=0))],
    "OL-R05": [reply(message={"content": ""}), stream(line(), END)],
    "OL-R06": [stream(line(message={"tool_calls": [NAMED, NAMED]}), END), reply(message={"tool_calls": [NAMED] * 2})],
    "OL-S08": [stream(*(line(content=text) for text in ("a", "ab", "abc")), END)],
    "OL-A01": [asked({"tools": [TOOL]}, message={"content": "<tool_call>{}</tool_call>"})],
    "OL-A02": [asked({"think": False}, message={"thinking": "Hm."})],
    "OL-A03": [asked({"logprobs": True})],
}  # fmt: skip

LEGAL = [
    asks(options={"num_predict": -1, "stop": ["a"]}, format="json", think="max", tools=[]),
    asks(format={"type": "object"}, think=False),
    turn(content="", images=["QUJD"]),
    turn(role="assistant", tool_calls=[CALL]),
    reply(),
    reply("done_reason"),
    reply(message={"tool_calls": [CALL]}, created_at="2026-11-20T10:00:00+01:00"),
    stream(line(message={"thinking": "Hm"}), HI, line(message={"tool_calls": [CALL, CALL]}), END),
    stream(HI, {"error": "the runner stopped"}),
    stream(line(True, done_reason="load")),
    stream(*(line(content=text) for text in ("a", "ab", "c")), END),
    reply(message={"content": "", "thinking": "Hm."}),
    reply(message={"tool_calls": [NAMED, NAMED | {"id": "call_b"}]}),
    asked({"tools": [TOOL], "think": False}),
    asked({"think": True}, message={"thinking": "Hm."}),
    asked({"logprobs": True}, logprobs=[{"token": "Hi", "logprob": -0.1}]),
    error({"error": "unauthorized", "signin_url": "https://ollama.com/connect"}, 401),
]


def findings(one: Exchange) -> list[Finding]:
    return list(OLLAMA.rules.judge(Reading(one, OLLAMA)))


def test_every_rule_is_here() -> None:
    assert set(BROKEN) == set(OLLAMA.rules.rules)
    assert all(rule.good and rule.bad and rule.why and rule.source for rule in OLLAMA.rules)


@pytest.mark.parametrize(
    ("rule", "one"),
    [pytest.param(rule, one, id=f"{rule}-{at}") for rule, them in BROKEN.items() for at, one in enumerate(them)],
)
def test_what_breaks_a_rule_is_found(rule: str, one: Exchange) -> None:
    assert rule in {found.rule for found in findings(one)}


@pytest.mark.parametrize("one", LEGAL)
def test_what_is_legal_is_left_alone(one: Exchange) -> None:
    assert findings(one) == []
