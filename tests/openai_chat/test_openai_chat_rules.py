"""Every rule of the language finds what breaks it, and leaves alone what is legal."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest

from conformance.dialects import dialect
from conformance.exchange import Chunk, End, Exchange, Request, Response
from conformance.model import grammar_faults
from conformance.reading import Reading
from conformance.rulebook import Finding

CHAT = dialect("openai-chat")
URL = "https://api.example/v1/chat/completions"
HI = {"role": "user", "content": "Hi"}
ASKED = {"model": "m", "messages": [HI]}
TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}
CALL = {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}
CALLED = {"role": "assistant", "content": None, "tool_calls": [CALL]}
RESULT = {"role": "tool", "tool_call_id": "a", "content": "ok"}
USAGE = {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7}


def exchange(
    asked: Any = None,
    answer: bytes = b"",
    *,
    status: int = 200,
    kind: str = "application/json",
    end: End = "eof",
    method: str = "POST",
    url: str = URL,
    sent: tuple[tuple[str, str], ...] = (("authorization", "Bearer k"),),
    told: tuple[tuple[str, str], ...] = (("x-request-id", "r"),),
    origin: str = "",
) -> Exchange:
    body = json.dumps(ASKED if asked is None else asked).encode()
    answered = Response(status, (("content-type", kind), *told), (Chunk(0.0, answer),), end)
    return Exchange(
        id="x", request=Request(method, url, sent, body), response=answered, dialect="openai-chat", origin=origin
    )


def reply(message: Any = None, finish: Any = "stop", asked: Any = None, drop: str = "", **more: Any) -> Exchange:
    said = {"role": "assistant", "content": "Hi", "refusal": None} | (message or {})
    choice = {"index": 0, "message": said, "logprobs": None, "finish_reason": finish}
    head = {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": USAGE}
    value = {key: one for key, one in (head | more).items() if key != drop}
    return exchange(asked, json.dumps(value).encode())


def stream(*frames: Any, asked: Any = None, end: End = "eof") -> Exchange:
    body = b"".join(one if isinstance(one, bytes) else b"data: " + json.dumps(one).encode() + b"\n\n" for one in frames)
    return exchange(asked, body, kind="text/event-stream", end=end)


def chunk(delta: Any = None, finish: Any = None, **more: Any) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta if delta is not None else {}, "logprobs": None, "finish_reason": finish}
    return {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]} | more


def piece(index: Any = 0, arguments: Any = None, **more: Any) -> dict[str, Any]:
    """A chunk with one fragment of a call."""
    named = {"arguments": arguments} if arguments is not None else {}
    function = {"function": named | more.pop("function", {})}
    return chunk({"tool_calls": [{"index": index} | function | more]})


def begin(index: int = 0, id: str = "a", **more: Any) -> dict[str, Any]:
    return piece(index, "", id=id, type="function", function={"name": "f"}, **more)


HEAD = chunk({"role": "assistant", "content": ""})
TEXT = chunk({"content": "Hi"})
STOP = chunk(finish="stop")
CALLS = chunk(finish="tool_calls")
DONE = b"data: [DONE]\n\n"
COUNT = chunk(choices=[], usage=USAGE)
COUNTED = ASKED | {"stream": True, "stream_options": {"include_usage": True}}
TOOLED = ASKED | {"tools": [TOOL]}
FORCED = TOOLED | {"tool_choice": "required"}


def without(value: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: one for key, one in value.items() if key not in keys}


def altered(value: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A chunk whose choice is changed; None removes a key."""
    choice = {key: one for key, one in (value["choices"][0] | changes).items() if key not in changes or one is not None}
    return value | {"choices": [choice]}


def asks(**fields: Any) -> Exchange:
    return exchange(ASKED | fields)


def says(*messages: Any) -> Exchange:
    return asks(messages=list(messages))


def user_part(part: Any) -> Exchange:
    return says({"role": "user", "content": [part]})


def image(url: str) -> Exchange:
    return user_part({"type": "image_url", "image_url": {"url": url}})


def error(body: Any, status: int = 400, **more: Any) -> Exchange:
    return exchange(None, json.dumps(body).encode(), status=status, **more)


def strict(schema: Any) -> Exchange:
    return asks(tools=[{"type": "function", "function": {"name": "f", "strict": True, "parameters": schema}}])


TWO, LIKELY = ASKED | {"n": 2}, ASKED | {"logprobs": True}
TOKEN = {"token": "Hi", "logprob": -0.1, "bytes": None, "top_logprobs": []}
CHOICE = json.loads(reply().response.body)["choices"][0]
FAULT = {"message": "no", "type": "invalid_request_error", "param": None, "code": None}
OPEN = {"type": "object", "properties": {"a": {}}}
CLOSED = OPEN | {"required": ["a"], "additionalProperties": False}

BREAKS: dict[str, list[Exchange]] = {
    "OC-H01": [
        exchange(method="PUT"),
        exchange(url="https://api.example/v1/completions"),
        exchange(sent=()),
        exchange(sent=(("Authorization", "Basic k"),)),
        exchange(sent=(("Authorization", "Bearer "),), origin="a.json"),
    ],
    "OC-Q01": [exchange({}), asks(model=""), asks(messages=[]), asks(messages="Hi"), exchange([])],
    "OC-Q02": [says({"role": "model", "content": "Hi"}), says({"content": "Hi"})],
    "OC-Q03": [
        says({"role": "system", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}),
        says({"role": "developer", "content": None}),
        says({"role": "tool", "tool_call_id": "a", "content": {"x": 1}}),
    ],
    "OC-Q04": [
        user_part({"type": "picture"}),
        user_part({"type": "image_url", "image_url": "https://x.example"}),
        user_part({"type": "input_audio", "input_audio": {"data": "A", "format": "ogg"}}),
        user_part({"type": "text"}),
        says({"role": "user", "content": None}),
    ],
    "OC-Q05": [says({"role": "assistant", "content": None}), says({"role": "assistant"})],
    "OC-Q06": [
        says(CALLED | {"tool_calls": [CALL | {"function": {"name": "f", "arguments": {}}}]}, RESULT),
        says(CALLED | {"tool_calls": [CALL | {"function": {"name": "f", "arguments": "{"}}]}, RESULT),
        says(CALLED | {"tool_calls": [CALL | {"id": ""}]}),
        says(CALLED | {"tool_calls": [CALL | {"function": {"arguments": "{}"}}]}, RESULT),
    ],
    "OC-Q07": [says(HI, RESULT), says(CALLED, HI), says(CALLED, RESULT, RESULT), says(CALLED)],
    "OC-Q08": [
        asks(tools=[{"name": "f"}]),
        asks(tools=[{"type": "function", "function": {"name": "no spaces"}}]),
        asks(tools=[{"type": "function", "function": {}}]),
        asks(tools=[{"type": "function", "function": {"name": "f", "parameters": []}}]),
    ],
    "OC-Q09": [
        asks(tools=[TOOL], tool_choice="sometimes"),
        asks(tools=[TOOL], tool_choice={"type": "tool", "name": "f"}),
        asks(tools=[TOOL], tool_choice={"type": "function", "function": {"name": "g"}}),
    ],
    "OC-Q10": [asks(stop=list("abcde")), asks(stop=[]), asks(stop=[1]), asks(stop=7)],
    "OC-Q11": [asks(stream_options={"include_usage": True}), asks(stream=False, stream_options={})],
    "OC-Q12": [asks(max_tokens=1), asks(max_tokens=1, max_completion_tokens=1)],
    "OC-Q13": [
        asks(response_format={"type": "json_schema", "schema": {}}),
        asks(response_format={"type": "json_schema", "json_schema": {"name": "a b", "schema": {}}}),
        asks(response_format={"type": "json_schema", "json_schema": {"name": "a", "schema": "x"}}),
        asks(response_format={"type": "xml"}),
    ],
    "OC-Q14": [asks(reasoning_effort="extreme"), asks(reasoning_effort={"effort": "low"})],
    "OC-Q15": [image("data:image/png;base64,!!!"), image("data:image/png,abc"), image("data:;base64,QUJD")],
    "OC-Q16": [strict(OPEN), strict(CLOSED | {"required": []}), strict(without(CLOSED, "additionalProperties"))],
    "OC-R01": [
        reply(created=0),
        reply(created=0),
        reply(created=1_700_000_000_123),
        reply(object="text_completion"),
        *[reply(drop=key) for key in ("id", "object", "created", "model", "choices")],
        reply(id=""),
        reply(created="now"),
        reply(choices=[]),
        exchange(None, b'{"error":{"message":"no"}}'),
    ],
    "OC-R02": [
        reply(finish=None),
        reply(finish="end_turn"),
        reply(choices=[{"index": 0, "finish_reason": "stop"}]),
        reply(choices=[{"index": 197, "message": {}, "finish_reason": "stop"}]),
    ],
    "OC-R03": [
        reply({"role": "bot"}),
        reply({"content": ["Hi"]}),
        reply(choices=[{"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}]),
        reply({"refusal": False}),
    ],
    "OC-R04": [
        reply({"tool_calls": [CALL]}, "function_call", asked=TOOLED),
        reply(finish="tool_calls"),
        reply({"tool_calls": []}, finish="tool_calls"),
        reply({"content": None, "tool_calls": [CALL]}, asked=TOOLED),
    ],
    "OC-R05": [reply(choices=[{"index": 0, "message": {}, "finish_reason": "stop"}])],
    "OC-R06": [
        reply({"tool_calls": [CALL | {"type": "tool"}]}, "tool_calls", asked=TOOLED),
        *[reply({"tool_calls": [without(CALL, key)]}, finish="tool_calls") for key in ("id", "type", "function")],
        reply({"tool_calls": [CALL | {"function": {"name": "f", "arguments": {}}}]}, finish="tool_calls"),
    ],
    "OC-R07": [
        reply({"content": None, "tool_calls": [CALL, CALL]}, finish="tool_calls"),
        *[
            reply({"tool_calls": [CALL | {"function": {"name": "f", "arguments": text}}]}, finish="tool_calls")
            for text in ('{"x":', "[]", "null")
        ],
    ],
    "OC-S01": [
        stream(HEAD | {"created": 0}, STOP, DONE),
        stream(HEAD | {"created": 0}, STOP, DONE),
        *[stream(HEAD, without(TEXT, key), STOP, DONE) for key in ("id", "object", "created", "model", "choices")],
        stream(HEAD | {"object": "chat.completion"}, STOP, DONE),
        stream(HEAD, {"type": "ping"}, STOP, DONE),
        stream(HEAD | {"id": ""}, STOP, DONE),
        stream(HEAD | {"created": "1"}, STOP, DONE),
    ],
    "OC-S02": [
        stream(HEAD, TEXT | {"id": "d"}, STOP, DONE),
        stream(HEAD, TEXT, STOP, COUNT | {"id": "d"}, DONE, asked=COUNTED),
    ],
    "OC-S03": [stream(HEAD, TEXT | {"created": 2}, STOP, DONE)],
    "OC-S04": [
        stream(HEAD, altered(TEXT, delta=None), STOP, DONE),
        stream(HEAD, TEXT | {"choices": [{"index": 0, "delta": {"content": "a"}}]}, STOP, DONE),
        stream(HEAD, altered(TEXT, index=197), STOP, DONE),
        stream(HEAD, altered(TEXT, message={"content": "Hi"}), STOP, DONE),
    ],
    "OC-S05": [
        stream(HEAD, chunk({"role": "assistant", "content": "Hi"}), STOP, DONE),
        stream(chunk({"role": "bot"}), STOP, DONE),
        stream(TEXT, HEAD, STOP, DONE),
        stream(TEXT, STOP, DONE),
    ],
    "OC-S06": [
        stream(HEAD, chunk({"tool_calls": [without(CALL, "index")]}), CALLS, DONE),
        stream(HEAD, begin(-1), CALLS, DONE),
        stream(HEAD, begin(), chunk({"tool_calls": [{"index": 0}, {"index": 0}]}), CALLS, DONE),
    ],
    "OC-S07": [
        stream(HEAD, piece(0, "", id="a", type="tool_use", function={"name": "f"}), CALLS, DONE),
        stream(HEAD, begin(), piece(0, "{}", id="a"), CALLS, DONE),
        stream(HEAD, begin(), piece(0, "{}", id=""), CALLS, DONE),
        stream(HEAD, begin(), piece(0, "{}", function={"name": None}), CALLS, DONE),
        stream(HEAD, begin(), piece(0, "{}", type="function"), CALLS, DONE),
        stream(HEAD, piece(0, "{}", id="a", function={"name": "f"}), CALLS, DONE),
        stream(HEAD, begin(0), begin(1), CALLS, DONE),
    ],
    "OC-S08": [stream(HEAD, begin(1), CALLS, DONE), stream(HEAD, begin(0), begin(2, "b"), CALLS, DONE)],
    "OC-S09": [
        stream(HEAD, begin(), piece(0, '{"x":'), CALLS, DONE),
        stream(HEAD, begin(), piece(0, "[]"), CALLS, DONE),
        stream(HEAD, begin(), piece(0, {"x": 1}), CALLS, DONE),
    ],
    "OC-S10": [
        stream(HEAD, TEXT, DONE),
        stream(HEAD, STOP, STOP, DONE),
        stream(HEAD, chunk(finish="end_turn"), DONE),
        stream(HEAD, chunk({"content": "a"}, finish="null"), STOP, DONE),
        stream(DONE),
    ],
    "OC-S11": [stream(HEAD, STOP, TEXT, DONE), stream(HEAD, begin(), CALLS, piece(0, "{}"), DONE)],
    "OC-S12": [
        stream(HEAD, CALLS, DONE),
        stream(HEAD, begin(), STOP, DONE, asked=TOOLED),
        stream(HEAD, begin(), chunk(finish="function_call"), DONE, asked=FORCED),
    ],
    "OC-S13": [
        stream(HEAD | {"usage": None}, STOP | {"usage": None}, DONE, asked=COUNTED),
        stream(HEAD | {"usage": None}, STOP | {"usage": USAGE}, DONE, asked=COUNTED),
        stream(HEAD, STOP, COUNT, DONE, asked=COUNTED),
        stream(HEAD | {"usage": USAGE}, STOP | {"usage": None}, COUNT, DONE, asked=COUNTED),
    ],
    "OC-S14": [stream(HEAD, STOP, COUNT, DONE), stream(HEAD, STOP | {"usage": USAGE}, DONE)],
    "OC-S15": [
        stream(HEAD, STOP),
        stream(HEAD, STOP, DONE, TEXT),
        stream(HEAD, STOP, DONE, DONE),
        stream(HEAD, STOP, b"data: [DONE] \n\n"),
    ],
    "OC-S16": [stream(b"event: message\ndata: " + json.dumps(HEAD).encode() + b"\n\n", STOP, DONE)],
    "OC-S17": [stream(HEAD, begin(), begin(1, "b"), piece(0, "{}"), CALLS, DONE)],
    "OC-S19": [
        stream(HEAD, *[chunk({"content": "Hello"[:end]}) for end in (1, 3, 5)], STOP, DONE),
        stream(HEAD, *[chunk({"content": one}) for one in ("Hel", "lo ", "you", "Hello you")], STOP, DONE),
        stream(HEAD, *[chunk({"content": one}) for one in "aabbcc"], STOP, DONE),
    ],
    "OC-S20": [
        stream(HEAD, TEXT | {"model": "n"}, STOP, DONE),
        stream(HEAD, TEXT, STOP, COUNT | {"model": "n"}, DONE, asked=COUNTED),
        stream(HEAD | {"system_fingerprint": "a"}, TEXT | {"system_fingerprint": "b"}, STOP, DONE),
    ],
    "OC-S21": [
        stream(HEAD, chunk({"content": "Hi"}, "stop"), DONE),
        stream(HEAD, begin(), altered(piece(0, "{}"), finish_reason="tool_calls"), DONE, asked=TOOLED),
    ],
    "OC-A06": [
        reply({"content": " \n"}),
        reply({"content": None}),
        reply({"content": "", "tool_calls": []}),
        stream(HEAD, STOP, DONE),
    ],
    "OC-A07": [
        reply(finish="length", asked=ASKED | {"max_completion_tokens": 500}),
        stream(HEAD, TEXT, chunk(finish="length"), COUNT, DONE, asked=COUNTED | {"max_tokens": 5}),
    ],
    "OC-A01": [
        reply(asked=FORCED),
        stream(HEAD, TEXT, STOP, DONE, asked=FORCED),
        reply(asked=TOOLED | {"tool_choice": {"type": "function", "function": {"name": "f"}}}),
    ],
    "OC-A02": [
        reply({"content": '{"name": "f", "arguments": {}}'}, asked=TOOLED),
        reply({"content": '```json\n[{"name": "f", "parameters": {}}]\n```'}, asked=TOOLED),
        reply({"content": "f(x=1)"}, asked=TOOLED),
        stream(HEAD, chunk({"content": '<invoke name="f">'}), STOP, DONE, asked=TOOLED),
        reply({"content": '<tool_call>{"name":"f"}</tool_call>'}, asked=TOOLED),
        stream(HEAD, chunk({"content": "<tool_"}), chunk({"content": "call>{}"}), STOP, DONE, asked=TOOLED),
    ],
    "OC-U01": [
        reply(usage={"input_tokens": 5, "output_tokens": 2}),
        reply(usage=USAGE | {"total_tokens": 8}),
        reply(usage=USAGE | {"prompt_tokens": -5}),
        reply(usage=USAGE | {"prompt_tokens": 5.0}),
        stream(HEAD, STOP, COUNT | {"usage": USAGE | {"total_tokens": 8}}, DONE, asked=COUNTED),
    ],
    "OC-U02": [
        reply(usage=USAGE | {"prompt_tokens_details": {"cached_tokens": 6}}),
        reply(usage=USAGE | {"completion_tokens_details": {"reasoning_tokens": 3}}),
    ],
    "OC-U03": [reply(usage=USAGE | {"prompt_tokens_details": {"cached_tokens": 3, "cache_write_tokens": 3}})],
    "OC-U04": [reply(drop="usage"), reply(usage=None)],
    "OC-E01": [
        error({"error": "no"}),
        error({"message": "no"}),
        *[error({"error": without(FAULT, key)}) for key in FAULT],
        error({"error": FAULT | {"code": 400}}),
    ],
    "OC-E05": [
        error({"error": FAULT | {"code": "invalid_api_key"}}, status=404),
        error({"error": FAULT | {"code": "rate_limit_exceeded"}}, status=500),
        error({"error": FAULT | {"type": "invalid_request_error", "code": None}}, status=502),
    ],
    "OC-E07": [
        error({"error": FAULT | {"message": " "}}),
        error({"error": FAULT | {"message": 'Traceback (most recent call last):\n  File "a.py", line 3, in f'}}),
        error({"error": FAULT | {"message": "TypeError: x\n    at f (/srv/app/index.js:3:7)"}}),
    ],
    "OC-E06": [stream({"error": FAULT | {"code": "model_not_found"}})],
    "OC-S22": [stream(HEAD, chunk(choices=[]), TEXT, STOP, DONE)],
    "OC-A03": [
        reply(asked=TWO),
        stream(HEAD, TEXT, STOP, DONE, asked=TWO),
        reply(choices=[CHOICE, CHOICE]),
        reply(choices=[CHOICE, CHOICE], asked=TWO),
        reply(choices=[CHOICE, CHOICE | {"index": 1}]),
    ],
    "OC-A04": [
        reply(asked=LIKELY),
        stream(HEAD, TEXT, STOP, DONE, asked=LIKELY),
        reply(choices=[CHOICE | {"logprobs": {"content": []}}], asked=LIKELY),
    ],
    "OC-A09": [
        reply({"content": "assistant\n\nHi"}),
        reply({"content": "Hi<|im_end|>"}),
        stream(HEAD, chunk({"content": "Hi</"}), chunk({"content": "s>"}), STOP, DONE),
        reply({"content": "They greet me.</think>Hi"}),
    ],
    "OC-A11": [
        reply(choices=[CHOICE | {"logprobs": {"tokens": ["Hi"], "token_logprobs": [-0.1]}}], asked=LIKELY),
        *(
            reply(choices=[CHOICE | {"logprobs": {"content": [TOKEN | wrong]}}], asked=LIKELY)
            for wrong in ({"logprob": 0.9}, {"bytes": "Hi"}, {"bytes": [33]}, {"token": 1}, {"top_logprobs": None})
        ),
        reply(choices=[CHOICE | {"logprobs": {"content": [TOKEN | {"top_logprobs": [TOKEN]}]}}], asked=LIKELY),
    ],
    "OC-A12": [
        reply(choices=[CHOICE | {"logprobs": {"content": [TOKEN | {"token": "tok"}]}}], asked=LIKELY),
        reply(choices=[CHOICE | {"logprobs": {"content": [TOKEN | {"token": "!", "bytes": [33]}]}}], asked=LIKELY),
    ],
    "OC-A10": [
        reply({"content": "And then there came"}, asked=ASKED | {"max_completion_tokens": 2}),
        stream(HEAD, chunk({"content": "And so it went,"}), STOP, COUNT, DONE, asked=COUNTED | {"max_tokens": 2}),
    ],
    "OC-U05": [reply(usage=USAGE | {"prompt_tokens": 0, "total_tokens": 2})],
    "OC-E02": [
        stream(HEAD, b"event: error\ndata: " + json.dumps({"message": "no"}).encode() + b"\n\n"),
        stream(HEAD, altered(TEXT, error={"message": "no"}), DONE),
        stream(HEAD, {"error": FAULT}, TEXT, DONE),
        stream(HEAD, b"error: {}\n\n", STOP, DONE),
    ],
    "OC-E04": [exchange(None, b"{}", told=(("date", "Sat, 21 Nov 2026 09:00:00 GMT"),))],
}

LEGAL: list[Exchange] = [
    reply({"content": '{"name": "g", "arguments": {}}'}, asked=TOOLED),
    reply({"content": "f is a tool."}, asked=TOOLED),
    exchange(None, b"", told=()),  # a recorder that dropped the date dropped the request's id too
    reply(choices=[CHOICE, CHOICE | {"index": 1}], asked=TWO),
    stream(HEAD, TEXT, STOP, *[altered(one, index=1) for one in (HEAD, TEXT, STOP)], DONE, asked=TWO),
    reply(choices=[CHOICE | {"logprobs": {"content": [TOKEN]}}], asked=LIKELY),
    reply(choices=[CHOICE | {"logprobs": {"content": [TOKEN | {"bytes": [72, 105], "logprob": 0}]}}], asked=LIKELY),
    reply({"content": None, "tool_calls": [CALL]}, finish="tool_calls", asked=TOOLED | {"logprobs": True}),
    reply({"content": "Hi<|im_end|>"}, asked=ASKED | {"messages": [HI | {"content": "What is <|im_end|>?"}]}),
    reply({"content": "<think>Hm.</think>Hi"}),
    reply({"content": "And then they came."}, asked=ASKED | {"max_completion_tokens": 2}),
    reply({"content": "cobalt"}, asked=ASKED | {"max_completion_tokens": 2}),
    reply(asked=ASKED | {"max_completion_tokens": 3}),
    reply({"content": "Hi"}, finish="length", asked=ASKED | {"max_completion_tokens": 2}),
    stream(HEAD, chunk(choices=[], moderation={}), TEXT, STOP, DONE),
    reply(),
    reply({"content": None, "tool_calls": [CALL]}, finish="tool_calls", asked=TOOLED),
    reply({"content": None, "tool_calls": [CALL]}, finish="stop", asked=FORCED),
    reply({"tool_calls": [{"id": "a", "type": "custom", "custom": {"name": "f", "input": "x"}}]}, "tool_calls"),
    reply({"content": None, "refusal": "No."}, asked=FORCED),
    reply({"content": "Hi"}, finish="length", asked=FORCED),
    reply({"tool_calls": [CALL | {"function": {"name": "f", "arguments": '{"x":'}}]}, finish="length"),
    reply({"tool_calls": [CALL | {"function": {"name": "f", "arguments": ""}}, CALL | {"id": "b"}]}, "tool_calls"),
    reply({"annotations": [], "new_key": 1}, service_tier="default", new_key=[]),
    reply(usage=USAGE | {"prompt_tokens_details": None, "completion_tokens_details": {"reasoning_tokens": None}}),
    reply(created=1_700_000_000, choices=[
        {"index": 0, "message": {"role": "assistant", "content": "Hi"}, "logprobs": None, "finish_reason": "stop"}
    ]),
    stream(HEAD, TEXT, STOP, DONE),
    stream(HEAD, TEXT, STOP, DONE, asked=ASKED | {"n": None}),
    stream(*[one | {"usage": None, "obfuscation": "x"} for one in (HEAD, TEXT, STOP)], COUNT, DONE, asked=COUNTED),
    stream(*[one | {"usage": USAGE} for one in (HEAD, TEXT, STOP)], COUNT, DONE,
           asked=COUNTED | {"stream_options": {"include_usage": True, "continuous_usage_stats": True}}),
    stream(*[one | {"usage": None} for one in (HEAD, TEXT, STOP)], DONE),
    stream(HEAD, begin(), CALLS, DONE, asked=TOOLED),
    stream(HEAD, begin(), piece(0, '{"x":1}'), begin(1, "b"), piece(1, "{}"), CALLS, DONE, asked=TOOLED),
    stream(HEAD, begin(), piece(0, "{}"), STOP, DONE, asked=FORCED),
    stream(HEAD, begin(), piece(0, '{"x":'), chunk(finish="length"), DONE, asked=FORCED),
    stream(chunk({"role": "assistant", "content": None, "tool_calls": [{"index": 0, **CALL}]}), CALLS, DONE),
    stream(HEAD, piece(0, id="a", type="custom", custom={"name": "f", "input": "x y"}), CALLS, DONE),
    stream(HEAD, chunk({"role": None, "content": "Hi", "refusal": None, "tool_calls": None}), STOP, DONE),
    stream(HEAD, altered(HEAD, index=1), altered(TEXT, index=1), TEXT, STOP, altered(STOP, index=1), DONE,
           asked=ASKED | {"n": 2}),
    stream(b": a comment\r\n\r\n", HEAD, TEXT, STOP, DONE),
    stream(HEAD, TEXT, STOP, b"data: [DONE]"),
    stream(HEAD, TEXT, {"error": FAULT}),
    stream(HEAD, TEXT, {"error": FAULT}, DONE),
    stream(HEAD, TEXT, end="closed"),
    stream(HEAD, chunk({"audio": {"id": "x"}}), without(TEXT, "choices"), HEAD, DONE,
           asked=ASKED | {"modalities": ["audio"]}),
    error({"error": FAULT | {"code": "invalid_value", "misalignment": {}}, "new_key": 1}),
    exchange(None, b"", status=500),
    exchange(sent=(), origin="a.json"),
    says({"role": "developer", "content": "x"}, CALLED, RESULT, {"role": "assistant", "content": "Hi", "name": "A"}),
    says({"role": "system", "content": [{"type": "text", "text": "x"}]}, HI),
    says(CALLED | {"tool_calls": [CALL | {"function": {"name": "f", "arguments": ""}}]}, RESULT),
    says(CALLED | {"tool_calls": [CALL, CALL | {"id": "b"}]}, RESULT | {"tool_call_id": "b"}, RESULT, HI),
    image("data:image/png;base64,QUJD"),
    image("https://x.example/a.png"),
    user_part({"type": "file", "file": {"file_id": "f"}}),
    asks(tools=[TOOL, {"type": "custom", "custom": {"name": "any name"}}], tool_choice="auto", stop="END"),
    asks(tools=[TOOL], tool_choice={"type": "function", "function": {"name": "f"}}, stop=["a"]),
    asks(tools=[TOOL], tool_choice={"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": [TOOL]}}),
    asks(tool_choice=None, stop=None, response_format=None, reasoning_effort=None, stream_options=None, tools=None),
    asks(response_format={"type": "json_schema", "json_schema": {"name": "a", "schema": {}}}, reasoning_effort="xhigh"),
    strict(CLOSED),
    reply({"content": ""}, usage=USAGE | {"completion_tokens": 0, "total_tokens": 5}),
    reply({"content": ""}, asked=ASKED | {"stop": "END"}),
    reply({"content": None, "reasoning_content": "Hm."}),
    reply(finish="length", asked=ASKED | {"max_completion_tokens": 2}),
    reply(finish="length", usage={"prompt_tokens": 4090, "completion_tokens": 6, "total_tokens": 4096},
          asked=ASKED | {"max_completion_tokens": 500}),
    stream(HEAD, *[chunk({"content": one}) for one in ("ha", "ha", "ha", "ha", "ha", "ha")], STOP, DONE),
    stream(HEAD, TEXT | {"system_fingerprint": None}, STOP | {"system_fingerprint": "a"}, DONE),
]  # fmt: skip


def found(one: Exchange) -> list[Finding]:
    return list(CHAT.rules.judge(Reading(one, CHAT)))


def broken() -> Iterable[Any]:
    return [pytest.param(id, one, id=f"{id}-{at}") for id, cases in BREAKS.items() for at, one in enumerate(cases)]


@pytest.mark.parametrize(("id", "one"), broken())
def test_a_rule_finds_what_breaks_it(id: str, one: Exchange) -> None:
    findings = [finding for finding in found(one) if finding.rule == id]
    assert findings, [finding.rule for finding in found(one)]
    assert all(finding.level == CHAT.rules.rules[id].level and finding.message for finding in findings)


def test_every_rule_has_something_that_breaks_it() -> None:
    assert sorted(BREAKS) == sorted(CHAT.rules.rules)


@pytest.mark.parametrize("one", LEGAL, ids=range(len(LEGAL)))
def test_what_is_legal_is_left_alone(one: Exchange) -> None:
    request_only = one.response.body == b"" and one.response.status == 200
    assert [finding for finding in found(one) if not (request_only and finding.rule[3] in "RSAUE")] == []


@pytest.mark.parametrize("rule", list(CHAT.rules), ids=lambda rule: rule.id)
def test_a_rule_explains_itself(rule: Any) -> None:
    assert len(rule.sentence) > 20
    assert rule.sentence.endswith(".")
    assert all((rule.source, rule.good, rule.bad, rule.why))


ODD: list[Any] = [
    None,
    [],
    "x",
    7,
    True,
    {"choices": 7},
    {"choices": [None, 7, {"delta": 7}]},
    {"choices": [{"index": "0"}]},
]
ODD += [{"choices": [{"delta": {"tool_calls": [None, {"index": [], "function": 7}]}, "finish_reason": {}}], "usage": 7}]
ODD += [{"messages": [None, {"role": [], "content": 7}, {"role": "tool", "tool_call_id": []}], "tools": [7], "n": "x"}]
ODD += [{"messages": {"a": 1}, "tools": {"type": []}, "tool_choice": {"type": []}, "stop": {}, "response_format": 7}]
ODD += [{"error": []}, {"error": {"message": []}}, {"usage": {"prompt_tokens_details": 7, "total_tokens": "7"}}]


@pytest.mark.parametrize("asked", ODD, ids=repr)
@pytest.mark.parametrize("answer", ODD, ids=repr)
def test_no_rule_raises_for_bad_input(asked: Any, answer: Any) -> None:
    body = json.dumps(answer).encode()
    for one in (
        exchange(asked, body),
        exchange(asked, body, status=400),
        stream(answer, HEAD, answer, DONE, asked=asked),
    ):
        found(one)


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterable[tuple[Any, ...]]:
    """The path of every value inside a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield (*path, key)
        yield from _places(one, (*path, key))


def _swapped(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """The value with another one at a path."""
    made = holder = json.loads(json.dumps(value))
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = new
    return made


@pytest.mark.parametrize("new", [None, 7, 1.5, "x", [], {}, [7], {"a": 1}, True], ids=repr)
def test_no_rule_raises_wherever_a_wrong_value_stands(new: Any) -> None:
    """Each value of a stream, a reply and a request in turn is of another type; the timeline stays sound."""
    frames = [HEAD, begin(), piece(0, "{}"), CALLS, COUNT]
    for at, frame in enumerate(frames):
        for path in _places(frame):
            one = stream(*frames[:at], _swapped(frame, path, new), *frames[at + 1 :], DONE, asked=COUNTED)
            found(one)
            assert list(grammar_faults(Reading(one, CHAT).events)) == []
    whole = json.loads(reply({"tool_calls": [CALL]}, "tool_calls").response.body)
    for path in _places(whole):
        found(exchange(TOOLED, json.dumps(_swapped(whole, path, new)).encode()))
    asked = FORCED | {"messages": [HI, CALLED, RESULT], "stop": ["a"], "response_format": {"type": "json_schema"}}
    for path in _places(asked):
        found(exchange(_swapped(asked, path, new)))
