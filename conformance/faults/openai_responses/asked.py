"""Faults of answers that are not what was asked for: the tool choice, the form, the way, the settings.

Rule of the file: the request is legal; a server that does nothing wrong answers it soundly.
"""

from __future__ import annotations

import json

from msgspec.structs import replace

from conformance.deviating import Bend, dump
from conformance.dialects import dialect
from conformance.faults import kit
from conformance.faults.every.forms import forms
from conformance.faults.every.telling import Teller
from conformance.faults.form import Asking
from conformance.faults.openai_responses.changing import NAME
from conformance.model import ChatRequest, Reply, Text, ToolCall
from conformance.wire import frames_of

_asked = Teller(NAME, "asked", "tool_call_single")
_CALL = ToolCall("call_asked1", "get_weather", '{"city": "Tokyo"}')
_CLOCK = ToolCall("call_asked2", "get_time", '{"city": "Lima"}')
_MARKUP = '<tool_call>{"name": "get_weather", "arguments": {"city": "Tokyo"}}</tool_call>'
_LIKELY = {"include": ["message.output_text.logprobs"], "top_logprobs": 2}
_JSON = {"text": {"format": {"type": "json_object"}}}


def _asks(**fields: object) -> Asking:
    return kit.asking(lambda body: body.update(fields))


def _other_way(told: list[bytes]) -> list[bytes]:
    """The whole answer that the frames of a stream tell."""
    return [dump(json.loads(list(frames_of("sse", b"".join(told)))[-1][1])["response"])]


def _streamed(reply: Reply) -> bytes:
    language = dialect(NAME)
    return b"".join(language.server.stream(reply, ChatRequest(model="m", messages=(), stream=True), {}))


def _bare_reasoning(told: dict[str, object]) -> None:
    for path in ("item", "output[]", "response.output[]"):
        kit.drop_at(path, "encrypted_content")(told)


def _unlikely(told: dict[str, object]) -> None:
    if "logprobs" in told:
        told["logprobs"] = []
    for path in ("part", "item.content[]", "output[].content[]", "response.output[].content[]"):
        kit.set_at(path, logprobs=[])(told)


def _unsaid(key: str) -> Bend:
    """The response does not repeat a setting."""
    return Bend(
        chunks=kit.chunks(kit.set_at("response", **{key: None})).chunks,
        whole=kit.whole(kit.set_at("", **{key: None})).whole,
    )


FAULTS = (
    *_asked.twins(
        "none-ignored",
        "GN-24",
        "A tool is called, though none may be.",
        kit.says(_CALL),
        asks=_asks(tool_choice="none"),
    ),
    *_asked.twins(
        "required-ignored",
        "OR-A01",
        "A text comes, though a call was demanded.",
        kit.says(Text("Let me see.")),
        asks=_asks(tool_choice="required"),
    ),
    *_asked.twins(
        "named-ignored",
        "OR-A01",
        "A text comes, though a tool was named.",
        kit.says(Text("It is warm.")),
        asks=_asks(tool_choice={"type": "function", "name": "get_weather"}),
    ),
    *_asked.twins(
        "named-other",
        "GN-24",
        "Another tool is called than the one that was named.",
        kit.says(_CLOCK),
        asks=_asks(tool_choice={"type": "function", "name": "get_weather"}),
        on="tool_call_multiple",
    ),
    *_asked.twins(
        "parallel-ignored",
        "GN-25",
        "Two calls come, though one at a time was asked for.",
        kit.says(_CALL, replace(_CLOCK, name="get_weather")),
        asks=_asks(parallel_tool_calls=False),
        on="tool_call_parallel",
    ),
    *_asked.twins("call-as-markup", "OR-A05", "A call comes as markup in the text.", kit.says(Text(_MARKUP))),
    *forms(_asked, _asks(**_JSON)),
    *_asked.twins(
        "logprobs-ignored",
        "OR-A02",
        "Log probabilities were asked for, and none come.",
        kit.both(_unlikely),
        asks=_asks(**_LIKELY),
        on="simple_text",
    ),
    *_asked.twins(
        "seal-ignored",
        "OR-A03",
        "Reasoning comes without the encrypted content that was asked for.",
        kit.both(_bare_reasoning),
        on="thinking",
    ),
    *_asked.twins(
        "limit-not-told",
        "OR-A04",
        "The response says no limit, though one was set.",
        _unsaid("max_output_tokens"),
        on="max_tokens",
    ),
    *_asked.twins(
        "instructions-lost",
        "OR-A04",
        "The response has no instructions, though some were given.",
        _unsaid("instructions"),
        on="simple_text",
    ),
    _asked.fault(
        "stream-ignored",
        "GN-27",
        "A whole answer comes, though a stream was asked for.",
        Bend(frames=_other_way, head=kit.header("content-type", "application/json").head),
    ),
    _asked.fault(
        "whole-ignored",
        "GN-27",
        "A stream comes, though a whole answer was asked for.",
        Bend(
            body=lambda body: _streamed(dialect(NAME).reply(json.loads(body))),
            head=kit.header("content-type", "text/event-stream").head,
        ),
        on="simple_text_whole",
        also=frozenset({"OR-A04"}),
    ),
)
