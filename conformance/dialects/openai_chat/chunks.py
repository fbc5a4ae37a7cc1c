"""One streamed chunk, typed: msgspec for what is well formed, stdlib json for what only nearly is.

Rule of the file: the typed reading and the lenient one give the same `Chunk`; the lenient one coerces, and says what.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec
from msgspec import Struct

from conformance.model import JSON

from .failure import fault_in
from .reply import arguments_of, spoken, text_of


class Function(Struct, gc=False):
    """A named call or a fragment of one; `input` is the free text of a custom tool."""

    name: str | None = None
    arguments: str | None = None
    input: str | None = None


class Call(Struct, gc=False):
    """A fragment of a tool call. Compatible vendors leave out the index, or send -1."""

    index: int | None = None
    id: str | None = None
    function: Function | None = None
    custom: Function | None = None


class Delta(Struct, gc=False):
    """What one chunk adds to a choice."""

    content: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    reasoning_text: str | None = None
    tool_calls: list[Call] | None = None
    refusal: str | None = None
    reasoning_details: list[Any] | None = None
    function_call: Function | None = None
    signature: str | None = None
    """What proves the reasoning, of speakers who let it be replayed."""
    beside: list[Any] | None = None
    """Parts of the content that are neither text nor reasoning, as they came."""


def only_calls(delta: Delta) -> bool:
    """Whether a delta says nothing beside its tool calls."""
    return not (
        delta.content
        or delta.reasoning_content
        or delta.reasoning
        or delta.reasoning_text
        or delta.refusal
        or delta.reasoning_details
        or delta.function_call
        or delta.signature
        or delta.beside
    )


def only_thought(delta: Delta) -> bool:
    """Whether a delta says nothing beside its `reasoning_content`."""
    return not (
        delta.content
        or delta.tool_calls
        or delta.refusal
        or delta.function_call is not None
        or delta.signature
        or delta.beside
    )


class Choice(Struct, gc=False):
    """One choice of a chunk."""

    index: int | None = None
    delta: Delta | None = None
    finish_reason: str | None = None
    error: Any = None
    usage: Any = None


class Chunk(Struct, gc=False):
    """One chunk. Keys that decoding has no use for are skipped unread."""

    choices: list[Choice] | None = None
    usage: Any = None
    error: Any = None
    id: str | None = None
    model: str | None = None
    object: str | None = None
    base_resp: Any = None


typed = msgspec.json.Decoder(Chunk).decode
"""Bytes -> Chunk; raises `msgspec.MsgspecError` for what is not well formed or well typed."""


def lenient(value: JSON) -> Chunk:
    """A chunk from parsed JSON of any types. Raises `ValueError` when it is no object."""
    if not isinstance(value, dict):
        raise ValueError(f"it is {type(value).__name__}, not an object")
    choices = value.get("choices")
    return Chunk(
        choices=[_choice(one) for one in choices if isinstance(one, dict)] if isinstance(choices, list) else None,
        usage=value.get("usage"),
        error=value.get("error"),
        id=text_of(value.get("id")),
        model=text_of(value.get("model")),
        object=text_of(value.get("object")),
        base_resp=value.get("base_resp"),
    )


def _choice(value: dict[str, JSON]) -> Choice:
    delta = value.get("delta")
    return Choice(
        index=_index(value.get("index")),
        delta=_delta(delta) if isinstance(delta, dict) else None,
        finish_reason=text_of(value.get("finish_reason")) or None,
        error=value.get("error"),
        usage=value.get("usage"),
    )


def _delta(value: dict[str, JSON]) -> Delta:
    thinking, text = spoken(value)
    calls = value.get("tool_calls")
    return Delta(
        content=text,
        reasoning_content=thinking,
        refusal=text_of(value.get("refusal")),
        tool_calls=[_call(one) for one in calls if isinstance(one, dict)] if isinstance(calls, list) else None,
        function_call=_function(value.get("function_call")),
    )


def _call(value: dict[str, JSON]) -> Call:
    return Call(
        index=_index(value.get("index")),
        id=text_of(value.get("id")),
        function=_function(value.get("function")),
        custom=_function(value.get("custom")),
    )


def _function(value: JSON) -> Function | None:
    if not isinstance(value, dict):
        return None
    return Function(
        name=text_of(value.get("name")),
        arguments=arguments_of(value.get("arguments")),
        input=text_of(value.get("input")),
    )


def _index(value: JSON) -> int | None:
    """An index of any numeric spelling; None when it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return int(value)
    except (ValueError, OverflowError):
        return None


def parse(data: bytes) -> JSON:
    """The JSON of a frame as the standard library reads it: lone surrogates, NaN and huge numbers included."""
    return json.loads(data)


def tolerated(data: bytes) -> Chunk:
    """A chunk from bytes that the typed reading refused. Raises `ValueError` when they are no JSON object."""
    value = parse(data)
    if isinstance(value, list) and (fault := fault_in(value)) is not None:
        value = {"error": fault}  # some gateways wrap an error object in a list
    return lenient(value)


def tells_failure(chunk: Chunk) -> bool:
    """Whether a chunk stands in place of an answer that failed."""
    failed = isinstance(chunk.base_resp, dict) and chunk.base_resp.get("status_code")
    return bool(chunk.error or failed or chunk.object == "error")
