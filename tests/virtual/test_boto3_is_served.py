"""boto3, AWS's own client, is served by the virtual provider: text, tools, results, images, structure, errors."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from conformance import adapter
from conformance.model import Message, Text, ToolResult
from conformance.scenarios import SCENARIOS, fits, for_model, scenario
from conformance.scenarios.material import WEATHER
from conformance.virtual import VIRTUAL_KEY, VirtualProvider

BEDROCK = adapter("bedrock")
NONE: dict[str, Any] = {"json": {}}
ANSWERED = sorted(
    name for name, one in SCENARIOS.items() if fits(one, BEDROCK) is None and hasattr(one.answer, "parts")
)


def client(virtual: VirtualProvider, key: str = VIRTUAL_KEY) -> Any:
    return boto3.client(
        "bedrock-runtime",
        region_name="us-east-1",
        endpoint_url=virtual.base_url("bedrock-converse"),
        aws_access_key_id=key,
        aws_secret_access_key="never-sent-secret",
        config=Config(retries={"max_attempts": 0}),
    )


def asked(name: str) -> dict[str, Any]:
    """A scenario's request as arguments of the SDK: bytes where the wire has base64."""
    import base64

    body: dict[str, Any] = json.loads(json.dumps(BEDROCK.body(for_model(scenario(name), BEDROCK.model))))
    for message in body["messages"]:
        for block in message["content"]:
            if "image" in block:
                source = block["image"]["source"]
                source["bytes"] = base64.b64decode(source["bytes"])
    return {"modelId": BEDROCK.model, **body}


def text_of(events: list[dict[str, Any]]) -> str:
    return "".join(one["contentBlockDelta"]["delta"].get("text", "") for one in events if "contentBlockDelta" in one)


@pytest.mark.parametrize("name", ANSWERED)
def test_every_answer_is_what_was_scripted(virtual: VirtualProvider, name: str) -> None:
    script = scenario(name).answer
    if name.endswith("_whole"):
        found = client(virtual).converse(**asked(name))
        content = found["output"]["message"]["content"]
        text = "".join(one.get("text", "") for one in content)
        calls = [(one["toolUse"]["name"], one["toolUse"]["input"]) for one in content if "toolUse" in one]
        usage = found["usage"]
    else:
        events = list(client(virtual).converse_stream(**asked(name))["stream"])
        assert "messageStart" in events[0]
        assert "metadata" in events[-1]
        text, calls, usage = text_of(events), streamed_calls(events), events[-1]["metadata"]["usage"]
    assert text == script.text  # type: ignore[union-attr]
    assert calls == [(one.name, one.input) for one in script.tool_calls]  # type: ignore[union-attr]
    assert usage["totalTokens"] == script.usage.input + script.usage.output  # type: ignore[union-attr,operator]
    (sent,) = virtual.requests
    assert sent.url.endswith(
        f"/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse{'' if name.endswith('_whole') else '-stream'}"
    )
    assert "never-sent-secret" not in repr(sent)


def streamed_calls(events: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    names: dict[int, str] = {}
    inputs: dict[int, str] = {}
    for one in events:
        if start := one.get("contentBlockStart", {}).get("start", {}).get("toolUse"):
            names[one["contentBlockStart"]["contentBlockIndex"]] = start["name"]
        if call := one.get("contentBlockDelta", {}).get("delta", {}).get("toolUse"):
            index = one["contentBlockDelta"]["contentBlockIndex"]
            inputs[index] = inputs.get(index, "") + call["input"]
    return [(name, json.loads(inputs.get(index, "") or "{}")) for index, name in names.items()]


def test_a_result_goes_back_and_is_heard(virtual: VirtualProvider) -> None:
    sdk = client(virtual)
    tools = {"tools": [{"toolSpec": {"name": WEATHER.name, "inputSchema": {"json": dict(WEATHER.parameters or {})}}}]}
    question = {"role": "user", "content": [{"text": "How is the weather where you are?"}]}
    first = sdk.converse(modelId=BEDROCK.model, messages=[question], toolConfig=tools)
    assert first["stopReason"] == "tool_use"
    (call,) = [one["toolUse"] for one in first["output"]["message"]["content"] if "toolUse" in one]
    result = {"toolUseId": call["toolUseId"], "content": [{"json": {"sky": "clear"}}], "status": "success"}
    turns = [question, first["output"]["message"], {"role": "user", "content": [{"toolResult": result}]}]
    last = sdk.converse(modelId=BEDROCK.model, messages=turns, toolConfig=tools)
    assert last["stopReason"] == "end_turn"
    assert '{"sky": "clear"}' in last["output"]["message"]["content"][0]["text"]
    heard = BEDROCK.dialect.server.parse(virtual.requests[-1].json())
    assert heard.messages[-1] == Message("tool", (ToolResult(call["toolUseId"], (Text('{"sky": "clear"}'),)),))


@pytest.mark.parametrize(
    ("change", "name", "status"),
    [
        ({"key": "AKIDWRONG"}, "UnrecognizedClientException", 403),
        ({"modelId": "no.such-model-v1:0"}, "ResourceNotFoundException", 404),
        ({"modelId": "arn:aws:bedrock:us-east-1:1:inference-profile/none"}, "ResourceNotFoundException", 404),
        ({"messages": [{"role": "user", "content": [{"text": " "}]}]}, "ValidationException", 400),
        ({"toolConfig": {"tools": [{"toolSpec": {"name": "a b", "inputSchema": NONE}}]}}, "ValidationException", 400),
        ({"messages": asked("error_rate_limit_429")["messages"]}, "ThrottlingException", 429),
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["converse", "converse_stream"])
def test_errors_are_exceptions_of_the_service(
    virtual: VirtualProvider, change: dict[str, Any], name: str, status: int, method: str
) -> None:
    change = dict(change)
    sdk = client(virtual, change.pop("key", VIRTUAL_KEY))
    given = {"modelId": BEDROCK.model, "messages": [{"role": "user", "content": [{"text": "Hi"}]}], **change}
    with pytest.raises(ClientError) as caught:
        getattr(sdk, method)(**given)
    assert caught.value.response["Error"]["Code"] == name
    assert caught.value.response["Error"]["Message"]
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
