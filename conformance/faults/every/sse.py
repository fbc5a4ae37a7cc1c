"""Faults of event streams in their lines and fields.

Rule of the file: the answer itself stays as it is; only how it is laid into lines is wrong.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from conformance.deviating import Bend
from conformance.dialects import Dialect
from conformance.faults import kit
from conformance.faults.every.payloads import payload
from conformance.faults.every.telling import Teller, at_the_end, in_the_middle
from conformance.faults.form import Bent

Told = tuple[str, str, str, Bend]
"""Id, rule, sentence, bend."""


def of(language: Dialect) -> Iterator[Bent]:
    if language.framing == "sse":
        told = Teller(language.name, "sse")
        yield from (told.fault(*one) for one in LINES)


def _pretty(data: bytes) -> bytes:
    return json.dumps(json.loads(data), indent=1).encode() if data.startswith(b"{") else data


def _in_two(frame: bytes) -> list[bytes]:
    head, _, data = frame.partition(b"data: ")
    half = len(data) // 2
    return [head + b"data: " + data[:half] + b"\n\n", b"data: " + data[half:]]


LINES: tuple[Told, ...] = (
    (
        "last-line-open",
        "GN-07",
        "The body ends without the blank line that closes the last event.",
        at_the_end(lambda frame: frame.rstrip() + b"\n"),
    ),
    ("last-line-unended", "GN-07", "The body ends in its last line.", at_the_end(lambda frame: frame.rstrip())),
    (
        "events-not-parted",
        "GN-06",
        "No blank line parts one event from the next.",
        kit.frames(lambda told: [frame.rstrip() + b"\n" for frame in told[:-1]] + told[-1:]),
    ),
    (
        "field-in-capitals",
        "GN-17",
        "The field is called Data.",
        kit.each_frame(lambda frame: frame.replace(b"data: ", b"Data: ")),
    ),
    (
        "field-misnamed",
        "GN-17",
        "One event stands in a field called message.",
        in_the_middle(lambda frame: frame.replace(b"data: ", b"message: ")),
    ),
    (
        "field-indented",
        "GN-17",
        "A blank stands before the name of the field.",
        kit.each_frame(lambda frame: frame.replace(b"data: ", b" data: ")),
    ),
    (
        "field-lost",
        "GN-17",
        "One event stands in a line without the name of a field.",
        in_the_middle(lambda frame: frame.replace(b"data: ", b"")),
    ),
    (
        "no-colon",
        "GN-17",
        "No colon follows the name of the field.",
        in_the_middle(lambda frame: frame.replace(b"data: ", b"data ")),
    ),
    (
        "json-over-lines",
        "GN-06",
        "Indented JSON goes over several lines, of which only the first is a data line.",
        in_the_middle(payload(_pretty)),
    ),
    ("event-in-two", "GN-06", "One payload is told in two events.", in_the_middle(_in_two)),
    (
        "other-line-end",
        "GN-03",
        "Lines end with U+2028.",
        kit.frames(lambda told: [*told[:1], b"\xe2\x80\xa8".join(one.strip() for one in told[1:]) + b"\n\n"]),
    ),
    (
        "escaped-line-ends",
        "GN-06",
        "Line ends are told as backslash and n.",
        kit.frames(lambda told: [*told[:1], b"\\n\\n".join(one.strip() for one in told[1:]) + b"\n\n"]),
    ),
)
