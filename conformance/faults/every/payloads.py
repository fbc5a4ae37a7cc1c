"""Faults of what stands in the data lines of an event stream: no JSON, or more than one, or harmed.

Rule of the file: the lines themselves are as they should be.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

from conformance.deviating import Bend
from conformance.dialects import Dialect
from conformance.faults import kit
from conformance.faults.every.answers import accented
from conformance.faults.every.telling import Teller, in_the_middle
from conformance.faults.form import Bent

Told = tuple[str, str, str, Bend]
"""Id, rule, sentence, bend."""

_DATA = re.compile(rb"^data: ?([^\r\n]*)", re.MULTILINE)


def of(language: Dialect) -> Iterator[Bent]:
    if language.framing == "sse":
        told = Teller(language.name, "sse")
        yield from (told.fault(*one) for one in PAYLOADS)
        yield told.fault(
            "latin-1",
            "GN-06",
            "The text is sent in Latin-1.",
            Bend(answer=accented.answer, frames=lambda told: list(map(_latin, told))),
        )
        yield told.fault(
            "cut-character",
            "GN-06",
            "Characters lack their last byte.",
            kit.each_frame(_cut_character),
            on="unicode_text",
        )


def payload(change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """A change to what stands in the data line of a frame."""
    return lambda frame: _DATA.sub(lambda hit: b"data: " + change(hit[1]), frame)


def _latin(frame: bytes) -> bytes:
    return frame.decode().encode("latin-1", "replace")


def _cut_character(frame: bytes) -> bytes:
    return re.sub(rb"([\xe0-\xef][\x80-\xbf])[\x80-\xbf]", rb"\1", frame)


def _twice(frame: bytes) -> bytes:
    return payload(lambda data: data + data)(frame)


PAYLOADS: tuple[Told, ...] = (
    ("empty-data", "GN-06", "One event has empty data.", in_the_middle(lambda frame: [b"data: \n\n", frame])),
    ("two-objects", "GN-06", "One data line holds two JSON objects.", in_the_middle(_twice)),
    (
        "rest-after-json",
        "GN-06",
        "A brace too many follows the JSON of an event.",
        in_the_middle(payload(lambda data: data + b"}")),
    ),
    (
        "half-json",
        "GN-06",
        "The JSON of one event is cut short.",
        in_the_middle(payload(lambda data: data[: len(data) // 2])),
    ),
    (
        "comma-at-end",
        "GN-06",
        "A comma stands before the last brace of an event's JSON.",
        in_the_middle(payload(lambda data: data[:-1] + b",}")),
    ),
    (
        "single-quotes",
        "GN-06",
        "Objects are told as Python prints them.",
        in_the_middle(payload(lambda data: repr(json.loads(data)).encode())),
    ),
    (
        "json-as-string",
        "GN-06",
        "The JSON is encoded twice: a string that holds JSON.",
        kit.each_frame(payload(lambda data: json.dumps(data.decode()).encode() if data[:1] == b"{" else data)),
    ),
    (
        "json-as-list",
        "GN-06",
        "Each object is wrapped in a list.",
        kit.each_frame(payload(lambda data: b"[" + data + b"]" if data[:1] == b"{" else data)),
    ),
    (
        "payload-null",
        "GN-06",
        "One event holds null.",
        in_the_middle(lambda frame: [b"data: null\n\n", frame]),
    ),
    ("plain-text", "GN-06", "One event holds plain text.", in_the_middle(lambda frame: [b"data: working\n\n", frame])),
    (
        "data-twice",
        "GN-06",
        "The name of the field stands twice.",
        kit.each_frame(lambda frame: frame.replace(b"data: ", b"data: data: ")),
    ),
    (
        "nul-byte",
        "GN-06",
        "A NUL byte stands in the JSON of an event.",
        in_the_middle(payload(lambda data: data[:2] + b"\0" + data[2:])),
    ),
    (
        "control-character",
        "GN-06",
        "A bare control character stands in a string.",
        in_the_middle(payload(lambda data: data.replace(b'":"', b'":"\x0b', 1))),
    ),
    (
        "invalid-utf8",
        "GN-06",
        "A byte that is no UTF-8 stands in an event.",
        in_the_middle(payload(lambda data: data.replace(b'":"', b'":"\xff', 1))),
    ),
    (
        "no-number",
        "GN-06",
        "A number is told as NaN.",
        in_the_middle(payload(lambda data: data[:-1] + b',"score":NaN}')),
    ),
    (
        "key-twice",
        "GN-35",
        "An object has the same key twice.",
        in_the_middle(payload(lambda data: data[:-1] + b"," + data[1:])),
    ),
)
