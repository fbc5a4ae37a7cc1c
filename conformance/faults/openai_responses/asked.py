"""Faults of answers that are not what was asked for: the tool choice, the form, the way, the settings.

Rule of the file: the request is legal; a server that does nothing wrong answers it soundly.
"""

from __future__ import annotations

import json

from msgspec.structs import replace

from conformance.deviating import Bend, dump
from conformance.dialects import dialect
from conformance.faults import kit
from conformance.faults.every.telling import Teller
from conformance.faults.form import Asking, Fault
from conformance.faults.openai_responses.changing import NAME
from conformance.model import ChatRequest, Reply, Text, ToolCall
from conformance.wire import frames_of

_CALL = ToolCall("call_asked1", "get_weather", '{"city": "Tokyo"}')
_CLOCK = ToolCall("call_asked2", "get_time", '{"city": "Lima"}')
_MARKUP = '<tool_call>{"name": "get_weather", "arguments": {"city": "Tokyo"}}</tool_call>'
_LIKELY = {"include": ["message.output_text.logprobs"], "top_logprobs": 2}
_JSON = {"text": {"format": {"type": "json_object"}}}


def _asks(**fields: object) -> Asking:
    return kit.asking(lambda body: body.update(fields))


def _says(*parts: Text | ToolCall) -> Bend:
    """This is said in place of what is due."""
    stop = "tool_use" if any(isinstance(part, ToolCall) for part in parts) else "stop"
    return kit.reply(lambda told: replace(told, parts=parts, stop=stop))


def _twins(
    id: str, rule: str, sentence: str, bend: Bend, asks: Asking | None, on: str = "tool_call_single"
) -> tuple[Fault, ...]:
    """The same, streamed and whole."""
    told = Teller(NAME, "asked")
    return tuple(
        told.fault(f"{id}{twin}", rule, sentence, bend, on=f"{on}{twin}", asks=asks) for twin in ("", "_whole")
    )


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
    *_twins("none-ignored", "GN-24", "A tool is called, though none may be.", _says(_CALL), _asks(tool_choice="none")),
    *_twins(
        "required-ignored",
        "OR-A01",
        "A text comes, though a call was demanded.",
        _says(Text("Let me see.")),
        _asks(tool_choice="required"),
    ),
    *_twins(
        "named-ignored",
        "OR-A01",
        "A text comes, though a tool was named.",
        _says(Text("It is warm.")),
        _asks(tool_choice={"type": "function", "name": "get_weather"}),
    ),
    *_twins(
        "named-other",
        "GN-24",
        "Another tool is called than the one that was named.",
        _says(_CLOCK),
        _asks(tool_choice={"type": "function", "name": "get_weather"}),
        "tool_call_multiple",
    ),
    *_twins(
        "parallel-ignored",
        "GN-25",
        "Two calls come, though one at a time was asked for.",
        _says(_CALL, replace(_CLOCK, name="get_weather")),
        _asks(parallel_tool_calls=False),
        "tool_call_parallel",
    ),
    *_twins("call-as-markup", "OR-A05", "A call comes as markup in the text.", _says(Text(_MARKUP)), None),
    *_twins(
        "schema-ignored",
        "GN-26",
        "Prose comes, though a schema was given.",
        _says(Text("Bergen lies in Norway.")),
        None,
        "structured_output",
    ),
    *_twins(
        "schema-broken",
        "GN-26",
        "The JSON breaks the schema that was given.",
        _says(Text('{"city": "Bergen"}')),
        None,
        "structured_output",
    ),
    *_twins(
        "schema-fenced",
        "GN-26",
        "The JSON stands in a fence of Markdown.",
        kit.reply(lambda told: replace(told, parts=(Text(f"```json\n{told.text}\n```"),))),
        None,
        "structured_output",
    ),
    *_twins("json-ignored", "GN-26", "Prose comes, though JSON was asked for.", _says(Text("Hello!")), _asks(**_JSON)),
    *_twins(
        "logprobs-ignored",
        "OR-A02",
        "Log probabilities were asked for, and none come.",
        kit.both(_unlikely),
        _asks(**_LIKELY),
        "simple_text",
    ),
    *_twins(
        "seal-ignored",
        "OR-A03",
        "Reasoning comes without the encrypted content that was asked for.",
        kit.both(_bare_reasoning),
        None,
        "thinking",
    ),
    *_twins(
        "limit-not-told",
        "OR-A04",
        "The response says no limit, though one was set.",
        _unsaid("max_output_tokens"),
        None,
        "max_tokens",
    ),
    *_twins(
        "instructions-lost",
        "OR-A04",
        "The response has no instructions, though some were given.",
        _unsaid("instructions"),
        None,
        "simple_text",
    ),
    Teller(NAME, "asked").fault(
        "stream-ignored",
        "GN-27",
        "A whole answer comes, though a stream was asked for.",
        Bend(frames=_other_way, head=kit.header("content-type", "application/json").head),
    ),
    Teller(NAME, "asked").fault(
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
