"""The server half: what Mistral's server says, whole or streamed.

Rule of the file: thinking is shown as parts of a list; calls come whole, on the chunk that finishes and counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from conformance.dialects.openai_chat.serve import CREATED, DONE
from conformance.dialects.writing import json_bytes
from conformance.exchange import Headers
from conformance.model import JSON, ChatRequest, Error, Reply, StopReason, Text, Thinking, ToolCall, Usage

from .content import said_part, said_parts
from .failure import error_body, failure
from .parse import parse

FINISH_WORDS: Mapping[StopReason, str] = {"length": "length", "tool_use": "tool_calls", "error": "error"}
"""Canonical -> the vendor's word; whatever is not here ends in `stop`: there is no word for it."""

_PIECES = re.compile(r"\s*\S{1,8}|\s+")


class MistralServer:
    """A `Server`."""

    def parse(self, body: JSON) -> ChatRequest:
        return parse(body)

    def whole(self, reply: Reply, request: ChatRequest, body: JSON) -> bytes:
        message = {"role": "assistant", "tool_calls": _calls(reply) or None, "content": said_parts(_spoken(reply))}
        choice = {"index": 0, "finish_reason": FINISH_WORDS.get(reply.stop, "stop"), "message": message}
        told = {"usage": usage(reply.usage), "choices": _times(choice, body)}
        return json_bytes(_head(reply, request, "chat.completion") | told)

    def stream(self, reply: Reply, request: ChatRequest, body: JSON) -> Iterator[bytes]:
        head = _head(reply, request, "chat.completion.chunk")
        yield _frame(head | {"choices": _times(_choice({"role": "assistant", "content": ""}), body)})
        for content in _contents(reply):
            yield _frame(head | {"choices": _times(_choice({"content": content}), body)})
        calls = _calls(reply)
        last = _choice({"content": "", "tool_calls": calls} if calls else {"content": ""})
        finish = {"finish_reason": FINISH_WORDS.get(reply.stop, "stop")}
        yield _frame(head | {"choices": _times(last | finish, body), "usage": usage(reply.usage)})
        yield DONE

    def failure(self, error: Error) -> tuple[int, Headers, bytes]:
        return failure(error)

    def failure_frame(self, error: Error) -> bytes:
        return _frame({"object": "error"} | error_body(error))


def _frame(value: JSON) -> bytes:
    return b"data: " + json_bytes(value) + b"\n\n"


def _head(reply: Reply, request: ChatRequest, kind: str) -> dict[str, JSON]:
    return {
        "id": reply.id or "virtual",
        "object": kind,
        "created": CREATED,
        "model": reply.model or request.model,
    }


def _choice(delta: JSON) -> dict[str, JSON]:
    return {"index": 0, "delta": delta, "finish_reason": None}


def _times(choice: dict[str, JSON], body: JSON) -> list[JSON]:
    """A choice as often as the request asks for one, each under its index."""
    wanted = body.get("n") if isinstance(body, dict) else None
    return [choice | {"index": at} for at in range(wanted if isinstance(wanted, int) and wanted > 1 else 1)]


def _spoken(reply: Reply) -> tuple[Text | Thinking, ...]:
    return tuple(part for part in reply.parts if isinstance(part, Text | Thinking))


def _contents(reply: Reply) -> Iterator[JSON]:
    """The contents of the deltas: lists of one part while there is thinking, else plain strings."""
    spoken = _spoken(reply)
    listed = any(isinstance(part, Thinking) for part in spoken)
    for part in spoken:
        if isinstance(part, Text):
            for piece in _PIECES.findall(part.text):
                yield [said_part(Text(piece))] if listed else piece
            continue
        pieces = _PIECES.findall(part.text) or [""]
        for piece in pieces[:-1]:
            yield [said_part(Thinking(piece))]
        yield [said_part(Thinking(pieces[-1], part.signature))]


def _calls(reply: Reply) -> list[JSON]:
    calls = (part for part in reply.parts if isinstance(part, ToolCall))
    return [
        {"id": call.id, "function": {"name": call.name, "arguments": call.arguments or "{}"}, "index": index}
        for index, call in enumerate(calls)
    ]


def usage(tokens: Usage) -> dict[str, JSON]:
    """Usage as the server says it: always there, thinking counted in the completion."""
    prompt, output = tokens.input or 0, tokens.output or 0
    counted: dict[str, JSON] = {
        "prompt_tokens": prompt,
        "total_tokens": prompt + output,
        "completion_tokens": output,
    }
    details = {"prompt_tokens_details": {"cached_tokens": tokens.cache_read}}
    return counted | (details if tokens.cache_read is not None else {})
