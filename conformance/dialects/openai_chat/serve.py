"""The server half: what an official server of this language says, whole or streamed.

Rule of the file: it renders what the canonical answer holds. Reasoning text has no place in the official language: the
server keeps it to itself and counts it in the usage, as the official one does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import unquote

from conformance.exchange import Headers, path_of
from conformance.model import JSON, ChatRequest, Error, Reply, ToolCall, Usage

from .failure import error_body, failure
from .likelihood import likelihood
from .parse import parse
from .words import FINISH_WORDS

DONE = b"data: [DONE]\n\n"
CREATED = 1_790_000_000
"""The time that every answer bears: a recording made twice is the same twice."""

_DEPLOYMENT = re.compile(r"/deployments/([^/]+)/chat/completions$")
_PIECES = re.compile(r"\s*\S{1,8}|\s+")


class OpenAIChatServer:
    """A `Server`."""

    def heard(self, url: str, body: JSON) -> JSON:
        """Below deployments the path names the model, whatever the body says."""
        named = _DEPLOYMENT.search(path_of(url))
        return {**body, "model": unquote(named[1])} if named and isinstance(body, dict) else body

    def parse(self, body: JSON) -> ChatRequest:
        return parse(body)

    def whole(self, reply: Reply, request: ChatRequest, body: JSON) -> bytes:
        message = _message(reply)
        likely = likelihood(body)(message["content"])
        value = _head(reply, request, "chat.completion") | {
            "choices": [
                {"index": at, "message": message, "logprobs": likely, "finish_reason": FINISH_WORDS[reply.stop]}
                for at in range(_wanted(body))
            ],
            "usage": usage(reply.usage, _wanted(body)),
            "system_fingerprint": None,
        }
        return _dump(value)

    def stream(self, reply: Reply, request: ChatRequest, body: JSON) -> Iterator[bytes]:
        counted = bool(isinstance(body, dict) and (body.get("stream_options") or {}).get("include_usage"))
        head = _head(reply, request, "chat.completion.chunk")
        tail: dict[str, JSON] = {"usage": None} if counted else {}
        likely = likelihood(body)
        for at in range(_wanted(body)):
            for delta in _deltas(reply):
                yield _frame(head | {"choices": [_choice(delta, None, at, likely(delta.get("content")))]} | tail)
            yield _frame(head | {"choices": [_choice({}, FINISH_WORDS[reply.stop], at)]} | tail)
        if counted:
            yield _frame(head | {"choices": [], "usage": usage(reply.usage, _wanted(body))})
        yield DONE

    def failure(self, error: Error) -> tuple[int, Headers, bytes]:
        return failure(error)

    def failure_frame(self, error: Error) -> bytes:
        return _frame(error_body(error))


def _dump(value: JSON) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:  # half a surrogate pair travels escaped
        return json.dumps(value, separators=(",", ":")).encode()


def _frame(value: JSON) -> bytes:
    return b"data: " + _dump(value) + b"\n\n"


def _head(reply: Reply, request: ChatRequest, kind: str) -> dict[str, JSON]:
    return {
        "id": reply.id or "chatcmpl-virtual",
        "object": kind,
        "created": CREATED,
        "model": reply.model or request.model,
    }


def _wanted(body: JSON) -> int:
    """How many answers `n` asks for; each of them says the same."""
    wanted = body.get("n") if isinstance(body, dict) else None
    return min(wanted, 128) if isinstance(wanted, int) and wanted > 0 else 1


def _choice(delta: JSON, reason: str | None, at: int = 0, likely: JSON = None) -> JSON:
    return {"index": at, "delta": delta, "logprobs": likely, "finish_reason": reason}


def _message(reply: Reply) -> dict[str, JSON]:
    text = reply.text
    refused = reply.stop == "refusal"
    message: dict[str, JSON] = {
        "role": "assistant",
        "content": None if refused or (not text and reply.tool_calls) else text,
        "refusal": text if refused else None,
        "annotations": [],
    }
    if reply.tool_calls:
        message["tool_calls"] = [_call(call) for call in reply.tool_calls]
    return message


def _call(call: ToolCall) -> JSON:
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}


def _deltas(reply: Reply) -> Iterator[dict[str, JSON]]:
    """The deltas of an answer: the role first, then text in words, then each call's head and its arguments."""
    said = "refusal" if reply.stop == "refusal" else "content"
    opens_with_call = bool(reply.tool_calls) and not reply.text
    first: dict[str, JSON] = {"role": "assistant", "content": None if opens_with_call or said == "refusal" else ""}
    yield first | {"refusal": "" if said == "refusal" else None}
    for piece in _PIECES.findall(reply.text):
        yield {said: piece}
    for index, call in enumerate(reply.tool_calls):
        head: dict[str, JSON] = {"index": index, "id": call.id, "type": "function"}
        yield {"tool_calls": [head | {"function": {"name": call.name, "arguments": ""}}]}
        for piece in _fragments(call.arguments):
            yield {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}


def _fragments(arguments: str, least: int = 2) -> list[str]:
    """Arguments in pieces of up to 12 characters, at least two of them when there are two characters."""
    step = min(12, max(1, -(-len(arguments) // least)))
    return [arguments[at : at + step] for at in range(0, len(arguments), step)]


def usage(tokens: Usage, many: int = 1) -> JSON:
    """Usage of so many answers, as the official server says it; null when nothing is known, nor unknown details."""
    if tokens == Usage():
        return None
    prompt, output = tokens.input or 0, (tokens.output or 0) * many
    counted: dict[str, JSON] = {
        "prompt_tokens": prompt,
        "completion_tokens": output,
        "total_tokens": prompt + output,
    }
    cached = {"cached_tokens": tokens.cache_read, "cache_write_tokens": tokens.cache_write}
    details = {"prompt_tokens_details": _known(cached)}
    details["completion_tokens_details"] = _known({"reasoning_tokens": tokens.reasoning and tokens.reasoning * many})
    return counted | {name: value for name, value in details.items() if value}


def _known(counts: dict[str, int | None]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if count is not None}
