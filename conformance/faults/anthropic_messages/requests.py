"""Faults of clients in the request as a whole: headers, required fields, limits, tools, the form of the answer.

Rule of the file: what stands in messages is in `conversation`; what every language forbids alike stands among the
faults of every dialect.
"""

from __future__ import annotations

from typing import Any

from conformance.faults import kit
from conformance.faults.anthropic_messages.steps import (
    NAME,
)
from conformance.faults.every.telling import Teller
from conformance.faults.form import Asking

_asks = Teller(NAME, "request").sent


def _set(path: str = "", **keys: Any) -> Asking:
    return kit.asking(kit.set_at(path, **keys))


def _drop(*keys: str) -> Asking:
    return kit.asking(kit.drop_at("", *keys))


def _count(change: kit.Change) -> Asking:
    """A request to count tokens."""
    body, path = kit.asking(change), kit.asking_url(lambda path, query: (f"{path}/count_tokens", query))
    return lambda request: path(body(request))


_FOREIGN: dict[str, Any] = {
    "stop": ["END"],
    "n": 1,
    "max_completion_tokens": 16,
    "frequency_penalty": 0,
    "seed": 7,
    "stream_options": {"include_usage": True},
    "parallel_tool_calls": False,
    "functions": [],
    "reasoning_effort": "low",
}

_HEADERS = (
    _asks("no-version", "AM-H01", "The request names no version.", kit.asking_header("anthropic-version", None)),
    _asks(
        "unknown-version", "AM-H01", "The version does not exist.", kit.asking_header("anthropic-version", "2024-01-01")
    ),
    _asks("version-in-words", "AM-H01", "The version is latest.", kit.asking_header("anthropic-version", "latest")),
    _asks(
        "two-keys",
        "AM-H02",
        "The key is sent in both headers.",
        kit.asking_header("authorization", "Bearer conformance-virtual-key"),
    ),
)

_FIELDS = (
    _asks("no-model", "AM-Q01", "The request names no model.", _drop("model")),
    _asks("model-null", "AM-Q01", "The model is null.", _set(model=None)),
    _asks("no-messages", "AM-Q01", "The request has no messages.", _drop("messages")),
    _asks("messages-text", "AM-Q01", "The messages are a string.", _set(messages="Hello")),
    _asks("no-limit", "AM-Q01", "The request has no max_tokens.", _drop("max_tokens")),
    _asks("limit-negative", "AM-Q01", "max_tokens is negative.", _set(max_tokens=-1)),
    _asks("limit-text", "AM-Q01", "max_tokens is a string.", _set(max_tokens="1024")),
    _asks("limit-null", "AM-Q01", "max_tokens is null.", _set(max_tokens=None)),
    _asks("no-turns", "AM-Q15", "There are no messages.", _set(messages=[])),
    _asks("temperature", "AM-Q03", "The request sets a temperature.", _set(temperature=0.2)),
    _asks("top-p", "AM-Q03", "The request sets top_p.", _set(top_p=1.0)),
    _asks("top-k", "AM-Q03", "The request sets top_k.", _set(top_k=40)),
    _asks("stream-text", "JS-Q", "stream is a string.", _set(stream="true")),
    _asks("stops-text", "JS-Q", "stop_sequences is a string.", _set(stop_sequences="END")),
    _asks("stop-blank", "AM-Q20", "A stop sequence is blank.", _set(stop_sequences=["\n"])),
    _asks("system-object", "JS-Q", "The system prompt is an object.", _set(system={"text": "Be brief."})),
    _asks("count-with-limit", "AM-Q17", "A request to count tokens has max_tokens.", _count(kit.drop_at("", "stream"))),
    _asks(
        "count-streamed",
        "AM-Q17",
        "A request to count tokens asks for a stream.",
        _count(kit.drop_at("", "max_tokens")),
        also=frozenset({"JS-Q"}),
    ),
    *(
        _asks(
            f"foreign-{key.replace('_', '-')}",
            "AM-Q22",
            f"The request holds {key}, a field of openai-chat.",
            _set(**{key: value}),
        )
        for key, value in _FOREIGN.items()
    ),
)

FAULTS = (
    *_HEADERS,
    *_FIELDS,
)
