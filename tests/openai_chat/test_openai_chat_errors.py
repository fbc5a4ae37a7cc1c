"""Failed replies in every shape that vendors send, and whole replies that are none."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest

from conformance.dialects import dialect
from conformance.model import (
    RETRYABLE,
    Done,
    Error,
    ErrorKind,
    Opaque,
    Reply,
    Text,
    Thinking,
    ToolCall,
    Usage,
    error,
)

CHAT = dialect("openai-chat")


def fault(status: int, body: Any, **headers: str) -> Error:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return CHAT.error(status, tuple((name.replace("_", "-"), value) for name, value in headers.items()), raw)


def official(type: str, code: str | None = None) -> dict[str, Any]:
    return {"error": {"message": "no", "type": type, "param": None, "code": code}}


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, official("invalid_request_error", "context_length_exceeded"), "invalid_request"),
        (400, official("invalid_request_error", "content_filter"), "content_filter"),
        (401, official("invalid_request_error", "invalid_api_key"), "auth"),
        (401, official("invalid_request_error"), "auth"),
        (402, official("billing"), "quota"),
        (403, official("request_forbidden", "unsupported_country_region_territory"), "permission"),
        (404, official("invalid_request_error", "model_not_found"), "not_found"),
        (408, official("timeout"), "timeout"),
        (409, official("conflict"), "conflict"),
        (413, official("invalid_request_error"), "too_large"),
        (418, official("teapot"), "invalid_request"),
        (422, official("invalid_request_error"), "invalid_request"),
        (429, official("requests", "rate_limit_exceeded"), "rate_limit"),
        (429, official("tokens"), "rate_limit"),
        (429, official("insufficient_quota", "insufficient_quota"), "quota"),
        (500, official("server_error"), "server"),
        (502, official("bad_gateway"), "server"),
        (503, official("server_error", "slow_down"), "overloaded"),
        (503, official("busy"), "overloaded"),
        (503, official("server_error"), "overloaded"),
        (429, official("invalid_request_error"), "rate_limit"),
        (504, official("bad_gateway"), "server"),
        (599, official("odd"), "server"),
    ],
)
def test_status_and_code_tell_the_kind(status: int, body: Any, kind: Any) -> None:
    """insufficient_quota is not worth a retry; a plain rate limit is."""
    found = fault(status, body)
    assert (found.kind, found.retryable, found.status) == (kind, kind in RETRYABLE, status)
    assert found.message == f"HTTP {status}: no"


@pytest.mark.parametrize(
    ("body", "message", "code"),
    [
        ({"error": "no"}, "no", None),
        ({"error": "no", "code": "bad_thing"}, "no", "bad_thing"),
        ({"error": {"message": "no", "code": 400}}, "no", "400"),
        ({"error": {"error": {"message": "no"}}}, "no", None),
        ({"error": {"reason": "no", "metadata": {}}}, "no", None),
        ({"error": {"message": {"detail": "no"}}}, '{"detail": "no"}', None),
        ({"message": "no", "request_id": "r"}, "no", None),
        ({"detail": "no"}, "no", None),
        ({"detail": [{"loc": ["body"], "msg": "no", "type": "missing"}]}, "no", None),
        ({"code": "1302", "message": "no"}, "no", "1302"),
        ({"code": "²²²", "message": "no"}, "no", "²²²"),
        ({"object": "error", "message": "no", "code": 40001}, "no", "40001"),
        ({"errors": [{"message": "no", "code": 10000}]}, "no", "10000"),
        ([{"error": {"message": "no"}}], "no", None),
        ({"something": "else"}, '{"something": "else"}', None),
        ("no", "no", None),
        (b"no such page", "no such page", None),
        (b"", "no message", None),
        (b"\xff\xfe", "\ufffd\ufffd", None),
        (b"[" * 100_000, "[" * 2000, None),
    ],
)
def test_shapes_of_compatible_vendors(body: Any, message: str, code: str | None) -> None:
    found = fault(400, body)
    assert (found.kind, found.message, found.code) == ("invalid_request", f"HTTP 400: {message}", code)


def test_a_page_is_a_proxys() -> None:
    found = fault(502, b"<html>Bad gateway</html>")
    assert (found.kind, found.retryable, "Bad gateway" in found.message) == ("proxy_error", True, True)
    assert fault(401, b"<html>Denied</html>").retryable is False


def test_a_bad_key_told_with_400_is_auth() -> None:
    assert fault(400, {"code": "invalid-argument", "error": "Incorrect API key provided: x."}).kind == "auth"


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, None),
        ({"retry_after": "7"}, 7.0),
        ({"retry_after_ms": "250", "retry_after": "7"}, 0.25),
        ({"retry_after": "Sat, 21 Nov 2026 10:00:30 GMT", "date": "Sat, 21 Nov 2026 10:00:00 GMT"}, 30.0),
        ({"retry_after": "Sat, 21 Nov 2026 10:00:30 GMT"}, None),
        ({"retry_after": "soon"}, None),
        ({"retry_after": "-1"}, None),
        ({"retry_after": "inf"}, None),
        ({"retry_after": "nan"}, None),
    ],
)
def test_when_to_come_again(headers: dict[str, str], wait: float | None) -> None:
    assert fault(429, official("requests"), **headers).retry_after == wait


def test_the_server_may_forbid_or_ask_for_a_retry() -> None:
    assert fault(500, official("server_error"), x_should_retry="false").retryable is False
    assert fault(400, official("x"), x_should_retry="true").retryable is True


# ------------------------------------------------------------------ the way back


@pytest.mark.parametrize(
    "kind",
    [kind for kind in get_args(ErrorKind) if kind not in ("truncated", "protocol")],  # a reader's words, not a server's
)
def test_an_error_survives_the_way_over_the_wire(kind: Any) -> None:
    said = error(kind, "it went wrong", retry_after=3.0)
    status, headers, body = CHAT.server.failure(said)
    found = CHAT.error(status, headers, body)
    assert (found.kind, found.retryable, found.retry_after) == (kind, said.retryable, 3.0)
    assert "it went wrong" in found.message
    again = CHAT.server.failure(found)
    assert again[0] == status
    if kind != "proxy_error":
        assert json.loads(again[2]) == json.loads(body)
        assert dict(headers)["x-request-id"]


def test_an_error_frame_ends_a_stream() -> None:
    decoder = CHAT.decoder()
    events = decoder.feed(CHAT.server.failure_frame(error("overloaded", "busy"))) + decoder.close()
    assert [(one.kind, one.message) for one in events if isinstance(one, Error)] == [("overloaded", "busy")]
    assert len(events) == 1


# ------------------------------------------------------------------ whole replies


def whole(message: Any, finish: Any = "stop", **more: Any) -> Any:
    choice = {"index": 0, "message": message, "finish_reason": finish}
    return {"id": "c1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]} | more


def test_a_whole_reply() -> None:
    calls = [{"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}]
    custom = {"id": "b", "type": "custom", "custom": {"name": "g", "input": "x y"}}
    message = {"role": "assistant", "content": "Hi", "reasoning": "Hm.", "tool_calls": [*calls, custom]}
    usage = {"prompt_tokens": 5, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 4}}
    assert CHAT.reply(whole(message, usage=usage)) == Reply(
        id="c1",
        model="m",
        parts=(Thinking("Hm."), Text("Hi"), ToolCall("a", "f", "{}"), ToolCall("b", "g", "x y")),
        stop="tool_use",
        usage=Usage(input=5, output=2, cache_read=4),
    )


@pytest.mark.parametrize(
    ("message", "finish", "parts", "stop"),
    [
        ({"content": None, "refusal": "No."}, "stop", (Text("No."),), "refusal"),
        ({"content": None, "refusal": "No."}, "content_filter", (Text("No."),), "content_filter"),
        ({"content": "a"}, "length", (Text("a"),), "length"),
        ({"content": "a"}, None, (Text("a"),), "stop"),
        ({"content": [{"type": "text", "text": "a"}]}, "stop", (Text("a"),), "stop"),
        ({"function_call": {"name": "f", "arguments": "{}"}}, "stop", (ToolCall("", "f", "{}"),), "tool_use"),
        (
            {"tool_calls": [{"function": {"name": "f", "arguments": {}}}]},
            "stop",
            (ToolCall("", "f", "{}"),),
            "tool_use",
        ),
        ({"content": None, "audio": {"id": "x"}}, "stop", (Opaque("audio", {"id": "x"}),), "stop"),
        (None, "content_filter", (), "content_filter"),
        ({}, "stop", (), "stop"),
    ],
)
def test_whole_replies_of_many_kinds(message: Any, finish: Any, parts: Any, stop: str) -> None:
    reply = CHAT.reply(whole(message, finish))
    assert (reply.parts, reply.stop) == (parts, stop)


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "x",
        {},
        {"choices": []},
        {"choices": None},
        {"error": {"message": "no"}},
        whole({"content": "a"}, error={"message": "no"}),
        whole({}, base_resp={"status_code": 1004, "status_msg": "no"}),
        {"choices": [{"index": 0, "message": {"content": "a"}, "finish_reason": None, "error": {"message": "no"}}]},
    ],
)
def test_a_body_that_is_no_reply_is_refused(body: Any) -> None:
    with pytest.raises(ValueError, match="reply"):
        CHAT.reply(body)


def test_an_error_under_200_is_found() -> None:
    body = {"choices": [{"index": 0, "message": {}, "error": {"message": "no", "code": 502}}]}
    assert (fault(200, body).kind, fault(200, body).message) == ("server", "no")
    assert fault(200, {"x": 1}).kind == "protocol"
    assert fault(200, b"not JSON").kind == "protocol"


def test_done_is_what_replay_says() -> None:
    from conformance.model import replay

    last = list(replay(CHAT.reply(whole({"content": "a"}))))[-1]
    assert isinstance(last, Done)
    assert last.reason == "stop"
