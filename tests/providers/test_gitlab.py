"""GitLab Duo and SAP AI Core: their facts, their tokens, their errors."""

from __future__ import annotations

import base64
import json

import pytest

from conformance import HttpAdapter, adapter
from conformance.model import ChatRequest, user

NOW = 1_000_000.0
HI = ChatRequest(model="m", messages=(user("Hi"),))


def speaker(name: str) -> HttpAdapter:
    one = adapter(name)
    assert isinstance(one, HttpAdapter)
    return one


GITLAB, SAP = speaker("gitlab"), speaker("sap-ai-core")
assert GITLAB.issuer
assert SAP.issuer


def test_calls_go_through_the_proxy_of_the_gateway() -> None:
    assert GITLAB.url(HI) == "https://cloud.gitlab.com/ai/v1/proxy/anthropic/v1/messages"
    assert ("anthropic-version", "2023-06-01") in GITLAB.headers(HI)


def test_headers_that_would_replace_the_token_are_left_out() -> None:
    told = {"token": "gw", "headers": {"X-Gitlab-Realm": "saas", "X-API-Key": "k", "AUTHORIZATION": "Bearer k"}}
    assert GITLAB.issuer
    assert GITLAB.issuer.read(told, NOW).headers == (("X-Gitlab-Realm", "saas"),)


@pytest.mark.parametrize(
    ("more", "lives"),
    [({}, 1500), ({"expires_at": int(NOW) + 600}, 540), ({"expires_at": int(NOW) + 86_400}, 1500)],
)
def test_a_token_lives_twenty_five_minutes_at_most(more: dict[str, int], lives: int) -> None:
    assert GITLAB.issuer
    assert GITLAB.issuer.read({"token": "gw", "headers": {}, **more}, NOW).until == NOW + lives


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ({"token": "", "headers": {}}, "token is empty"),
        ({"headers": {}}, "token is missing"),
        ({"token": "gw"}, "headers is missing"),
        ({"token": "gw", "headers": []}, "headers is empty or of another type"),
        ({"token": "gw", "headers": {"X-A": 1}}, "headers.X-A is no text"),
    ],
)
def test_an_answer_that_is_no_token(told: dict[str, object], fault: str) -> None:
    assert GITLAB.issuer
    with pytest.raises(ValueError, match=fault):
        GITLAB.issuer.read(told, NOW)


@pytest.mark.parametrize(
    ("status", "body", "kind", "said"),
    [
        (401, b'{"message":"401 Unauthorized"}', "auth", "401 Unauthorized"),
        (
            403,
            b'{"error":"insufficient_scope","error_description":"more is needed"}',
            "permission",
            "insufficient_scope",
        ),
        (422, b'{"detail":[{"loc":["body"],"msg":"field required"}]}', "invalid_request", "field required"),
        (401, b'{"detail":"Forbidden by auth provider"}', "auth", "Forbidden by auth provider"),
        (429, b'{"message":{"error":"too many"}}', "rate_limit", "too many"),
        (529, b'{"type":"error","error":{"type":"overloaded_error","message":"busy"}}', "overloaded", "busy"),
    ],
)
def test_errors_of_the_instance_the_gateway_and_the_vendor(status: int, body: bytes, kind: str, said: str) -> None:
    found = GITLAB.dialect.error(status, (), body)
    assert found.kind == kind
    assert said in found.message


def basic(value: str) -> str:
    return base64.b64decode(value.removeprefix("Basic ")).decode()


SERVICE_KEY = json.dumps(
    {
        "clientid": "sb-1!b2|aicore!b3",
        "clientsecret": "s$3cret:with=colon",
        "url": "https://mine.authentication.us10.hana.ondemand.com",
        "serviceurls": {"AI_API_URL": "https://api.ai.us10.example"},
    }
)


@pytest.mark.parametrize(
    ("key", "pair", "tenant"),
    [
        (SERVICE_KEY, "sb-1!b2|aicore!b3:s$3cret:with=colon", "https://mine.authentication.us10.hana.ondemand.com"),
        ("client:secret", "client:secret", "https://tenant.authentication.eu10.hana.ondemand.com"),
        ("secret", "conformance:secret", "https://tenant.authentication.eu10.hana.ondemand.com"),
    ],
    ids=["service key", "client and secret", "secret"],
)
def test_client_credentials(key: str, pair: str, tenant: str) -> None:
    assert SAP.issuer
    ask = SAP.issuer.ask(key, SAP.settings)
    told = dict(ask.headers)
    assert (ask.method, ask.url, ask.body) == ("POST", f"{tenant}/oauth/token", b"grant_type=client_credentials")
    assert basic(told["authorization"]) == pair
    assert told["content-type"] == "application/x-www-form-urlencoded"


def test_a_deployment_is_called_with_its_resource_group() -> None:
    assert SAP.url(HI).endswith("/v2/inference/deployments/d0123456789abcdef/chat/completions?api-version=2024-10-21")
    assert SAP.url(HI, "https://mine/v2/d1") == "https://mine/v2/d1/chat/completions?api-version=2024-10-21"
    assert ("ai-resource-group", "default") in SAP.headers(HI)
