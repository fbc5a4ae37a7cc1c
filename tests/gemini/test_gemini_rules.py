"""Every rule of the language finds what breaks it, and leaves alone what is legal."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.dialects import dialect
from conformance.exchange import Chunk, Exchange, Request, Response
from conformance.judging import judge
from conformance.model import ChatRequest, Reply, Text, Thinking, ToolCall, Usage

GEMINI = dialect("gemini")
HOST = "https://generativelanguage.googleapis.com"
KEY = (("x-goog-api-key", "k"), ("content-type", "application/json"))
USER: dict[str, Any] = {"role": "user", "parts": [{"text": "Hi"}]}
ASKED: dict[str, Any] = {"contents": [USER], "generationConfig": {"thinkingConfig": {"includeThoughts": True}}}
ANSWER = Reply(
    id="r",
    model="gemini-3.5-flash",
    parts=(Thinking("Hm.", "c2ln"), Text("Hello to you all"), ToolCall("c1", "f", '{"a":1}', "YQ==")),
    stop="tool_use",
    usage=Usage(input=5, output=7, cache_read=1, reasoning=3),
)


def exchange(asked: Any = ASKED, **more: Any) -> Exchange:
    stream = more.pop("stream", False)
    verb = "streamGenerateContent?alt=sse" if stream else "generateContent"
    url = more.pop("url", f"{HOST}/v1beta/models/{more.pop('model', 'gemini-3.5-flash')}:{verb}")
    kind = "text/event-stream" if stream else "application/json"
    body, status = more.pop("body", b""), more.pop("status", 200)
    answered = Response(status, (("content-type", more.pop("kind", kind)),), (Chunk(0.0, body),))
    method, headers = more.pop("method", "POST"), more.pop("headers", KEY)
    request = Request(method, url, headers, json.dumps(asked).encode())
    return Exchange(id="x", request=request, response=answered, dialect="gemini", **more)


def asks(**fields: Any) -> Exchange:
    return exchange(ASKED | fields)


def turns(*given: Any, **more: Any) -> Exchange:
    return exchange({"contents": list(given)}, **more)


def parts(*given: Any) -> Exchange:
    return turns({"role": "user", "parts": list(given)})


def config(**fields: Any) -> Exchange:
    return asks(generationConfig=fields)


def chunks(of: Reply = ANSWER) -> list[dict[str, Any]]:
    frames = GEMINI.server.stream(of, ChatRequest(model="m", messages=()), {})
    return [json.loads(frame[6:]) for frame in frames]


def streamed(*given: dict[str, Any], **more: Any) -> Exchange:
    body = b"".join(b"data: " + json.dumps(one).encode() + b"\r\n\r\n" for one in given)
    return exchange(stream=True, body=more.pop("before", b"") + body + more.pop("after", b""), **more)


def changed(at: int, **fields: Any) -> Exchange:
    """The official stream with one chunk changed; None removes a key."""
    given = chunks()
    given[at] = {key: one for key, one in (given[at] | fields).items() if one is not None}
    return streamed(*given)


def whole(**fields: Any) -> Exchange:
    value = json.loads(GEMINI.server.whole(ANSWER, ChatRequest(model="m", messages=()), {})) | fields
    return exchange(body=json.dumps({key: one for key, one in value.items() if one is not None}).encode())


def candidate(**fields: Any) -> Exchange:
    one = {"content": {"role": "model", "parts": [{"text": "a"}]}, "finishReason": "STOP", "index": 0} | fields
    return whole(candidates=[{key: value for key, value in one.items() if value is not None}])


def said(*given: Any, model: str = "gemini-3.5-flash") -> Exchange:
    one = {"content": {"role": "model", "parts": list(given)}, "finishReason": "STOP", "index": 0}
    named = {"responseId": "r", "modelVersion": model}
    return streamed(
        named | {"candidates": [one], "usageMetadata": {"promptTokenCount": 1, "totalTokenCount": 1}}, model=model
    )


def answered(asked: dict[str, Any], *given: Any, **more: Any) -> Exchange:
    """A whole answer of these parts to a request that asks for more."""
    one = {"content": {"role": "model", "parts": list(given)}, "finishReason": "STOP", "index": 0} | more
    return exchange(ASKED | asked, body=whole(candidates=[one]).response.body)


def usage(**fields: Any) -> Exchange:
    return whole(usageMetadata=fields)


def fault(http: int = 404, **fields: Any) -> Exchange:
    said = {"code": http, "message": "m", "status": "NOT_FOUND"} | fields
    return exchange(status=http, body=json.dumps({"error": said}).encode())


CALLED = {
    "role": "model",
    "parts": [{"functionCall": {"name": "f", "args": {}, "id": "c1"}, "thoughtSignature": "YQ=="}],
}
BARE = {"role": "model", "parts": [{"functionCall": {"name": "f", "args": {}}}]}
RESULT = {"functionResponse": {"name": "f", "response": {"output": "ok"}, "id": "c1"}}
OTHER_RESULT = {"functionResponse": RESULT["functionResponse"] | {"id": "c2"}}
TWO_VALUES = {"jsonPath": "$.a", "stringValue": "", "boolValue": True}
ANSWERED = {"role": "user", "parts": [RESULT]}
DETAIL = {"@type": "type.googleapis.com/google.rpc.RetryInfo"}
LAST = len(chunks()) - 1
FUNCTION = {"name": "f", "parametersJsonSchema": {"type": "object"}}


def tool(**fields: Any) -> Exchange:
    return asks(tools=[{"functionDeclarations": [FUNCTION | fields]}])


def mode(**fields: Any) -> Exchange:
    return asks(tools=[{"functionDeclarations": [FUNCTION]}], toolConfig={"functionCallingConfig": fields})


OFFERED = {"tools": [{"functionDeclarations": [FUNCTION]}]}
FORCED = OFFERED | {"toolConfig": {"functionCallingConfig": {"mode": "ANY"}}}
OVERLOADED = {"error": {"code": 503, "message": "m", "status": "UNAVAILABLE"}}

BROKEN: list[tuple[str, Exchange]] = [
    ("GM-H01", exchange(url=f"{HOST}/v1beta/models/m/generateContent")),
    ("GM-H01", exchange(method="PUT")),
    ("GM-H01", exchange(url=f"{HOST}/v1beta/models/m:streamGenerateContent?alt=proto")),
    ("GM-H02", exchange(headers=(("x-api-key", "k"),))),
    ("GM-Q01", exchange({"contents": []})),
    ("GM-Q01", turns({"role": "assistant", "parts": [{"text": "a"}]})),
    ("GM-Q02", parts({"text": "a", "inline_data": {"mime_type": "image/png", "data": "AA=="}})),
    ("GM-Q02", parts({"thought": True})),
    ("GM-Q03", turns(USER, {"role": "user", "parts": [{"functionResponse": {"name": "f", "response": {}}}]})),
    ("GM-Q03", turns(USER, CALLED, {"role": "user", "parts": [{"functionResponse": {"name": "f", "response": "ok"}}]})),
    ("GM-Q04", turns(USER, CALLED, {"role": "user", "parts": [RESULT, RESULT]})),
    (
        "GM-Q04",
        turns(USER, CALLED, {"role": "user", "parts": [OTHER_RESULT]}),
    ),
    ("GM-Q05", turns(USER, BARE, ANSWERED)),
    ("GM-Q05", parts({"text": "a", "thoughtSignature": "not base64!"})),
    ("GM-Q06", turns({"role": "system", "parts": [{"text": "Be brief."}]}, USER)),
    ("GM-Q07", tool(name="get weather")),
    ("GM-Q07", tool(parameters={"type": "OBJECT"})),
    ("GM-Q08", mode(mode="SOMETIMES")),
    ("GM-Q08", mode(mode="AUTO", allowedFunctionNames=["f"])),
    ("GM-Q08", mode(mode="ANY", allowedFunctionNames=["g"])),
    ("GM-Q09", config(responseJsonSchema={})),
    ("GM-Q09", config(responseSchema={}, responseMimeType="text/plain")),
    ("GM-Q10", config(thinkingConfig={"thinkingBudget": 1, "thinkingLevel": "low"})),
    ("GM-Q11", turns(USER, {"role": "model", "parts": [{"functionCall": {"name": "f", "willContinue": True}}]})),
    ("GM-R01", whole(candidates=None)),
    ("GM-R02", candidate(content={"role": "assistant", "parts": [{"text": "a"}]})),
    ("GM-R03", candidate(finishReason=None)),
    ("GM-S01", streamed(*chunks(), after=b"data: [DONE]\r\n\r\n")),
    ("GM-S01", streamed(*chunks(), before=b"event: message\r\n")),
    ("GM-S02", changed(1, responseId="other")),
    ("GM-S02", changed(1, modelVersion="other")),
    ("GM-S03", streamed(*chunks()[:-1])),
    ("GM-S03", streamed(*chunks(), chunks()[-1])),
    ("GM-S03", streamed(*chunks(), chunks()[1])),
    ("GM-S04", changed(LAST, promptFeedback={"blockReason": "SAFETY"})),
    ("GM-S05", streamed(*(c for text in ("a", "ab", "abc") for c in chunks(Reply(id="r", parts=(Text(text),)))[-1:]))),
    ("GM-S06", changed(0, usageMetadata={"promptTokenCount": 5, "totalTokenCount": 99})),
    ("GM-S06", changed(LAST, usageMetadata={"promptTokenCount": 5})),
    ("GM-S07", changed(0, candidates=[chunks()[0]["candidates"][0]] * 2)),
    ("GM-S08", said({"functionCall": {"name": "f", "args": "{}", "id": "1"}, "thoughtSignature": "YQ=="})),
    ("GM-S09", said({"functionCall": {"name": "f", "args": {}}, "thoughtSignature": "YQ=="})),
    ("GM-S11", said({"functionCall": {"name": "f", "args": {}, "id": "1"}})),
    ("VX-S02", said({"functionCall": {"partialArgs": []}})),
    ("VX-S03", said({"functionCall": {"name": "f", "partialArgs": [{"jsonPath": "city", "stringValue": "a"}]}})),
    (
        "VX-S03",
        said({"functionCall": {"name": "f", "partialArgs": [TWO_VALUES]}}),
    ),
    ("VX-S05", said({"functionCall": {"name": "f", "partialArgs": [{"jsonPath": "$.a", "stringValue": ""}]}})),
    ("GM-U01", usage(promptTokenCount=5, candidatesTokenCount=2, totalTokenCount=11)),
    ("GM-U02", usage(promptTokenCount=5, cachedContentTokenCount=6, totalTokenCount=5)),
    ("GM-R04", candidate(finishReason="stop")),
    ("GM-R04", candidate(finishReason="tool_calls")),
    ("GM-R05", candidate(content=None)),
    ("GM-R05", candidate(content={"role": "model", "parts": [{"text": ""}]})),
    ("GM-R06", said({"text": "a", "functionCall": {"name": "f", "args": {}, "id": "1"}, "thoughtSignature": "YQ=="})),
    ("GM-R07", said(*({"functionCall": {"name": "f", "args": {}, "id": "1"}, "thoughtSignature": "YQ=="},) * 2)),
    ("GM-R08", whole(usage_metadata={})),
    ("GM-R08", candidate(finish_reason="STOP")),
    ("GM-R09", whole(usageMetadata=None)),
    ("GM-R09", usage(promptTokenCount=5)),
    ("GM-R10", whole(responseId=None)),
    ("GM-R10", whole(modelVersion="")),
    ("GM-A01", answered(FORCED, {"text": "a"})),
    ("GM-A02", answered(OFFERED, {"text": "<tool_call>{}</tool_call>"})),
    ("GM-A03", answered({"generationConfig": {"candidateCount": 2}}, {"text": "a"})),
    ("GM-A04", answered({"generationConfig": {"responseLogprobs": True}}, {"text": "a"})),
    ("GM-A05", answered({"generationConfig": {}}, {"text": "a", "thought": True})),
    ("GM-E06", streamed(chunks()[0], {"error": {"code": 503}})),
    ("GM-E06", streamed(chunks()[0], {"error": "overloaded"})),
    ("GM-E06", streamed(OVERLOADED, chunks()[0])),
    ("GM-E01", exchange(status=404, body=b'{"error":"not found"}')),
    ("GM-E01", fault(code=400)),
    ("GM-E01", fault(message="")),
    ("GM-E02", fault(status="INTERNAL")),
    ("GM-E03", fault(429, status="RESOURCE_EXHAUSTED")),
    ("GM-E03", fault(429, status="RESOURCE_EXHAUSTED", details=[DETAIL | {"retryDelay": 34}])),
]

LEGAL: list[Exchange] = [
    asks(),
    whole(),
    streamed(*chunks()),
    exchange(url=f"{HOST}/v1/models/m:streamGenerateContent?key=k", headers=KEY[1:], kind="application/json",
             body=b"[" + b",".join(json.dumps(one).encode() for one in chunks()) + b"]"),
    turns(USER, CALLED, ANSWERED),
    turns(USER, CALLED, {"parts": [{"functionResponse": {"name": "f", "response": {"output": "ok"}}}]}),
    turns(USER, BARE, ANSWERED, model="gemini-2.5-pro"),
    turns(USER, BARE, ANSWERED, {"role": "model", "parts": [{"text": "a"}]}, USER),
    mode(mode="ANY", allowedFunctionNames=["f"]),
    config(responseJsonSchema={}, responseMimeType="application/json", thinkingConfig={"thinkingLevel": "low"}),
    whole(candidates=None, promptFeedback={"blockReason": "SAFETY"}),
    candidate(content=None, finishReason="MAX_TOKENS"),
    candidate(index=None),
    candidate(finishReason="A_NEW_REASON"),
    answered(FORCED, {"functionCall": {"name": "f", "args": {}, "id": "1"}, "thoughtSignature": "YQ=="}),
    answered(FORCED, {"text": "a"}, finishReason="MAX_TOKENS"),
    answered({"generationConfig": {"candidateCount": 1}}, {"text": "a"}),
    answered({"generationConfig": {"responseLogprobs": True}}, {"text": "a"}, logprobsResult={"chosenCandidates": []}),
    whole(vendor_key={"cost_in_cents": 1}),
    streamed(chunks()[0], OVERLOADED),
    said({"functionCall": {"name": "f", "args": {}}}, model="gemini-2.5-pro"),
    fault(),
    fault(429, status="RESOURCE_EXHAUSTED", details=[DETAIL | {"retryDelay": "34s"}]),
]  # fmt: skip


def found(one: Exchange) -> set[str]:
    return {finding.rule for finding in judge(one).findings if finding.rule[:3] in ("GM-", "VX-")}


@pytest.mark.parametrize(("rule", "broken"), BROKEN, ids=[f"{rule} {n}" for n, (rule, _) in enumerate(BROKEN)])
def test_what_breaks_a_rule_is_found(rule: str, broken: Exchange) -> None:
    """The rule that is broken says so."""
    assert rule in found(broken)


@pytest.mark.parametrize("legal", LEGAL)
def test_what_is_legal_is_left_alone(legal: Exchange) -> None:
    """No rule of the language and no schema complains."""
    assert [one for one in judge(legal).findings if one.rule[:3] in ("GM-", "VX-", "JS-")] == []


def test_every_rule_is_broken_by_something() -> None:
    """No rule without something that breaks it, and none without good, bad and why."""
    assert {rule for rule, _ in BROKEN} == set(GEMINI.rules.rules)
    assert [rule.id for rule in GEMINI.rules if not (rule.good and rule.bad and rule.why)] == []


ODD: list[Any] = [None, 5, "x", [], {}, [None], [5], {"x": 5}, [[]]]


@pytest.mark.parametrize("odd", ODD)
def test_no_rule_raises(odd: Any) -> None:
    """Whatever stands where something else should, rules find or pass; none raises."""
    keys = ("contents", "tools", "toolConfig", "generationConfig", "systemInstruction")
    body = json.dumps(odd).encode()
    for one in (
        exchange(odd, body=body), exchange(body=body, status=429), exchange({key: odd for key in keys}),
        turns({"role": odd, "parts": odd}), turns({"parts": [{"functionCall": odd, "functionResponse": odd}]}),
        asks(tools=[{"functionDeclarations": odd}]), mode(mode=odd, allowedFunctionNames=odd),
        whole(candidates=odd, usageMetadata=odd), candidate(content=odd, finishReason=odd),
        said({"functionCall": odd, "text": odd}),
        said({"functionCall": {"name": odd, "args": odd, "partialArgs": odd}}),
        usage(promptTokenCount=odd, totalTokenCount=odd), fault(details=odd, message=odd),
    ):  # fmt: skip
        judge(one)
