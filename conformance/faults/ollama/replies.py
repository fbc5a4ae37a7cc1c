"""Faults of whole answers, of what was asked, and of errors.

Rule of the file: one key, one value at a time.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from conformance.deviating import Bend, Chunk
from conformance.faults import kit
from conformance.faults.every.telling import Teller
from conformance.faults.form import Asking, Fault
from conformance.model import Text, Thinking, ToolCall

NAME = "ollama"
ONE = "tool_call_single"
Told = list[Chunk]

_count = Teller(NAME, "count")
_reply, _asked, _error = (
    Teller(NAME, "reply", "simple_text_whole"),
    Teller(NAME, "asked"),
    Teller(NAME, "shape", "error_not_found_404"),
)
_MARKUP = Text('<tool_call>{"name": "get_weather", "arguments": {"city": "Tokyo"}}</tool_call>')


def _twins(
    told: Teller, id: str, rule: str, sentence: str, bend: Bend, on: str = "simple_text", asks: Asking | None = None
) -> tuple[Fault, ...]:
    """The same fault, streamed and whole."""
    return tuple(
        told.fault(f"{id}{twin}", rule, sentence, bend, on=f"{on}{twin}", asks=asks) for twin in ("", "_whole")
    )


def _says(*parts: Text | ToolCall | Thinking) -> Bend:
    return kit.reply(lambda told: replace(told, parts=parts, stop="stop"))


def _nth(number: int, change: kit.Change) -> Bend:
    def one(told: Told) -> Told:
        change(told[number])
        return told

    return kit.sequence(one)


def _set(path: str, **keys: Any) -> Bend:
    return kit.whole(kit.set_at(path, **keys))


def _drop(path: str, *keys: str) -> Bend:
    return kit.whole(kit.drop_at(path, *keys))


def _asking(**fields: Any) -> Asking:
    return kit.asking(lambda body: body.update(fields))


FAULTS = (
    _count.fault("early", "OL-S06", "Counters stand on every line.", kit.chunks(kit.set_at("", eval_count=9))),
    _count.fault("missing", "OL-R04", "The tokens are not counted.", _nth(-1, kit.drop_at("", "eval_count"))),
    _count.fault(
        "missing_whole", "OL-R04", "The tokens are not counted.", _drop("", "eval_count"), on="simple_text_whole"
    ),
    _count.fault(
        "of-chat_whole",
        "OL-R04",
        "Usage is told as openai-chat does.",
        kit.whole(
            lambda told: [
                told.pop("eval_count"),
                told.pop("prompt_eval_count"),
                told.update(usage={"prompt_tokens": 24, "completion_tokens": 9, "total_tokens": 33}),
            ]
        ),
        on="simple_text_whole",
    ),
    _count.fault(
        "negative_whole",
        "GN-16",
        "A count is negative.",
        _set("", eval_count=-9),
        on="simple_text_whole",
        also=frozenset({"GN-34"}),
    ),
    _count.fault(
        "duration-string_whole",
        "JS-R",
        "A duration is told in words.",
        _set("", total_duration="900ms"),
        on="simple_text_whole",
    ),
    _reply.fault("model-missing", "OL-R01", "The answer names no model.", _drop("", "model")),
    _reply.fault("created-seconds", "OL-R01", "The time is in seconds.", _set("", created_at=1790000000)),
    _reply.fault("message-missing", "OL-R01", "The answer has no message.", _drop("", "message")),
    _reply.fault(
        "content-null", "OL-R01", "The content is null.", _set("message", content=None), also=frozenset({"OL-R05"})
    ),
    _reply.fault(
        "of-generate",
        "OL-R01",
        "The answer is that of another path: `response` in place of a message.",
        kit.whole(lambda told: told.update(response=told.pop("message")["content"])),
    ),
    _reply.fault(
        "of-chat",
        "OL-R01",
        "A whole answer of openai-chat comes.",
        kit.whole(
            kit.become(
                {
                    "id": "c",
                    "object": "chat.completion",
                    "choices": [
                        {"index": 0, "message": {"role": "assistant", "content": "Hello"}, "finish_reason": "stop"}
                    ],
                }
            )
        ),
    ),
    _reply.fault(
        "done-missing",
        "OL-R01",
        "The answer does not say that it is done.",
        _drop("", "done"),
    ),
    _reply.fault("done-false", "OL-R02", "A whole answer is not done.", _set("", done=False)),
    *_twins(_asked, "call-as-markup", "OL-A01", "A call comes as markup in the text.", _says(_MARKUP), ONE),
    *_twins(
        _asked,
        "think-ignored",
        "OL-A02",
        "Thinking comes, though it is off.",
        _says(Thinking("Let me see."), Text("Hello!")),
        asks=_asking(think=False),
    ),
    *_twins(
        _asked,
        "logprobs-ignored",
        "OL-A03",
        "Log probabilities were asked for, and none come.",
        kit.both(kit.drop_at("", "logprobs")),
        asks=_asking(logprobs=True, top_logprobs=2),
    ),
    *_twins(
        _asked,
        "schema-ignored",
        "GN-26",
        "Prose comes, though a schema was given.",
        _says(Text("Bergen lies in Norway.")),
        "structured_output",
    ),
    *_twins(
        _asked,
        "schema-broken",
        "GN-26",
        "The JSON breaks the schema that was given.",
        _says(Text('{"city": "Bergen"}')),
        "structured_output",
    ),
    *_twins(
        _asked,
        "json-ignored",
        "GN-26",
        "Prose comes, though JSON was asked for.",
        _says(Text("Hello!")),
        asks=_asking(format="json"),
    ),
    _error.fault(
        "of-openai",
        "OL-E01",
        "The error is OpenAI's.",
        kit.failure(kit.become({"error": {"message": "no", "type": "t", "param": None, "code": None}})),
    ),
    _error.fault(
        "message",
        "OL-E01",
        "The error is called message.",
        kit.failure(kit.rename_at("", "error", "message")),
    ),
    _error.fault("empty-text", "OL-E01", "The error is an empty text.", kit.failure(kit.set_at("", error=""))),
    _error.fault("number", "OL-E01", "The error is a number.", kit.failure(kit.set_at("", error=404))),
    _error.fault(
        "goes-on",
        "OL-E01",
        "The answer goes on after an error.",
        kit.sequence(lambda told: [told[0], {"error": "the runner stopped"}, *told[1:]]),
        on="simple_text",
    ),
    _error.fault(
        "object-midway",
        "OL-E01",
        "An error in the stream is an object.",
        kit.sequence(lambda told: [told[0], {"error": {"message": "no"}}]),
        on="simple_text",
        also=frozenset({"JS-S"}),
    ),
)
