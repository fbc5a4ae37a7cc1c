"""The virtual provider's routes as plain HTTP: who is let in, what is refused and in whose words."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator

import anyio
import httpx
import pytest

from conformance.adapters import HttpAdapter
from conformance.auth import bearer
from conformance.calls import CallOptions, stream
from conformance.dialects import dialect, dialect_names
from conformance.errors import UsageError
from conformance.scenarios import check, for_model, scenario
from conformance.virtual import VIRTUAL_KEY, Captured, VirtualProvider, app, serve
from conformance.virtual.doorkeeper import MODEL
from conformance.virtual.server import _listen

CHAT, MESSAGES = "/v1/chat/completions", "/v1/messages"
BEARER = {"authorization": f"Bearer {VIRTUAL_KEY}"}
CLAUDE = {"x-api-key": VIRTUAL_KEY, "anthropic-version": "2026-10-21"}
JSON = {"content-type": "application/json"}
TURNS = [{"role": "user", "content": "Hi"}]
GOOD = {
    CHAT: (BEARER, {"model": "virtual-a", "messages": TURNS}),
    MESSAGES: (CLAUDE, {"model": "virtual-a", "messages": TURNS, "max_tokens": 50}),
}


@pytest.fixture(scope="module")
def http(_running: VirtualProvider) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=_running.url, transport=httpx.HTTPTransport(verify=False)) as client:
        yield client


def words(path: str, answer: httpx.Response) -> tuple[str, str]:
    """Type and message of an error, read where this dialect puts them; its shape is checked on the way."""
    body = answer.json()
    assert answer.headers["content-type"] == "application/json"
    if path == CHAT:
        assert body.keys() == {"error"}
        assert body["error"].keys() == {"message", "type", "param", "code"}
    else:
        assert (body["type"], body.keys()) == ("error", {"type", "error", "request_id"})
    return body["error"]["type"], body["error"]["message"]


@pytest.mark.parametrize("path", GOOD)
class TestTheDoor:
    def test_a_good_request_is_answered(self, http: httpx.Client, path: str) -> None:
        headers, body = GOOD[path]
        answer = http.post(path, headers=headers, json=body)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
        assert answer.headers["x-request-id" if path == CHAT else "request-id"].startswith("req_")

    def test_no_key(self, http: httpx.Client, path: str) -> None:
        headers = {key: value for key, value in GOOD[path][0].items() if key == "anthropic-version"}
        answer = http.post(path, headers=headers, json=GOOD[path][1])
        assert answer.status_code == 401
        kind, message = words(path, answer)
        assert kind == ("invalid_request_error" if path == CHAT else "authentication_error")
        assert "API key" in message or "x-api-key" in message

    def test_a_wrong_key_is_refused_before_the_body_is_read(self, http: httpx.Client, path: str) -> None:
        headers = GOOD[path][0] | {"authorization": "Bearer no", "x-api-key": "no"}
        answer = http.post(path, headers=headers | JSON, content=b"{not json")
        assert answer.status_code == 401

    def test_malformed_json(self, http: httpx.Client, path: str) -> None:
        answer = http.post(path, headers=GOOD[path][0] | JSON, content=b'{"model": ')
        assert (answer.status_code, words(path, answer)[0]) == (400, "invalid_request_error")
        assert "not valid JSON" in words(path, answer)[1]

    def test_json_that_is_no_object(self, http: httpx.Client, path: str) -> None:
        for body in (b"[]", b"null", b"7", b'"x"', b"[" * 100_000):
            answer = http.post(path, headers=GOOD[path][0] | JSON, content=body)
            assert (answer.status_code, words(path, answer)[0]) == (400, "invalid_request_error")

    def test_another_content_type(self, http: httpx.Client, path: str) -> None:
        headers, body = GOOD[path]
        answer = http.post(path, headers=headers | {"content-type": "text/plain"}, content=json.dumps(body))
        assert (answer.status_code, words(path, answer)[0]) == (400, "invalid_request_error")
        assert "content-type" in words(path, answer)[1]

    def test_no_model_and_no_messages(self, http: httpx.Client, path: str) -> None:
        headers, body = GOOD[path]
        for missing in body:
            answer = http.post(path, headers=headers, json={key: body[key] for key in body if key != missing})
            assert (answer.status_code, words(path, answer)[0]) == (400, "invalid_request_error"), missing
            assert missing in words(path, answer)[1]

    def test_an_unknown_model(self, http: httpx.Client, path: str) -> None:
        headers, body = GOOD[path]
        answer = http.post(path, headers=headers, json=body | {"model": "gpt-0"})
        assert answer.status_code == 404
        assert "gpt-0" in words(path, answer)[1]

    def test_another_method(self, http: httpx.Client, path: str) -> None:
        answer = http.get(path, headers=GOOD[path][0])
        assert (answer.status_code, words(path, answer)[1]) == (405, f"{path} takes no GET")

    def test_the_same_request_gets_the_same_bytes(self, http: httpx.Client, path: str) -> None:
        headers, body = GOOD[path]
        for streamed in (False, True):
            first, second = (http.post(path, headers=headers, json=body | {"stream": streamed}) for _ in range(2))
            assert first.content == second.content
        assert first.headers["content-type"] == "text/event-stream; charset=utf-8"


def test_a_path_that_nobody_serves_is_refused_in_the_words_of_who_asked(http: httpx.Client) -> None:
    answer = http.post("/v1/embeddings", headers=BEARER, json={})
    assert (answer.status_code, words(CHAT, answer)) == (
        404,
        ("invalid_request_error", "no route for POST /v1/embeddings"),
    )
    answer = http.post("/v1/messages/batches", json={})
    assert (answer.status_code, words(MESSAGES, answer)[0]) == (404, "not_found_error")
    answer = http.get("/v1/files", headers=CLAUDE)
    assert (answer.status_code, words(MESSAGES, answer)[0]) == (404, "not_found_error")


def test_a_missing_version_header_is_refused(http: httpx.Client) -> None:
    answer = http.post(MESSAGES, headers={"x-api-key": VIRTUAL_KEY}, json=GOOD[MESSAGES][1])
    assert answer.status_code == 400
    assert "anthropic-version" in words(MESSAGES, answer)[1]


def test_agents_may_knock_first(http: httpx.Client, virtual: VirtualProvider) -> None:
    assert http.head("/").status_code == 200
    assert http.get("/health").json() == {"status": "ok"}
    assert [(one.method, one.url.removeprefix(virtual.url)) for one in virtual.requests] == [
        ("HEAD", "/"),
        ("GET", "/health"),
    ]
    assert virtual.call_count == 0


@pytest.mark.parametrize("name", dialect_names())
@pytest.mark.parametrize("played", ["simple_text", "simple_text_whole", "error_not_found_404"])
def test_every_dialect_is_served(http: httpx.Client, virtual: VirtualProvider, name: str, played: str) -> None:
    """Also one that no adapter speaks yet: its server half behind its own path, read by its client half."""
    speaker = HttpAdapter(
        name="any",
        display_name="Any",
        dialect=dialect(name),
        base_url=virtual.base_url(name),
        key_env=(),
        authenticate=bearer,
        model="virtual-any",
        fixed_headers=(("anthropic-version", "2026-10-21"),),
    )
    one = scenario(played)
    events = list(stream(speaker, for_model(one, speaker.model), CallOptions(VIRTUAL_KEY), http))
    assert check(one, events, "virtual") == []
    assert virtual.requests[0].url.startswith(virtual.base_url(name))


def test_one_path_lists_models_for_both_families(http: httpx.Client) -> None:
    openai = http.get("/v1/models", headers=BEARER).json()
    assert openai["object"] == "list"
    assert all(one["object"] == "model" and one["created"] > 0 for one in openai["data"])
    claude = http.get("/v1/models", headers=CLAUDE).json()
    assert (claude["has_more"], claude["first_id"]) == (False, claude["data"][0]["id"])
    assert {one["id"] for one in openai["data"]} == {one["id"] for one in claude["data"]}
    assert MODEL in {one["id"] for one in openai["data"]}, "the model that `serve` proposes"


def test_no_piece_waits_until_the_one_before_is_acknowledged() -> None:
    """A stream's head and first piece are two small packets: TCP would hold the second back."""
    with _listen("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()):
        accepted, _ = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


def test_the_lists_want_the_key_too(http: httpx.Client) -> None:
    for path in ("/v1/models", "/v1/models/virtual-a"):
        assert http.get(path).status_code == 401
        answer = http.get(path, headers={"anthropic-version": "2026-10-21"})
        assert (answer.status_code, words(MESSAGES, answer)[0]) == (401, "authentication_error")


def test_counting_tokens_checks_what_a_call_checks(http: httpx.Client) -> None:
    path = "/v1/messages/count_tokens"
    assert http.post(path, json={}).status_code == 401
    assert http.post(path, headers=CLAUDE, json={"model": "virtual-a"}).status_code == 400
    assert http.post(path, headers=CLAUDE, json={"model": "nope", "messages": TURNS}).status_code == 404
    assert http.post(path, headers=CLAUDE, json={"model": "virtual-a", "messages": TURNS}).json() == {"input_tokens": 4}


def test_what_arrives_is_kept_as_it_travelled(http: httpx.Client, virtual: VirtualProvider) -> None:
    raw = b'{"model":"virtual-a",  "messages":[{"role":"user","content":"\xc3\xa9"}]}'
    http.post(f"{CHAT}?x=1", headers=BEARER | JSON | {"X-Mine": "kept"}, content=raw)
    http.post(CHAT, content=b"refused, yet it was sent")
    http.get("/v1/models", headers=BEARER)
    first, second, third = virtual.requests
    assert (first.method, first.url, first.body) == ("POST", f"{virtual.url}{CHAT}?x=1", raw)
    assert first.header("x-mine") == "kept"
    assert second.body == b"refused, yet it was sent"
    assert third.method == "GET"
    assert virtual.call_count == 2
    virtual.clear()
    assert (virtual.requests, virtual.call_count) == ((), 0)


def test_frames_leave_one_by_one() -> None:
    """With a gap each frame is a chunk of its own on the wire."""
    with VirtualProvider(gap=0.002) as virtual, httpx.Client(transport=httpx.HTTPTransport(verify=False)) as client:
        headers, body = GOOD[MESSAGES]
        with client.stream("POST", virtual.url + MESSAGES, headers=headers, json=body | {"stream": True}) as answer:
            chunks = list(answer.iter_raw())
    assert len(chunks) > 5
    assert all(one.startswith(b"event: ") and one.endswith(b"\n\n") for one in chunks)


def test_it_stops_cleanly_and_frees_its_port() -> None:
    with VirtualProvider() as virtual:
        port = int(virtual.url.rpartition(":")[2])
        assert any(thread.name == "virtual provider" for thread in threading.enumerate())
    with pytest.raises(OSError, match="refused"), socket.create_connection(("127.0.0.1", port), timeout=1):
        pass


def test_two_run_beside_each_other() -> None:
    with VirtualProvider(key="one-key") as one, VirtualProvider(key="other-key") as other:
        assert one.url != other.url
        body = GOOD[CHAT][1]
        for virtual, key in ((one, "one-key"), (other, "other-key")):
            answer = httpx.post(virtual.url + CHAT, headers={"authorization": f"Bearer {key}"}, json=body)
            assert answer.status_code == 200
        assert (one.call_count, other.call_count) == (1, 1)


def test_a_port_that_is_taken_is_one_clear_error() -> None:
    with VirtualProvider() as virtual:
        port = int(virtual.url.rpartition(":")[2])
        with pytest.raises(UsageError, match=f"cannot listen on 127.0.0.1:{port}") as caught:
            serve(port=port)
    assert "--port" in caught.value.hint


def test_captured_counts_under_threads() -> None:
    from conformance.exchange import Request

    captured = Captured()
    many = [
        threading.Thread(target=lambda: [captured.add(Request("GET", "/"), call=True) for _ in range(200)])
        for _ in range(4)
    ]
    for one in many:
        one.start()
    for one in many:
        one.join()
    assert (captured.call_count, len(captured.requests)) == (800, 800)


def test_the_application_runs_without_a_server() -> None:
    captured = Captured()

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=app(captured=captured, key="mine"))
        async with httpx.AsyncClient(transport=transport, base_url="http://virtual") as client:
            return await client.post(CHAT, headers={"authorization": "Bearer mine"}, json=GOOD[CHAT][1])

    assert anyio.run(ask).json()["object"] == "chat.completion"
    assert captured.requests[0].url == f"http://virtual{CHAT}"


@pytest.mark.parametrize(
    ("schema", "status"),
    [
        ({"$schema": "http://json-schema.org/draft-07/schema#", "type": "array", "items": [{"type": "string"}]}, 200),
        ({"$schema": "https://example.com/unknown", "type": "object"}, 200),
        ({"type": "object", "properties": {"a": {"type": "string", "minLength": "7"}}}, 400),
    ],
)
def test_schemas_of_tools_are_checked_by_their_own_draft(http: httpx.Client, schema: dict, status: int) -> None:
    tools = [{"type": "function", "function": {"name": "f", "parameters": schema}}]
    answer = http.post(CHAT, headers=BEARER, json=GOOD[CHAT][1] | {"tools": tools})
    assert answer.status_code == status
