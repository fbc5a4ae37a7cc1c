"""Azure: two generations of addresses, a key of its own, filters that speak first, two shapes of errors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx2
import openai
import pytest

from conformance import adapter, decode, judge, read_cassette
from conformance.adapters import HttpAdapter
from conformance.exchange import Chunk, Exchange, Request, Response
from conformance.hosts.azure import BOOK
from conformance.model import ChatRequest, Done, user
from conformance.scenarios import for_model, scenario
from conformance.tape import on_shelf, open_tape
from conformance.virtual import VIRTUAL_KEY, VirtualProvider

AZURE = adapter("azure")
assert isinstance(AZURE, HttpAdapter)
HI = ChatRequest(model="my gpt", messages=(user("Hi"),))
CLASSIC = "https://r.openai.azure.com/openai/deployments/d/chat/completions"
V1 = "https://r.openai.azure.com/openai/v1/chat/completions"
BODY = {"model": "d", "messages": [{"role": "user", "content": "Hi"}]}
SAFE = {"hate": {"filtered": False, "severity": "safe"}, "jailbreak": {"filtered": False, "detected": False}}


@pytest.fixture(scope="module")
def virtual() -> Iterator[VirtualProvider]:
    with VirtualProvider() as running:
        yield running


@pytest.fixture(params=["at the root", "as azure"])
def sdk(request: pytest.FixtureRequest, virtual: VirtualProvider) -> Iterator[openai.AzureOpenAI]:
    virtual.clear()
    origin = virtual.url if request.param == "at the root" else virtual.base_url_as("azure")
    with openai.AzureOpenAI(
        azure_endpoint=origin, api_version="2024-10-21", api_key=VIRTUAL_KEY, max_retries=0
    ) as client:
        yield client


@pytest.mark.parametrize(
    ("version", "place"),
    [
        ("2024-10-21", "/openai/deployments/my%20gpt/chat/completions?api-version=2024-10-21"),
        ("2025-04-01-preview", "/openai/deployments/my%20gpt/chat/completions?api-version=2025-04-01-preview"),
        ("v1", "/openai/v1/chat/completions"),
        ("preview", "/openai/v1/chat/completions?api-version=preview"),
    ],
)
def test_where_calls_go(version: str, place: str) -> None:
    one = replace(AZURE, settings={"resource": "mine", "api_version": version})
    assert one.url(HI) == f"https://mine.openai.azure.com{place}"


def body_for(name: str) -> dict[str, object]:
    body = AZURE.body(for_model(scenario(name), AZURE.model))
    return {key: value for key, value in body.items() if key not in ("stream", "stream_options")}


def test_the_sdk_of_azure_is_served(sdk: openai.AzureOpenAI, virtual: VirtualProvider) -> None:
    answer = sdk.chat.completions.create(**body_for("simple_text"))
    assert answer.choices[0].message.content == "Hello, dear reader, and welcome!"
    (sent,) = virtual.requests
    assert sent.url.endswith(f"/openai/deployments/{AZURE.model}/chat/completions?api-version=2024-10-21")
    assert (sent.header("api-key"), sent.header("authorization")) == (VIRTUAL_KEY, None)


def test_a_stream_begins_with_what_the_filter_found(sdk: openai.AzureOpenAI) -> None:
    first, *others = list(sdk.chat.completions.create(**body_for("simple_text"), stream=True))
    assert (first.choices, first.id, first.created) == ([], "", 0)
    assert first.prompt_filter_results[0]["content_filter_results"]
    told = [one.choices[0].delta.content or "" for one in others if one.choices]
    assert "".join(told) == "Hello, dear reader, and welcome!"


def test_tools_and_their_results(sdk: openai.AzureOpenAI) -> None:
    asked = body_for("tool_call_single")
    said = sdk.chat.completions.create(**asked).choices[0].message
    assert said.tool_calls[0].function.name == "get_weather"
    result = {"role": "tool", "tool_call_id": said.tool_calls[0].id, "content": "rain"}
    messages = [*asked["messages"], said.model_dump(exclude_none=True), result]
    answer = sdk.chat.completions.create(**asked | {"messages": messages})
    assert answer.choices[0].message.content == "The tool returned: rain"


def test_a_wrong_key_is_the_gateways_to_refuse(virtual: VirtualProvider) -> None:
    with (
        openai.AzureOpenAI(
            azure_endpoint=virtual.base_url_as("azure"), api_version="2024-10-21", api_key="wrong", max_retries=0
        ) as client,
        pytest.raises(openai.AuthenticationError) as caught,
    ):
        client.chat.completions.create(**body_for("simple_text"))
    assert caught.value.code == "401"
    assert set(caught.value.body) == {"code", "message"}


def test_the_path_names_the_model_and_the_body_need_not(virtual: VirtualProvider) -> None:
    url = f"{virtual.base_url_as('azure')}/openai/deployments/{AZURE.model}/chat/completions?api-version=2024-10-21"
    body = {key: value for key, value in body_for("simple_text").items() if key != "model"}
    answer = httpx2.post(url, json=body, headers={"api-key": VIRTUAL_KEY}).json()
    assert answer["model"] == AZURE.model


def test_v1_takes_the_plain_client_with_a_bearer_key(virtual: VirtualProvider) -> None:
    for origin in (virtual.url, virtual.base_url_as("azure")):
        with openai.OpenAI(base_url=f"{origin}/openai/v1", api_key=VIRTUAL_KEY, max_retries=0) as client:
            answer = client.chat.completions.create(**body_for("simple_text"))
        assert answer.choices[0].message.content == "Hello, dear reader, and welcome!"


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in on_shelf("azure")])
def test_the_sdk_reads_our_cassettes(path: Path) -> None:
    with open_tape(path) as tape, httpx2.Client(transport=tape.transport("httpx2")) as network:
        sdk = openai.AzureOpenAI(
            azure_endpoint="https://conformance-resource.openai.azure.com",
            api_version="2024-10-21",
            api_key="any",
            max_retries=0,
            http_client=network,
        )
        for one in read_cassette(path).exchanges:
            body, last = one.request.json(), decode(one)[-1]
            if not isinstance(last, Done):
                with pytest.raises(openai.APIStatusError) as caught:
                    sdk.chat.completions.create(**body)
                assert caught.value.status_code == last.status
            elif body.get("stream"):
                deltas = [piece.choices[0].delta for piece in sdk.chat.completions.create(**body) if piece.choices]
                assert "".join((one.content or "") + (one.refusal or "") for one in deltas) == last.reply.text
            else:
                message = sdk.chat.completions.create(**body).choices[0].message
                assert (message.content or "") + (message.refusal or "") == last.reply.text


# ------------------------------------------------------------------ what the reader must take


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (
            400,
            {"error": {"code": "content_filter", "message": "filtered", "type": None, "status": 400}},
            "content_filter",
        ),
        (401, {"error": {"code": "401", "message": "Access denied"}}, "auth"),
        (401, {"statusCode": 401, "message": "Unauthorized"}, "auth"),
        (404, {"statusCode": 404, "message": "Resource not found"}, "not_found"),
        (404, {"error": {"code": "DeploymentNotFound", "message": "no such deployment"}}, "not_found"),
        (429, {"error": {"code": "429", "message": "slow down"}}, "rate_limit"),
        (403, {"error": {"code": "403", "message": "behind a network rule"}}, "permission"),
    ],
)
def test_both_shapes_of_errors_are_read(status: int, body: object, kind: str) -> None:
    found = AZURE.dialect.error(status, (), json.dumps(body).encode())
    assert (found.kind, found.status) == (kind, status)


def test_a_late_result_of_the_filter_is_no_text() -> None:
    head = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    late = {
        "content_filter_results": SAFE,
        "content_filter_offsets": {"check_offset": 1, "start_offset": 1, "end_offset": 9},
    }
    choices = [
        {"index": 0, "delta": {"role": "assistant", "content": "Hi"}, "finish_reason": None},
        {"index": 0, "finish_reason": None, **late},
        {"index": 0, "delta": {}, "finish_reason": "stop"},
    ]
    body = b"".join(b"data: " + json.dumps(head | {"choices": [one]}).encode() + b"\n\n" for one in choices)
    decoder = AZURE.dialect.decoder()
    last = [*decoder.feed(body + b"data: [DONE]\n\n"), *decoder.close()][-1]
    assert isinstance(last, Done)
    assert last.reply.text == "Hi"


# ------------------------------------------------------------------ its rules


def exchange(url: str = V1, body: object = BODY, status: int = 200, reply: object = None, **headers: str) -> Exchange:
    lines = tuple((name.replace("_", "-"), value) for name, value in (headers or {"api_key": "k"}).items())
    response = Response(
        status, (("content-type", "application/json"),), (Chunk(0.0, json.dumps(reply or {}).encode()),)
    )
    request = Request("POST", url, lines, json.dumps(body).encode())
    return Exchange(id="x", request=request, response=response, dialect="openai-chat", source="virtual")


def found_by(rule: str, one: Exchange) -> list[str]:
    return [finding.message for finding in judge(one, host=BOOK).findings if finding.rule == rule]


def filters(results: dict[str, object]) -> dict[str, object]:
    return {"choices": [{"content_filter_results": results}]}


FILTERED = {"error": {"code": "content_filter", "innererror": {"code": "ResponsibleAIPolicyViolation"}}}


@pytest.mark.parametrize(
    ("rule", "good", "bad"),
    [
        ("AZ-H01", {"url": f"{CLASSIC}?api-version=2024-10-21"}, {"url": CLASSIC}),
        ("AZ-H01", {"url": V1}, {"url": "https://r.openai.azure.com/v1/chat/completions?api-version=2024-10-21"}),
        ("AZ-H01", {"url": f"{CLASSIC}?api-version=2025-04-01-preview"}, {"url": f"{CLASSIC}?api-version=latest"}),
        ("AZ-H02", {"url": f"{V1}?api-version=preview"}, {"url": f"{V1}?api-version=2024-10-21"}),
        ("AZ-H03", {"api_key": "k"}, {"api_key": "k", "authorization": "Bearer t"}),
        ("AZ-H03", {"authorization": "Bearer t"}, {"accept": "*/*"}),
        ("AZ-Q01", {}, {"body": {"messages": []}}),
        ("AZ-R01", {"reply": filters(SAFE)}, {"reply": filters({"hate": "safe"})}),
        ("AZ-R01", {"reply": filters({})}, {"reply": filters({"hate": {"filtered": True, "severity": "grave"}})}),
        ("AZ-E01", {"status": 400, "reply": FILTERED}, {"status": 400, "reply": {"error": {"code": "content_filter"}}}),
        ("AZ-E01", {"status": 400, "reply": {"error": {"code": "x"}}}, {"status": 403, "reply": FILTERED}),
        ("AZ-E03", {"status": 500}, {"status": 429}),
    ],
)
def test_every_rule_is_kept_and_broken(rule: str, good: dict[str, object], bad: dict[str, object]) -> None:
    assert found_by(rule, exchange(**good)) == []
    assert len(found_by(rule, exchange(**bad))) == 1


def test_every_rule_has_a_case() -> None:
    mark = next(mark for mark in test_every_rule_is_kept_and_broken.pytestmark if mark.name == "parametrize")
    assert {case[0] for case in mark.args[1]} == {rule.id for rule in BOOK}
