"""The key is nobody's business: it is in no report, recording, log or error, though the server shouts it about.

Rule of the file: all that a check leaves behind is searched: both streams, every file, every log record.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

KEY = "sk-live-a/b+c.d_e~-0123456789abcdef"
FORMS = (
    KEY,
    KEY.replace("/", "\\/"),
    quote(KEY, safe=""),
    quote_plus(KEY),
    base64.b64encode(KEY.encode()).decode(),
    KEY[len(KEY) // 2 :],
)
WHOLE = FORMS[:-1]
"""A stream that spells the key piece by piece is kept as it came; who reads it puts nothing together unmasked."""
SPEAKERS = {
    "openai-chat": "/v1",
    "anthropic-messages": "",
    "gemini": "",
    "cohere-v2": "",
    "mistral": "/v1",
    "ollama": "",
    "openai-responses": "/v1",
}


def shouting(server, to) -> None:
    """Echoes the key in a header, in whole answers, in the pieces of a stream, and in refusals."""
    request = server.requests[-1]
    told = json.dumps({"error": {"message": f"bad key {KEY}", "type": KEY, "param": None, "code": None}, "id": KEY})
    half = len(KEY) // 2
    head = f"x-echo: {KEY}\r\nset-cookie: k={KEY}\r\nlocation: /?key={KEY}\r\n"
    if b'"stream":true' in request or b"streamGenerate" in request:
        frames = [_delta(KEY[:half]), _delta(KEY[half:]), _delta(f"all: {KEY}"), b"data: [DONE]\n\n"]
        pieces = b"".join(
            b"%x\r\n%s\r\n" % (len(one), one) for frame in frames for one in (frame[:60], frame[60:]) if one
        )
        start = f"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n{head}transfer-encoding: chunked\r\n\r\n"
        to.sendall(start.encode() + pieces + b"0\r\n\r\n")
        return
    if b"Say hello" in request:
        message = {"role": "assistant", "content": f"Error: {KEY}", "refusal": None}
        choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
        whole = {"id": KEY, "object": "chat.completion", "created": 1, "model": KEY, "choices": [choice]}
        told = json.dumps(whole | {"usage": {"prompt_tokens": 0, "completion_tokens": 1, "total_tokens": 1}})
    status = "200 OK" if b"Say hello" in request else "500 Oh no"
    start = f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\n{head}content-length: {len(told.encode())}\r\n\r\n"
    to.sendall((start + told).encode())


def _halves(frame: bytes) -> tuple[bytes, ...]:
    return tuple(one for one in (frame[:60], frame[60:]) if one)


def _delta(text: str) -> bytes:
    choice = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": None}
    head = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": KEY}
    return f"data: {json.dumps(head | {'choices': [choice]})}\n\n".encode()


def leaks(*texts: str, forms: tuple[str, ...] = FORMS) -> list[str]:
    """Where one of its forms stands."""
    found = [(text, text.find(form)) for form in forms for text in texts]
    return [text[max(0, at - 100) : at + 50] for text, at in found if at >= 0]


def listening(caplog: pytest.LogCaptureFixture) -> None:
    """All of our own log; below INFO the HTTP library tells each byte that it gets, to those who ask it to."""
    caplog.set_level("INFO")
    caplog.set_level("DEBUG", logger="conformance")


@pytest.fixture
def keyed(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("SHOUTED_KEY", KEY)
    return "SHOUTED_KEY"


CASES = (
    "simple_text*",
    "unicode_text*",
    "models",
    "error_not_found_404",
    "torn_json",
    "health",
    "story",
)


def said(url: str, speaks: str, env: str) -> list[str]:
    words = [
        "--base-url",
        url + SPEAKERS[speaks],
        "-d",
        speaks,
        "-m",
        "m",
        "--api-key-env",
        env,
        "--verbose",
        "--progress",
    ]
    return words + [word for name in CASES for word in ("--scenario", name)]


@pytest.mark.parametrize("speaks", SPEAKERS)
@pytest.mark.parametrize("form", ["text", "json"])
def test_every_dialect(speaks: str, form: str, behaving, run, keyed: str, tmp_path: Path, caplog) -> None:
    listening(caplog)
    server = behaving(shouting)
    kept = tmp_path / "kept"
    result = run(*said(server.url, speaks, keyed), "--format", form, "--most", "0", "--record", kept)
    assert len(server.requests) >= 5, result.output
    assert sum(KEY.encode() in one for one in server.requests) >= 5, "the key travels"
    assert result.exit_code in (1, 2)
    files = [one.read_text() for one in kept.iterdir()]
    assert len(files) >= 5
    assert leaks(result.stdout, result.stderr, caplog.text) == []
    assert leaks(*files, forms=WHOLE) == []
    assert not any(KEY in one.name for one in kept.iterdir())


@pytest.mark.parametrize("form", ["text", "json", "junit", "markdown"])
def test_every_format_and_the_recording_judged_again(
    form: str, behaving, run, keyed: str, tmp_path: Path, caplog
) -> None:
    listening(caplog)
    words = [*said(behaving(shouting).url, "openai-chat", keyed), "--format", form, "--most", "0"]
    live = run(*words, "--record", tmp_path / "kept", CONFORMANCE_TRACEBACK="1")
    again = run(*words, "--folder", tmp_path / "kept", CONFORMANCE_TRACEBACK="1")
    bare = run(*words)
    assert live.exit_code == again.exit_code == bare.exit_code == 1
    assert "REDACTED" in live.stdout, "what the server echoed is told, masked"
    outs = [text for one in (live, again, bare) for text in (one.stdout, one.stderr)]
    assert leaks(*outs, caplog.text) == []


def test_errors_and_their_tracebacks(behaving, run, keyed: str) -> None:
    def refusing(server, to) -> None:
        told = json.dumps(
            {"error": {"message": f"Incorrect API key provided: {KEY}", "type": "x", "code": KEY}}
        ).encode()
        to.sendall(b"HTTP/1.1 401 Unauthorized\r\ncontent-length: %d\r\n\r\n%s" % (len(told), told))

    def dropping(server, to) -> None:
        to.sendall(f"{KEY} is no HTTP\r\n".encode())
        to.close()

    for behave in (refusing, dropping):
        result = run(*said(behaving(behave).url, "openai-chat", keyed), CONFORMANCE_TRACEBACK="1")
        assert result.exit_code == 2
        assert leaks(result.stdout, result.stderr, repr(result.exception)) == []


@pytest.mark.parametrize("odd", [f"{KEY}\nx", "k\u00e9y-0123456789", f"{KEY}\x7f"])
def test_a_key_that_no_header_takes(odd: str, behaving, run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ODD_KEY", odd)
    refusal = b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 2\r\n\r\n{}"
    server = behaving(lambda server, to: to.sendall(refusal))
    result = run(*said(server.url, "openai-chat", "ODD_KEY"), CONFORMANCE_TRACEBACK="1")
    assert result.exit_code == 2
    assert "0123456789" not in result.output + repr(result.exception)


def test_no_endpoint_shows_its_key(endpoint_of) -> None:
    endpoint = endpoint_of("http://127.0.0.1:1/v1", key=KEY)
    assert leaks(repr(endpoint), str(endpoint)) == []
