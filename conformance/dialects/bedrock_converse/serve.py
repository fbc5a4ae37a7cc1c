"""The server half: what Amazon Bedrock would answer, whole, streamed or as an error.

Rule of the file: it says what the vendor says, in the vendor's order. Every streamed answer ends with `metadata`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

from conformance.errors import UnsupportedError
from conformance.exchange import Headers
from conformance.model import JSON, ChatRequest, Error, Reply, Usage
from conformance.wire.eventstream import event, exception

from .parse import heard, parse
from .render import block, events_of_block
from .words import EXCEPTIONS, FAILURES, STOP_WORDS, STREAM_EXCEPTIONS

LATENCY = 42
"""Milliseconds that every answer claims to have taken: a clock would make no two recordings alike."""


class ConverseServer:
    """Bedrock's half of the conversation."""

    def heard(self, url: str, body: JSON) -> JSON:
        """The body with what the path says laid into it: the model, and whether to stream."""
        return heard(url, body)

    def parse(self, body: JSON) -> ChatRequest:
        return parse(body)

    def whole(self, reply: Reply, request: ChatRequest, body: JSON) -> bytes:
        content = [block(part) for part in reply.parts]
        message = {"role": "assistant", "content": content}
        return _dump({**_metrics(), "output": {"message": message}, **_stop(reply), **_used(reply)})

    def stream(self, reply: Reply, request: ChatRequest, body: JSON) -> Iterator[bytes]:
        yield _event("messageStart", {"role": "assistant"})
        for index, part in enumerate(reply.parts):
            for name, data in events_of_block(index, part):
                yield _event(name, data)
        yield _event("messageStop", _stop(reply))
        yield _event("metadata", {**_metrics(), **_used(reply)})

    def failure(self, error: Error) -> tuple[int, Headers, bytes]:
        """The status is the exception's own: a wrong key is 403 here."""
        name = error.code if error.code and error.code in EXCEPTIONS else FAILURES[error.kind]
        headers = [("content-type", "application/json"), ("x-amzn-errortype", name)]
        if error.retry_after is not None:
            headers.append(("retry-after", str(math.ceil(error.retry_after))))
        return EXCEPTIONS[name].status, tuple(headers), _dump({"message": error.message})

    def failure_frame(self, error: Error) -> bytes:
        name = FAILURES[error.kind]
        small = name[0].lower() + name[1:]
        return exception(
            small if small in STREAM_EXCEPTIONS else STREAM_EXCEPTIONS[0], _dump({"message": error.message})
        )


SERVER = ConverseServer()


def _metrics() -> dict[str, JSON]:
    return {"metrics": {"latencyMs": LATENCY}}


def _stop(reply: Reply) -> dict[str, JSON]:
    if reply.stop not in STOP_WORDS:
        raise UnsupportedError(
            f"bedrock-converse has no stop reason for {reply.stop!r}", "serve an Error with `failure` instead"
        )
    if reply.stop == "stop" and reply.stop_sequence is not None:
        fields = {"delta": {"stop_sequence": reply.stop_sequence}}
        return {"stopReason": "stop_sequence", "additionalModelResponseFields": fields}
    return {"stopReason": STOP_WORDS[reply.stop]}


def _used(reply: Reply) -> dict[str, Any]:
    """Usage as this wire counts: `inputTokens` without the cache, the total with all of it."""
    usage: Usage = reply.usage
    cache = {"cacheReadInputTokens": usage.cache_read, "cacheWriteInputTokens": usage.cache_write}
    told = {key: count for key, count in cache.items() if count is not None}
    whole, output = max(usage.input or 0, sum(told.values())), usage.output or 0
    said = {"inputTokens": whole - sum(told.values()), "outputTokens": output, "totalTokens": whole + output}
    return {"usage": {**said, **told}}


def _event(name: str, data: JSON) -> bytes:
    return event(name, _dump(data))


def _dump(value: JSON) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
