"""Twelve planted secrets: none reaches the disk, and a refusal leaves the old file as it was."""

from __future__ import annotations

import base64
import gzip
import json

import httpx
import pytest

from conformance.errors import SecretLeak
from conformance.exchange import Request
from conformance.tape import open_tape, read_cassette
from conformance.tape.gate import check_text
from conformance.tape.scrub import redacted, scrubbed_body, scrubbed_headers, scrubbed_request, scrubbed_url

KEY = "live-Secret/Key+0123456789"
URL = "https://api.example.com/v1/chat/completions"


def record(path, answer, url=URL, body=None, **headers):
    inner = httpx.MockTransport(lambda request: answer)
    sent = {"authorization": f"Bearer {KEY}", **{name.replace("_", "-"): value for name, value in headers.items()}}
    with open_tape(path, mode="record", inner=inner) as tape, httpx.Client(transport=tape.transport()) as client:
        client.post(url, json=body or {"model": "m", "max_tokens": 5}, headers=sent)
    return path.read_text()


def answer_with(*chunks, **headers):
    class Pieces(httpx.SyncByteStream):
        def __iter__(self):
            yield from chunks

    return httpx.Response(
        200, headers={name.replace("_", "-"): value for name, value in headers.items()}, stream=Pieces()
    )


def forms(secret):
    return secret, secret.replace("/", "%2F").replace("+", "%2B"), base64.b64encode(secret.encode()).decode()[:-4]


OTHERS = {
    "openai": "sk-proj-abcDEF1234567890abcDEF",
    "anthropic": "sk-ant-api03-abcDEF1234567890",
    "google": "AIzaSyA1234567890123456789012345678901X",
    "aws": "AKIAIOSFODNN7EXAMPLE",
    "jwt": "eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.SflKxwRJSMeK",
    "github": "ghp_abcdefghij0123456789klmn",
    "organisation": "org-AbCdEfGhIj0123456789KlMn",
}
PLANTS = {
    "auth header": lambda path: record(path, answer_with(b"ok")),
    "odd header": lambda path: record(path, answer_with(b"ok"), x_debug=f"key={KEY}"),
    "org header": lambda path: record(path, answer_with(b"ok"), openai_organization="org-plain"),
    "url query": lambda path: record(path, answer_with(b"ok"), url=f"{URL}?key={KEY.replace('+', '%2B')}&alt=sse"),
    "url userinfo": lambda path: record(path, answer_with(b"ok"), url=URL.replace("//", "//me:pass-word-1@")),
    "request body": lambda path: record(path, answer_with(b"ok"), body={"text": f"my key is {KEY}"}),
    "nested field": lambda path: record(path, answer_with(b"ok"), body={"a": [{"client_secret": "tell nobody"}]}),
    "set-cookie": lambda path: record(path, answer_with(b"ok", set_cookie=f"session={KEY}")),
    "answer header": lambda path: record(path, answer_with(b"ok", www_authenticate=f'Bearer error="{KEY}"')),
    "echo": lambda path: record(path, answer_with(f"data: you sent {KEY}\n\n".encode())),
    "split": lambda path: record(path, answer_with(*(f"data: {KEY}"[at : at + 7].encode() for at in range(0, 40, 7)))),
    "split binary": lambda path: record(path, answer_with(b"\xff" + KEY[:9].encode(), KEY[9:].encode() + b"\xfe")),
}


@pytest.mark.parametrize("plant", PLANTS)
def test_a_planted_secret_is_not_written(plant, tmp_path):
    text = PLANTS[plant](tmp_path / "c.json")
    joined = b"".join(chunk.data for chunk in read_cassette(tmp_path / "c.json").exchanges[0].response.chunks)
    for secret in (KEY, "pass-word-1", "tell nobody", "org-plain"):
        for form in forms(secret):
            assert form not in text
            assert form.encode() not in joined


@pytest.mark.parametrize("vendor", OTHERS)
def test_a_vendors_token_is_masked_at_its_own_length(vendor, tmp_path):
    chunk = f'data: {{"x":"{OTHERS[vendor]}"}}\n\n'.encode()
    text = record(tmp_path / "c.json", answer_with(chunk))
    (one,) = read_cassette(tmp_path / "c.json").exchanges
    assert OTHERS[vendor] not in text
    assert len(one.response.body) == len(chunk)


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (gzip.compress(f"data: {KEY}\n\n".encode()), "gzip"),
        (gzip.compress(f"data: {KEY}\n\n".encode()), None),
        (json.dumps({"key": "".join(f"\\u{ord(one):04x}" for one in KEY)}).replace("\\\\", "\\").encode(), None),
        (json.dumps({"key": KEY}).replace("/", "\\/").encode(), None),
        (base64.b64encode(f"xy{KEY}".encode()), None),
        (base64.b64encode(f"x{KEY}".encode()), None),
        (b"coded in a way that nobody can look into", "compress"),
    ],
    ids=[
        "gzip",
        "gzip without its label",
        "JSON escapes",
        "escaped slash",
        "base64",
        "base64 shifted",
        "unknown coding",
    ],
)
def test_what_cannot_be_masked_is_refused_and_the_old_file_stays(body, coding, tmp_path):
    path = tmp_path / "c.json"
    path.write_text("old")
    headers = {"content_encoding": coding} if coding else {}
    with pytest.raises(SecretLeak, match=r"c\.json was not written") as caught:
        record(path, answer_with(body, **headers))
    assert KEY not in str(caught.value)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("secret", ["3fa85f64-5717-4562-b3fc-2c963f66afa6", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b"])
def test_a_token_that_a_server_hands_out_is_masked(secret, tmp_path):
    """Of no vendor's shape, but under a field that says so: in JSON, and in JSON inside a JSON string."""
    told = json.dumps({"token": secret})
    text = record(tmp_path / "c.json", answer_with(told.encode(), b"\n", json.dumps({"in": told}).encode()))
    assert secret not in text


def test_a_secret_of_the_environment_is_masked(tmp_path, monkeypatch):
    monkeypatch.setenv("ACME_API_KEY", "environment-secret-1")
    text = record(tmp_path / "c.json", answer_with(b"data: environment-secret-1\n\n"))
    assert "environment-secret-1" not in text


def test_what_tells_of_the_protocol_is_kept(tmp_path):
    kept = {
        "request-id": "r",
        "x-request-id": "x",
        "retry-after": "3",
        "anthropic-ratelimit-requests-limit": "5",
        "x-ratelimit-reset-tokens": "6s",
        "content-type": "application/json",
    }
    answer = httpx.Response(429, headers={**kept, "server": "s", "cf-ray": "c"}, json={"max_tokens": 7})
    record(tmp_path / "c.json", answer, anthropic_version="2023-06-01", anthropic_beta="b", user_agent="me/1")
    (one,) = read_cassette(tmp_path / "c.json").exchanges
    headers = dict(one.response.headers)
    assert headers.pop("content-length") == str(len(one.response.body))
    assert headers == kept
    assert one.request.header("authorization") == "Bearer <redacted>"
    assert one.request.header("anthropic-version") == "2023-06-01"
    assert one.request.header("anthropic-beta") == "b"
    assert one.request.header("user-agent") is None
    assert one.request.json() == {"model": "m", "max_tokens": 5}
    assert one.response.json() == {"max_tokens": 7}


def test_a_tape_shows_where_the_key_went_but_not_the_key(tmp_path):
    record(tmp_path / "c.json", answer_with(b"ok"))
    with open_tape(tmp_path / "c.json") as tape, httpx.Client(transport=tape.transport()) as client:
        sent = {"x-api-key": KEY, "x-stray": KEY, "authorization": f"Bearer {KEY}"}
        client.post(URL, json={"model": "m", "max_tokens": 5}, headers=sent)
        request = tape.exchanges[0].request
    assert request.header("authorization") == "Bearer <redacted>"
    assert request.header("x-api-key") == request.header("x-stray") == "<redacted>"
    assert KEY not in repr(request)


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (f"Bearer {KEY}", "Bearer <redacted>"),
        (KEY, "<redacted>"),
        ("Bearer <redacted>", "Bearer <redacted>"),
        ("<redacted>", "<redacted>"),
        ("Bearer ", "Bearer "),  # that no key was sent must stay visible
        ("", ""),
    ],
)
def test_an_auth_header_keeps_its_scheme(value, wanted):
    assert redacted(value) == wanted


def test_scrubbing_twice_is_scrubbing_once():
    body = json.dumps({"password": 'a"b\\c é', "x": OTHERS, "in": json.dumps({"api_key": "s"}), "k": KEY}).encode()
    headers = (("Authorization", f"Bearer {KEY}"), ("x-stray", KEY), ("accept", "*/*"), ("cookie", "a=b"))
    once = scrubbed_request(Request("POST", f"{URL}?key={KEY}&alt=sse&flag&x=", headers, body))
    assert scrubbed_request(once) == once
    assert once.url == f"{URL}?key=<redacted>&alt=sse&flag&x="
    assert len(once.body) == len(body)
    value = json.loads(once.body)
    assert set(value["password"]) == {"*"}
    assert set(json.loads(value["in"])["api_key"]) == {"*"}


def test_words_that_only_resemble_tokens_stay():
    text = (
        b'{"token":"Hello","logprob":-1,"top":{"token":"internationalization"},"max_tokens":5,'
        b'"user_location_approximate":1,"sk-learn-estimators-and-more":2}'
    )
    assert scrubbed_body(text) == text
    check_text(text, (), "x")
    assert scrubbed_url("https://h/v1/messages?beta=true") == "https://h/v1/messages?beta=true"
    assert scrubbed_headers((("x-nothing", "plain"),)) == ()


@pytest.mark.parametrize(
    "shape",
    [
        KEY,
        "live-Secret%2FKey%2B0123456789",
        *(base64.b64encode(b"." * pad + KEY.encode() + b"..").decode() for pad in range(3)),
    ],
)
def test_the_gate_knows_a_secret_in_every_shape(shape):
    with pytest.raises(SecretLeak):
        check_text(f"...{shape}...".encode(), {KEY}, "c.json")
    check_text(b"nothing of it", {KEY}, "c.json")
