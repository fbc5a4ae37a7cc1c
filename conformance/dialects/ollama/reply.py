"""A whole 2xx body -> Reply, and the calls that whole answers and streams share.

Rule of the file: tolerant. A call without an id gets one that follows from the answer: the same bytes, the same id.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping

from conformance.dialects.functions import arguments_of
from conformance.model import JSON, Opaque, Reply, Text, Thinking, ToolCall

from .turns import IMAGES
from .words import stop_of, usage_of


def reply_of(value: JSON) -> Reply:
    """The finished answer. Raises `ValueError` for a body that is none."""
    if not isinstance(value, dict):
        raise ValueError(f"the reply is a JSON {type(value).__name__}, not an object")
    message = value.get("message")
    if value.get("error") or not isinstance(message, dict):
        raise ValueError("the reply holds an error" if value.get("error") else "the reply has no object `message`")
    parts = tuple(_parts(message, text_of(value.get("created_at"))))
    calls = any(isinstance(part, ToolCall) for part in parts)
    return Reply(
        model=text_of(value.get("model")),
        parts=parts,
        stop=stop_of(value.get("done_reason"), calls=calls),
        usage=usage_of(value.get("prompt_eval_count"), value.get("eval_count")),
    )


def _parts(message: Mapping[str, JSON], seed: str) -> Iterator[Text | Thinking | ToolCall | Opaque]:
    if thinking := text_of(message.get("thinking")):
        yield Thinking(thinking)
    if text := text_of(message.get("content")):
        yield Text(text)
    yield from calls_in(message.get("tool_calls"), 0, seed)
    if isinstance(images := message.get("images"), list) and images:
        yield Opaque(IMAGES, images)


def calls_in(calls: JSON, before: int, seed: str) -> Iterator[ToolCall]:
    """The calls of a message; `before`: how many the answer has made already."""
    found = [one for one in calls if isinstance(one, dict)] if isinstance(calls, list) else []
    for at, call in enumerate(found, before):
        function = call.get("function")
        function = function if isinstance(function, dict) else {}
        name, arguments = text_of(function.get("name")), arguments_of(function.get("arguments"))
        yield ToolCall(text_of(call.get("id")) or made_id(seed, at, name, arguments), name, arguments)


def made_id(*facts: str | int) -> str:
    """An id for a call that the server gave none (older builds do not)."""
    return f"call_{hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]}"


def text_of(value: JSON) -> str:
    return value if isinstance(value, str) else ""
