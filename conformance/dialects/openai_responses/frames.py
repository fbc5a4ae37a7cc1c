"""One streamed frame, typed: msgspec for what is well formed, stdlib json for what only nearly is.

Rule of the file: one shape for all events, because all name their fields alike; `type` tells which of them count.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec
from msgspec import Struct

from conformance.dialects.openai_chat.reply import arguments_of, text_of
from conformance.model import JSON


class Frame(Struct, gc=False):
    """What decoding needs of any event; all other keys are skipped unread."""

    type: str = ""
    delta: str | None = None
    output_index: int | None = None
    content_index: int | None = None
    summary_index: int | None = None
    item_id: str | None = None
    text: str | None = None
    refusal: str | None = None
    arguments: str | None = None
    input: str | None = None
    item: Any = None
    part: Any = None
    response: Any = None
    error: Any = None
    object: str | None = None


typed = msgspec.json.Decoder(Frame).decode
"""Bytes -> Frame; raises `msgspec.MsgspecError` for what is not well formed or well typed."""


def parse(data: bytes) -> JSON:
    """The JSON of a frame as the standard library reads it: lone surrogates, NaN and huge numbers included."""
    return json.loads(data)


def lenient(value: JSON) -> Frame:
    """A frame from parsed JSON of any types. Raises `ValueError` when it is no object."""
    if not isinstance(value, dict):
        raise ValueError(f"it is {type(value).__name__}, not an object")
    return Frame(
        type=text_of(value.get("type")),
        delta=text_of(value.get("delta")),
        output_index=_index(value.get("output_index")),
        content_index=_index(value.get("content_index")),
        summary_index=_index(value.get("summary_index")),
        item_id=text_of(value.get("item_id")) or None,
        text=text_of(value.get("text")),
        refusal=text_of(value.get("refusal")),
        arguments=arguments_of(value.get("arguments")),
        input=text_of(value.get("input")),
        item=value.get("item"),
        part=value.get("part"),
        response=value.get("response"),
        error=value.get("error"),
        object=text_of(value.get("object")),
    )


def _index(value: JSON) -> int | None:
    """An index of any numeric spelling; None when it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return int(value)
    except (ValueError, OverflowError):
        return None
