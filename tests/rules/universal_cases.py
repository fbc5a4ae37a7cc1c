"""Exchanges that break each universal rule, and legal ones that do not: the tables that the tests walk through."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

from msgspec.structs import replace as recorded

from conformance.dialects import Dialect, StreamDecoder, dialect
from conformance.exchange import Broken, Chunk, End, Exchange, Headers, Request, Response
from conformance.model import Done, Error, Event, Start, TextDelta, TextEnd, TextStart

CHAT, RESPONSES = dialect("openai-chat"), dialect("openai-responses")
URL = "https://api.openai.com/v1/chat/completions"
DATE = ("date", "Sat, 21 Nov 2026 09:00:00 GMT")
JSON_TYPE: Headers = (("content-type", "application/json"), DATE, ("x-request-id", "req_1"))
SSE_TYPE: Headers = (("content-type", "text/event-stream"), DATE, ("x-request-id", "req_1"))
ASKED = {"model": "m", "messages": [{"role": "user", "content": "Hi"}], "stream": True}
WHOLE = ASKED | {"stream": False}
USAGE = {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7}
SENT: Headers = (("content-type", "application/json"),)
VARIED = "0aZ9bY8cX7dW6eV5fU4gT3hS2iR1jQ0kP9lO"
"""Looks like a credential, and is none."""
LATIN_1 = '{"model": "m", "messages": [{"role": "user", "content": "é"}]}'.encode("latin-1")


def chunk(delta: Any, finish: str | None = None, **more: Any) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    head = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    return json.dumps(head | {"choices": [choice]} | more, ensure_ascii=False)


def call(index: int, id: str = "") -> str:
    """The beginning of a tool call, or without an id more of one."""
    if id:
        function = {"name": "f", "arguments": ""}
        return chunk({"tool_calls": [{"index": index, "id": id, "type": "function", "function": function}]})
    return chunk({"tool_calls": [{"index": index, "function": {"arguments": "{}"}}]})


FIRST = chunk({"role": "assistant", "content": ""})
HELLO = chunk({"content": "Hello"})
STOP = chunk({}, "stop")
FRAMES = (FIRST, HELLO, STOP, "[DONE]")


def sse(*datas: str, line: str = "\n", field: str = "data: ") -> bytes:
    return "".join(f"{field}{data}{line}{line}" for data in datas).encode()


STREAM = sse(*FRAMES)


def reply(**more: Any) -> dict[str, Any]:
    message = {"role": "assistant", "content": "Hello", "refusal": None}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    head = {"id": "c1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
    return head | {"usage": USAGE} | more


def tool(name: str, parameters: dict[str, Any]) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "parameters": {"type": "object"} | parameters}}


OFFERED = WHOLE | {"tools": [tool("get_weather", {"properties": {"city": {"type": "string"}}, "required": ["city"]})]}


def called(arguments: str, name: str = "get_weather", finish: str = "tool_calls", times: int = 1) -> dict[str, Any]:
    """A whole answer that calls a tool."""
    function = {"name": name, "arguments": arguments}
    made = [{"id": f"call_{at}", "type": "function", "function": function} for at in range(times)]
    message = {"role": "assistant", "content": None, "refusal": None, "tool_calls": made}
    return reply(choices=[{"index": 0, "message": message, "finish_reason": finish, "logprobs": None}])


def said(text: str, finish: str = "stop") -> dict[str, Any]:
    """A whole answer of text."""
    message = {"role": "assistant", "content": text, "refusal": None}
    return reply(choices=[{"index": 0, "message": message, "finish_reason": finish, "logprobs": None}])


OSLO = '{"city": "Oslo"}'
NAMED = {"type": "function", "function": {"name": "get_weather"}}
LONG = {"prompt_tokens": 5, "completion_tokens": 400, "total_tokens": 405}
THOUGHT = {"completion_tokens_details": {"reasoning_tokens": 390}}
FREE = {"type": "json_object"}
NO = {"error": {"message": "no", "type": "server_error", "param": None, "code": None}}
UNASKED = frozenset({"JS-Q"})
UNCOUNTED = frozenset({"GN-34"})
RESET = Broken("ReadError", "connection reset")
NOT_A_NUMBER = (float("nan"), float("inf"))
_CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
FORMED = WHOLE | {"response_format": {"type": "json_schema", "json_schema": {"name": "city", "schema": _CITY}}}
MISREAD = "caf\u00c3\u00a9"
ODD = "caf\u00e9\u201d\u2014and \u00abCAF\u00c9\u00bb N\u00c3O AMANH\u00c3\u00bb \u00c5\u00c4\u00d6 \u00c2ge"
GREETED = "Gr\u00fc\u00dfe \u2014 \u6771\u4eac"


def exchange(
    body: bytes | dict[str, Any],
    status: int = 200,
    headers: Headers | None = None,
    asked: bytes | dict[str, Any] | None = None,
    sent: Headers = SENT,
    url: str = URL,
    end: End = "eof",
) -> Exchange:
    """An exchange with sound parts wherever nothing else is said."""
    streamed = isinstance(body, bytes) and status < 400
    asked = asked if asked is not None else ASKED if isinstance(body, bytes) else WHOLE
    kept = headers if headers is not None else SSE_TYPE if streamed else JSON_TYPE
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = asked if isinstance(asked, bytes) else json.dumps(asked).encode()
    response = Response(status, kept, (Chunk(0.0, raw),) if raw else (), end)
    return Exchange(id="t", request=Request("POST", url, sent, request), response=response, dialect="openai-chat")


def failure(status: int = 400, headers: Headers = JSON_TYPE, body: bytes | None = None) -> Exchange:
    error = {"message": "no", "type": "invalid_request_error", "param": None, "code": None}
    return exchange(json.dumps({"error": error}).encode() if body is None else body, status, headers)


class Wrong:
    """A decoder with one fault; the fault is a function from the right events to the wrong ones."""

    def __init__(self, feed: Callable[[list[Event]], list[Event]], close: Callable[[list[Event]], list[Event]]) -> None:
        self._inner, self._feed, self._close = CHAT.decoder(), feed, close

    def feed(self, chunk: bytes) -> list[Event]:
        return self._feed(self._inner.feed(chunk))

    def close(self, end: End = "eof") -> list[Event]:
        return self._close(self._inner.close(end))


def same(events: list[Event]) -> list[Event]:
    return events


def speaking(
    feed: Callable[[list[Event]], list[Event]] = same, close: Callable[[list[Event]], list[Event]] = same
) -> Dialect:
    """openai-chat, decoded wrongly."""

    def decoder() -> StreamDecoder:
        return Wrong(feed, close)

    return replace(CHAT, decoder=decoder)


def without(kind: type[Event]) -> Callable[[list[Event]], list[Event]]:
    return lambda events: [event for event in events if not isinstance(event, kind)]


def deaf_to_small_pieces() -> StreamDecoder:
    class Deaf(Wrong):
        def feed(self, chunk: bytes) -> list[Event]:
            return self._inner.feed(chunk if len(chunk) > 1 else b" ")

    return Deaf(same, same)


def done_for_truncated(events: list[Event]) -> list[Event]:
    from conformance.model import Reply, Usage

    return [Done("stop", Usage(), Reply()) if isinstance(event, Error) else event for event in events]


def overlapping(events: list[Event]) -> list[Event]:
    return [
        extra
        for event in events
        for extra in ((TextStart(7), event, TextEnd(7, "")) if isinstance(event, TextDelta) else (event,))
    ]


class Bad(NamedTuple):
    """An exchange that breaks a rule; `also` are the other universal rules that the same fault breaks."""

    exchange: Exchange
    words: str
    also: frozenset[str] = frozenset()
    language: Dialect = CHAT


BAD: dict[str, list[Bad]] = {
    "GN-01": [
        Bad(exchange(STREAM, sent=(("content-type", "text/plain"),)), "the wrong content type"),
        Bad(exchange(STREAM, sent=(("accept", "*/*"),)), "no content type"),
        Bad(exchange(STREAM, asked=LATIN_1), "not UTF-8: byte 57 is 0xe9"),
        Bad(exchange(STREAM, asked=b'{"model": '), "not JSON"),
        Bad(exchange(STREAM, asked=b'{"temperature": NaN}'), "NaN is no JSON number", frozenset({"JS-Q"})),
        Bad(exchange(STREAM, asked=b"\xef\xbb\xbf" + json.dumps(ASKED).encode()), "BOM"),
    ],
    "GN-02": [
        Bad(exchange(STREAM, headers=JSON_TYPE), "wrong content type"),
        Bad(exchange(STREAM, headers=(DATE, ("x-request-id", "r"))), "no content type"),
        Bad(exchange(STREAM, headers=(("content-type", "application/x-ndjson"),)), "wrong content type"),
    ],
    "GN-03": [
        Bad(exchange(sse(FIRST, f"{HELLO}\u2028data: {STOP}", "[DONE]")), "U+2028"),
        Bad(exchange(sse(FIRST, f"{HELLO}\u0085data:{STOP}", "[DONE]")), "U+0085"),
    ],
    "GN-04": [Bad(exchange(STREAM), "pieces of 1 bytes", language=replace(CHAT, decoder=deaf_to_small_pieces))],
    "GN-06": [
        Bad(exchange(sse(FIRST, HELLO + HELLO, STOP, "[DONE]")), "more follows after the JSON value"),
        Bad(exchange(sse(FIRST, "", STOP, "[DONE]")), "the data is empty"),
        Bad(exchange(sse(FIRST, f"[{HELLO}]", STOP, "[DONE]")), "not an object"),
        Bad(exchange(sse(FIRST, HELLO, STOP, "[DONE] ")), "blanks stand around [DONE]"),
        Bad(exchange(sse(FIRST, "{'content'}", "[DONE]")), "not JSON"),
        Bad(exchange(sse(FIRST, HELLO).replace(b"Hello", b"\xff")), "not UTF-8"),
    ],
    "GN-07": [
        Bad(exchange(STREAM.removesuffix(b"\n")), "not closed"),
        Bad(exchange(STREAM.removesuffix(b"\n\n")), "not closed"),
    ],
    "GN-08": [
        Bad(failure(502, body=b"<html><h1>502 Bad Gateway</h1></html>"), "proxy_error"),
        Bad(failure(502, body=b"upstream connect error"), "not JSON"),
        Bad(failure(500, body=b'"oops"'), "not an object"),
        Bad(failure(500, body=b""), "empty"),
    ],
    "GN-09": [
        Bad(failure(429), "does not say when"),
        Bad(failure(503), "does not say when"),
        Bad(failure(429, (*JSON_TYPE, ("retry-after", "soon"))), "neither seconds nor an HTTP date"),
    ],
    "GN-10": [
        Bad(exchange(STREAM), "before Start", language=speaking(without(Start))),
        Bad(exchange(STREAM), "neither Done nor Error", language=speaking(without(Done))),
        Bad(exchange(STREAM), "after Done", language=speaking(close=lambda events: [*events, TextDelta(0, "x")])),
    ],
    "GN-11": [
        Bad(exchange(STREAM), "block 0 is open", language=speaking(without(TextEnd))),
        Bad(exchange(STREAM), "not an open Text block", language=speaking(without(TextStart))),
        Bad(exchange(STREAM), "while another text or thinking block is open", language=speaking(overlapping)),
        Bad(exchange(STREAM), "not the sum of its deltas", language=speaking(without(TextDelta))),
    ],
    "GN-12": [Bad(exchange(STREAM), "looks finished", language=speaking(close=done_for_truncated))],
    "GN-14": [
        Bad(exchange(STREAM, sent=(*SENT, ("Authorization", f"Bearer {name}"))), "Authorization")
        for name in ("sk-" + VARIED, VARIED)
    ]
    + [
        Bad(exchange(STREAM, url=f"{URL}?key={VARIED}"), "'key'"),
        Bad(exchange(STREAM, headers=(*SSE_TYPE, ("set-cookie", f"__cf_bm={VARIED}; path=/"))), "set-cookie"),
        Bad(exchange(sse(FIRST, chunk({"content": f"ghp_{VARIED}"}), STOP, "[DONE]")), "body"),
    ],
    "GN-15": [
        Bad(
            exchange(json.dumps(NO).encode(), 404, JSON_TYPE[:2], {"model": "m", "input": "Hi"}),
            "no request id",
            language=RESPONSES,
        )
    ],
    "GN-16": [
        Bad(exchange(reply(usage=USAGE | {"prompt_tokens": wrong})), "no integer of 0 or more", frozenset({"JS-R"}))
        for wrong in (-1, 1.5)
    ]
    + [
        Bad(exchange(reply(usage=USAGE | {"prompt_tokens": wrong})), "no integer", frozenset({"JS-R", "GN-30"}))
        for wrong in (float("inf"), float("nan"))
    ]
    + [
        Bad(exchange(reply(usage=USAGE | {"extra": {"image_tokens": -3}})), "no integer"),
        Bad(exchange(reply(usage=USAGE | {"image_tokens": "3"})), "no integer"),
        Bad(exchange(sse(FIRST, chunk({}, "stop", x_groq={"usage": {"queued_tokens": -1}}), "[DONE]")), "no integer"),
    ],
    "GN-17": [
        Bad(exchange(sse(FIRST) + b'error: {"message": "overloaded"}\n\n' + sse(STOP, "[DONE]")), "outside of a data"),
        Bad(exchange(sse(FIRST) + b'{"error": {"message": "overloaded"}}\r\n\r\n'), "outside of a data"),
    ],
    "GN-18": [Bad(exchange(b""), "empty body"), Bad(exchange(b"\n \n", headers=JSON_TYPE, asked=WHOLE), "empty body")],
    "GN-19": [Bad(exchange(reply(), status), "neither") for status in (302, 304, 101, -5)],
    "GN-20": [
        Bad(exchange(reply(), headers=(("content-type", "text/html"),)), "wrong content type"),
        Bad(exchange(reply(), headers=(DATE, ("x-request-id", "r"))), "no content type"),
    ],
    "GN-21": [
        Bad(exchange(called("{}"), asked=OFFERED), "without what it requires"),
        Bad(exchange(called(""), asked=OFFERED), "without what it requires"),
        Bad(exchange(called("{}", "set_weather"), asked=OFFERED), "no tool 'set_weather' was offered"),
        Bad(exchange(called('{"city": 7}'), asked=OFFERED), "do not fit its schema"),
        Bad(exchange(called("{}", "set_weather"), asked=WHOLE), "no tool 'set_weather' was offered"),
    ],
    "GN-22": [
        Bad(exchange(reply(), asked=WHOLE | {"stop": stop}), "a stop sequence stands") for stop in ("ell", ["x", "o"])
    ],
    "GN-23": [
        Bad(exchange(reply(usage=LONG), asked=WHOLE | {"max_tokens": 16}), "counts more tokens"),
        Bad(exchange(said("a " * 40), asked=WHOLE | {"max_completion_tokens": 16}), "more words", UNCOUNTED),
    ],
    "GN-24": [
        Bad(exchange(called(OSLO), asked=OFFERED | {"tool_choice": "none"}), "none was allowed"),
        Bad(exchange(called("{}", "f"), asked=OFFERED | {"tool_choice": NAMED}), "another tool", frozenset({"GN-21"})),
    ],
    "GN-25": [Bad(exchange(called(OSLO, times=2), asked=OFFERED | {"parallel_tool_calls": False}), "2 calls come")],
    "GN-26": [
        Bad(exchange(said("It is Oslo."), asked=FORMED), "the text is none"),
        Bad(exchange(said("```json\n{}\n```"), asked=WHOLE | {"response_format": FREE}), "the text is none"),
        Bad(exchange(said('{"town":"Oslo"}'), asked=FORMED), "does not fit its schema"),
    ],
    "GN-27": [
        Bad(exchange(STREAM, asked=WHOLE), "a whole answer was asked for"),
        Bad(exchange(reply(), asked=ASKED), "a stream was asked for"),
        Bad(recorded(exchange(reply(), asked=ASKED), fidelity="reserialized"), "a stream was asked for"),
    ],
    "GN-28": [
        Bad(exchange(said(text)), "wrong encoding")
        for text in (*(GREETED.encode().decode(code, "ignore") for code in ("latin-1", "cp1252")), "Gr\ufffd\ufffde")
    ],
    "GN-29": [Bad(exchange(STREAM, end=RESET), "the connection broke after")],
    "GN-30": [
        *(Bad(exchange(reply(score=odd)), "is no JSON number") for odd in NOT_A_NUMBER),
        Bad(exchange(b"\xef\xbb\xbf" + json.dumps(reply()).encode(), headers=JSON_TYPE, asked=WHOLE), "order mark"),
        Bad(exchange(json.dumps(reply()).encode("utf-16"), headers=JSON_TYPE, asked=WHOLE), "begins with UTF-16"),
        Bad(exchange(b"\x1f\x8b\x08\x00", headers=JSON_TYPE, asked=WHOLE), "begins with gzip"),
    ],
    "GN-31": [Bad(exchange(reply(), 201), "has the status 201")],
    "GN-32": [
        Bad(failure(404, (("content-type", "text/html"),)), "another content type"),
        Bad(failure(404, (DATE, ("x-request-id", "r"))), "another content type"),
    ],
    "GN-33": [
        Bad(exchange(json.dumps(NO).encode(), 500, JSON_TYPE, {"model": "m"}), "breaks the language", UNASKED),
        Bad(exchange(json.dumps(NO).encode(), 500, JSON_TYPE, b'{"model": '), "is no JSON", frozenset({"GN-01"})),
    ],
    "GN-34": [
        Bad(exchange(reply(usage=USAGE | {"completion_tokens": 0})), "no output tokens"),
        Bad(exchange(said("one two three four five six")), "fewer tokens"),
    ],
    "GN-35": [
        Bad(exchange(sse(FIRST, HELLO[:-1] + "," + HELLO[1:], STOP, "[DONE]")), "the key 'id' twice"),
        Bad(exchange(json.dumps(reply()).encode()[:-1] + b',"id":"c1"}', headers=JSON_TYPE, asked=WHOLE), "'id' twice"),
    ],
    "GN-36": [
        Bad(exchange(said(text), asked=WHOLE), "the text is an error")
        for text in ("Error: 503", '{"detail": "no"}', "HTTP/1.1 500", "[ERROR] overloaded", "Internal Server Error")
    ],
    "GN-37": [
        Bad(exchange(said(text), asked=WHOLE), "escaped twice")
        for text in ("Gr\\u00fc\\u00dfe", "It&#39;s so", "a &amp; b", "One.\\n\\nTwo.")
    ],
    "JS-Q": [Bad(exchange(STREAM, asked={"model": "m"}), "'messages' is missing")],
    "JS-R": [
        Bad(exchange({"object": "chat.completion"}), "'choices' is missing"),
        Bad(exchange(b"<html>hello</html>", headers=JSON_TYPE), "an HTML page"),
        Bad(exchange(b"hello", headers=JSON_TYPE, asked=WHOLE), "no JSON"),
    ],
    "JS-S": [Bad(exchange(sse(FIRST, chunk({"content": 7}), STOP, "[DONE]")), "must be a string")],
    "JS-E": [Bad(failure(404, body=b'{"detail": "not found"}'), "is missing")],
}  # fmt: skip
"""Rule id -> exchanges that break it."""

LEGAL: dict[str, list[Exchange]] = {
    "GN-01": [
        exchange(STREAM, sent=()),
        exchange(STREAM, sent=(("Content-Type", "Application/JSON; charset=utf-8"),)),
        exchange(STREAM, asked='\n{"model": "m", "messages": [{"role": "user", "content": "\u2028é"}]}\n'.encode()),
    ],
    "GN-02": [
        exchange(STREAM, headers=()),
        exchange(STREAM, headers=(("Content-Type", "Text/Event-Stream;charset=UTF-8"),)),
    ],
    "GN-03": [
        exchange(sse(*FRAMES, line="\r\n")),
        exchange(sse(*FRAMES, line="\r")),
        exchange(sse(FIRST, chunk({"content": "a\u2028data: b\u2029\u0085event: c"}), STOP, "[DONE]")),
    ],
    "GN-04": [exchange(sse(FIRST, chunk({"content": "日本\u2028é"}), STOP, "[DONE]", line="\r\n"))],
    "GN-06": [
        exchange(sse(*FRAMES, field="data:")),
        exchange(sse(FIRST) + b": keep-alive\n\n:\n\n" + sse(HELLO, STOP, "[DONE]")),
        exchange(sse(FIRST, HELLO.replace(", ", ",\ndata: "), STOP, "[DONE]")),
        exchange(b"\xef\xbb\xbf" + b"id: 7\nretry: 10\n" + STREAM),
        exchange(sse(FIRST, '{"type": "x.unknown"}', STOP, "[DONE]")),
    ],
    "GN-07": [
        exchange(STREAM + b"\n"),
        exchange(STREAM + b": bye\n"),
        exchange(STREAM.removesuffix(b"\n\n"), end="closed"),
        exchange(sse(*FRAMES, line="\r\n")),
    ],
    "GN-08": [failure(), failure(404, body=b'{"detail": "not found"}'), failure(headers=())],
    "GN-09": [
        failure(429, (*JSON_TYPE, ("Retry-After", "20"))),
        failure(429, (*JSON_TYPE, ("retry-after", "Sat, 21 Nov 2026 09:30:00 GMT"))),
        failure(503, (*JSON_TYPE, ("retry-after-ms", "1500"))),
        failure(429, body=b'{"error": {"message": "m", "code": "insufficient_quota"}}'),
        failure(429, headers=()),
        failure(500),
    ],
    "GN-10": [exchange(STREAM), exchange(reply()), failure(), exchange(b""), exchange(sse(FIRST, "garbage"))],
    "GN-11": [
        exchange(STREAM),
        exchange(sse(FIRST, call(0, "a"), call(1, "b"), call(0), call(1), chunk({}, "tool_calls"), "[DONE]")),
    ],
    "GN-12": [exchange(STREAM), exchange(sse(FIRST, HELLO)), exchange(sse("[DONE]"))],
    "GN-14": [
        exchange(STREAM, sent=(*SENT, ("authorization", f"Bearer {value}")), url=f"{URL}?key={value}")
        for value in ("[redacted]", "sk-test-key-0123456789abcdef", "***", "XXXXXXXXXXXXXXXXXXXX", "")
    ]
    + [exchange(sse(FIRST, chunk({"content": "write sk-your-key, then export it"}), STOP, "[DONE]"))],
    "GN-15": [
        exchange(STREAM, headers=()),
        exchange(STREAM, headers=(("content-type", "text/event-stream"),)),
        exchange(STREAM, headers=(("Date", "x"), ("Request-Id", "req_1"))),
        exchange(STREAM, headers=(DATE, ("x-goog-request-id", "1"))),
    ],
    "GN-16": [
        exchange(reply(usage=None)),
        exchange(reply(usage=USAGE | {"cost": 0.1, "input_tokens_cost": 1e-6, "queue_time": -1})),
        exchange(reply(usage=USAGE | {"prompt_tokens_details": None})),
        exchange(reply(usage={"prompt_tokens": 0, "completion_tokens": 0.0, "total_tokens": 0})),
        exchange(STREAM),
    ],
    "GN-17": [
        exchange(sse(FIRST, HELLO.replace(", ", ",\ndata: "), STOP, "[DONE]")),
        exchange(b": {\"a\": 1}\nx-note: hello\nerror: none\n" + STREAM),
        exchange(sse(*FRAMES, field="data:")),
    ],
    "GN-18": [exchange(STREAM), exchange(b"\n\n" + json.dumps(reply()).encode(), headers=JSON_TYPE)],
    "GN-19": [exchange(STREAM), failure(418), failure(599), exchange(reply(), 201)],
    "GN-20": [
        exchange(reply()),
        exchange(reply(), headers=()),
        exchange(reply(), headers=(("Content-Type", "Application/JSON; charset=utf-8"),)),
        exchange(reply(), headers=(("content-type", "application/problem+json"),)),
        exchange(reply(), headers=(("content-type", "**REDACTED**"),)),
    ],
    "GN-21": [
        exchange(called('{"city": "Oslo", "more": 1}'), asked=OFFERED),
        exchange(called("", "f"), asked=OFFERED | {"tools": [tool("f", {})]}),
        exchange(called("{}", "set_weather"), asked={}),
        exchange(called("{}", "web_search"), asked=OFFERED | {"web_search_options": {"name": "web_search"}}),
        exchange(called('{"ci', finish="length"), asked=OFFERED),
        exchange(called("{}"), asked=OFFERED | {"tools": [tool("get_weather", {"required": 7})]}),
    ],
    "GN-22": [
        exchange(reply(), asked=WHOLE | {"stop": ["four", ""]}),
        exchange(called('{"city": "four"}'), asked=OFFERED | {"stop": "four"}),
    ],
    "GN-23": [
        exchange(reply(usage=USAGE | {"completion_tokens": 18}), asked=WHOLE | {"max_tokens": 16}),
        exchange(reply(usage=LONG | THOUGHT), asked=WHOLE | {"max_tokens": 16}),
        exchange(reply(usage=LONG)),
    ],
    "GN-24": [
        exchange(called(OSLO, finish="stop"), asked=OFFERED | {"tool_choice": NAMED}),
        exchange(reply(), asked=OFFERED | {"tool_choice": "none"}),
        exchange(called(OSLO), asked=OFFERED | {"tool_choice": "auto"}),
    ],
    "GN-25": [
        exchange(called(OSLO), asked=OFFERED | {"parallel_tool_calls": False}),
        exchange(called(OSLO, times=2), asked=OFFERED),
    ],
    "GN-26": [
        exchange(said('\n{"city": "Oslo", "more": 1}'), asked=FORMED),
        exchange(said('{"city": "Os', "length"), asked=FORMED),
        exchange(called(OSLO), asked=OFFERED | {"response_format": FREE}),
    ],
    "GN-27": [
        exchange(STREAM),
        exchange(reply()),
        exchange(b""),
        recorded(exchange(reply(), asked=ASKED), fidelity="body_only"),
    ],
    "GN-28": [
        exchange(said(f"{GREETED} {ODD}")),
        exchange(said(f"it says {MISREAD}"), asked={"model": "m", "messages": [{"role": "user", "content": MISREAD}]}),
    ],
    "GN-29": [exchange(STREAM), exchange(STREAM, end="closed")],
    "GN-30": [exchange(said("NaN and Infinity")), exchange(b"\xef\xbb\xbf" + STREAM)],
    "GN-31": [exchange(reply())],
    "GN-32": [failure(404, (("content-type", "application/problem+json"),)), failure(502, body=b"<html></html>")],
    "GN-33": [exchange(json.dumps(NO).encode(), 500, JSON_TYPE), exchange(json.dumps(NO).encode(), 400, JSON_TYPE, {})],
    "GN-34": [
        exchange(said("one two three")),
        exchange(reply(usage=None)),
        exchange(said("This was blocked by a filter.", "content_filter") | {"usage": USAGE | {"completion_tokens": 0}}),
    ],
    "GN-35": [exchange(sse(FIRST, chunk({"content": '"id":1,"id":2'}), STOP, "[DONE]")), exchange(reply())],
    "GN-36": [
        exchange(said("Errors are told by their status."), asked=WHOLE),
        exchange(said("Error handling comes first."), asked=WHOLE),
        exchange(said("Error: 503"), asked=WHOLE | {"messages": [{"role": "user", "content": "Show an error."}]}),
    ],
    "GN-37": [
        exchange(said(text), asked=WHOLE)
        for text in ("C:\\new\\users", "R&D and Q&A", "`&amp;`", '{"a":"\\u00fc"}', "a\\u000ab", "One.\nTwo\\nThree")
    ]
    + [exchange(said("&amp;"), asked=WHOLE | {"messages": [{"role": "user", "content": "Which HTML entity?"}]})],
    "JS-Q": [exchange(STREAM, asked=ASKED | {"x_vendor": {"a": 1}})],
    "JS-R": [exchange(reply(x_vendor=1)), exchange(reply(usage=None)), exchange(b"", headers=JSON_TYPE, asked=WHOLE)],
    "JS-S": [
        exchange(sse(FIRST, chunk({"content": "a", "x": 1}, x_vendor=[]), STOP, "[DONE]")),
        exchange(sse(FIRST, '{"error": {"message": "m", "type": "server_error", "param": null, "code": null}}')),
    ],
    "JS-E": [failure(), failure(500, body=b"<html></html>"), failure(500, body=b"")],
}  # fmt: skip
"""Rule id -> exchanges that look odd and are legal."""
