"""Faults of streams that are no event streams: one JSON object a line, binary messages.

Rule of the file: the answer itself stays as it is; only how it is cut into frames is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.dialects import Dialect
from conformance.faults import kit
from conformance.faults.every.bodies import NO_LINES
from conformance.faults.every.telling import Teller, at_the_end, in_the_middle
from conformance.faults.form import Bent


def of(language: Dialect) -> Iterator[Bent]:
    if language.framing == "ndjson":
        yield from _lines(Teller(language.name, "ndjson"))
    if language.framing == "eventstream":
        yield from _messages(Teller(language.name, "eventstream"))


def _lines(told: Teller) -> Iterator[Bent]:
    yield told.fault(
        "two-objects",
        NO_LINES,
        "One line holds two JSON objects.",
        in_the_middle(lambda frame: frame.rstrip(b"\n") + frame),
    )
    yield told.fault(
        "half-json",
        NO_LINES,
        "The JSON of one line is cut short.",
        in_the_middle(lambda frame: frame[: len(frame) // 2] + b"\n"),
    )
    yield told.fault(
        "json-as-list",
        NO_LINES,
        "One object is wrapped in a list.",
        in_the_middle(lambda frame: b"[" + frame.rstrip(b"\n") + b"]\n"),
    )
    yield told.fault(
        "plain-text", NO_LINES, "One line is plain text.", in_the_middle(lambda frame: [b"working\n", frame])
    )
    yield told.fault("null", NO_LINES, "One line holds null.", in_the_middle(lambda frame: [b"null\n", frame]))
    yield told.fault(
        "sentinel", NO_LINES, "A sentinel follows the last object.", at_the_end(lambda frame: frame + b"[DONE]\n")
    )
    yield told.fault(
        "invalid-utf8",
        NO_LINES,
        "A byte that is no UTF-8 stands in a line.",
        in_the_middle(lambda frame: frame.replace(b'":"', b'":"\xff', 1)),
    )
    yield told.fault(
        "event-stream",
        "GN-02",
        "The lines come as an event stream, and are labelled so.",
        kit.header("content-type", "text/event-stream", lambda status: status < 400),
    )


def _messages(told: Teller) -> Iterator[Bent]:
    yield told.fault(
        "wrong-sum",
        "BR-S01",
        "The checksum of one message is wrong.",
        in_the_middle(lambda frame: frame[:-1] + bytes([frame[-1] ^ 1])),
    )
    yield told.fault(
        "cut-message", "BR-S01", "One message lacks its last bytes.", in_the_middle(lambda frame: frame[:-9])
    )
