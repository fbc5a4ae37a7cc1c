"""Faults of the network while an endpoint is checked: each ends in time with one clear verdict or one clear error.

Rule of the file: real sockets that behave badly; what went over the wire is counted.
"""

from __future__ import annotations

import socket
import ssl
import struct
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from plain_server import PlainServer

from conformance.endpoints.endpoint import Limits
from conformance.errors import Unreachable, UsageError

Behave = Callable[[Any, socket.socket], None]
LIMITS = Limits(health=0.3, simple=0.3, streaming=0.3, stall=0.1, ttft=5, gap=5)
HELLO = (
    b'{"id":"c1","object":"chat.completion","created":1,"model":"plain-1","choices":[{"index":0,"logprobs":null,'
    b'"finish_reason":"stop","message":{"role":"assistant","content":"Hello.","refusal":null}}],'
    b'"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}'
)
FRAME = (
    b'data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"plain-1",'
    b'"choices":[{"index":0,"delta":{"role":"assistant","content":"Hel"},"finish_reason":null}]}\n\n'
)
STREAM = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


def whole(body: bytes = HELLO, status: str = "200 OK", *lines: str) -> bytes:
    head = "".join(f"{line}\r\n" for line in (f"HTTP/1.1 {status}", "content-type: application/json", *lines))
    return f"{head}content-length: {len(body)}\r\n\r\n".encode() + body


def piece(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


@pytest.fixture
def rude(behaving):
    """A server that answers whole questions well unless told otherwise, and streams as badly as it is told to."""

    def start(streams: Behave, wholes: Behave = lambda server, to: to.sendall(whole()), **more: Any) -> Any:
        def behave(server: Any, to: socket.socket) -> None:
            (streams if b'"stream":true' in server.requests[-1] else wholes)(server, to)

        return behaving(behave, **more)

    return start


# ------------------------------------------------------------------ streams that do not end as they should


def reset(server: Any, to: socket.socket) -> None:
    to.sendall(STREAM + piece(FRAME))
    server.over.wait(0.02)  # or the reset would overtake what was sent
    to.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    to.close()


def stall(server: Any, to: socket.socket) -> None:
    to.sendall(STREAM + piece(FRAME))
    server.over.wait(5)


def drip(server: Any, to: socket.socket) -> None:
    """Slow loris: a byte now and then, for ever."""
    to.sendall(STREAM)
    while not server.over.wait(0.01):
        to.sendall(piece(b":\n"))


def torn(server: Any, to: socket.socket) -> None:
    to.sendall(STREAM + piece(FRAME) + b"40\r\ndata: only a part")
    to.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    ("behave", "words"),
    [(reset, "ReadError"), (stall, "ReadTimeout"), (drip, "deadline"), (torn, "incomplete chunked read")],
    ids=lambda one: getattr(one, "__name__", None),
)
def test_a_stream_that_breaks_is_a_failure_that_says_how(behave: Behave, words: str, rude, endpoint_of, judged) -> None:
    server = rude(behave)
    began = time.monotonic()
    found = judged(endpoint_of(f"{server.url}/v1", limits=LIMITS), "simple_text", "simple_text_whole")
    assert time.monotonic() - began < 3
    assert found["simple_text"].outcome == "fail"
    told = " ".join(f"{one.rule} {one.message} {one.got}" for one in found["simple_text"].findings)
    assert words in told
    assert found["simple_text_whole"].outcome != "fail"
    assert "curl" in found["simple_text"].curl


def test_a_server_that_hangs_is_given_up_after_three(rude, endpoint_of, judged) -> None:
    """Seventy cases at a whole time-out each would take an hour: the rest is told as not judged."""
    server = rude(stall)
    found = judged(endpoint_of(f"{server.url}/v1", limits=LIMITS), suites=("scenarios",))
    hung = [one for one in found.values() if one.outcome == "not_judged" and "hangs" in one.reason]
    assert len(hung) >= 10
    assert len(server.requests) <= 10


def test_a_server_that_dies_in_the_middle(rude, endpoint_of, judged) -> None:
    def answers_once(server: Any, to: socket.socket) -> None:
        if len(server.requests) > 1:
            to.close()
        else:
            to.sendall(whole())

    server = rude(lambda server, to: to.close(), answers_once)
    found = judged(endpoint_of(f"{server.url}/v1", limits=LIMITS), suites=("scenarios",))
    assert ("EP-01", "MUST") in {(one.rule, one.level) for one in found["simple_text"].findings}
    assert sum("does not answer any more" in one.reason for one in found.values()) >= 10
    assert len(server.requests) <= 12


# ------------------------------------------------------------------ nobody there, or not whom we want


def test_refused(endpoint_of, judged) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        url = f"http://127.0.0.1:{gone.getsockname()[1]}/v1"
    with pytest.raises(Unreachable, match=r"gives no answer: .*refused") as caught:
        judged(endpoint_of(url))
    assert "whether the server runs" in caught.value.hint


def test_a_certificate_that_nobody_trusts(rude, self_signed: Path, endpoint_of, judged) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed)
    server = rude(stall, tls=context)
    with pytest.raises(Unreachable, match="CERTIFICATE_VERIFY_FAILED"):
        judged(endpoint_of(f"{server.url}/v1"))
    assert server.requests == []


def test_no_http_at_all(rude, endpoint_of, judged) -> None:
    def greet(server: Any, to: socket.socket) -> None:
        to.sendall(b"220 mail.example ESMTP\r\n")
        to.close()

    with pytest.raises(Unreachable, match="RemoteProtocolError"):
        judged(endpoint_of(f"{rude(greet, greet).url}/v1"))


def test_a_redirect_loop_is_followed_nowhere(rude, endpoint_of, judged) -> None:
    def away(server: Any, to: socket.socket) -> None:
        to.sendall(whole(b"", "307 Temporary Redirect", "location: /v1/chat/completions"))

    server = rude(away, away)
    found = judged(endpoint_of(f"{server.url}/v1"), "simple_text", "simple_text_whole")
    assert {one.outcome for one in found.values()} == {"fail"}
    assert {one.rule for one in found["simple_text"].findings} >= {"EP-04"}
    assert len(server.requests) == 2


def test_a_storm_of_429_is_waited_out_for_a_while_and_then_told(rude, endpoint_of, judged) -> None:
    def later(server: Any, to: socket.socket) -> None:
        body = b'{"error":{"message":"slow down","type":"rate_limit","param":null,"code":"rate_limit_exceeded"}}'
        to.sendall(whole(body, "429 Too Many Requests", "retry-after: 2"))

    server = rude(later, later)
    found = judged(endpoint_of(f"{server.url}/v1"), suites=("scenarios",))
    throttled = found.pop("throttled")
    assert {one.outcome for one in found.values()} == {"not_judged"}
    assert "EP-02" in {one.rule for one in throttled.findings}
    assert len(server.requests) <= 60


def test_what_a_429_says_is_judged_as_well(endpoint_of, judged) -> None:
    with PlainServer("busy") as server:
        found = judged(endpoint_of(server.base_url), "simple_text*", "tool_result*")
        assert len(server.calls) == len({one[3] for one in server.calls}) + 1  # sent again when it had been waited for
    assert found["throttled"].outcome == "pass"
    assert found["simple_text"].outcome == "pass"


def test_a_refused_key_and_a_wrong_path_are_one_error(plain, endpoint_of, judged) -> None:
    before = len(plain.calls)
    with pytest.raises(UsageError, match="refuses the key in PLAIN_KEY: HTTP 401"):
        judged(endpoint_of(plain.base_url, key="another-key-0123456789"))
    with pytest.raises(UsageError, match="nothing of openai-chat is served there"):
        judged(endpoint_of(plain.base_url.removesuffix("/v1")))
    with pytest.raises(UsageError, match="does not answer as model 'other'") as caught:
        judged(endpoint_of(plain.base_url, model="other"))
    assert "plain-1" in caught.value.hint
    assert len(plain.calls) - before <= 7
