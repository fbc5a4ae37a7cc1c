"""Failed replies of every shape -> errors, and errors -> what the official server says."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest

from conformance.dialects import dialect
from conformance.model import ErrorKind, error
from conformance.schema import problems

RESPONSES = dialect("openai-responses")


@pytest.mark.parametrize(
    ("status", "body", "kind", "says"),
    [
        (
            401,
            {"error": {"message": "bad key", "type": "invalid_request_error", "code": "invalid_api_key"}},
            "auth",
            "bad key",
        ),
        (400, {"error": {"message": "no model", "code": "model_not_found", "param": "model"}}, "not_found", "no model"),
        (429, {"error": {"message": "pay", "code": "insufficient_quota"}}, "quota", "pay"),
        (400, {"code": "invalid-argument", "error": "Incorrect API key provided."}, "auth", "Incorrect API key"),
        (401, {"detail": "Could not parse your token."}, "auth", "Could not parse"),
        (500, {"error": {"message": "oops", "type": "server_error"}}, "server", "oops"),
    ],
)
def test_bodies_of_errors(status: int, body: Any, kind: str, says: str) -> None:
    found = RESPONSES.error(status, (("retry-after", "3"),), json.dumps(body).encode())
    assert (found.kind, found.status, found.retry_after) == (kind, status, 3.0)
    assert f"HTTP {status}" in found.message
    assert says in found.message


def test_a_page_of_a_proxy() -> None:
    found = RESPONSES.error(502, (), b"<html>Bad gateway</html>")
    assert (found.kind, found.retryable) == ("proxy_error", True)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (
            {"object": "response", "status": "failed", "error": {"code": "rate_limit_exceeded", "message": "x"}},
            "rate_limit",
        ),
        (
            {"object": "response", "status": "failed", "error": {"code": "invalid_prompt", "message": "x"}},
            "invalid_request",
        ),
        ({"object": "response", "status": "cancelled", "error": None, "output": []}, "cancelled"),
        ({"error": {"message": "x", "code": "server_error"}}, "server"),
        ({"hello": "world"}, "protocol"),
    ],
)
def test_failures_under_200(body: Any, kind: str) -> None:
    with pytest.raises(ValueError, match=r"the reply"):
        RESPONSES.reply(body)
    assert RESPONSES.error(200, (), json.dumps(body).encode()).kind == kind


@pytest.mark.parametrize("value", [None, [], "x", {}, {"output": {}}, {"output": "x"}])
def test_what_is_no_reply(value: Any) -> None:
    with pytest.raises(ValueError, match=r"the reply"):
        RESPONSES.reply(value)


def test_an_answer_that_runs_on_in_the_background_is_a_pause() -> None:
    reply = RESPONSES.reply({"id": "resp_1", "status": "queued", "output": [], "usage": None})
    assert (reply.stop, reply.parts, reply.usage.input) == ("pause", (), None)


@pytest.mark.parametrize("kind", get_args(ErrorKind))
def test_every_kind_is_said_and_read_again(kind: ErrorKind) -> None:
    """What has words of its own comes back as it was; the rest comes back as some failure of the server."""
    status, headers, body = RESPONSES.server.failure(error(kind, "it went wrong", retry_after=2.0))
    found = RESPONSES.error(status, headers, body)
    assert "it went wrong" in found.message
    assert found.retry_after == 2.0
    if kind not in ("truncated", "protocol"):
        assert found.kind == kind
    if kind != "proxy_error":
        assert problems(RESPONSES.schemas["error"], json.loads(body)) == []
    decoder = RESPONSES.decoder()
    (last,) = decoder.feed(RESPONSES.server.failure_frame(error(kind, "it went wrong")))
    assert "it went wrong" in last.message  # type: ignore[union-attr]
