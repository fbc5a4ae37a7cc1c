"""The server half: what Ollama's server says, whole or line by line.

Rule of the file: thinking first, then text, then the calls, then the line with the counters. Counts of zero are left
out, as the server leaves them out. An empty conversation only loads the model.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from conformance.dialects.openai_chat.likelihood import likelihood
from conformance.dialects.writing import json_bytes, pieces_of
from conformance.exchange import Headers
from conformance.model import JSON, ChatRequest, Error, Opaque, Reply, Usage

from .parse import parse
from .turns import IMAGES, call_of
from .words import DONE_WORDS, ERRORS

CREATED = "2026-01-01T00:00:00Z"
"""The time that every answer bears: a recording made twice is the same twice."""

_NANOSECONDS = {"total_duration": 900_000_000, "load_duration": 100_000_000}


class OllamaServer:
    """A `Server`."""

    def parse(self, body: JSON) -> ChatRequest:
        return parse(body)

    def whole(self, reply: Reply, request: ChatRequest, body: JSON) -> bytes:
        reply = _loaded(reply, request)
        message: dict[str, JSON] = {"role": "assistant", "content": reply.text}
        if reply.thinking:
            message["thinking"] = reply.thinking
        if calls := _calls(reply):
            message["tool_calls"] = calls
        if images := _images(reply):
            message["images"] = images
        return _json(_head(reply, request) | {"message": message} | _likely(reply.text, body) | _ending(reply, request))

    def stream(self, reply: Reply, request: ChatRequest, body: JSON) -> Iterator[bytes]:
        head, reply = _head(reply, request), _loaded(reply, request)
        for said in _steps(reply):
            likely = _likely(said.get("content"), body)
            yield _line(head | {"message": {"role": "assistant", "content": "", **said}, **likely, "done": False})
        yield _line(head | {"message": {"role": "assistant", "content": ""}} | _ending(reply, request))

    def failure(self, error: Error) -> tuple[int, Headers, bytes]:
        return ERRORS.failure(error)

    def failure_frame(self, error: Error) -> bytes:
        return _line({"error": error.message})


def _line(value: JSON) -> bytes:
    return _json(value) + b"\n"


def _json(value: JSON) -> bytes:
    """JSON as the server's language writes it: U+2028 and U+2029 escaped, which some clients take for line ends."""
    return json_bytes(value).replace(b"\xe2\x80\xa8", b"\\u2028").replace(b"\xe2\x80\xa9", b"\\u2029")


def _likely(text: JSON, body: JSON) -> dict[str, JSON]:
    """How probable the words of a text are, where the request asks for that."""
    found = likelihood(body)(text)
    return {"logprobs": found["content"]} if found else {}


def _loads(request: ChatRequest) -> bool:
    return not request.messages and not request.system


def _loaded(reply: Reply, request: ChatRequest) -> Reply:
    return replace(reply, parts=(), usage=Usage()) if _loads(request) else reply


def _head(reply: Reply, request: ChatRequest) -> dict[str, JSON]:
    return {"model": reply.model or request.model, "created_at": CREATED}


def _steps(reply: Reply) -> Iterator[dict[str, JSON]]:
    """What each line adds."""
    for piece in pieces_of(reply.thinking):
        yield {"thinking": piece}
    for piece in pieces_of(reply.text):
        yield {"content": piece}
    for call in _calls(reply):
        yield {"tool_calls": [call]}
    if images := _images(reply):
        yield {"images": images}


def _calls(reply: Reply) -> list[JSON]:
    said = [call_of(call) for call in reply.tool_calls]
    return [{**call, "function": {"index": at, **call["function"]}} for at, call in enumerate(said)]


def _images(reply: Reply) -> list[JSON]:
    found = [part.raw for part in reply.parts if isinstance(part, Opaque) and part.kind == IMAGES]
    return [one for raw in found for one in raw]


def _ending(reply: Reply, request: ChatRequest) -> dict[str, JSON]:
    counts = {
        "prompt_eval_count": reply.usage.input,
        "prompt_eval_duration": 200_000_000 if reply.usage.input else None,
        "eval_count": reply.usage.output,
        "eval_duration": 600_000_000 if reply.usage.output else None,
    }
    known = {name: count for name, count in counts.items() if count}
    return {"done": True, "done_reason": "load" if _loads(request) else DONE_WORDS[reply.stop], **_NANOSECONDS, **known}
