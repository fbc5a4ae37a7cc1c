"""The frames of a stream as typed values: msgspec reads what is as the specification says, stdlib JSON the rest.

Rule of the file: both ways give the same structs. What is rare stays a dict with all its keys.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import msgspec
from msgspec import Struct

from conformance.dialects.functions import arguments_of, count_of
from conformance.model import JSON

from .reply import text_of


class Piece(Struct, gc=False):
    """Text or thinking: a delta has one of them. `type` is said in the start only."""

    text: str | None = None
    thinking: str | None = None
    type: str = ""


class Function(Struct, gc=False):
    name: str = ""
    arguments: str = ""


class Call(Struct, gc=False):
    id: str = ""
    function: Function | None = None


class Said(Struct, gc=False):
    """What a delta says: one of these."""

    content: Piece | None = None
    tool_calls: Call | None = None
    tool_plan: str = ""


class Delta(Struct, gc=False):
    message: Said


class MessageStart(Struct, tag="message-start", tag_field="type"):
    id: str = ""


class ContentStart(Struct, tag="content-start", tag_field="type"):
    index: int
    delta: Delta


class ContentDelta(Struct, tag="content-delta", tag_field="type"):
    index: int
    delta: Delta


class ContentEnd(Struct, tag="content-end", tag_field="type"):
    index: int


class PlanDelta(Struct, tag="tool-plan-delta", tag_field="type"):
    delta: Delta


class CallStart(Struct, tag="tool-call-start", tag_field="type"):
    index: int
    delta: Delta


class CallDelta(Struct, tag="tool-call-delta", tag_field="type"):
    index: int
    delta: Delta


class CallEnd(Struct, tag="tool-call-end", tag_field="type"):
    index: int


class Citation(Struct, tag="citation-start", tag_field="type"):
    delta: dict[str, Any]


class MessageEnd(Struct, tag="message-end", tag_field="type"):
    delta: dict[str, Any]


class Other(Struct):
    """An event that tells nothing: the end of a citation, debugging, what is yet to come."""


class Failure(Struct):
    """An error object where a stream was due."""

    body: dict[str, Any]


Typed: TypeAlias = (
    ContentDelta
    | CallDelta
    | PlanDelta
    | MessageStart
    | ContentStart
    | ContentEnd
    | CallStart
    | CallEnd
    | Citation
    | MessageEnd
)
Frame: TypeAlias = Typed | Other | Failure

typed: Callable[[bytes], Typed] = msgspec.json.Decoder(Typed).decode
"""The fast path. Raises `msgspec.MsgspecError` for all that it has no type for."""


def lenient(event: bytes, data: bytes) -> Frame:
    """The slow path. Raises `ValueError` for data that is no JSON object."""
    body = json.loads(data)
    if not isinstance(body, dict):
        raise ValueError(f"it is a JSON {type(body).__name__}, not an object")
    kind = body.get("type") or event.decode("utf-8", "replace")
    make = _LENIENT.get(kind) if isinstance(kind, str) else None
    if make is not None:
        return make(body)
    wrong = not isinstance(body.get("type"), str) and (body.get("error") or isinstance(body.get("message"), str))
    return Failure(body) if wrong else Other()


def _dict(value: JSON) -> dict[str, JSON]:
    return value if isinstance(value, dict) else {}


def _index(body: Mapping[str, JSON]) -> int:
    return count_of(body.get("index")) or 0


def _delta(body: Mapping[str, JSON]) -> Delta:
    message = _dict(_dict(body.get("delta")).get("message"))
    content, call = _dict(message.get("content")), _dict(message.get("tool_calls"))
    function = _dict(call.get("function"))
    text, thinking = (content.get(key) for key in ("text", "thinking"))
    return Delta(
        Said(
            Piece(
                text if isinstance(text, str) else None,
                thinking if isinstance(thinking, str) else None,
                text_of(content.get("type")),
            ),
            Call(
                text_of(call.get("id")),
                Function(text_of(function.get("name")), arguments_of(function.get("arguments"))),
            ),
            text_of(message.get("tool_plan")),
        )
    )


_LENIENT: Mapping[str, Callable[[dict[str, JSON]], Frame]] = {
    "message-start": lambda body: MessageStart(text_of(body.get("id"))),
    "content-start": lambda body: ContentStart(_index(body), _delta(body)),
    "content-delta": lambda body: ContentDelta(_index(body), _delta(body)),
    "content-end": lambda body: ContentEnd(_index(body)),
    "tool-plan-delta": lambda body: PlanDelta(_delta(body)),
    "tool-call-start": lambda body: CallStart(_index(body), _delta(body)),
    "tool-call-delta": lambda body: CallDelta(_index(body), _delta(body)),
    "tool-call-end": lambda body: CallEnd(_index(body)),
    "citation-start": lambda body: Citation(_dict(body.get("delta"))),
    "message-end": lambda body: MessageEnd(_dict(body.get("delta"))),
}
