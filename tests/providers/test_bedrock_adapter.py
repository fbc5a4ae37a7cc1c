"""The facts of the bedrock adapter, and its two ways to prove who asks: an API key or a signature, never both."""

from __future__ import annotations

import re
import sys
from typing import Any

import httpx
import httpx2
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from conformance import adapter, find_adapter
from conformance.adapters import HttpAdapter
from conformance.auth.sigv4 import aws_key, region_of, sigv4
from conformance.calls import CallOptions, stream
from conformance.errors import MissingExtra, UsageError
from conformance.model import ChatRequest, Done, Error, user
from conformance.obligations.keys import sample_faults
from conformance.subjects.canned import Answer, ask
from conformance.virtual import VIRTUAL_KEY, VirtualProvider

BEDROCK = adapter("bedrock")
HI = ChatRequest(model=BEDROCK.model, messages=(user("Hi"),), stream=True)
REFUSED = Answer((b"{}",), 403, (("content-type", "application/json"),))
KEY = "AKIDCONFORMANCE:Sec/ret+1:session-token"


def sent(key: str, base_url: str | None = None) -> Any:
    (one,) = ask(BEDROCK, HI, REFUSED, key=key, base_url=base_url).requests
    return one


def test_the_facts() -> None:
    assert isinstance(BEDROCK, HttpAdapter)
    assert BEDROCK.url(HI) == (
        "https://bedrock-runtime.us-east-1.amazonaws.com"
        "/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse-stream"
    )
    assert BEDROCK.dialect.name == "bedrock-converse"
    assert BEDROCK.key_env[0] == "AWS_BEARER_TOKEN_BEDROCK"
    assert find_adapter("amazon-bedrock") is BEDROCK


def test_an_api_key_travels_alone() -> None:
    one = sent("bedrock-api-key-1")
    assert one.header("authorization") == "Bearer bedrock-api-key-1"
    assert [name for name, _ in one.headers if name.lower().startswith("x-amz")] == []


def test_a_signature_is_the_one_that_botocore_makes(monkeypatch: pytest.MonkeyPatch) -> None:
    one = sent(KEY)
    line, moment = one.header("authorization"), one.header("x-amz-date")
    assert re.match(r"AWS4-HMAC-SHA256 Credential=AKIDCONFORMANCE/\d{8}/us-east-1/bedrock/aws4_request, ", line)
    assert one.header("x-amz-security-token") == "session-token"
    theirs = AWSRequest("POST", one.url, {"content-type": "application/json"}, one.body)
    theirs.context["timestamp"] = moment
    theirs.headers["X-Amz-Date"] = moment
    theirs.headers["X-Amz-Security-Token"] = "session-token"
    signer = SigV4Auth(Credentials(*aws_key(KEY)), "bedrock", "us-east-1")
    canonical = signer.canonical_request(theirs)
    assert "/model/us.anthropic.claude-sonnet-4-5-20250929-v1%253A0/converse-stream" in canonical  # encoded twice
    assert signer.signature(signer.string_to_sign(theirs, canonical), theirs) in line
    assert "Sec/ret+1" not in repr(one)


@pytest.mark.parametrize(
    ("host", "region"),
    [
        ("bedrock-runtime.eu-central-1.amazonaws.com", "eu-central-1"),
        ("bedrock-runtime-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
        ("vpce-1.bedrock-runtime.ap-northeast-1.vpce.amazonaws.com", "ap-northeast-1"),
        ("127.0.0.1", "us-east-1"),
    ],
)
def test_the_region_is_the_hosts(host: str, region: str) -> None:
    assert region_of(host, "us-east-1") == region
    assert f"/{region}/bedrock/aws4_request" in sent(KEY, f"https://{host}").header("authorization")


@pytest.mark.parametrize("text", ["", "AKID", "AKID:", ":secret", "AKID:secret:"])
def test_half_a_key_is_the_users_fault(text: str) -> None:
    with pytest.raises(UsageError, match="no AWS credentials"):
        aws_key(text)


def test_without_botocore_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "botocore.auth", None)
    with pytest.raises(MissingExtra, match="botocore") as caught:
        sent(KEY)
    assert "provider-conformance[bedrock]" in caught.value.hint
    assert sent("an-api-key").header("authorization") == "Bearer an-api-key"


def test_no_secret_shows() -> None:
    assert "Sec/ret" not in repr(sigv4(KEY, "bedrock", "us-east-1"))


def test_a_stray_part_of_a_signing_key_is_found() -> None:
    assert isinstance(BEDROCK, HttpAdapter)
    (sample,) = BEDROCK.key_samples
    heard = ask(BEDROCK, HI, REFUSED, key=sample.key)
    assert list(sample_faults(sample, heard)) == []
    leaky = sample._replace(hidden=("AKIDCONFORMANCE12",))
    assert [one.message for one in sample_faults(leaky, heard)] == [
        "the secret that signs is at authorization, where it does not belong"
    ]
    lost = sample._replace(shown={"x-amz-key": "AKIDCONFORMANCE12"})
    assert len(list(sample_faults(lost, heard))) == 2
    heard.requests.clear()
    assert [one.message for one in sample_faults(sample, heard)] == ["no request was sent"]


@pytest.mark.parametrize("client", [httpx.Client, httpx2.Client])
def test_both_http_clients_sign(client: Any) -> None:
    options = CallOptions(f"{VIRTUAL_KEY}:secret", None)
    with VirtualProvider() as virtual, client() as http:
        base = virtual.base_url("bedrock-converse")
        good = list(stream(BEDROCK, HI, CallOptions(options.api_key, base), http))[-1]
        bad = list(stream(BEDROCK, HI, CallOptions("AKIDWRONG:secret", base), http))[-1]
    assert isinstance(good, Done)
    assert isinstance(bad, Error)
    assert (bad.kind, bad.status, bad.code) == ("auth", 403, "UnrecognizedClientException")
