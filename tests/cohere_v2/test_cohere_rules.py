"""Every rule of the language finds what breaks it, and leaves alone what is legal."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.dialects import dialect
from conformance.exchange import Chunk, Exchange, Request, Response
from conformance.model import ChatRequest, Reply, Text, Thinking, ToolCall, Usage
from conformance.reading import Reading
from conformance.rulebook import Finding

COHERE = dialect("cohere-v2")
USER = {"role": "user", "content": "Hi"}
CALL = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}
CALLING = Reply(
    id="a",
    parts=(Thinking("Hm"), Text("Hi"), Thinking("I look."), ToolCall("c", "f", '{"a":1}'), ToolCall("d", "g", "")),
    stop="tool_use",
    usage=Usage(input=9, output=3, cache_read=2),
)
PLAIN = Reply(id="a", parts=(Text("Hi there"),), usage=Usage(input=9, output=3))
Step = dict[str, Any]


def exchange(asked: Any, body: bytes = b"", status: int = 200, kind: str = "application/json", **more: Any) -> Exchange:
    headers, url = more.get("headers", ()), more.get("url", "https://api.cohere.com/v2/chat")
    request = Request(more.get("method", "POST"), url, headers, json.dumps(asked).encode())
    response = Response(status, (("content-type", kind),), (Chunk(0.0, body),))
    return Exchange(id="x", request=request, response=response, dialect="cohere-v2")


def asks(**fields: Any) -> Exchange:
    return exchange({"model": "m", "messages": [USER]} | fields)


def turns(*messages: Any) -> Exchange:
    return asks(messages=list(messages))


def reply(drop: str = "", of: Reply = CALLING, **fields: Any) -> Exchange:
    whole = json.loads(COHERE.server.whole(of, ChatRequest(model="m", messages=()), {})) | fields
    return exchange({}, json.dumps({key: one for key, one in whole.items() if key != drop}).encode())


def message(**fields: Any) -> Exchange:
    return reply(message={"role": "assistant", "content": [{"type": "text", "text": "Hi"}]} | fields)


def steps(of: Reply = CALLING) -> list[Step]:
    frames = COHERE.server.stream(of, ChatRequest(model="m", messages=()), {})
    return [json.loads(frame.partition(b"\ndata: ")[2]) for frame in frames]


def streams(given: list[Step], event: str | None = None) -> Exchange:
    lines = [f"event: {event or one.get('type')}\ndata: {json.dumps(one)}\n\n" for one in given]
    return exchange({"stream": True}, "".join(lines).encode(), kind="text/event-stream")


def stream(kind: str = "", at: int = 0, of: Reply = CALLING, **fields: Any) -> Exchange:
    """A stream with one event of a kind changed; None removes a key."""
    told = steps(of)
    if kind:
        chosen = [one for one in told if one["type"] == kind][at]
        chosen.update(fields)
        for key in [key for key, value in fields.items() if value is None]:
            del chosen[key]
    return streams(told)


def moved(kind: str, to: int) -> Exchange:
    """A stream with the first event of a kind elsewhere."""
    told = steps()
    one = next(one for one in told if one["type"] == kind)
    told.remove(one)
    told.insert(to, one)
    return streams(told)


def without(kind: str) -> Exchange:
    return streams([one for one in steps() if one["type"] != kind])


def content(**piece: Any) -> Step:
    return {"message": {"content": piece}}


def calls(said: Any) -> Step:
    return {"message": {"tool_calls": said}}


def end(reason: Any = "COMPLETE", **more: Any) -> Step:
    return {"delta": {"finish_reason": reason, "usage": {"tokens": {"input_tokens": 1, "output_tokens": 1}}, **more}}


def error(body: Any) -> Exchange:
    return exchange({}, json.dumps(body).encode(), 400)


def asked_for(choice: str | None, of: Reply) -> Exchange:
    """A whole answer to a request with a tool."""
    sent = {"model": "m", "messages": [USER], "tools": [TOOL], "tool_choice": choice}
    return exchange(sent, COHERE.server.whole(of, ChatRequest(model="m", messages=()), {}))


def growing(*texts: str) -> Exchange:
    """A stream whose content comes in these pieces."""
    told = steps(PLAIN)
    pieces = [{"type": "content-delta", "index": 0, "delta": content(text=text)} for text in texts]
    return streams([*told[:2], *pieces, *[one for one in told[2:] if one["type"] != "content-delta"]])


def _same(one: Step) -> Step:
    """The start of a call with an id that all calls have; of any other event nothing."""
    return {"delta": calls(CALL)} if one["type"] == "tool-call-start" else {}


BROKEN: dict[str, list[Exchange]] = {
    "CO-H01": [
        exchange({}, url="https://api.cohere.com/v1/chat"),
        exchange({}, method="PUT"),
        exchange({}, headers=(("authorization", "Basic abc"),)),
    ],
    "CO-Q01": [asks(model=None), asks(messages=[]), exchange({"message": "Hi"})],
    "CO-Q02": [turns(USER, {"role": "developer", "content": "x"}), turns(USER, {"role": "system", "content": "x"})],
    "CO-Q03": [
        asks(tools=[{"type": "function", "function": {"name": "f"}}]),
        asks(tools=[{"type": "function", "function": {"name": "1f", "parameters": {}}}]),
        asks(tools=[{"type": "function", "function": {"name": "a-b", "parameters": {}}}]),
    ],
    "CO-Q04": [asks(tools=[TOOL], tool_choice="auto"), asks(tools=[TOOL], tool_choice={"type": "tool"}),
               asks(tool_choice="REQUIRED")],
    "CO-Q05": [turns(USER, {"role": "tool", "tool_call_id": "c", "content": "x"}),
               turns(USER, {"role": "tool", "content": "x"})],
    "CO-Q06": [asks(response_format={"type": "yaml"}), asks(response_format="json"),
               asks(response_format={"type": "json_object", "json_schema": {"name": "n", "schema": {}}}),
               asks(response_format={"type": "json_object", "json_schema": "s"})],
    "CO-Q07": [asks(p=1.0), asks(p=0), asks(k=501), asks(stop_sequences=list("abcdef"))],
    "CO-Q08": [turns({"role": "assistant", "tool_plan": "I look."}, {"role": "assistant", "tool_calls": [CALL]})],
    "CO-Q09": [asks(thinking={"type": "enabled", "token_budget": 0}), asks(thinking={"token_budget": "9"})],
    "CO-R01": [reply("id"), reply("finish_reason"), message(role="user"), reply("message")],
    "CO-R02": [message(content="Hi"), message(content=[{"type": "text"}]), message(content=[{"type": "image"}])],
    "CO-S01": [moved("message-start", 1), moved("message-end", 3), without("message-end"), without("message-start"),
               streams([*steps(), steps()[-1]])],
    "CO-S02": [streams(steps(), "message"), streams([{"index": 0}])],
    "CO-S03": [stream("content-start", index="0"), without("content-start"), without("content-end"),
               stream("content-delta", index=5), without("tool-call-end"), moved("content-end", 2)],
    "CO-S04": [stream("content-start", delta=content(type="image")), stream("content-start", delta={"message": {}}),
               stream("content-delta", delta=content(text="x")), stream("content-delta", delta=content())],
    "CO-S05": [streams([one | ({"index": 3} if one["type"].startswith("tool-call") else {}) for one in steps()]),
               streams([one | ({"index": 7} if one["type"].startswith("content") else {}) for one in steps(PLAIN)])],
    "CO-S06": [stream("tool-call-start", delta=calls([CALL])),
               stream("tool-call-start", delta=calls(CALL | {"id": ""})),
               stream("tool-call-start", delta=calls(CALL | {"type": None})),
               stream("tool-call-start", delta=calls(CALL | {"function": {}}))],
    "CO-S07": [stream("tool-call-delta", delta=calls({"function": {"arguments": "[1]"}})),
               stream("tool-call-start", delta=calls(CALL | {"function": {"name": "f", "arguments": "["}}))],
    "CO-S08": [stream("message-end", delta={"finish_reason": "TOOL_CALL"}), stream("message-end", **end(""))],
    "CO-S09": [stream("message-end", **end("COMPLETE")), stream("message-end", of=PLAIN, **end("TOOL_CALL"))],
    "CO-S10": [moved("tool-plan-delta", len(steps()) - 1)],
    "CO-U01": [reply(usage={"tokens": {"input_tokens": 1}, "cached_tokens": 2}),
               stream("message-end", **end("TOOL_CALL", usage={"tokens": {"input_tokens": 1}, "cached_tokens": 2.0}))],
    "CO-Q10": [asks(tools=[TOOL, TOOL])],
    "CO-Q11": [asks(stop=["END"]), asks(top_p=0.5)],
    "CO-Q12": [turns({"role": "user", "content": ""}), turns(USER, {"role": "assistant"}, USER)],
    "CO-Q13": [turns(USER, {"role": "assistant", "content": "I look.", "tool_calls": [CALL]})],
    "CO-Q14": [turns(USER, {"role": "assistant", "tool_calls": [CALL | {"function": {"name": "f", "arguments": {}}}]})],
    "CO-A01": [asked_for("REQUIRED", PLAIN), asked_for("required", PLAIN)],
    "CO-A02": [asked_for(None, Reply(id="a", parts=(Text('<tool_call>{"name":"f"}'),), usage=Usage(9, 3)))],
    "CO-R03": [message(tool_calls=[CALL, CALL]), streams([one | _same(one) for one in steps()])],
    "CO-R04": [reply(of=PLAIN, finish_reason="stop"), stream("message-end", of=PLAIN, **end("complete"))],
    "CO-R05": [message(tool_calls=[CALL | {"id": ""}]), message(tool_calls=CALL),
               message(tool_calls=[CALL | {"function": {"name": "f", "arguments": {}}}]),
               message(tool_calls=[{"name": "f", "parameters": {}}])],
    "CO-R06": [reply(finish_reason="COMPLETE"), reply(of=PLAIN, finish_reason="TOOL_CALL")],
    "CO-S11": [stream("message-start", id=None), stream("message-start", id=""), stream("message-start", delta={})],
    "CO-S12": [growing("Hel", "Hello", "Hello you")],
    "CO-S13": [stream("tool-call-delta", delta=calls({"function": {"arguments": {}}})),
               stream("tool-plan-delta", delta={"message": {"tool_plan": None}})],
    "CO-S14": [stream("content-start", of=PLAIN, delta=content(type="text", text="Hi"))],
    "CO-U02": [reply(usage={"tokens": {"input_tokens": 0, "output_tokens": 4}})],
    "CO-U03": [reply(usage={"tokens": {"prompt_tokens": 7}}), reply(usage={"tokens": {"input_tokens": "7"}})],
    "CO-U04": [reply(usage={"prompt_tokens": 7}), reply("usage")],
    "CO-E01": [error({"error": {"message": "no"}}), error({"message": ""}), error({"message": "no", "id": 7})],
    "CO-E02": [stream("message-end", **end("ERROR")), stream("message-end", **end("TIMEOUT", error=""))],
}  # fmt: skip

LEGAL = [
    asks(tools=[TOOL], tool_choice="NONE", p=0.99, k=0, stop_sequences=list("abcde")),
    asks(response_format={"type": "text"}, thinking={"type": "enabled", "token_budget": 1}),
    turns(
        {"role": "system", "content": "x"},
        {"role": "system", "content": "y"},
        USER,
        {"role": "assistant", "tool_plan": "I look.", "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "c", "content": "x"},
    ),
    reply(),
    reply(of=PLAIN),
    reply(of=PLAIN, finish_reason="BRAND_NEW"),
    asked_for("REQUIRED", Reply(id="a", parts=(ToolCall("c", "f", "{}"),), stop="tool_use", usage=Usage(9, 3))),
    asked_for("NONE", PLAIN),
    asks(tool_choice="NONE"),
    growing("ha", "ha ", "ha"),
    growing("ha", "ha!"),
    stream(),
    stream(of=PLAIN),
    streams([one | ({"index": 0} if one["type"].startswith("content") else {}) for one in steps()]),
    stream("message-end", delta={"finish_reason": "ERROR", "error": "no valid response", "usage": {}}),
    error({"message": "no", "id": "e"}),
    exchange({"stream": True}, kind="text/event-stream"),
]


def findings(one: Exchange) -> list[Finding]:
    return list(COHERE.rules.judge(Reading(one, COHERE)))


def test_every_rule_is_here() -> None:
    assert set(BROKEN) == set(COHERE.rules.rules)
    assert all(rule.good and rule.bad and rule.why and rule.source for rule in COHERE.rules)


@pytest.mark.parametrize(
    ("rule", "one"),
    [pytest.param(rule, one, id=f"{rule}-{at}") for rule in BROKEN for at, one in enumerate(BROKEN[rule])],
)
def test_what_breaks_a_rule_is_found(rule: str, one: Exchange) -> None:
    assert rule in {found.rule for found in findings(one)}


@pytest.mark.parametrize("one", LEGAL)
def test_what_is_legal_is_left_alone(one: Exchange) -> None:
    found = findings(one)
    if one.request.body == b"{}" or b'"stream"' in one.request.body:  # only the answer is looked at
        found = [finding for finding in found if "-Q" not in finding.rule]
    assert found == []
