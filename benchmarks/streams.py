"""The streams that are decoded: made here, the same bytes for every contender.

Rule of the file: frames as the official servers write them, keys and padding included; nothing is left out to be fast.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from conformance.wire.eventstream import event

WORDS = ("The ", "tide ", "comes ", "in ", "twice ", "a ", "day, ", "nearly. ")


def openai_text(events: int = 2000) -> list[bytes]:
    """A text answer: one frame an item."""
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": "", "refusal": None}]
    deltas += [{"content": WORDS[at % len(WORDS)]} for at in range(events - 4)]
    return list(_openai(deltas, "stop"))


def openai_tool(deltas: int = 500) -> list[bytes]:
    """One tool call whose arguments come in pieces."""
    call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "store", "arguments": ""}}
    said: list[dict[str, Any]] = [{"role": "assistant", "content": None, "tool_calls": [call]}]
    said += [{"tool_calls": [{"index": 0, "function": {"arguments": piece}}]} for piece in _arguments(deltas)]
    return list(_openai(said, "tool_calls"))


def anthropic_text(events: int = 2000) -> list[bytes]:
    """A text answer: one frame an item."""
    pieces = [{"type": "text_delta", "text": WORDS[at % len(WORDS)]} for at in range(events - 5)]
    return list(_anthropic({"type": "text", "text": ""}, pieces, "end_turn"))


def anthropic_tool(deltas: int = 500) -> list[bytes]:
    """One tool call whose input comes in pieces."""
    pieces = [{"type": "input_json_delta", "partial_json": piece} for piece in _arguments(deltas)]
    return list(_anthropic({"type": "tool_use", "id": "toolu_1", "name": "store", "input": {}}, pieces, "tool_use"))


def bedrock_text(events: int = 2000) -> list[bytes]:
    """A text answer: one message of the event stream an item."""
    return list(_bedrock(None, [{"text": WORDS[at % len(WORDS)]} for at in range(events - 4)], "end_turn"))


def bedrock_tool(deltas: int = 500) -> list[bytes]:
    """One tool call whose input comes in pieces."""
    start = {"toolUse": {"toolUseId": "tooluse_1", "name": "store"}}
    return list(_bedrock(start, [{"toolUse": {"input": piece}} for piece in _arguments(deltas)], "tool_use"))


def _bedrock(start: dict[str, Any] | None, deltas: list[dict[str, Any]], reason: str) -> Iterator[bytes]:
    yield _message("messageStart", role="assistant")
    if start:
        yield _message("contentBlockStart", contentBlockIndex=0, start=start)
    for delta in deltas:
        yield _message("contentBlockDelta", contentBlockIndex=0, delta=delta)
    yield _message("contentBlockStop", contentBlockIndex=0)
    yield _message("messageStop", stopReason=reason)
    usage = {"inputTokens": 9, "outputTokens": len(deltas), "totalTokens": 9 + len(deltas)}
    yield _message("metadata", usage=usage, metrics={"latencyMs": 900})


def _message(name: str, **fields: Any) -> bytes:
    return event(name, _json({**fields, "p": "abcdefghijklm"}))


def _arguments(pieces: int) -> Iterator[str]:
    yield '{"text": "'
    yield from (WORDS[at % len(WORDS)] for at in range(pieces - 2))
    yield '"}'


def _openai(deltas: list[dict[str, Any]], reason: str) -> Iterator[bytes]:
    for delta in deltas:
        yield _chunk([{"index": 0, "delta": delta, "logprobs": None, "finish_reason": None}], None)
    yield _chunk([{"index": 0, "delta": {}, "logprobs": None, "finish_reason": reason}], None)
    yield _chunk([], {"prompt_tokens": 9, "completion_tokens": len(deltas), "total_tokens": 9 + len(deltas)})
    yield b"data: [DONE]\n\n"


def _chunk(choices: list[dict[str, Any]], usage: dict[str, int] | None) -> bytes:
    body = {
        "id": "chatcmpl-AbCdEfGhIjKlMnOpQrStUvWxYz012",
        "object": "chat.completion.chunk",
        "created": 1789000000,
        "model": "gpt-4o-mini-2024-07-18",
        "service_tier": "default",
        "system_fingerprint": "fp_0123456789",
        "choices": choices,
        "usage": usage,
    }
    return b"data: " + _json(body) + b"\n\n"


def _anthropic(block: dict[str, Any], deltas: list[dict[str, Any]], reason: str) -> Iterator[bytes]:
    message: dict[str, Any] = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-4-5",
        "content": [],
    }
    message |= {"stop_reason": None, "stop_sequence": None, "usage": {"input_tokens": 9, "output_tokens": 1}}
    yield _event("message_start", message=message)
    yield _event("content_block_start", index=0, content_block=block)
    for delta in deltas:
        yield _event("content_block_delta", index=0, delta=delta)
    yield _event("content_block_stop", index=0)
    stop = {"stop_reason": reason, "stop_sequence": None}
    yield _event("message_delta", delta=stop, usage={"output_tokens": len(deltas)})
    yield _event("message_stop")


def _event(name: str, **fields: Any) -> bytes:
    return f"event: {name}\n".encode() + b"data: " + _json({"type": name, **fields}) + b"\n\n"


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
