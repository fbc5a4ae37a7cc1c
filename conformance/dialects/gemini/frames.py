"""One chunk, typed: msgspec for what is well formed, stdlib json for what only nearly is.

Rule of the file: a chunk of a stream and a whole reply have one shape; keys that decoding does not need are skipped
unread. Parts of other kinds than text and calls are read again when one comes, for they are rare.
"""

from __future__ import annotations

import json

import msgspec
from msgspec import Raw, Struct

from conformance.dialects.openai_chat.reply import text_of
from conformance.model import JSON

from .words import count_of

NOTHING = Raw(b"")


class PartialArg(Struct, rename="camel"):
    """A piece of an argument, as Vertex AI streams it."""

    json_path: str = ""
    string_value: str | None = None
    number_value: float | int | None = None
    bool_value: bool | None = None
    null_value: str | int | None = None
    will_continue: bool = False


class FunctionCall(Struct, rename="camel"):
    """A call, whole or begun or gone on with; `args` is JSON as it travelled."""

    name: str | None = None
    id: str | None = None
    args: Raw = NOTHING
    partial_args: list[PartialArg] | None = None
    will_continue: bool = False


class Part(Struct, rename="camel", gc=False):
    """A part. With neither text nor call it is of a kind that has no canonical word."""

    text: str | None = None
    thought: bool | None = None
    thought_signature: str | None = None
    function_call: FunctionCall | None = None


class Content(Struct):
    """What a candidate says."""

    parts: list[Part] | None = None


class Candidate(Struct, rename="camel"):
    """One of the answers; only the first is decoded."""

    content: Content | None = None
    finish_reason: str | int | None = None
    index: int | None = None
    finish_message: str | None = None


class Feedback(Struct, rename="camel"):
    """Why a prompt was blocked."""

    block_reason: str | int | None = None


class Counts(Struct, rename="camel", gc=False):
    """Tokens so far."""

    prompt_token_count: int | None = None
    tool_use_prompt_token_count: int | None = None
    cached_content_token_count: int | None = None
    candidates_token_count: int | None = None
    thoughts_token_count: int | None = None


class Chunk(Struct, rename="camel"):
    """What decoding needs of a chunk."""

    candidates: list[Candidate] | None = None
    prompt_feedback: Feedback | None = None
    usage_metadata: Counts | None = None
    model_version: str | None = None
    response_id: str | None = None
    error: Raw = NOTHING


typed = msgspec.json.Decoder(Chunk).decode
"""Bytes -> Chunk; raises `msgspec.MsgspecError` for what is not well formed or well typed."""


def parse(data: bytes) -> JSON:
    """The JSON of a chunk by the standard library; a list of one object, as gateways wrap it, is that object."""
    value = json.loads(data)
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def lenient(value: JSON) -> Chunk:
    """A chunk from parsed JSON of any types. Raises `ValueError` when it is no object."""
    if not isinstance(value, dict):
        raise ValueError(f"it is {type(value).__name__}, not an object")
    feedback = _object(value.get("promptFeedback"))
    usage = value.get("usageMetadata")
    return Chunk(
        candidates=[_candidate(one) for one in _objects(value.get("candidates"))],
        prompt_feedback=Feedback(_enum(feedback.get("blockReason"))),
        usage_metadata=_counts(usage) if isinstance(usage, dict) else None,
        model_version=text_of(value.get("modelVersion")),
        response_id=text_of(value.get("responseId")),
        error=raw_of(value["error"]) if value.get("error") else NOTHING,
    )


def raw_of(value: JSON) -> Raw:
    """A value as the JSON text that would have travelled."""
    return Raw(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))


def parts_in(value: JSON, at: int) -> list[dict[str, JSON]]:
    """The parts of the candidate at that place, as they came; those that are no objects are skipped as in `lenient`."""
    candidate = _objects(_object(value).get("candidates"))[at]
    return _objects(_object(candidate.get("content")).get("parts"))


def _candidate(value: dict[str, JSON]) -> Candidate:
    content = _object(value.get("content"))
    return Candidate(
        content=Content([_part(one) for one in _objects(content.get("parts"))]),
        finish_reason=_enum(value.get("finishReason")),
        index=count_of(value.get("index")),
        finish_message=text_of(value.get("finishMessage")),
    )


def _part(value: dict[str, JSON]) -> Part:
    call = value.get("functionCall")
    return Part(
        text=text_of(value["text"]) if value.get("text") is not None else None,
        thought=value.get("thought") is True,
        thought_signature=text_of(value.get("thoughtSignature")) or None,
        function_call=_call(call) if isinstance(call, dict) else None,
    )


def _call(value: dict[str, JSON]) -> FunctionCall:
    args = value.get("args")
    pieces = value.get("partialArgs")
    return FunctionCall(
        name=text_of(value.get("name")),
        id=text_of(value.get("id")),
        args=NOTHING if args is None else raw_of(args),
        partial_args=[_piece(one) for one in _objects(pieces)] if pieces is not None else None,
        will_continue=value.get("willContinue") is True,
    )


def _piece(value: dict[str, JSON]) -> PartialArg:
    said, number, flag = value.get("stringValue"), value.get("numberValue"), value.get("boolValue")
    return PartialArg(
        json_path=text_of(value.get("jsonPath")),
        string_value=said if isinstance(said, str) else None,
        number_value=number if isinstance(number, int | float) and not isinstance(number, bool) else None,
        bool_value=flag if isinstance(flag, bool) else None,
        null_value="NULL_VALUE" if "nullValue" in value else None,
        will_continue=value.get("willContinue") is True,
    )


def _counts(value: dict[str, JSON]) -> Counts:
    return Counts(
        prompt_token_count=count_of(value.get("promptTokenCount")),
        tool_use_prompt_token_count=count_of(value.get("toolUsePromptTokenCount")),
        cached_content_token_count=count_of(value.get("cachedContentTokenCount")),
        candidates_token_count=count_of(value.get("candidatesTokenCount")),
        thoughts_token_count=count_of(value.get("thoughtsTokenCount")),
    )


def _enum(value: JSON) -> str | int | None:
    return value if isinstance(value, str) else count_of(value)


def _object(value: JSON) -> dict[str, JSON]:
    return value if isinstance(value, dict) else {}


def _objects(value: JSON) -> list[dict[str, JSON]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
