"""Faults of the network, made with real sockets: each call ends in time with one clear error, and without the key."""

from __future__ import annotations

import socket
import ssl
import struct
import time
import traceback
from pathlib import Path

import pytest

from conformance import adapter
from conformance.calls import CallOptions, Outgoing
from conformance.calls.breaker import BreakerConfig
from conformance.calls.context import CallContext
from conformance.calls.failures import CallTimeout, CircuitOpen, RetryableError, ServiceError, TransportError
from conformance.calls.line import Line
from conformance.calls.resilience import resilience
from conformance.calls.retry import RetryConfig
from conformance.calls.transport import HttpTransport
from conformance.exchange import Broken
from conformance.model import Error, TextDelta
from conformance.scenarios import for_model, scenario

KEY = "sk-test-key-that-must-never-show-0123456789"
OPENAI = adapter("openai")
SAID = scenario("simple_text")
ASKED = for_model(SAID, OPENAI.model)
FRAMES = list(OPENAI.dialect.server.stream(SAID.answer, ASKED, {}))
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
QUICK = RetryConfig(base_delay=0.001, max_delay=0.002, jitter=False, margin=0.0)


def piece(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def line_to(url: str, *middlewares, timeout: float = 5.0, patience: float = 5.0):
    return Line(OPENAI, CallOptions(KEY, url, timeout), middlewares=middlewares, patience=patience).sync()


def told_by(fault: BaseException) -> str:
    return "".join(traceback.format_exception(fault)) + repr(fault) + str(fault)


def refused() -> str:
    """An address where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as gone:
        return f"http://127.0.0.1:{gone.getsockname()[1]}"


def test_refused(caplog: pytest.LogCaptureFixture) -> None:
    with line_to(refused()) as line:
        (event,) = line.stream(ASKED)
        with pytest.raises(RetryableError, match=r"ConnectError: .*refused") as caught:
            line.exchange(ASKED)
    assert (event.kind, event.retryable) == ("server", True)
    assert KEY not in told_by(caught.value) + repr(event) + caplog.text


def test_reset_before_the_answer(behaving) -> None:
    server = behaving(lambda server, to: reset(to))
    with line_to(server.url) as line:
        (event,) = line.stream(ASKED)
        with pytest.raises(RetryableError) as caught:
            line.exchange(ASKED)
    assert event.kind == "truncated"
    assert KEY not in told_by(caught.value)


def reset(to: socket.socket) -> None:
    to.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    to.close()


def test_reset_in_the_middle_of_a_stream(behaving) -> None:
    def behave(server, to) -> None:
        to.sendall(HEAD + piece(b"".join(FRAMES[:3])))
        server.over.wait(0.02)  # or the reset would overtake what was sent
        reset(to)

    with line_to(behaving(behave).url) as line:
        events = list(line.stream(ASKED))
        found = line.exchange(ASKED)
    assert any(isinstance(one, TextDelta) for one in events)
    assert (events[-1].kind, events[-1].retryable) == ("truncated", True)
    assert isinstance(found.response.end, Broken)
    assert found.response.body == b"".join(FRAMES[:3])


def test_truncated_chunked_encoding(behaving) -> None:
    def behave(server, to) -> None:
        to.sendall(HEAD + piece(b"".join(FRAMES[:3])) + b"40\r\ndata: only a part")
        to.shutdown(socket.SHUT_RDWR)

    with line_to(behaving(behave).url) as line:
        events = list(line.stream(ASKED))
        found = line.exchange(ASKED)
    assert events[-1].kind == "truncated"
    assert found.response.end == Broken("RemoteProtocolError", found.response.end.message)
    assert "incomplete chunked read" in found.response.end.message


def test_a_stream_that_stalls_ends_by_the_read_timeout(behaving) -> None:
    def behave(server, to) -> None:
        to.sendall(HEAD + piece(b"".join(FRAMES[:3])))
        server.over.wait()

    with line_to(behaving(behave).url, timeout=0.05) as line:
        events = list(line.stream(ASKED))
        found = line.exchange(ASKED)
    assert any(isinstance(one, TextDelta) for one in events)
    assert isinstance(events[-1], Error)
    assert "ReadTimeout" in events[-1].message
    assert found.response.end.error == "ReadTimeout"
    assert found.response.body == b"".join(FRAMES[:3])


def test_a_server_that_says_nothing_ends_by_the_deadline(behaving) -> None:
    server = behaving(lambda server, to: server.over.wait())
    began = time.monotonic()
    with line_to(server.url, patience=0.05) as line:
        with pytest.raises(CallTimeout, match="deadline") as caught:
            line.exchange(ASKED)
        (event,) = line.stream(ASKED)
    assert time.monotonic() - began < 2
    assert event.kind == "timeout"
    assert KEY not in told_by(caught.value) + repr(event)


def drip(server, to) -> None:
    """A body that never ends and never pauses long enough for a read timeout: slow loris."""
    to.sendall(HEAD)
    while not server.over.wait(0.005):
        to.sendall(piece(b":"))


def test_slow_loris_ends_at_the_deadline(behaving) -> None:
    server = behaving(drip)
    began = time.monotonic()
    with line_to(server.url) as line:
        found = line.exchange(ASKED, CallContext.with_timeout(timeout_s=0.1))
        (event,) = line.stream(ASKED, CallContext.with_timeout(timeout_s=0.1))
    assert 0.2 <= time.monotonic() - began < 2
    assert found.response.end == Broken("CallTimeout", found.response.end.message)
    assert "deadline" in found.response.end.message
    assert len(found.response.chunks) > 3
    assert (event.kind, "deadline" in event.message) == ("truncated", True)


def test_slow_loris_in_the_head_ends_at_the_deadline(behaving) -> None:
    def behave(server, to) -> None:
        to.sendall(b"HTTP/1.1 200 OK\r\nx: ")
        while not server.over.wait(0.005):
            to.sendall(b"x")

    with line_to(behaving(behave).url, patience=0.1) as line, pytest.raises(CallTimeout):
        line.exchange(ASKED)


def answering(status: bytes, *headers: bytes, body: bytes = b""):
    lines = b"".join(b"%s\r\n" % one for one in (*headers, b"content-length: %d" % len(body)))
    return lambda server, to: to.sendall(b"HTTP/1.1 %s\r\n%s\r\n%s" % (status, lines, body))


def test_a_storm_of_429_is_met_with_patience_and_then_silence(behaving) -> None:
    """Three attempts a call, as far apart as the server says; after the threshold nothing goes out any more."""
    server = behaving(
        answering(b"429 Too Many Requests", b"retry-after-ms: 5", body=b'{"error":{"message":"slow down"}}')
    )
    chain = resilience(retry=QUICK, circuit=BreakerConfig(failure_threshold=2))
    with line_to(server.url, *chain) as line:
        found = [line.exchange(ASKED) for _ in range(2)]
        held = list(line.stream(ASKED))
        with pytest.raises(CircuitOpen, match="OPEN"):
            line.exchange(ASKED)
    assert [one.response.status for one in found] == [429, 429]
    assert found[0].response.body == b'{"error":{"message":"slow down"}}'
    assert len(server.requests) == 6
    assert ("OPEN" in held[0].message, held[0].retryable) == (True, True)


def test_a_retry_after_that_is_too_long_is_not_waited_for(behaving) -> None:
    server = behaving(answering(b"429 Too Many Requests", b"retry-after: 3600"))
    with line_to(server.url, *resilience(retry=QUICK)) as line:
        assert line.exchange(ASKED).response.status == 429
    assert len(server.requests) == 1


def test_a_server_that_recovers_is_called_again(behaving) -> None:
    body = b"".join(FRAMES)

    def behave(server, to) -> None:
        if len(server.requests) % 3:
            answering(b"503 Service Unavailable")(server, to)
        else:
            answering(b"200 OK", b"content-type: text/event-stream", body=body)(server, to)

    server = behaving(behave)
    with line_to(server.url, *resilience(retry=QUICK)) as line:
        assert line.exchange(ASKED).response.body == body
        assert list(line.stream(ASKED))[-1].reply.text == SAID.answer.text
    assert len(server.requests) == 6


def test_a_redirect_loop_is_one_answer_and_the_key_goes_nowhere_else(behaving) -> None:
    server = behaving(answering(b"302 Found", b"location: /v1/chat/completions"))
    with line_to(server.url) as line:
        found = line.exchange(ASKED)
        (event,) = line.stream(ASKED)
    assert (found.response.status, len(server.requests)) == (302, 2)
    assert (event.kind, "HTTP 302" in event.message) == ("protocol", True)


@pytest.mark.anyio
async def test_the_transport_says_that_a_redirect_is_not_followed(behaving) -> None:
    server = behaving(answering(b"302 Found", b"location: /again"))
    async with HttpTransport() as transport:
        with pytest.raises(TransportError, match="HTTP 302") as caught:
            await transport.send_json("POST", server.url, json={})
    assert (caught.value.status_code, len(server.requests)) == (302, 1)


def test_a_certificate_that_is_not_trusted(behaving, self_signed: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed)
    server = behaving(answering(b"200 OK"), tls=context)
    with line_to(server.url) as line:
        (event,) = line.stream(ASKED)
        with pytest.raises(ServiceError, match="CERTIFICATE_VERIFY_FAILED") as caught:
            line.exchange(ASKED)
    assert "CERTIFICATE_VERIFY_FAILED" in event.message
    assert server.requests == []
    assert KEY not in told_by(caught.value)


def test_a_server_that_speaks_no_http(behaving) -> None:
    def behave(server, to) -> None:
        to.sendall(b"220 mail.example ESMTP\r\n")
        to.close()

    server = behaving(behave)
    with line_to(server.url) as line:
        (event,) = line.stream(ASKED)
    assert "RemoteProtocolError" in event.message


@pytest.mark.parametrize("key", [f"{KEY}\n", f"{KEY}\x00", f" {KEY} \r"])
def test_a_key_that_no_header_takes_is_not_quoted(behaving, key: str) -> None:
    """A key read from a file with its line feed: the HTTP library quotes what it refuses to send."""
    server = behaving(answering(b"200 OK"))
    with Line(OPENAI, CallOptions(key, server.url)).sync() as line:
        (event,) = line.stream(ASKED)
        with pytest.raises(ServiceError) as caught:
            line.exchange(ASKED)
    assert KEY not in told_by(caught.value) + repr(event)


def test_a_server_that_quotes_the_key(behaving, caplog: pytest.LogCaptureFixture) -> None:
    body = b'{"error":{"message":"Incorrect API key provided: %s","code":"invalid_api_key"}}' % KEY.encode()
    server = behaving(answering(b"401 Unauthorized", b"content-type: application/json", body=body))
    with line_to(server.url) as line:
        (event,) = line.stream(ASKED)
    assert (event.kind, event.message) == ("auth", "HTTP 401: Incorrect API key provided: [REDACTED]")
    assert KEY not in caplog.text + repr(line) + repr(Line(OPENAI, CallOptions(KEY)))


def test_raw_requests_go_out_as_they_are(behaving) -> None:
    server = behaving(answering(b"400 Bad Request", body=b"no"))
    with line_to(server.url) as line:
        got = line.send_raw(Outgoing("GET", f"{server.url}/v1/models"))
        bent = line.parts(ASKED)._replace(content=b"{broken", headers=(("content-type", "text/plain"),))
        line.send_raw(bent)
    assert (got.response.status, got.response.body) == (400, b"no")
    plain, broken = server.requests
    assert plain.startswith(b"GET /v1/models HTTP/1.1\r\n")
    assert b"authorization" not in plain.lower()
    assert broken.endswith(b"\r\n\r\n{broken")
    assert b"content-type: text/plain" in broken.lower()
    assert f"authorization: bearer {KEY}".encode() in broken.lower()
