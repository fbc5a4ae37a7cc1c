"""Errors of mistral in both directions: three shapes in, what the vendor's server says out."""

from __future__ import annotations

import json

import pytest

from conformance.dialects import Refusal, dialect
from conformance.model import error
from conformance.schema import problems

MISTRAL = dialect("mistral")
FIELDS = b'{"detail":[{"type":"missing","loc":["body","messages"],"msg":"Field required","input":{}}]}'
FLAT = b'{"object":"error","message":"%s","type":"%s","param":null,"code":"%s","raw_status_code":400}'


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (401, b'{"detail":"Unauthorized"}', "auth", "Unauthorized"),
        (401, b'{"message":"Unauthorized","request_id":"r"}', "auth", "Unauthorized"),
        (422, FIELDS, "invalid_request", "Field required"),
        (400, FLAT % (b"no", b"invalid_request_invalid_args", b"3051"), "invalid_request", "no"),
        (400, FLAT % (b"Invalid model: x", b"invalid_model", b"1500"), "not_found", "Invalid model: x"),
        (422, b'{"object":"error","message":{"detail":[{"loc":[],"msg":"odd","type":"t"}]},"type":"x"}', None, "odd"),
        (402, b"{}", "quota", "402"),
        (403, b"{}", "permission", "403"),
        (404, b"{}", "not_found", "404"),
        (413, b"{}", "too_large", "413"),
        (429, b'{"message":"Requests rate limit exceeded"}', "rate_limit", "rate limit"),
        (500, FLAT % (b"Service unavailable.", b"internal_server_error", b"1000"), "server", "Service unavailable."),
        (503, b"{}", "overloaded", "503"),
        (503, FLAT % (b"busy", b"internal_server_error", b"1000"), "overloaded", "busy"),
        (504, b"{}", "timeout", "504"),
        (502, b"<html>bad gateway</html>", "proxy_error", "HTML"),
    ],
)
def test_what_a_failed_reply_says(status: int, body: bytes, kind: str | None, words: str) -> None:
    found = MISTRAL.error(status, (), body)
    assert found.kind == (kind or "invalid_request")
    assert words in found.message
    assert found.status == status


@pytest.mark.parametrize(
    ("body", "status", "loc"),
    [
        ({"model": "m"}, 422, ["body", "messages"]),
        ({"model": "m", "messages": [{"role": "user", "content": "a"}], "seed": 1}, 422, ["body", "seed"]),
        (
            {"model": "m", "messages": [{"role": "user", "content": "a"}], "stream_options": {}},
            422,
            ["body", "stream_options"],
        ),
        ({"model": "m", "messages": [{"role": "user", "content": "a"}], "max_tokens": -1}, 422, ["body", "max_tokens"]),
        ({"model": "m", "messages": [{"role": "user", "content": 7}]}, 422, ["body", "messages", 0, "content"]),
        ({"model": "m", "messages": [{"role": "assistant", "content": "a"}]}, 400, None),
        ({"model": "m", "messages": [{"role": "tool", "content": "a", "tool_call_id": "x"}]}, 400, None),
        (
            {
                "model": "m",
                "messages": [
                    {"role": "assistant", "tool_calls": [{"id": "x", "function": {"name": "f", "arguments": "{}"}}]},
                    {"role": "user", "content": "a"},
                ],
            },
            400,
            None,
        ),
    ],
)
def test_what_the_server_refuses(body: object, status: int, loc: list[str | int] | None) -> None:
    with pytest.raises(Refusal) as caught:
        MISTRAL.server.parse(body)
    found, headers, said = MISTRAL.server.failure(caught.value.error)
    told = json.loads(said)
    assert found == status
    assert dict(headers)["content-type"] == "application/json"
    assert list(problems(MISTRAL.schemas["error"], told)) == []
    if loc is None:
        assert (told["object"], told["type"]) == ("error", "invalid_request_invalid_args")
    else:
        assert told["detail"][0]["loc"] == loc


def test_retry_after_travels() -> None:
    status, headers, body = MISTRAL.server.failure(error("rate_limit", "slow", retry_after=7.0))
    found = MISTRAL.error(status, headers, body)
    assert (found.kind, found.status, found.retry_after, found.retryable) == ("rate_limit", 429, 7.0, True)
