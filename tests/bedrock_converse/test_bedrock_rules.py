"""Every rule of bedrock-converse is broken by one exchange and kept by another that comes close to breaking it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from conformance.dialects import dialect
from conformance.exchange import Chunk, Exchange, Request, Response
from conformance.judging import judge
from conformance.wire.eventstream import event, exception, message

CONVERSE = dialect("bedrock-converse")
HOST = "https://bedrock-runtime.us-east-1.amazonaws.com"
URL = f"{HOST}/model/us.some.model-v1%3A0/converse"
ASKED: dict[str, Any] = {"messages": [{"role": "user", "content": [{"text": "hi"}]}]}
USAGE = {"inputTokens": 5, "outputTokens": 2, "totalTokens": 7}
REPLY: dict[str, Any] = {
    "output": {"message": {"role": "assistant", "content": [{"text": "Hi"}]}},
    "stopReason": "end_turn",
    "usage": USAGE,
    "metrics": {"latencyMs": 9},
}
SPEC = {"name": "get_weather", "inputSchema": {"json": {"type": "object"}}}
CALL = {"toolUse": {"toolUseId": "t1", "name": "get_weather", "input": {"city": "Oslo"}}}
RESULT = {"toolResult": {"toolUseId": "t1", "content": [{"json": {"sky": "clear"}}]}}
IMAGE = {"image": {"format": "png", "source": {"bytes": "aGk="}}}
SIGNED = (
    "AWS4-HMAC-SHA256 Credential={id}/20261121/{region}/{service}/aws4_request, SignedHeaders={signed}, Signature=0"
)
NOW = "Sat, 21 Nov 2026 10:00:00 GMT"

START = event("messageStart", b'{"role":"assistant"}')
TEXT = event("contentBlockDelta", b'{"contentBlockIndex":0,"delta":{"text":"Hi"}}')
END = event("contentBlockStop", b'{"contentBlockIndex":0}')
STOP = event("messageStop", b'{"stopReason":"end_turn"}')
CALLED = event("messageStop", b'{"stopReason":"tool_use"}')
TOLD = event("metadata", json.dumps({"usage": USAGE, "metrics": {"latencyMs": 9}}).encode())
TOOL = event("contentBlockStart", b'{"contentBlockIndex":0,"start":{"toolUse":{"toolUseId":"t1","name":"f"}}}')
GONE = exception("throttlingException", b'{"message":"slow"}')


def said(index: int, **piece: Any) -> bytes:
    return event("contentBlockDelta", json.dumps({"contentBlockIndex": index, "delta": piece}).encode())


def exchange(
    asked: Any = ASKED,
    body: Any = REPLY,
    *,
    url: str = URL,
    sent: Mapping[str, str] | None = None,
    status: int = 200,
    got: Mapping[str, str | None] | None = None,
) -> Exchange:
    """An exchange that is legal but for what is given otherwise."""
    raw = isinstance(body, bytes)
    label = "application/vnd.amazon.eventstream" if raw else "application/json"
    headers: dict[str, Any] = {"content-type": label, "x-amzn-requestid": "r", "date": NOW, **(got or {})}
    headers = {name: value for name, value in headers.items() if value is not None}
    return Exchange(
        id="x",
        request=Request(
            "POST",
            url + ("-stream" if raw else ""),
            tuple({"content-type": "application/json", **(sent or {})}.items()),
            json.dumps(asked).encode(),
        ),
        response=Response(status, tuple(headers.items()), (Chunk(0.0, body if raw else json.dumps(body).encode()),)),
        dialect="bedrock-converse",
        source="live",
    )


def holding(*blocks: Any) -> dict[str, Any]:
    """An answer of these blocks."""
    return {**REPLY, "output": {"message": {"role": "assistant", "content": list(blocks)}}}


def stream(*frames: bytes) -> Exchange:
    return exchange(body=b"".join(frames))


def signed(
    id: str = "AKID", region: str = "us-east-1", service: str = "bedrock", names: str = "host", **more: str
) -> Exchange:
    line = SIGNED.format(id=id, region=region, service=service, signed=names)
    return exchange(sent={"authorization": line, "x-amz-date": "20261121T100100Z", **more})


def asked(*content: Any, role: str = "user", **more: Any) -> Exchange:
    return exchange({"messages": [{"role": role, "content": list(content)}], **more})


def turns(*messages: Any) -> Exchange:
    roles = ("user", "assistant", "user")
    said = [{"role": role, "content": content} for role, content in zip(roles, messages, strict=False)]
    return exchange({"messages": said, "toolConfig": {"tools": [{"toolSpec": SPEC}]}})


def tool(choice: Any = None, **spec: Any) -> Exchange:
    config = {"tools": [{"toolSpec": {**SPEC, **spec}}], **({} if choice is None else {"toolChoice": choice})}
    return exchange({**ASKED, "toolConfig": config})


def wanted(schema: Any) -> Exchange:
    form = {"type": "json_schema", "structure": {"jsonSchema": {"schema": schema}}}
    return exchange({**ASKED, "outputConfig": {"textFormat": form}})


def flipped(frame: bytes) -> bytes:
    return frame[:-1] + bytes([frame[-1] ^ 1])


def without(key: str) -> Exchange:
    return exchange(body={name: value for name, value in REPLY.items() if name != key})


def failed(body: Any, **headers: str) -> Exchange:
    return exchange(status=429, body=body, got=headers)


NAMED = {"x-amzn-errortype": "ThrottlingException:http://internal"}
OK = (START, TEXT, END, STOP, TOLD)
NO_CALL_END = (START, TOOL, said(0, toolUse={"input": ""}), CALLED, TOLD)
CASES: dict[str, tuple[list[Callable[[], Exchange]], list[Callable[[], Exchange]]]] = {
    "BR-H01": (
        [
            lambda: exchange(url=f"{HOST}/model/arn:aws:x/y/converse"),
            lambda: exchange(url=f"{HOST}/model/a:0/converse"),
        ],
        [
            lambda: exchange(url=f"{HOST}/model/arn%3Aaws%3Ax%2Fy/converse"),
            lambda: exchange(url="https://g.com/aws/model/m/converse"),
        ],
    ),
    "BR-H02": (
        [
            lambda: signed(service="bedrock-runtime"),
            lambda: signed(region="eu-west-1"),
            lambda: signed(names="x-amz-date"),
            lambda: signed(**{"x-amz-date": "20261121T095400Z"}),
        ],
        [lambda: signed(), lambda: signed(names="content-type;host;x-amz-date"), lambda: exchange()],
    ),
    "BR-H03": (
        [
            lambda: exchange(sent={"authorization": "Bearer k", "x-amz-date": "20261121T100000Z"}),
            lambda: exchange(url=URL.replace("https", "http"), sent={"authorization": "Bearer k"}),
        ],
        [
            lambda: exchange(sent={"authorization": "Bearer k"}),
            lambda: exchange(url="http://127.0.0.1:9/model/m/converse", sent={"authorization": "Bearer k"}),
        ],
    ),
    "BR-H04": ([lambda: signed("ASIA1")], [lambda: signed("ASIA1", **{"x-amz-security-token": "t"}), lambda: signed()]),
    "BR-Q01": (
        [
            lambda: exchange({"messages": [{"role": "user", "content": "hi"}]}),
            lambda: asked(),
            lambda: asked({"text": "a", "image": {}}),
            lambda: asked({}),
        ],
        [lambda: asked({"text": "a"}, IMAGE), lambda: asked({"cachePoint": {"type": "default"}})],
    ),
    "BR-Q02": ([lambda: asked({"text": "a"}, role="tool")], [lambda: asked({"text": "a"}, role="assistant")]),
    "BR-Q03": (
        [lambda: tool(name="a b"), lambda: tool(name="x" * 65), lambda: tool(inputSchema={"type": "object"})],
        [
            lambda: tool(name="x" * 64),
            lambda: exchange({**ASKED, "toolConfig": {"tools": [{"systemTool": {"name": "a b"}}]}}),
        ],
    ),
    "BR-Q04": (
        [lambda: turns([{"text": "?"}], [{"toolUse": {**CALL["toolUse"], "toolUseId": "a/b"}}])],
        [lambda: turns([{"text": "?"}], [{"toolUse": {**CALL["toolUse"], "toolUseId": "a.b:c-d_e"}}])],
    ),
    "BR-Q05": (
        [
            lambda: turns([{"text": "?"}], [{"toolUse": {**CALL["toolUse"], "input": '{"a": 1}'}}]),
            lambda: turns([{"text": "?"}], [CALL], [{"toolResult": {"toolUseId": "t1", "content": [{"json": "[1]"}]}}]),
        ],
        [
            lambda: turns([{"text": "?"}], [CALL], [RESULT]),
            lambda: turns([{"text": "?"}], [CALL], [{"toolResult": {"toolUseId": "t1", "content": [{"text": "[1]"}]}}]),
        ],
    ),
    "BR-Q06": (
        [
            lambda: tool("required"),
            lambda: tool({"none": {}}),
            lambda: tool({"auto": {}, "any": {}}),
            lambda: tool({"tool": {}}),
        ],
        [lambda: tool({"any": {}}), lambda: tool({"tool": {"name": "get_weather"}}), lambda: tool()],
    ),
    "BR-Q07": (
        [
            lambda: exchange({**ASKED, "toolConfig": {"tools": []}}),
            lambda: exchange({**ASKED, "toolConfig": {"toolChoice": {"auto": {}}}}),
            lambda: exchange({**ASKED, "inferenceConfig": {"temperature": 1.5}}),
            lambda: exchange({**ASKED, "inferenceConfig": {"maxTokens": 0}}),
            lambda: exchange({**ASKED, "inferenceConfig": {"topP": "1"}}),
        ],
        [lambda: exchange({**ASKED, "inferenceConfig": {"temperature": 1, "maxTokens": 1, "topP": 0}}), lambda: tool()],
    ),
    "BR-Q08": (
        [
            lambda: asked({"image": {"format": "image/png", "source": {"bytes": "aGk="}}}),
            lambda: asked({"image": {"format": "png", "source": {"bytes": "a*b"}}}),
            lambda: asked({"image": {"format": "png", "source": {"url": "https://example.com"}}}),
        ],
        [
            lambda: asked(IMAGE),
            lambda: asked({"image": {"format": "gif", "source": {"s3Location": {"uri": "s3://a"}}}}),
        ],
    ),
    "BR-Q09": ([lambda: wanted({"type": "object"}), lambda: wanted("{")], [lambda: wanted('{"type": "object"}')]),
    "BR-Q10": (
        [lambda: asked(RESULT), lambda: turns([{"text": "?"}], [{"text": "!"}], [RESULT])],
        [lambda: turns([{"text": "?"}], [CALL], [RESULT])],
    ),
    "BR-R01": (
        [
            lambda: without("usage"),
            lambda: without("stopReason"),
            lambda: without("output"),
            lambda: without("metrics"),
        ],
        [lambda: exchange(body={**REPLY, "trace": {}})],
    ),
    "BR-R02": (
        [
            lambda: exchange(body={**REPLY, "usage": {"inputTokens": 5}}),
            lambda: stream(START, TEXT, END, STOP, event("metadata", b'{"usage":{"inputTokens":"5"},"metrics":{}}')),
        ],
        [lambda: exchange(body={**REPLY, "usage": {**USAGE, "serverToolUsage": {}}}), lambda: stream(*OK)],
    ),
    "BR-S01": (
        [lambda: stream(START, flipped(TEXT), END, STOP, TOLD)],
        [lambda: stream(*OK), lambda: stream(*OK, TEXT[:9])],
    ),
    "BR-S02": (
        [
            lambda: stream(START, message({":message-type": "event"}, b"{}")),
            lambda: stream(START, message({":event-type": "metadata"}, b"{}")),
            lambda: stream(message({":message-type": "news", ":event-type": "a"}, b"{}")),
        ],
        [lambda: stream(*OK), lambda: stream(START, GONE)],
    ),
    "BR-S03": (
        [
            lambda: stream(START, event("contentBlockStop", b"{}")),
            lambda: stream(event("messageStart", b"[]")),
            lambda: stream(START, event("contentBlockStart", b'{"contentBlockIndex": 0}')),
        ],
        [lambda: stream(*OK), lambda: stream(START, event("news", b"{}"))],
    ),
    "BR-S04": (
        [
            lambda: stream(*OK[1:]),
            lambda: stream(START, *OK),
            lambda: stream(event("messageStart", b'{"role":"user"}'), *OK[1:]),
        ],
        [lambda: stream(*OK), lambda: stream(GONE)],
    ),
    "BR-S05": (
        [
            lambda: stream(START, TEXT, said(1, text="a"), END, STOP, TOLD),
            lambda: stream(START, said(1, text="a"), STOP, TOLD),
        ],
        [lambda: stream(*OK), lambda: stream(START, TEXT, END, said(1, text="a"))],
    ),
    "BR-S06": (
        [lambda: stream(START, said(0, toolUse={"input": "{}"}), END, CALLED, TOLD)],
        [lambda: stream(START, TOOL, said(0, toolUse={"input": "{}"}), END, CALLED, TOLD), lambda: stream(*OK)],
    ),
    "BR-S07": (
        [lambda: stream(START, said(0, text="a", toolUse={"input": ""}), END), lambda: stream(START, said(0), END)],
        [lambda: stream(START, said(0, text="a", p="abc"), END), lambda: stream(START, said(0, news=1), END)],
    ),
    "BR-S08": (
        [lambda: stream(START, TEXT, STOP, TOLD), lambda: stream(*NO_CALL_END)],
        [lambda: stream(*OK), lambda: stream(START, TEXT, GONE)],
    ),
    "BR-S09": (
        [lambda: stream(START, TOOL, said(0, toolUse={"input": '{"a":'}), END, CALLED, TOLD)],
        [
            lambda: stream(
                START, TOOL, said(0, toolUse={"input": '{"a":'}), said(0, toolUse={"input": "1}"}), END, CALLED
            ),
            lambda: stream(START, TOOL, END, CALLED, TOLD),
            lambda: stream(
                START, TOOL, said(0, toolUse={"input": "{"}), END, event("messageStop", b'{"stopReason":"max_tokens"}')
            ),
        ],
    ),
    "BR-S10": (
        [
            lambda: stream(START, TEXT, END, TOLD),
            lambda: stream(START, TEXT, END, STOP, STOP, TOLD),
            lambda: stream(START, TEXT, END, event("messageStop", b'{"stopReason":null}'), TOLD),
        ],
        [lambda: stream(*OK), lambda: stream(START, GONE)],
    ),
    "BR-S11": (
        [
            lambda: stream(*OK[:-1]),
            lambda: stream(*OK, TOLD),
            lambda: stream(*OK[:-1], event("metadata", b'{"usage":{}}')),
        ],
        [lambda: stream(*OK), lambda: stream(START, GONE)],
    ),
    "BR-S12": ([lambda: stream(START, TEXT, END, TOLD, STOP)], [lambda: stream(*OK)]),
    "BR-S13": (
        [lambda: stream(START, TEXT, END, CALLED, TOLD), lambda: stream(START, TOOL, END, STOP, TOLD)],
        [lambda: stream(START, TOOL, END, CALLED, TOLD), lambda: stream(*OK)],
    ),
    "BR-S14": (
        [
            lambda: stream(
                START, said(0, reasoningContent={"signature": "s"}), said(0, reasoningContent={"text": "a"}), END
            )
        ],
        [
            lambda: stream(
                START, said(0, reasoningContent={"text": "a"}), said(0, reasoningContent={"signature": "s"}), END
            )
        ],
    ),
    "BR-U01": (
        [lambda: exchange(body={**REPLY, "usage": {**USAGE, "totalTokens": 6}})],
        [lambda: exchange(body={**REPLY, "usage": {**USAGE, "totalTokens": 99}})],
    ),
    "BR-A01": (
        [lambda: exchange({**ASKED, "toolConfig": {"tools": [{"toolSpec": SPEC}], "toolChoice": {"any": {}}}})],
        [
            lambda: exchange({**ASKED, "toolConfig": {"tools": [{"toolSpec": SPEC}], "toolChoice": {"auto": {}}}}),
            lambda: exchange(
                {**ASKED, "toolConfig": {"tools": [{"toolSpec": SPEC}], "toolChoice": {"any": {}}}},
                {**REPLY, "stopReason": "max_tokens"},
            ),
        ],
    ),
    "BR-A02": (
        [
            lambda: exchange(
                {**ASKED, "toolConfig": {"tools": [{"toolSpec": SPEC}]}}, holding({"text": "<tool_call>{}"})
            )
        ],
        [lambda: exchange(ASKED, holding({"text": "Write <tool_call>."})), lambda: exchange()],
    ),
    "BR-H05": (
        [lambda: exchange(got={"x-amzn-requestid": None})],
        [lambda: exchange()],
    ),
    "BR-Q11": (
        [lambda: exchange({**ASKED, "toolConfig": {"tools": [{"toolSpec": SPEC}] * 2}})],
        [lambda: exchange({**ASKED, "toolConfig": {"tools": [{"toolSpec": SPEC}]}})],
    ),
    "BR-Q12": (
        [lambda: exchange({"messages": [*ASKED["messages"], {"role": "assistant", "content": [CALL]}]})],
        [lambda: exchange(ASKED), lambda: turns([{"text": "?"}], [CALL], [RESULT])],
    ),
    "BR-Q13": ([lambda: asked({"text": ""}), lambda: asked({"text": " \n"})], [lambda: asked({"text": "."})]),
    "BR-Q14": (
        [lambda: turns([{"text": "?"}], [CALL], [{"text": "Well?"}])],
        [lambda: turns([{"text": "?"}], [CALL], [RESULT]), lambda: turns([{"text": "?"}], [CALL])],
    ),
    "BR-Q15": (
        [lambda: asked({"text": "Hi"}, role="assistant")],
        [lambda: asked({"text": "Hi"}), lambda: asked({"text": "Be brief."}, role="system")],
    ),
    "BR-Q16": ([lambda: asked({"text": "Hi"}, max_tokens=9)], [lambda: asked({"text": "Hi"}, requestMetadata={})]),
    "BR-Q17": (
        [
            lambda: exchange(
                {**ASKED, "toolConfig": {"tools": [{"toolSpec": SPEC}], "toolChoice": {"tool": {"name": "f"}}}}
            )
        ],
        [
            lambda: exchange(
                {
                    **ASKED,
                    "toolConfig": {"tools": [{"toolSpec": SPEC}], "toolChoice": {"tool": {"name": "get_weather"}}},
                }
            )
        ],
    ),
    "BR-R03": (
        [lambda: exchange(body=holding(CALL, CALL))],
        [lambda: exchange(body=holding(CALL, {"toolUse": {**CALL["toolUse"], "toolUseId": "t2"}}))],
    ),
    "BR-R04": (
        [
            lambda: exchange(body={**REPLY, "stopReason": "tool_calls"}),
            lambda: exchange(body={**REPLY, "stopReason": ""}),
        ],
        [lambda: exchange(body={**REPLY, "stopReason": "brand_new"}), lambda: exchange()],
    ),
    "BR-R05": (
        [
            lambda: exchange(body=holding({"toolUse": {"name": "f", "toolUseId": "t", "input": "{}"}})),
            lambda: exchange(body=holding({"type": "text", "text": "a"})),
        ],
        [lambda: exchange(body=holding(CALL, {"brand_new": 1})), lambda: exchange(body=holding())],
    ),
    "BR-R06": (
        [lambda: exchange(body=holding(CALL)), lambda: exchange(body={**REPLY, "stopReason": "tool_use"})],
        [
            lambda: exchange(body={**holding(CALL), "stopReason": "tool_use"}),
            lambda: exchange(body={**holding(CALL), "stopReason": "max_tokens"}),
        ],
    ),
    "BR-S15": (
        [lambda: stream(START, TEXT, STOP, END, TOLD)],
        [lambda: stream(*OK), lambda: stream(START, TEXT, END, TOLD, STOP)],
    ),
    "BR-S16": (
        [lambda: stream(START, said(0, text=None)), lambda: stream(START, TOOL, said(0, toolUse={"input": {}}))],
        [lambda: stream(START, said(0, text="")), lambda: stream(START, said(0, brand_new=None))],
    ),
    "BR-S17": (
        [lambda: stream(START, said(0, text="H"), said(0, text="Hel"), said(0, text="Hello"))],
        [lambda: stream(START, said(0, text="ha"), said(0, text="ha "), said(0, text="ha"))],
    ),
    "BR-S18": (
        [lambda: stream(START, TOOL, TEXT), lambda: stream(START, TEXT, said(0, reasoningContent={"text": "a"}))],
        [
            lambda: stream(START, TEXT, said(0, citation={})),
            lambda: stream(START, TOOL, said(0, toolUse={"input": ""})),
        ],
    ),
    "BR-U02": (
        [lambda: exchange(body={**REPLY, "usage": {"inputTokens": 0, "outputTokens": 2, "totalTokens": 2}})],
        [
            lambda: exchange(
                body={**REPLY, "usage": {**USAGE, "inputTokens": 0, "cacheReadInputTokens": 5, "totalTokens": 7}}
            )
        ],
    ),
    "BR-U03": (
        [lambda: exchange(body={**REPLY, "usage": {**USAGE, "totalTokens": 8}})],
        [lambda: exchange(), lambda: exchange(body={**REPLY, "usage": {**USAGE, "cacheReadInputTokens": 9}})],
    ),
    "BR-E04": (
        [lambda: failed({"message": "slow"}, **{"x-amzn-errortype": "ValidationException"})],
        [
            lambda: failed({"message": "slow"}, **NAMED),
            lambda: failed({"message": "slow"}, **{"x-amzn-errortype": "New"}),
        ],
    ),
    "BR-E01": (
        [lambda: failed({"error": {"message": "slow"}}, **NAMED), lambda: failed({"message": "slow"})],
        [lambda: failed({"message": "slow"}, **NAMED), lambda: failed({"Message": "slow"}, **NAMED)],
    ),
    "BR-E02": (
        [
            lambda: stream(START, GONE, *OK[1:]),
            lambda: stream(START, exception("throttlingException", b"{}")),
            lambda: stream(START, exception("newException", b'{"message":"x"}')),
        ],
        [lambda: stream(START, TEXT, GONE)],
    ),
    "BR-E03": (
        [
            lambda: stream(START, message({":message-type": "error", ":error-code": "A"})),
            lambda: stream(START, message({":message-type": "error", ":error-message": "a"})),
            lambda: stream(message({":message-type": "error", ":error-code": "A", ":error-message": "a"}), START),
        ],
        [lambda: stream(START, message({":message-type": "error", ":error-code": "A", ":error-message": "a"}))],
    ),
}


def found(one: Exchange) -> set[str]:
    return {finding.rule for finding in judge(one, CONVERSE).findings}


def test_every_rule_has_its_cases() -> None:
    assert CASES.keys() == CONVERSE.rules.rules.keys()


@pytest.mark.parametrize("rule", CASES)
def test_it_is_broken(rule: str) -> None:
    for number, case in enumerate(CASES[rule][0]):
        assert rule in found(case()), number


@pytest.mark.parametrize("rule", CASES)
def test_it_is_kept(rule: str) -> None:
    for number, case in enumerate(CASES[rule][1]):
        assert rule not in found(case()), number


def test_what_is_legal_breaks_nothing() -> None:
    for legal in (exchange(), stream(*OK), signed(), turns([{"text": "?"}], [CALL], [RESULT])):
        assert found(legal) <= {"GN-16"}
