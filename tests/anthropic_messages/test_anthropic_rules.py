"""Every rule of anthropic-messages is broken by one exchange and kept by another that comes close to breaking it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from conformance.dialects import dialect
from conformance.exchange import Chunk, Exchange, Request, Response
from conformance.judging import judge
from conformance.reading import Reading
from conformance.rulebook import findings

MESSAGES = dialect("anthropic-messages")
URL = "https://api.anthropic.com/v1/messages"
NOW = {"anthropic-version": "2026-10-21"}
ASKED: dict[str, Any] = {"model": "m", "max_tokens": 4096, "messages": [{"role": "user", "content": "hi"}]}
USAGE = {"input_tokens": 5, "output_tokens": 1}
MESSAGE: dict[str, Any] = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "m",
    "content": [{"type": "text", "text": "Hi"}],
    "stop_reason": "end_turn",
    "stop_sequence": None,
    "usage": {"input_tokens": 5, "output_tokens": 9},
}
CALL = {"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {"city": "Oslo"}}
RESULT = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "sunny"}
TOOL = {"name": "get_weather", "input_schema": {"type": "object"}}
SERVER_TOOL = {"type": "web_search_20250305", "name": "web search!"}

Step = dict[str, Any]


def exchange(
    asked: Any = ASKED,
    body: bytes | Any = MESSAGE,
    *,
    url: str = URL,
    sent: Mapping[str, str] | None = None,
    status: int = 200,
    got: Mapping[str, str] | None = None,
    **more: Any,
) -> Exchange:
    """An exchange that is legal but for what is given otherwise."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent_headers = {"content-type": "application/json", **(NOW if sent is None else sent)}
    headers = {"date": "Sat, 21 Nov 2026 10:00:00 GMT", "request-id": "req_1"} if got is None else got
    return Exchange(
        id="x",
        request=Request("POST", url, tuple(sent_headers.items()), json.dumps(asked).encode()),
        response=Response(status, tuple(headers.items()), (Chunk(0.0, data),), more.pop("end", "eof")),
        dialect="anthropic-messages",
        **more,
    )


def asking(**fields: Any) -> Exchange:
    return exchange({**ASKED, **fields})


def turns(*contents: Any, **fields: Any) -> Exchange:
    """Turns that take turns: user, assistant, user, …"""
    roles = ("user", "assistant")
    return asking(messages=[{"role": roles[at % 2], "content": one} for at, one in enumerate(contents)], **fields)


def answering(**fields: Any) -> Exchange:
    return exchange(body={**MESSAGE, **fields})


def failing(status: int, word: str) -> Exchange:
    return exchange(body={"type": "error", "error": {"type": word, "message": "no"}}, status=status)


def sse(*steps: Step | bytes) -> bytes:
    return b"".join(
        step if isinstance(step, bytes) else f"event: {step['type']}\ndata: {json.dumps(step)}\n\n".encode()
        for step in steps
    )


def begin(**fields: Any) -> Step:
    return {
        "type": "message_start",
        "message": {**MESSAGE, "content": [], "stop_reason": None, "usage": USAGE, **fields},
    }


def open_(index: int, block: Any = None) -> Step:
    return {"type": "content_block_start", "index": index, "content_block": block or {"type": "text", "text": ""}}


def delta(index: int, kind: str = "text_delta", **fields: Any) -> Step:
    return {"type": "content_block_delta", "index": index, "delta": {"type": kind, **(fields or {"text": "Hi"})}}


def close(index: int) -> Step:
    return {"type": "content_block_stop", "index": index}


def stop(reason: Any = "end_turn", output: Any = 9, **fields: Any) -> Step:
    return {
        "type": "message_delta",
        "delta": {"stop_reason": reason, "stop_sequence": None, **fields},
        "usage": {"output_tokens": output},
    }


END: Step = {"type": "message_stop"}
PING: Step = {"type": "ping"}
FAIL: Step = {"type": "error", "error": {"type": "overloaded_error", "message": "busy"}}
TEXT = (open_(0), delta(0), close(0))
EMPTY_CALL = {**CALL, "input": {}}
PROGRAM = {**CALL, "caller": {"type": "code_execution_20260120", "tool_id": "srvtoolu_1"}}
THINKING = {"type": "thinking", "thinking": "", "signature": ""}
SIGNED = delta(0, "signature_delta", signature="c2ln")


def stream(*steps: Step | bytes, **more: Any) -> Exchange:
    return exchange({**more.pop("asked", ASKED), "stream": True}, sse(*steps), **more)


def whole(*blocks: Step | bytes, **more: Any) -> Exchange:
    """A whole stream around some blocks."""
    return stream(begin(), *blocks, stop(), END, **more)


def piece(text: str) -> Step:
    return delta(0, "input_json_delta", partial_json=text)


CASES: dict[str, tuple[Callable[[], Exchange], ...]] = {
    # rule: (an exchange that breaks it, exchanges that keep it, …)
    "AM-H01": (
        lambda: exchange(sent={"anthropic-version": "2024-01-01"}),
        lambda: exchange(sent={"anthropic-version": "2023-06-01"}),
        lambda: exchange(sent={}),  # a recorder that drops it: nothing is known
        lambda: exchange({**ASKED, "anthropic_version": "vertex-2023-10-16"}, sent={}, source="live"),
    ),
    "AM-H02": (
        lambda: exchange(sent={**NOW, "x-api-key": "k", "authorization": "Bearer k"}),
        lambda: exchange(sent={**NOW, "authorization": "Bearer k"}),
        lambda: exchange(sent={**NOW, "x-api-key": "k"}),
    ),
    "AM-H03": (
        lambda: exchange(got={"date": "Sat, 21 Nov 2026 10:00:00 GMT"}),
        lambda: exchange(got={"date": "Sat, 21 Nov 2026 10:00:00 GMT", "Request-Id": "req_1"}),
        lambda: exchange(got={}),
    ),
    "AM-E01": (
        lambda: exchange(body={"error": "boom"}, status=500),
        lambda: failing(500, "api_error"),
        lambda: exchange(body={"type": "error", "error": {"type": "new", "message": "", "x": 1}}, status=418),
        lambda: exchange(body=b"<html>", status=502),  # GN-08's business
    ),
    "AM-E02": (
        lambda: failing(401, "api_error"),
        lambda: failing(401, "authentication_error"),
        lambda: failing(422, "invalid_request_error"),
        lambda: failing(529, "brand_new_error"),
    ),
    "AM-E03": (lambda: stream(begin(), FAIL, *TEXT), lambda: stream(begin(), PING, FAIL), lambda: stream(FAIL, PING)),
    "AM-E05": (
        lambda: failing(401, "invalid_api_key"),
        lambda: failing(401, "authentication_error"),
        lambda: failing(418, "teapot_error"),
    ),
    "AM-A01": (
        lambda: exchange({**ASKED, "tools": [TOOL], "tool_choice": {"type": "any"}}),
        lambda: exchange({**ASKED, "tools": [TOOL], "tool_choice": {"type": "auto"}}),
        lambda: exchange(
            {**ASKED, "tools": [TOOL], "tool_choice": {"type": "tool", "name": "get_weather"}},
            {**MESSAGE, "content": [CALL], "stop_reason": "tool_use"},
        ),
        lambda: exchange(
            {**ASKED, "tools": [TOOL], "tool_choice": {"type": "any"}}, {**MESSAGE, "stop_reason": "max_tokens"}
        ),
    ),
    "AM-A02": (
        lambda: exchange({**ASKED, "tools": [TOOL]}, {**MESSAGE, "content": [_said('<invoke name="get_weather">')]}),
        lambda: exchange(ASKED, {**MESSAGE, "content": [_said("Write <tool_call>.")]}),
        lambda: exchange({**ASKED, "tools": [TOOL]}, {**MESSAGE, "content": [_said("<b>bold</b>"), CALL]}),
    ),
    "AM-Q01": (
        lambda: exchange({"model": "m", "messages": []}),
        lambda: asking(max_tokens=0),
        lambda: asking(max_tokens=4096.0),
        lambda: exchange({"model": "m", "messages": []}, url=f"{URL}/count_tokens"),
        lambda: exchange({"max_tokens": 1, "messages": []}, url="https://h/publishers/anthropic/models/m:rawPredict"),
    ),
    "AM-Q02": (
        lambda: asking(messages=[{"role": "tool", "content": "x"}]),
        lambda: asking(messages=[*ASKED["messages"], {"role": "system", "content": [{"type": "text", "text": "x"}]}]),
    ),
    "AM-Q03": (
        lambda: asking(temperature=1.0),
        lambda: asking(temperature=None),
        lambda: exchange({**ASKED, "top_k": 3}, sent={"anthropic-version": "2023-06-01"}),
    ),
    "AM-Q04": (
        lambda: turns("hi", [{"type": "document", "source": {}}], "go on"),
        lambda: turns([{"type": "document", "source": {}}]),
    ),
    "AM-Q05": (
        lambda: turns([{"type": "search_result", "content": [{"type": "text", "text": "x", "citations": [{}]}]}]),
        lambda: turns([{"type": "text", "text": "x", "citations": []}]),
        lambda: turns("hi", [{"type": "text", "text": "x", "citations": [{}]}], "go on"),
    ),
    "AM-Q06": (
        lambda: turns("hi", [CALL], [RESULT, {**RESULT, "tool_use_id": "toolu_9"}]),
        lambda: turns("hi", [CALL], [RESULT]),
    ),
    "AM-Q07": (
        lambda: turns("hi", [CALL], [{"type": "text", "text": "wait"}, RESULT]),
        lambda: turns("hi", [CALL], [RESULT, {"type": "text", "text": "and now?"}]),
        lambda: turns("hi", [{**CALL, "type": "server_tool_use"}], "go on"),
        lambda: asking(  # neighbours of one role are one turn
            messages=[
                *ASKED["messages"],
                {"role": "assistant", "content": [CALL]},
                {"role": "assistant", "content": [{**CALL, "id": "toolu_2"}]},
                {"role": "user", "content": [RESULT]},
                {"role": "user", "content": [{**RESULT, "tool_use_id": "toolu_2"}]},
            ]
        ),
    ),
    "AM-Q08": (lambda: turns("hi", [{**CALL, "input": "{}"}], [RESULT]), lambda: turns("hi", [CALL], [RESULT])),
    "AM-Q09": (
        lambda: asking(tools=[{**TOOL, "name": "get weather"}]),
        lambda: asking(tools=[TOOL, SERVER_TOOL]),
    ),
    "AM-Q10": (
        lambda: asking(tool_choice="auto", tools=[TOOL]),
        lambda: asking(tool_choice={"type": "tool", "name": "get_weather"}, tools=[TOOL]),
        lambda: asking(tool_choice={"type": "any", "disable_parallel_tool_use": True}, tools=[TOOL]),
    ),
    "AM-Q11": (
        lambda: asking(thinking={"type": "enabled", "budget_tokens": 4096}),
        lambda: asking(thinking={"type": "enabled", "budget_tokens": 1024}),
        lambda: asking(thinking={"type": "adaptive"}),
    ),
    "AM-Q12": (
        lambda: turns("hi", [{"type": "thinking", "thinking": "hm"}], "go on"),
        lambda: turns("hi", [{"type": "thinking", "thinking": "", "signature": "s"}], "go on"),
        lambda: turns("hi", [{"type": "redacted_thinking", "data": "s"}], "go on"),
    ),
    "AM-Q13": (
        lambda: turns([{"type": "image", "source": {"type": "base64", "media_type": "image/tiff", "data": ""}}]),
        lambda: turns([{"type": "image", "source": {"type": "url", "url": "https://h/x.tiff"}}]),
    ),
    "AM-Q14": (
        lambda: asking(response_format={"type": "json_object"}),
        lambda: asking(output_config={"format": {"type": "json_schema", "schema": {}}}),
        lambda: asking(output_config={"effort": "high"}),
    ),
    "AM-Q15": (lambda: asking(messages=[]), lambda: asking()),
    "AM-Q16": (lambda: turns("hi", "Once upon"), lambda: turns("hi", "Once upon", "go on")),
    "AM-Q17": (
        lambda: exchange(url=f"{URL}/count_tokens"),
        lambda: exchange({"model": "m", "messages": []}, {"input_tokens": 3}, url=f"{URL}/count_tokens?beta=true"),
    ),
    "AM-Q18": (lambda: turns(""), lambda: turns([_said(" ")])),
    "AM-Q19": (
        lambda: asking(thinking={"type": "enabled", "budget_tokens": 2000}, tool_choice={"type": "any"}),
        lambda: asking(thinking={"type": "enabled", "budget_tokens": 2000}, tool_choice={"type": "auto"}),
        lambda: asking(thinking={"type": "adaptive"}, tool_choice={"type": "any"}),
    ),
    "AM-Q20": (lambda: asking(stop_sequences=["END", "\n"]), lambda: asking(stop_sequences=["END", "\n\nHuman:"])),
    "AM-Q21": (lambda: asking(tools=[TOOL, TOOL]), lambda: asking(tools=[TOOL, {**TOOL, "name": "get_time"}])),
    "AM-Q22": (
        lambda: asking(tools=[{"type": "function", "function": {"name": "get_weather"}}]),
        lambda: asking(tools=[TOOL, SERVER_TOOL], stop=None, brand_new=1),
        lambda: turns([{"type": "brand_new"}]),
    ),
    "AM-Q23": (
        lambda: turns([_picture("image/jpeg", "iVBORw0KGgoAAAANSUhEUg==")]),
        lambda: turns([_picture("image/png", "iVBORw0KGgoAAAANSUhEUg==")]),
        lambda: turns([_picture("image/webp", "AAAA")]),  # nothing that is known: it may be right
    ),
    "AM-R08": (
        lambda: answering(content=[{**CALL, "input": "{}"}]),
        lambda: answering(content=[CALL, {"type": "brand_new"}, {"type": "redacted_thinking", "data": "s"}]),
    ),
    "AM-R09": (
        lambda: answering(stop_reason="stop_sequence", stop_sequence="END"),
        lambda: exchange(
            {**ASKED, "stop_sequences": ["END"]}, {**MESSAGE, "stop_reason": "stop_sequence", "stop_sequence": "END"}
        ),
        lambda: answering(stop_sequence=None),
    ),
    "AM-R10": (
        lambda: answering(usage={"prompt_tokens": 5}),
        lambda: answering(usage={**USAGE, "service_tier": "standard"}),
        lambda: exchange(body={"input_tokens": 3}, url=f"{URL}/count_tokens"),
    ),
    "AM-R01": (
        lambda: exchange(body={"id": "msg_1", "content": "Hello"}),
        lambda: answering(content=[], container=None, context_management={}, surprise=1),
        lambda: exchange(body={"input_tokens": 3}, url=f"{URL}/count_tokens"),
    ),
    "AM-R02": (lambda: answering(stop_reason=None), lambda: answering(stop_reason="brand_new")),
    "AM-R03": (
        lambda: answering(stop_sequence="END"),
        lambda: answering(stop_reason="stop_sequence", stop_sequence="END"),
        lambda: stream(begin(), *TEXT, stop("stop_sequence", stop_sequence="END"), END),
    ),
    "AM-R04": (
        lambda: stream(begin(), *TEXT, stop("tool_use"), END),
        lambda: answering(stop_reason="tool_use", content=[CALL]),
        lambda: stream(begin(), open_(0, EMPTY_CALL), close(0), stop("tool_use"), END),
    ),
    "AM-R05": (
        lambda: answering(stop_reason="tool_use", content=[CALL, CALL]),
        lambda: answering(stop_reason="tool_use", content=[CALL, {**CALL, "id": "toolu_2"}]),
        lambda: whole(open_(0, EMPTY_CALL), close(0), open_(1, {**EMPTY_CALL, "id": "toolu_2"}), close(1)),
    ),
    "AM-R06": (
        lambda: whole(open_(0, EMPTY_CALL), close(0)),
        lambda: answering(stop_reason="max_tokens", content=[CALL]),
        lambda: answering(content=[{**CALL, "type": "server_tool_use"}]),
    ),
    "AM-R07": (lambda: answering(stop_reason="tool_calls"), lambda: answering(stop_reason="brand_new")),
    "AM-U02": (
        lambda: answering(
            usage={**USAGE, "cache_creation_input_tokens": 9, "cache_creation": {"ephemeral_5m_input_tokens": 3}}
        ),
        lambda: answering(
            usage={**USAGE, "cache_creation_input_tokens": 9, "cache_creation": {"a": 3, "b": 6, "c": None}}
        ),
        lambda: answering(usage={**USAGE, "cache_creation_input_tokens": 9, "cache_creation": None}),
        lambda: stream(  # a server tool ran in between: the total has grown, and the split is not told again
            begin(usage={**USAGE, "cache_creation_input_tokens": 9, "cache_creation": {"a": 9}}),
            {**stop(), "usage": {"output_tokens": 9, "cache_creation_input_tokens": 20}},
            END,
        ),
    ),
    "AM-U04": (
        lambda: stream(begin(usage={"input_tokens": 0, "output_tokens": 1}), *TEXT, stop(), END),
        lambda: whole(*TEXT),
        lambda: answering(usage={"input_tokens": 0, "cache_read_input_tokens": 9, "output_tokens": 1}),
    ),
    "AM-U03": (
        lambda: answering(usage={**USAGE, "output_tokens_details": {"thinking_tokens": 2}}),
        lambda: answering(usage={**USAGE, "output_tokens_details": {"thinking_tokens": 1}}),
    ),
    "AM-S01": (
        lambda: stream(begin(), b'data: {"type": "ping"}\n\n', *TEXT, stop(), END),
        lambda: stream(begin(), b': hello\r\nevent:ping\r\ndata:{"type": "ping"}\r\n\r\n', PING, *TEXT, stop(), END),
        lambda: whole(*TEXT, b'data: {"type": "ping"}\n\n', fidelity="reserialized"),  # framing not the server's
    ),
    "AM-S02": (
        lambda: stream(*TEXT, stop(), END),
        lambda: stream(PING, PING, begin(), *TEXT, stop(), END),
        lambda: stream(FAIL),
    ),
    "AM-S03": (
        lambda: stream(begin(stop_reason="end_turn"), *TEXT, stop(), END),
        lambda: stream(
            begin(content=[PROGRAM]), open_(1), close(1), stop(), END, asked=json.loads(_program_turn().request.body)
        ),
    ),
    "AM-S04": (
        lambda: stream(begin(usage={"input_tokens": None, "output_tokens": 1}), *TEXT, stop(), END),
        lambda: stream(begin(usage={**USAGE, "cost": 0.1}), *TEXT, stop(), END),
    ),
    "AM-S05": (
        lambda: whole(open_(1), delta(1), close(1)),
        lambda: whole(*TEXT, open_(1, {"type": "brand_new"}), close(1), open_(2), close(2)),
    ),
    "AM-S06": (
        lambda: whole(open_(0), open_(1), delta(0), close(0), close(1)),
        lambda: whole(open_(0), PING, delta(0), PING, close(0), open_(1), close(1)),
    ),
    "AM-S07": (
        lambda: whole(open_(0, EMPTY_CALL), delta(0), close(0)),
        lambda: whole(open_(0), delta(0, "citations_delta", citation={}), delta(0, "new_delta", x=1), close(0)),
        lambda: whole(open_(0, {"type": "new"}), delta(0), close(0)),
        lambda: whole(
            open_(0, {"type": "compaction", "content": None}), delta(0, "compaction_delta", content="s"), close(0)
        ),
    ),
    "AM-S08": (
        lambda: whole(open_(0), delta(0)),
        lambda: whole(*TEXT),
        lambda: stream(begin(), open_(0), delta(0), FAIL),
    ),
    "AM-S09": (
        lambda: whole(open_(0, CALL), close(0)),
        lambda: whole(open_(0, {**EMPTY_CALL, "caller": {"type": "direct"}}), close(0)),
        lambda: whole(open_(0, PROGRAM), close(0)),
    ),
    "AM-S10": (
        lambda: whole(open_(0, EMPTY_CALL), piece('{"city":'), piece('"Oslo"'), close(0)),
        lambda: whole(open_(0, EMPTY_CALL), piece(""), close(0)),
        lambda: whole(open_(0, EMPTY_CALL), piece(""), piece('{"city":'), piece('"Oslo"}'), close(0)),
        lambda: stream(begin(), open_(0, EMPTY_CALL), piece('{"ci'), close(0), stop("max_tokens"), END),
    ),
    "AM-S11": (
        lambda: whole(open_(0, THINKING), delta(0, "thinking_delta", thinking="Hm."), close(0)),
        lambda: whole(open_(0, THINKING), delta(0, "thinking_delta", thinking="Hm."), SIGNED, close(0)),
        lambda: whole(open_(0, THINKING), SIGNED, close(0)),  # shown to nobody, but signed
        lambda: whole(open_(0, {"type": "redacted_thinking", "data": "s"}), close(0)),
    ),
    "AM-S12": (
        lambda: stream(begin(), *TEXT, stop(None), END),
        lambda: stream(begin(), stop("refusal"), END),
        lambda: stream(begin(), *TEXT, FAIL),
    ),
    "AM-S13": (lambda: stream(begin(), *TEXT, stop(None), stop(), END), lambda: whole(*TEXT)),
    "AM-S14": (
        lambda: stream(begin(), *TEXT, stop()),
        lambda: whole(*TEXT),
        lambda: stream(begin(), *TEXT, stop(), END, PING),
        lambda: stream(begin(), open_(0), end="closed"),
    ),
    "AM-S15": (
        lambda: stream(begin(), *TEXT, stop(output=0), END),
        lambda: stream(begin(), *TEXT, stop(None, output=1), stop(output=1), END),
    ),
    "AM-S20": (
        lambda: stream(begin(id=""), *TEXT, stop(), END),
        lambda: stream(begin(brand_new=1), *TEXT, stop(), END),
    ),
    "AM-S21": (
        lambda: whole(open_(0), {"type": "content_block_delta", "index": 0, "delta": {"text": "Hi"}}, close(0)),
        lambda: whole(open_(0, {"type": "brand_new"}), delta(0, "new_delta", x=1), close(0)),
    ),
    "AM-S22": (
        lambda: whole(open_(0, _said("Hi")), delta(0, text=" you"), close(0)),
        lambda: whole(open_(0, _said("Hi")), close(0)),  # said once, and where SDKs look for it
        lambda: whole(*TEXT),
    ),
    "AM-U06": (
        lambda: stream(begin(), *TEXT, {**stop(), "usage": {"input_tokens": 3, "output_tokens": 9}}, END),
        lambda: stream(begin(), *TEXT, {**stop(), "usage": {"input_tokens": 30, "output_tokens": 9}}, END),
        lambda: stream(  # the same tokens, now told to be the cache's
            begin(),
            *TEXT,
            {**stop(), "usage": {"input_tokens": 0, "cache_read_input_tokens": 5, "output_tokens": 9}},
            END,
        ),
        lambda: whole(*TEXT),
    ),
    "AM-S17": (lambda: whole(*TEXT, b"data: [DONE]\n\n"), lambda: whole(*TEXT)),
    "AM-S19": (
        lambda: whole(open_(0), *[delta(0, text="Hello"[:end]) for end in (1, 3, 5)], close(0)),
        lambda: whole(open_(0), delta(0, text="ha"), delta(0, text="ha "), delta(0, text="ha"), close(0)),
        lambda: whole(open_(0), delta(0, text="ha"), delta(0, text="ha!"), close(0)),
    ),
    "AM-S18": (
        lambda: whole(open_(0), delta(0, text=None), close(0)),
        lambda: whole(open_(0), delta(0, text=""), delta(0, "new_delta", text=None), close(0)),
    ),
}


def _said(text: str) -> Step:
    return {"type": "text", "text": text}


def _picture(kind: str, data: str) -> Step:
    return {"type": "image", "source": {"type": "base64", "media_type": kind, "data": data}}


def _program_turn() -> Exchange:
    return turns("hi", [PROGRAM], [RESULT])


def yielded(rule: str, one: Exchange) -> list[str]:
    reading = Reading(one, MESSAGES)
    judged = MESSAGES.rules.rules[rule]
    return [found.message for found in findings(judged, reading)] if judged.applies(reading) is None else []


def kept() -> list[Any]:
    return [
        pytest.param(rule, one, id=f"{rule}-{at}")
        for rule, (_, *legal) in CASES.items()
        for at, one in enumerate(legal)
    ]


@pytest.mark.parametrize("rule", CASES)
def test_a_breaking_exchange_is_found(rule: str) -> None:
    assert yielded(rule, CASES[rule][0]())


@pytest.mark.parametrize(("rule", "legal"), kept())
def test_a_legal_exchange_is_not(rule: str, legal: Callable[[], Exchange]) -> None:
    assert yielded(rule, legal()) == []


def test_every_rule_has_both() -> None:
    assert set(CASES) == set(MESSAGES.rules.rules)
    assert all(len(cases) > 1 for cases in CASES.values())


def test_rules_tell_what_they_want() -> None:
    """Each rule can be explained: a good example, a bad one, what breaks."""
    silent = [rule.id for rule in MESSAGES.rules if not (rule.good and rule.bad and rule.why and rule.source)]
    assert silent == []


def test_a_signature_says_something() -> None:
    empty = whole(open_(0, THINKING), delta(0, "signature_delta", signature=""), close(0))
    assert yielded("AM-S11", empty) == ["the signature of block 0 is empty"]


@pytest.mark.parametrize("source", ["live", "virtual"])
def test_our_own_recordings_keep_the_request_id(source: Any) -> None:
    """The kit's recorder drops the date but never the request id: without one, the server sent none."""
    assert yielded("AM-H03", exchange(got={}, source=source)) == ["the reply has no request-id header"]
    assert yielded("AM-H03", exchange(got={"request-id": "r"}, source=source)) == []


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b'"x"', b"{}", b'{"messages": 3, "tools": {}, "tool_choice": 1}']
)
@pytest.mark.parametrize("reply", [b"null", b"[1]", b"{}", b'{"type": 1, "content": 2, "usage": [], "error": 3}'])
@pytest.mark.parametrize("status", [200, 500])
def test_no_rule_raises(body: bytes, reply: bytes, status: int) -> None:
    """Whatever the bytes are, a judgement comes of them."""
    one = Exchange(id="x", request=Request("POST", URL, (), body), response=Response(status, (), (Chunk(0.0, reply),)))
    judge(one, MESSAGES)
    frames = b"".join(b"event: %s\ndata: %s\n\n" % (kind, _with(kind, reply)) for kind in _KINDS)
    judge(Exchange(id="x", request=one.request, response=Response(status, (), (Chunk(0.0, frames),))), MESSAGES)


_KINDS = (
    b"message_start",
    b"content_block_start",
    b"content_block_delta",
    b"content_block_stop",
    b"message_delta",
    b"message_stop",
)


def _with(kind: bytes, odd: bytes) -> bytes:
    fields = ("message", "content_block", "delta", "index", "usage")
    return b'{"type": "%s", %s}' % (kind, b", ".join(b'"%s": %s' % (name.encode(), odd) for name in fields))
