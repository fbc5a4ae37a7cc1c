"""A canonical Reply as the output items and the response object of the official server.

Rule of the file: ids follow from the place of an item alone, so that an answer rendered twice is the same twice.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from itertools import groupby

from conformance.dialects.openai_chat.likelihood import likelihood
from conformance.model import JSON, ChatRequest, Opaque, Reply, Text, Thinking, ToolCall, Usage

from .reply import Item, ReplyPart
from .words import ENCRYPTED, ENDINGS, LOGPROBS

CREATED = 1_790_000_000
"""The time that every answer bears: a recording made twice is the same twice."""


def items_of(reply: Reply, sealed: bool = False, ranks: int | None = None) -> list[Item]:
    """The finished output items. Neighbouring texts are the parts of one message.

    `sealed`: the client asked for reasoning that it can send back, so all of it has encrypted content.
    `ranks`: it asked for log probabilities, with so many others for each token.
    """
    items: list[Item] = []
    for spoken, group in groupby(reply.parts, lambda part: isinstance(part, Text)):
        if spoken:
            items.append(_message([part.text for part in group if isinstance(part, Text)], reply, len(items)))
        else:
            for part in group:
                items += _item(part, len(items), sealed)
    if reply.stop == "refusal" and not any(item["type"] == "message" for item in items):
        items.append(_message([""], reply, len(items)))
    if ranks is not None:
        said = likelihood({"logprobs": True, "top_logprobs": ranks})
        for part in (part for item in items for part in item.get("content") or ()):
            part |= {"logprobs": said(part["text"])["content"]} if part.get("text") else {}
    return items


def _message(texts: list[str], reply: Reply, at: int) -> Item:
    return {
        "id": f"msg_{at}",
        "type": "message",
        "status": "incomplete" if ENDINGS[reply.stop].status == "incomplete" else "completed",
        "role": "assistant",
        "content": [content_part("refusal" if reply.stop == "refusal" else "output_text", text) for text in texts],
    }


def content_part(kind: str, text: str) -> Item:
    """A part of a message."""
    if kind == "refusal":
        return {"type": "refusal", "refusal": text}
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def _item(part: ReplyPart, at: int, sealed: bool) -> Iterator[Item]:
    match part:
        case Thinking(text, signature, redacted):
            summary = [{"type": "summary_text", "text": text}] if text else []
            reasoning: Item = {"id": f"rs_{at}", "type": "reasoning", "summary": summary}
            seal = signature or redacted or (_seal(text) if sealed else None)
            yield reasoning | ({"encrypted_content": seal} if seal else {})
        case ToolCall(id, name, arguments):
            head: Item = {"id": f"fc_{at}", "type": "function_call", "status": "completed"}
            yield head | {"call_id": id, "name": name, "arguments": arguments or "{}"}
        case Opaque(_, raw) if isinstance(raw, dict) and isinstance(raw.get("type"), str):
            yield {"id": f"item_{at}", **raw}


def _seal(text: str) -> str:
    return b64encode(text.encode("utf-8", "surrogatepass")).decode()


def response_of(reply: Reply, request: ChatRequest, body: JSON) -> Item:
    """The finished response object; what the request set stands in it again."""
    asked = body if isinstance(body, dict) else {}
    ending = ENDINGS[reply.stop]
    failed = ending.status == "failed"
    included = asked.get("include") or ()
    return {
        "id": reply.id or "resp_virtual",
        "object": "response",
        "created_at": CREATED,
        "status": ending.status,
        "background": False,
        "error": {"code": "server_error", "message": "The model failed."} if failed else None,
        "incomplete_details": {"reason": ending.reason} if ending.reason else None,
        "instructions": asked.get("instructions"),
        "max_output_tokens": request.max_tokens,
        "model": reply.model or request.model,
        "output": items_of(
            reply, ENCRYPTED in included, asked.get("top_logprobs") or 0 if LOGPROBS in included else None
        ),
        "parallel_tool_calls": request.parallel_tool_calls is not False,
        "previous_response_id": asked.get("previous_response_id"),
        "reasoning": {"effort": None, "summary": None} | (asked.get("reasoning") or {}),
        "service_tier": "default",
        "store": asked.get("store") is not False,
        "temperature": 1.0 if request.temperature is None else request.temperature,
        "text": {"format": {"type": "text"}, "verbosity": "medium"} | (asked.get("text") or {}),
        "tool_choice": asked.get("tool_choice") or "auto",
        "tools": asked.get("tools") or [],
        "top_p": 1.0 if request.top_p is None else request.top_p,
        "truncation": "disabled",
        "usage": None if failed else usage(reply.usage),
        "user": None,
        "metadata": asked.get("metadata") or {},
    }


def usage(tokens: Usage) -> JSON:
    """Usage as the official server counts it; what is unknown counts nothing."""
    given, made = tokens.input or 0, tokens.output or 0
    return {
        "input_tokens": given,
        "input_tokens_details": {
            "cached_tokens": tokens.cache_read or 0,
            "cache_write_tokens": tokens.cache_write or 0,
        },
        "output_tokens": made,
        "output_tokens_details": {"reasoning_tokens": tokens.reasoning or 0},
        "total_tokens": given + made,
    }
