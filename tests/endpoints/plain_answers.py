"""What the plain server says: one sentence to everyone, heeding what it was asked for, but for the faults to order.

Rule of the file: it knows neither the scenarios nor the kit; a request and the names of faults go in, JSON comes out.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Collection
from typing import Any

MODEL = "plain-1"
TEXT = "Welcome to the café, dear reader: it serves naïve cakes and plain tea all day long."
JSON = dict[str, Any]


def whole(asked: JSON, limit: int | None, faults: Collection[str], number: int) -> JSON:
    """The answer as one body."""
    message, reason = _message(asked, limit, faults, number)
    rest = {"logprobs": _likely(asked, message["content"]), "finish_reason": reason}
    choices = [{"index": at, "message": message, **rest} for at in _indexes(asked, faults)]
    return _head("chat.completion", faults) | {"choices": choices, "usage": _usage(asked, message, faults)}


def streamed(asked: JSON, limit: int | None, faults: Collection[str], number: int) -> list[bytes]:
    """The answer in frames."""
    message, reason = _message(asked, limit, faults, number)
    wants_usage = (asked.get("stream_options") or {}).get("include_usage")
    head = _head("chat.completion.chunk", faults)
    rest: JSON = {"usage": None} if wants_usage else {}
    told: list[JSON] = []
    for at in _indexes(asked, faults):
        for delta in _deltas(message):
            likely = {"logprobs": _likely(asked, delta.get("content"))}
            told.append(head | {"choices": [{"index": at, "delta": delta, **likely, "finish_reason": None}]} | rest)
        told.append(head | {"choices": [{"index": at, "delta": {}, "finish_reason": reason}]} | rest)
    if wants_usage:
        told.append(head | {"choices": [], "usage": _usage(asked, message, faults)})
    if "stream-says-less" in faults:
        told = [one for one in told if "cakes" not in json.dumps(one)]
    return [f"data: {json.dumps(one)}\n\n".encode() for one in told] + [b"data: [DONE]\n\n"]


def error_as_answer(words: str) -> JSON:
    """What a careless gateway makes of an error."""
    message = {"role": "assistant", "content": f"Error: {words}", "refusal": None}
    choices = [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}]
    return _head("chat.completion") | {"choices": choices, "usage": _usage({}, message, ())}


def _head(kind: str, faults: Collection[str] = ()) -> JSON:
    return {
        "id": "chatcmpl-1" if "one-id" in faults else f"chatcmpl-{time.monotonic_ns()}",
        "object": kind,
        "created": 0 if "no-time" in faults else int(time.time()),
        "model": "gpt-4" if "other-name" in faults else MODEL,
    }


def _indexes(asked: JSON, faults: Collection[str]) -> range:
    return range(1 if "ignored-n" in faults else asked.get("n") or 1)


def _likely(asked: JSON, text: str | None) -> JSON | None:
    """How likely each word was; there was never another."""
    if not asked.get("logprobs"):
        return None
    words = [{"token": one, "bytes": list(one.encode()), "logprob": 0.0} for one in re.findall(r"\s*\S+", text or "")]
    return {"content": [{**one, "top_logprobs": [one]} for one in words], "refusal": None}


def _message(asked: JSON, limit: int | None, faults: Collection[str], number: int) -> tuple[JSON, str]:
    """The message, and why it ended."""
    choice = asked.get("tool_choice", "auto")
    wants = asked.get("tools") and asked["messages"][-1]["role"] != "tool" and choice != "none"
    if not wants or "ignored-tools" in faults:
        text, reason = _said(asked, limit, faults, number)
        return {"role": "assistant", "content": text, "refusal": None}, reason
    named = isinstance(choice, dict) and "ignored-name" not in faults
    name = choice["function"]["name"] if named else asked["tools"][0]["function"]["name"]
    call = {"id": "call_1", "type": "function", "function": {"name": name, "arguments": '{"city": "Paris"}'}}
    message = {"role": "assistant", "content": None, "refusal": None, "tool_calls": [call]}
    return message, "stop" if "stop-for-tools" in faults else "tool_calls"


def _said(asked: JSON, limit: int | None, faults: Collection[str], number: int) -> tuple[str, str]:
    text = f"This is answer {number}. {TEXT}" if "chatty" in faults else TEXT
    if (asked.get("response_format") or {}).get("type") == "json_schema":
        properties = asked["response_format"]["json_schema"]["schema"]["properties"]
        samples = {"string": "Bergen", "integer": 5, "boolean": True}
        text = json.dumps({name: samples[one["type"]] for name, one in properties.items()})
        return "" if "silent-json" in faults else text, "stop"
    if "ascii-only" in faults:
        return str(asked["messages"][-1]["content"]).encode("ascii", "replace").decode(), "stop"
    if asked.get("response_format"):
        return TEXT if "no-json" in faults else json.dumps({"text": TEXT}), "stop"
    stops = asked.get("stop") or []
    for stop in [stops] if isinstance(stops, str) else stops:
        text = text.split(stop)[0]
    if stops and "stop-says-length" in faults:
        return text, "length"
    words = text.split(" ")
    if limit and len(words) > limit:
        return " ".join(words[:limit]), "stop" if "cut-says-stop" in faults else "length"
    return text, "stop"


def _usage(asked: JSON, message: JSON, faults: Collection[str]) -> JSON:
    words = len((message["content"] or "a b c").split()) + 2
    prompt = 9 + len(json.dumps(asked.get("messages")).split())
    prompt = 0 if "prompt-zero" in faults else 9 if "prompt-nine" in faults else prompt
    return {"prompt_tokens": prompt, "completion_tokens": words, "total_tokens": prompt + words}


def _deltas(message: JSON) -> list[JSON]:
    """The message in pieces: the role, then words, or a call and its arguments."""
    found: list[JSON] = [{"role": "assistant", "content": None if message.get("tool_calls") else ""}]
    for index, call in enumerate(message.get("tool_calls") or ()):
        first = {**call, "index": index, "function": {"name": call["function"]["name"], "arguments": ""}}
        found += [{"tool_calls": [first]}]
        found += [{"tool_calls": [{"index": index, "function": {"arguments": call["function"]["arguments"]}}]}]
    words = (message["content"] or "").split(" ")
    return found + [{"content": word if not at else f" {word}"} for at, word in enumerate(words) if word]
