"""Faults of HTTP around an answer: labels, statuses, connections that break.

Rule of the file: the body stays as it is, as far as it comes.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.deviating import Bend
from conformance.dialects import Dialect
from conformance.exchange import Broken
from conformance.faults import kit
from conformance.faults.every.telling import Teller
from conformance.faults.form import Bent

WHOLE = "simple_text_whole"

STREAM_LABELS = (
    ("json", "application/json", "A stream is labelled as JSON."),
    ("html", "text/html; charset=utf-8", "A stream is labelled as HTML."),
    ("plain", "text/plain", "A stream is labelled as plain text."),
    ("octets", "application/octet-stream", "A stream is labelled as bytes."),
    ("none", None, "A stream has no content type."),
)
WHOLE_LABELS = (
    ("html", "text/html; charset=utf-8", "A whole answer is labelled as HTML."),
    ("plain", "text/plain", "A whole answer is labelled as plain text."),
    ("stream", "text/event-stream", "A whole answer is labelled as an event stream."),
)


def of(language: Dialect) -> Iterator[Bent]:
    told = Teller(language.name, "http")
    for name, label, sentence in STREAM_LABELS:
        yield told.fault(f"stream-labelled-{name}", "GN-02", sentence, _label(label))
    for name, label, sentence in WHOLE_LABELS:
        line = (
            language.framing == "ndjson" and name == "stream"
        )  # a whole answer is a stream of one line, if so labelled
        yield told.fault(f"whole-labelled-{name}", "GN-27" if line else "GN-20", sentence, _label(label), on=WHOLE)
    yield told.fault(
        "other-charset",
        "GN-20",
        "A whole answer in UTF-8 is labelled as Latin-1.",
        _label("application/json; charset=iso-8859-1"),
        on=WHOLE,
    )
    yield told.fault(
        "asked-in-text",
        "GN-01",
        "A request of JSON is labelled as text.",
        Bend(),
        asks=kit.asking_header("content-type", "text/plain"),
    )
    yield from _statuses(told)
    yield from _breaks(told)


def _statuses(told: Teller) -> Iterator[Bent]:
    yield told.fault("redirected", "GN-19", "The answer is a redirection.", _status(307), on=WHOLE)
    for status in (201, 202, 206):
        sentence = f"An answer has the status {status}."
        yield told.fault(f"status-{status}", "GN-31", sentence, _status(status), on=WHOLE)
    yield told.fault("stream-accepted", "GN-31", "A stream has the status 202.", _status(202))


def _breaks(told: Teller) -> Iterator[Bent]:
    half = Bend(
        pieces=lambda told: told[: max(1, len(told) // 2)],
        end=Broken("RemoteProtocolError", "peer closed connection without sending complete message body"),
    )
    yield told.fault("reset", "GN-29", "The connection breaks in the middle of a stream.", half)
    gone = Broken("ReadError", "connection reset by peer")
    yield told.fault(
        "reset-at-once", "GN-29", "The connection breaks before the body.", Bend(pieces=lambda told: [], end=gone)
    )
    yield told.fault("reset-at-end", "GN-29", "The connection breaks after the last frame.", Bend(end=gone))
    yield told.fault(
        "reset-whole",
        "GN-29",
        "The connection breaks in the middle of a whole answer.",
        Bend(pieces=lambda told: [one._replace(data=one.data[: len(one.data) // 2]) for one in told], end=half.end),
        on=WHOLE,
    )


def _label(label: str | None) -> Bend:
    return kit.header("content-type", label, lambda status: status < 400)


def _status(status: int) -> Bend:
    return kit.status(lambda told: status)
