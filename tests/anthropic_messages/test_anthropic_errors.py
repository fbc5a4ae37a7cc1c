"""Errors in every shape: HTTP statuses, gateways' bodies, retry-after, errors inside a stream."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.dialects import dialect
from conformance.dialects.anthropic_messages.words import ERROR_TYPES, STATUS_TYPES
from conformance.exchange import Headers
from conformance.model import Error, error

MESSAGES = dialect("anthropic-messages")
RETRIED = {408, 409, 429, 500, 502, 503, 504, 529}


def failed(status: int, body: Any, headers: Headers = ()) -> Error:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return MESSAGES.error(status, headers, data)


@pytest.mark.parametrize(("status", "word"), STATUS_TYPES.items())
def test_the_vendors_table(status: int, word: str) -> None:
    found = failed(status, {"type": "error", "error": {"type": word, "message": "no"}, "request_id": "req_1"})
    assert (found.kind, found.message, found.status, found.code) == (ERROR_TYPES[word], "no", status, word)
    assert found.retryable is (status in RETRIED)


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 408, 409, 413, 429, 500, 503, 504, 529])
def test_an_empty_body_leaves_the_status(status: int) -> None:
    found = failed(status, b"")
    assert found.kind != "protocol"
    assert found.retryable is (status in RETRIED)
    assert str(status) in found.message


def test_the_finest_code_is_kept() -> None:
    inner = {"type": "invalid_request_error", "message": "no", "details": {"error_code": "file_expired"}}
    assert failed(400, {"type": "error", "error": inner}).code == "file_expired"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ((("Retry-After", "7"),), 7.0),
        ((("retry-after-ms", "1500"), ("retry-after", "9")), 1.5),
        ((("retry-after", "Sat, 21 Nov 2026 10:00:30 GMT"), ("date", "Sat, 21 Nov 2026 10:00:00 GMT")), 30.0),
        ((("retry-after", "Sat, 21 Nov 2020 10:00:30 GMT"), ("date", "Sat, 21 Nov 2026 10:00:00 GMT")), 0.0),
        ((("retry-after", "Sat, 21 Nov 2020 10:00:30 GMT"),), None),
        ((("retry-after", "soon"),), None),
        ((("retry-after", "-3"),), None),
        ((("retry-after", "inf"),), None),
        ((), None),
    ],
)
def test_retry_after(headers: Headers, seconds: float | None) -> None:
    assert failed(429, {}, headers).retry_after == seconds


def test_the_server_may_overrule_what_is_retried() -> None:
    assert failed(400, {}, (("x-should-retry", "true"),)).retryable
    assert not failed(529, {}, (("x-should-retry", "false"),)).retryable


@pytest.mark.parametrize(
    ("status", "body", "kind", "message"),
    [
        (502, b"<html><h1>Bad gateway</h1></html>", "proxy_error", "HTML"),
        (404, b"no such route", "not_found", "no such route"),
        (401, b"\xff\xfe", "auth", "401"),
        (401, {"error": {"message": "No auth", "code": 401}}, "auth", "No auth"),
        (200, {"error": {"message": "slow down", "code": 429}, "user_id": "u"}, "rate_limit", "slow down"),
        (200, {"error": {"message": "slow down", "code": "429"}}, "rate_limit", "slow down"),
        (200, {"type": "error", "error": {"type": "overloaded_error", "message": "busy"}}, "overloaded", "busy"),
        (400, {"error": "boom"}, "invalid_request", "boom"),
        (422, {"detail": "bad"}, "invalid_request", "bad"),
        (403, {"message": "not you"}, "permission", "not you"),
        (404, [{"error": {"code": 404, "message": "no model", "status": "NOT_FOUND"}}], "not_found", "no model"),
        (500, {"error": {"type": "brand_new_error", "message": "x"}}, "server", "x"),
        (500, {"error": {"type": ["odd"], "message": {"odd": 1}}}, "server", "odd"),
        (418, b"3", "invalid_request", "3"),
        (503, {}, "overloaded", "{}"),
        (200, {"hello": 1}, "protocol", "neither"),
        (200, b"[[[", "protocol", "neither"),
    ],
)
def test_other_shapes(status: int, body: Any, kind: str, message: str) -> None:
    found = failed(status, body)
    assert found.kind == kind
    assert message in found.message


@pytest.mark.parametrize(
    ("frame", "kind", "message"),
    [
        (b'{"type":"error","error":{"type":"overloaded_error","message":"busy"}}', "overloaded", "busy"),
        (
            b'{"type":"error","error":{"type":"rate_limit_error","message":"slow"},"request_id":null}',
            "rate_limit",
            "slow",
        ),
        (b'{"error":{"code":502,"message":"upstream"}}', "server", "upstream"),
        (b'{"type":"error","error":"boom"}', "server", "boom"),
        (b'{"type":"error"}', "server", "failed"),
        (b"upstream gone", "server", "upstream gone"),
        (b'{"type":"error","error":{"type":"over', "protocol", "cannot parse frame 0"),
    ],
)
def test_errors_inside_a_stream(frame: bytes, kind: str, message: str) -> None:
    decoder = MESSAGES.decoder()
    [found] = decoder.feed(b"event: error\ndata: " + frame + b"\n\nevent: ping\ndata: {}\n\n")
    assert isinstance(found, Error)
    assert (found.kind, found.status) == (kind, None)
    assert message in found.message
    assert decoder.close() == []


@pytest.mark.parametrize(
    "said",
    [
        error("rate_limit", "slow", retry_after=2.0),
        error("auth", "who?", status=401),
        error("overloaded", "busy"),
        error("invalid_request", "max_tokens: Field required", code="invalid_request_error"),
        error("invalid_request", "gone", code="file_expired"),
        error("quota", "pay"),
        error("too_large", "too much"),
        error("not_found", "no model"),
        error("server", "odd", retryable=False),
        error("invalid_request", "again", retryable=True),
    ],
)
def test_what_the_server_half_says_is_understood(said: Error) -> None:
    status, headers, body = MESSAGES.server.failure(said)
    names = {name for name, _ in headers}
    assert {"content-type", "request-id"} <= names
    found = MESSAGES.error(status, headers, body)
    assert (found.kind, found.message, found.retryable) == (said.kind, said.message, said.retryable)
    assert (found.retry_after, found.status) == (said.retry_after, status)
    [inside] = MESSAGES.decoder().feed(MESSAGES.server.failure_frame(said))
    assert isinstance(inside, Error)
    assert (inside.kind, inside.message) == (said.kind, said.message)


def test_half_an_error_is_a_cut_stream() -> None:
    decoder = MESSAGES.decoder()
    assert decoder.feed(b'event: error\ndata: {"type":"error","error":{"type":"over') == []
    [found] = decoder.close()
    assert isinstance(found, Error)
    assert found.kind == "truncated"
