"""Vertex AI: URLs, keys of both kinds, and Anthropic's own client before the virtual provider."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from conformance import adapter
from conformance.auth.google import SCOPE, google
from conformance.errors import MissingExtra, UsageError
from conformance.model import ChatRequest, user
from conformance.virtual import VIRTUAL_KEY, VirtualProvider

PROJECT = "https://aiplatform.googleapis.com/v1/projects/conformance-project/locations/global/publishers"


@pytest.fixture(scope="module")
def virtual() -> Iterator[VirtualProvider]:
    with VirtualProvider() as found:
        yield found


@pytest.mark.parametrize(
    ("name", "stream", "tail"),
    [
        ("vertex", True, "google/models/m%3Bx:streamGenerateContent?alt=sse"),
        ("vertex", False, "google/models/m%3Bx:generateContent"),
        ("vertex-claude", True, "anthropic/models/m%3Bx:streamRawPredict"),
        ("vertex-claude", False, "anthropic/models/m%3Bx:rawPredict"),
    ],
)
def test_the_url_names_project_location_model_and_verb(name: str, stream: bool, tail: str) -> None:
    request = ChatRequest(model="m;x", messages=(user("Hi"),), stream=stream)
    assert adapter(name).url(request) == f"{PROJECT}/{tail}"


def test_claude_has_its_version_in_the_body_and_no_model() -> None:
    body = adapter("vertex-claude").body(ChatRequest(model="m", messages=(user("Hi"),), stream=True))
    assert body["anthropic_version"] == "2026-10-21"
    assert body["stream"] is True
    assert "model" not in body


@pytest.fixture(scope="module")
def key_file() -> str:
    pytest.importorskip("google.auth.crypt")
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    pem = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    facts = {
        "type": "service_account",
        "client_email": "me@p.example",
        "token_uri": "https://oauth2.googleapis.com/token",
    }
    return json.dumps({**facts, "private_key": pem.decode(), "private_key_id": "k1"})


def test_a_service_account_signs_for_a_token_and_keeps_it(key_file: str) -> None:
    from google.auth import jwt

    asked: list[dict[str, Any]] = []

    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.host == "oauth2.googleapis.com":
            form = parse_qs(request.content.decode())
            asked.append(jwt.decode(form["assertion"][0], verify=False))
            assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
            return httpx.Response(200, json={"access_token": f"at{len(asked)}", "expires_in": 3599})
        return httpx.Response(200, text=request.headers["authorization"])

    now = [2_000_000_000.0]
    flow = google(key_file, clock=lambda: now[0])
    with httpx.Client(transport=httpx.MockTransport(handle), auth=flow) as client:
        first, second = (client.get("https://x.example/").text for _ in range(2))
        now[0] += 3599 - 60
        third = client.get("https://x.example/").text
    assert (first, second, third) == ("Bearer at1", "Bearer at1", "Bearer at2")
    assert (asked[0]["iss"], asked[0]["scope"], asked[0]["iat"]) == ("me@p.example", SCOPE, 2_000_000_000)
    assert "PRIVATE" not in repr(flow)


def test_a_key_file_without_google_auth_names_the_extra(key_file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "google.auth.crypt", None)
    with pytest.raises(MissingExtra) as raised:
        google(key_file)
    assert "provider-conformance[vertex]" in raised.value.hint


@pytest.mark.parametrize("key", ["{", "{}", '{"client_email": "secret-mail"}', '{"private_key": 1}'])
def test_a_broken_key_file_is_one_clear_error_that_quotes_nothing(key: str) -> None:
    with pytest.raises(UsageError, match="it lacks") as raised:
        google(key)
    assert "secret-mail" not in str(raised.value)


def test_anthropics_client_for_vertex_is_served(virtual: VirtualProvider) -> None:
    anthropic = pytest.importorskip("anthropic")
    virtual.clear()
    base = f"{virtual.base_url_as('vertex-claude')}/v1"
    client = anthropic.AnthropicVertex(region="global", project_id="p", access_token=VIRTUAL_KEY, base_url=base)
    with client:
        asked = {"model": "claude-sonnet-5", "max_tokens": 64, "messages": [{"role": "user", "content": "Hi"}]}
        whole = client.messages.create(**asked)
        with client.messages.stream(**asked) as stream:
            streamed = stream.get_final_message()
        with pytest.raises(anthropic.NotFoundError):
            client.messages.create(**{**asked, "model": "nobody"})
        with pytest.raises(anthropic.AuthenticationError):
            client.with_options(max_retries=0).copy(access_token="wrong").messages.create(**asked)
    assert whole.content[0].text == streamed.content[0].text != ""
    first = virtual.requests[0]
    assert first.url.endswith("/projects/p/locations/global/publishers/anthropic/models/claude-sonnet-5:rawPredict")
    assert "model" not in (first.json() or {})


@pytest.mark.parametrize("name", ["copilot", "gitlab", "sap-ai-core"])
def test_the_virtual_issuer_gives_a_token_for_the_good_key_alone(virtual: VirtualProvider, name: str) -> None:
    from urllib.parse import urlsplit

    one: Any = adapter(name)
    path = urlsplit(one.issuer.address(one.settings)).path
    for key, status in ((VIRTUAL_KEY, 200), ("wrong", 401)):
        ask = one.issuer.ask(key, one.settings)
        answer = httpx.request(ask.method, virtual.url + path, headers=dict(ask.headers), content=ask.body)
        assert answer.status_code == status
        assert VIRTUAL_KEY not in answer.text
    assert answer.json() == one.issuer.refusal


@pytest.mark.parametrize("name", ["copilot", "gitlab", "sap-ai-core"])
def test_the_key_itself_is_no_token(virtual: VirtualProvider, name: str) -> None:
    one: Any = adapter(name)
    request = ChatRequest(model=one.model, messages=(user("Hi"),))
    url, body = one.url(request, virtual.base_url_as(name)), one.body(request)
    headers = {**dict(one.headers(request)), "authorization": f"Bearer {VIRTUAL_KEY}"}
    assert httpx.post(url, json=body, headers=headers).status_code == 401
