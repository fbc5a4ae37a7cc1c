"""Errors: of every status, in lists, in the middle of streams, with and without data lines."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.decoding import decode
from conformance.dialects import dialect
from conformance.exchange import Chunk, Exchange, Request, Response
from conformance.model import Error, error, grammar_faults

GEMINI = dialect("gemini")
URL = "https://generativelanguage.googleapis.com/v1beta/models/gemini-3.5-flash:streamGenerateContent?alt=sse"
FAULT = {"error": {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}}
HEAD = b'data: {"candidates":[{"content":{"role":"model","parts":[{"text":"Hel"}]}}],"responseId":"r"}\r\n\r\n'


def body(status: int, word: str, *details: dict[str, Any]) -> bytes:
    return json.dumps({"error": {"code": status, "message": "no", "status": word, "details": list(details)}}).encode()


@pytest.mark.parametrize(
    ("status", "word", "kind"),
    [
        (400, "INVALID_ARGUMENT", "invalid_request"), (400, "FAILED_PRECONDITION", "invalid_request"),
        (401, "UNAUTHENTICATED", "auth"), (403, "PERMISSION_DENIED", "permission"), (404, "NOT_FOUND", "not_found"),
        (408, "", "timeout"), (413, "", "too_large"), (429, "RESOURCE_EXHAUSTED", "rate_limit"),
        (499, "CANCELLED", "cancelled"), (500, "INTERNAL", "server"), (503, "UNAVAILABLE", "overloaded"),
        (504, "DEADLINE_EXCEEDED", "timeout"), (418, "", "invalid_request"), (599, "", "server"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("wrapped", [False, True], ids=["object", "list of one"])
def test_kinds(status: int, word: str, kind: str, wrapped: bool) -> None:
    """The table of the vendor, alone and wrapped in a list as array streams say it."""
    said = body(status, word)
    found = GEMINI.error(status, (), b"[" + said + b"]" if wrapped else said)
    assert (found.kind, found.message, found.status) == (kind, f"HTTP {status}: no", status)


def test_a_bad_key_under_400_is_auth() -> None:
    """ErrorInfo says API_KEY_INVALID, whatever the status."""
    info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}
    assert GEMINI.error(400, (), body(400, "INVALID_ARGUMENT", info)).kind == "auth"
    rendered = GEMINI.server.failure(error("auth", "bad key", status=400))
    assert GEMINI.error(*rendered).kind == "auth"


@pytest.mark.parametrize(("delay", "seconds"), [("34s", 34.0), ("0.5s", 0.5), ("34", None), (34, None), ("s", None)])
def test_retry_info(delay: Any, seconds: float | None) -> None:
    """RetryInfo says when to come back."""
    info = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay}
    found = GEMINI.error(429, (), body(429, "RESOURCE_EXHAUSTED", info))
    assert (found.retry_after, found.retryable) == (seconds, True)


def test_a_header_outranks_the_body() -> None:
    """retry-after is heeded where it comes."""
    assert GEMINI.error(429, (("retry-after", "9"),), body(429, "RESOURCE_EXHAUSTED")).retry_after == 9.0


@pytest.mark.parametrize(
    "frame",
    [
        b"data: " + json.dumps(FAULT).encode() + b"\r\n\r\n",
        json.dumps(FAULT).encode() + b"\r\n\r\n",
        json.dumps(FAULT, indent=2).encode().replace(b"\n", b"\r\n") + b"\r\n",
        json.dumps([FAULT], indent=2).encode(),
        GEMINI.server.failure_frame(error("overloaded", "The model is overloaded.", status=503)),
    ],
    ids=["data line", "bare", "bare over lines", "bare list", "as served"],
)
@pytest.mark.parametrize("head", [b"", HEAD], ids=["first", "midstream"])
def test_errors_in_a_stream(frame: bytes, head: bytes) -> None:
    """Wherever and however it comes, it ends the timeline with the vendor's words; cut at every byte too."""
    for size in (1, 2, 7, 1000):
        decoder, events = GEMINI.decoder(), []
        for at in range(0, len(head + frame), size):
            events += decoder.feed((head + frame)[at : at + size])
        events += decoder.close()
        assert not list(grammar_faults(events)) or not head
        last = events[-1]
        assert isinstance(last, Error)
        assert (last.kind, last.message) == ("overloaded", "The model is overloaded."), size


def test_an_error_in_an_array_stream() -> None:
    """An array may end with an error in place of a chunk."""
    decoder = GEMINI.decoder()
    events = decoder.feed(
        b'[{"candidates":[{"content":{"parts":[{"text":"a"}]}}]},' + json.dumps(FAULT).encode() + b"]"
    )
    assert getattr(events[-1], "kind", None) == "overloaded"


@pytest.mark.parametrize("status", [200, 503])
def test_plain_json_labelled_as_a_stream(status: int) -> None:
    """An error that comes whole under the label of a stream is read as what it is."""
    head = (("content-type", "text/event-stream"),)
    response = Response(status, head, (Chunk(0, json.dumps(FAULT, indent=2).encode()),))
    exchange = Exchange(id="x", request=Request("POST", URL, (), b"{}"), response=response, dialect="gemini")
    last = decode(exchange)[-1]
    assert isinstance(last, Error)
    assert last.kind == "overloaded"
    assert "overloaded" in last.message


def test_pages_and_nothing() -> None:
    """A proxy's page is a proxy's; an empty body still has its status."""
    assert GEMINI.error(502, (), b"<html>Bad Gateway</html>").kind == "proxy_error"
    assert GEMINI.error(500, (), b"").message.startswith("HTTP 500")
    assert GEMINI.error(200, (), b"{}").kind == "protocol"


@pytest.mark.parametrize(
    ("kind", "status"),
    [("rate_limit", 429), ("auth", 401), ("not_found", 404), ("server", 500), ("overloaded", 503), ("permission", 403)],
)
def test_what_we_serve_reads_back(kind: Any, status: int) -> None:
    """An error through both halves is the same error."""
    fault = error(kind, "why", status=status, retry_after=7.0 if status == 429 else None)
    found = GEMINI.error(*GEMINI.server.failure(fault))
    assert (found.kind, found.message, found.retry_after) == (kind, f"HTTP {status}: why", fault.retry_after)
