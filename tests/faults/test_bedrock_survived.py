"""What a rule of bedrock-converse says is survived, boto3 does survive: it tells the same answer."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from conformance import adapter
from conformance.virtual import VIRTUAL_KEY

boto3 = pytest.importorskip("boto3", reason="the extra `oracles` is not installed")


def told(answer: dict[str, Any]) -> tuple[Any, ...]:
    """What a program reads of a whole answer."""
    content = answer["output"]["message"]["content"]
    calls = [(one["toolUse"]["toolUseId"], one["toolUse"]["name"], one["toolUse"]["input"]) for one in content
             if "toolUse" in one]  # fmt: skip
    return [one["text"] for one in content if "text" in one], calls, answer["stopReason"]


def gathered(events: list[dict[str, Any]]) -> tuple[Any, ...]:
    """What a program gathers of a stream: by the number of the block, as the guide to the service shows it."""
    texts: dict[int, str] = {}
    calls: dict[int, list[str]] = {}
    reason = None
    for event in events:
        if start := event.get("contentBlockStart"):
            call = start["start"]["toolUse"]
            calls[start["contentBlockIndex"]] = [call["toolUseId"], call["name"], ""]
        elif piece := event.get("contentBlockDelta"):
            at, delta = piece["contentBlockIndex"], piece["delta"]
            if "toolUse" in delta:
                calls[at][2] += delta["toolUse"]["input"]
            texts[at] = texts.get(at, "") + delta.get("text", "")
        elif stop := event.get("messageStop"):
            reason = stop["stopReason"]
    return texts, [(id, name, json.loads(text or "{}")) for id, name, text in calls.values()], reason


@cache
def _client() -> Any:
    """One client; each call goes where `_TO` says, for a client is dear to make."""
    from botocore.config import Config

    made = boto3.client(
        "bedrock-runtime",
        region_name="us-east-1",
        endpoint_url="http://127.0.0.1",
        aws_access_key_id=VIRTUAL_KEY,
        aws_secret_access_key="never-sent-secret",
        config=Config(retries={"max_attempts": 0}),
    )
    made.meta.events.register("before-sign.bedrock-runtime", lambda request, **rest: _led(request))
    return made


_TO = [""]


def _led(request: Any) -> None:
    request.url = _TO[0] + "/model/" + request.url.partition("/model/")[2]


def test_what_is_said_to_be_survived_is(survives: Callable[..., None]) -> None:
    model = adapter("bedrock").model

    def ask(base_url: str, body: dict[str, Any], streamed: bool) -> tuple[Any, ...]:
        _TO[0] = base_url
        for one in body["messages"]:
            for block in one["content"]:
                if "image" in block:
                    block["image"]["source"]["bytes"] = base64.b64decode(block["image"]["source"]["bytes"])
        if streamed:
            return gathered(list(_client().converse_stream(modelId=model, **body)["stream"]))
        return told(_client().converse(modelId=model, **body))

    survives("bedrock-converse", ask)
