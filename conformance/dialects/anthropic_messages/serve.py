"""The server half: what Anthropic would answer, whole, streamed or as an error.

Rule of the file: it says what the vendor says, in the vendor's order; ids are made of the content.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

from conformance.dialects.anthropic_messages.parse import heard, parse
from conformance.dialects.anthropic_messages.refusing import refuse
from conformance.dialects.anthropic_messages.render import block, frames_of_block
from conformance.dialects.anthropic_messages.words import FAILURES, STATUS_TYPES, STOP_WORDS
from conformance.errors import UnsupportedError
from conformance.exchange import Headers
from conformance.model import JSON, ChatRequest, Error, Reply, Usage


class MessagesServer:
    """Anthropic's half of the conversation. `refuse` judges what stands in the headers, `parse` the body."""

    def refuse(self, headers: Headers, body: JSON) -> Error | None:
        """Why the real server refuses a request for its version header, or for what that version forbids."""
        return refuse(headers, body)

    def heard(self, url: str, body: JSON) -> JSON:
        """The body with the model that the URL names, behind clouds that take it there."""
        return heard(url, body)

    def parse(self, body: JSON) -> ChatRequest:
        return parse(body)

    def whole(self, reply: Reply, request: ChatRequest, body: JSON) -> bytes:
        message = _message(reply, request)
        message |= {"content": [block(part) for part in reply.parts], **_stop(reply)}
        return _dump({**message, "usage": _usage(reply.usage)})

    def stream(self, reply: Reply, request: ChatRequest, body: JSON) -> Iterator[bytes]:
        begun = {**_usage(reply.usage), "output_tokens": min(reply.usage.output or 0, 1)}
        begun.pop("output_tokens_details", None)
        silent = dict.fromkeys(_stop(reply))
        message = {**_message(reply, request), "content": [], **silent, "usage": begun}
        yield frame({"type": "message_start", "message": message})
        yield frame({"type": "ping"})
        for index, part in enumerate(reply.parts):
            for one in frames_of_block(index, part):
                yield frame(one)
        yield frame({"type": "message_delta", "delta": _stop(reply), "usage": _usage(reply.usage)})
        yield frame({"type": "message_stop"})

    def failure(self, error: Error) -> tuple[int, Headers, bytes]:
        status = error.status if error.status and error.status >= 400 else FAILURES[error.kind]
        body = _failure(error)
        headers = [("content-type", "application/json"), ("request-id", body["request_id"])]
        if error.retry_after is not None:
            headers.append(("retry-after", str(math.ceil(error.retry_after))))
        natural = status >= 500 or status in (408, 409, 429)
        if error.retryable != natural:
            headers.append(("x-should-retry", "true" if error.retryable else "false"))
        return status, tuple(headers), _dump(body)

    def failure_frame(self, error: Error) -> bytes:
        return frame(_failure(error))


SERVER = MessagesServer()


def frame(data: Mapping[str, JSON]) -> bytes:
    """One event of a stream: its name on the `event:` line, and again as `type` in the data."""
    return b"event: %s\ndata: %s\n\n" % (data["type"].encode(), _dump(data))


def _message(reply: Reply, request: ChatRequest) -> dict[str, Any]:
    return {
        "model": reply.model or request.model,
        "id": reply.id or f"msg_{_token(repr(reply.says()))}",
        "type": "message",
        "role": "assistant",
    }


def _stop(reply: Reply) -> dict[str, JSON]:
    """The three fields that say why the answer stopped."""
    if reply.stop not in STOP_WORDS:
        raise UnsupportedError(
            f"anthropic-messages has no stop reason for {reply.stop!r}", "serve an Error with `failure` instead"
        )
    word = "stop_sequence" if reply.stop == "stop" and reply.stop_sequence is not None else STOP_WORDS[reply.stop]
    details = {"type": "refusal", "category": None, "explanation": None} if word == "refusal" else None
    sequence = reply.stop_sequence if word == "stop_sequence" else None
    return {"stop_reason": word, "stop_sequence": sequence, "stop_details": details}


def _usage(usage: Usage) -> dict[str, JSON]:
    """Usage as this wire counts: `input_tokens` without the cache. The two totals are always there."""
    cache = {"cache_creation_input_tokens": usage.cache_write, "cache_read_input_tokens": usage.cache_read}
    told = {key: count for key, count in cache.items() if count is not None}
    said: dict[str, JSON] = {"input_tokens": max((usage.input or 0) - sum(told.values()), 0), **told}
    said["output_tokens"] = usage.output or 0
    if usage.reasoning is not None:
        said["output_tokens_details"] = {"thinking_tokens": usage.reasoning}
    return said


def _failure(error: Error) -> dict[str, Any]:
    word = STATUS_TYPES[FAILURES[error.kind]]
    said: dict[str, JSON] = {"type": word, "message": error.message}
    if error.code and error.code != word:
        said["details"] = {"error_code": error.code}
    return {"type": "error", "error": said, "request_id": f"req_{_token(word + error.message)}"}


def _token(seed: str) -> str:
    return hashlib.sha256(seed.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _dump(value: JSON) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
