"""The one target of fuzzing: bytes become an answer in some dialect, which is decoded and judged and must never crash.

Rule of the file: no import of a fuzzer, so that Hypothesis, atheris and a plain test can all drive it.
"""

from __future__ import annotations

from conformance.decoding import decode
from conformance.dialects import dialect, dialect_names
from conformance.exchange import Broken, Chunk, End, Exchange, Headers, Request, Response
from conformance.judging import judge
from conformance.model import Done, Error, Event, grammar_faults

DIALECTS = [dialect(name) for name in dialect_names()]
STATUS = (200, 200, 200, 200, 200, 429, 500, 302)
ENDS: tuple[End, ...] = ("eof", "eof", "closed", Broken("RemoteProtocolError", "peer closed"))
ASKED = (
    b'{"model":"m","stream":true,"messages":[{"role":"user","content":"Hi"}]}',
    b'{"model":"m","messages":[{"role":"user","content":"Hi"}],"tools":[{"type":"function","function":{"name":"f"}}]}',
    b'{"contents":[{"parts":[{"text":"Hi"}]}]}',
    b"",
)


def answer_of(data: bytes) -> Exchange:
    """The exchange that bytes stand for: three choose dialect, status, label, end, cut; the rest is the body."""
    who, how, cut = (*data[:3], 0, 0, 0)[:3]
    language = DIALECTS[who % len(DIALECTS)]
    body = data[3:]
    label = (language.content_type, "application/json", "text/html", "")[how >> 6]
    headers: Headers = (("content-type", label),) if label else ()
    step = cut % 61 or len(body) or 1
    chunks = tuple(Chunk(0.0, body[at : at + step]) for at in range(0, len(body), step))
    request = Request("POST", "https://vendor.example/v1/x", headers, ASKED[how >> 4 & 3])
    response = Response(STATUS[how & 7], headers, chunks, ENDS[how >> 2 & 3])
    return Exchange(id="fuzz", request=request, response=response, dialect=language.name)


def one_answer(data: bytes) -> None:
    """Decode and judge; whatever the bytes are, the timeline is sound and does not depend on how they were cut."""
    exchange = answer_of(data)
    events = decode(exchange)
    assert isinstance(events[-1], Done | Error), events
    assert not list(grammar_faults(events)), list(grammar_faults(events))
    response = exchange.response
    at_once = Response(response.status, response.headers, (Chunk(0.0, response.body),), response.end)
    again = decode(Exchange(id="fuzz", request=exchange.request, response=at_once, dialect=exchange.dialect))
    assert _said(events) == _said(again), (events, again)
    judge(exchange)


def _said(events: list[Event]) -> list[Event]:
    return events[-1:]
