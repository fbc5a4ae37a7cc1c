"""A boto3 client that answers from given bytes, and the canonical view of what it makes of them."""

from __future__ import annotations

import io
import json
from base64 import b64encode
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse
from botocore.config import Config

MODEL = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"


class Raw(io.BytesIO):
    """A body as urllib3 gives it."""

    def stream(self, *args: object, **more: object) -> Any:
        while piece := self.read(1000):
            yield piece


def client(endpoint: str = "https://bedrock-runtime.us-east-1.amazonaws.com", key: str = "AKIDTEST") -> Any:
    """A client that signs, tries once, and reads no file of the user's."""
    return boto3.client(
        "bedrock-runtime",
        region_name="us-east-1",
        endpoint_url=endpoint,
        aws_access_key_id=key,
        aws_secret_access_key="secret",
        config=Config(retries={"max_attempts": 0}, user_agent_appid="test"),
    )


def answering(status: int, headers: dict[str, str], body: bytes) -> Any:
    """A client whose every request is answered so, without a network."""
    found = client()

    def answer(request: Any, **_: object) -> AWSResponse:
        return AWSResponse(request.url, status, headers, Raw(body))

    found.meta.events.register("before-send.bedrock-runtime.*", answer)
    return found


def whole(sdk: Any, **asked: Any) -> tuple[Any, ...]:
    """What a user of the SDK has of a whole answer."""
    found = sdk.converse(**asked)
    blocks = [_block(one) for one in found["output"]["message"]["content"]]
    return [one for one in blocks if one], found["stopReason"], found.get("usage")


def streamed(sdk: Any, **asked: Any) -> tuple[Any, ...]:
    """What a user of the SDK puts together of a stream."""
    blocks: dict[int, dict[str, Any]] = {}
    stop = usage = None
    for event in sdk.converse_stream(**asked)["stream"]:
        ((kind, said),) = event.items()
        if kind in ("contentBlockStart", "contentBlockDelta"):
            block = blocks.setdefault(said["contentBlockIndex"], {})
            _add(block, said.get("start") or said.get("delta") or {})
        elif kind == "messageStop":
            stop = said["stopReason"]
        elif kind == "metadata":
            usage = said["usage"]
    found = [_told(block) for _, block in sorted(blocks.items())]
    return [one for one in found if one], stop, usage


def ours(reply: Any) -> list[tuple[Any, ...]]:
    """Our reply in the same view."""
    from conformance.model import Text, Thinking, ToolCall

    found: list[tuple[Any, ...]] = []
    for part in reply.parts:
        match part:
            case Text(text):
                found.append(("text", text))
            case Thinking(text, signature, redacted):
                found.append(("thinking", text, signature, redacted))
            case ToolCall(id, name):
                found.append(("call", id, name, part.input))
    return found


def _add(block: dict[str, Any], piece: dict[str, Any]) -> None:
    call, thought = piece.get("toolUse"), piece.get("reasoningContent")
    if "text" in piece:
        block["text"] = block.get("text", "") + piece["text"]
    if call:
        kept = block.setdefault("toolUse", {"input": ""})
        kept |= {key: value for key, value in call.items() if key != "input"}
        kept["input"] += call.get("input", "")
    for key, value in (thought or {}).items():
        kept = block.setdefault("reasoningContent", {})
        kept[key] = kept.get(key, value[:0]) + value


def _told(block: dict[str, Any]) -> tuple[Any, ...] | None:
    if "toolUse" in block:
        call = block["toolUse"]
        return "call", call["toolUseId"], call["name"], json.loads(call["input"] or "{}")
    if "reasoningContent" in block:
        thought = block["reasoningContent"]
        return _thought(thought.get("text", ""), thought.get("signature"), thought.get("redactedContent"))
    return ("text", block["text"]) if "text" in block else None


def _block(block: dict[str, Any]) -> tuple[Any, ...] | None:
    if "toolUse" in block:
        call = block["toolUse"]
        return "call", call["toolUseId"], call["name"], call["input"]
    if "reasoningContent" in block:
        thought = block["reasoningContent"]
        said = thought.get("reasoningText") or {}
        return _thought(said.get("text", ""), said.get("signature"), thought.get("redactedContent"))
    if "citationsContent" in block:
        return "text", "".join(one["text"] for one in block["citationsContent"]["content"])
    return ("text", block["text"]) if "text" in block else None


def _thought(text: str, signature: str | None, redacted: bytes | None) -> tuple[Any, ...]:
    return "thinking", text, signature or None, b64encode(redacted).decode() if redacted else None
