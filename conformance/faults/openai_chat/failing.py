"""Faults of errors that end a stream on its way.

Rule of the file: the error itself is due; how it is told is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.deviating import Bend
from conformance.faults import kit
from conformance.faults.form import Fault
from conformance.faults.kit import set_at

from .telling import fault, like, nth, says

_BUSY = {"message": "overloaded", "type": "server_error", "param": None, "code": None}


def _errors() -> Iterator[Fault]:
    yield fault(
        "error-on-the-way.goes-on",
        "OC-E02",
        "The stream goes on after an error.",
        kit.sequence(lambda told: [*told[:2], {"error": _BUSY}, *told[2:]]),
    )
    yield fault(
        "error-on-the-way.in-choice",
        "OC-E02",
        "An error stands inside a choice.",
        nth(set_at("choices[]", error=_BUSY), says),
        source="OpenRouter",
    )
    yield fault(
        "error-on-the-way.text",
        "JS-S",
        "An error is a string.",
        _failing({"error": "overloaded"}),
        source="xAI, Hugging Face",
    )
    yield fault("error-on-the-way.no-message", "JS-S", "An error has no message.", _failing({"error": {"code": 503}}))
    yield fault(
        "error-on-the-way.detail",
        "OC-S01",
        "An error stands below the key detail.",
        _failing({"detail": "overloaded"}),
        also=frozenset({"OC-S10"}),
    )
    yield fault(
        "error-on-the-way.bare",
        "OC-S01",
        "An error has no key error around it.",
        _failing(_BUSY),
        also=frozenset({"OC-S10"}),
    )
    yield fault(
        "error-on-the-way.in-object",
        "OC-E02",
        "An error is told by its object.",
        _failing({"object": "error", "message": "overloaded", "code": 503}),
        source="vLLM",
        also=frozenset({"JS-S"}),
    )
    yield fault(
        "error-on-the-way.event",
        "OC-E02",
        "An error is told by the name of its event alone.",
        kit.frames(lambda told: [*told[:3], b'event: error\ndata: {"message":"overloaded"}\n\n']),
        also=frozenset({"JS-S"}),
    )
    yield fault(
        "error-on-the-way.field",
        "OC-E02",
        "An error stands in a field called error.",
        kit.frames(lambda told: [*told[:3], b'error: {"message":"overloaded"}\n\n']),
        source="llama.cpp",
        also=frozenset({"GN-17"}),
    )
    yield fault(
        "error-on-the-way.page",
        "GN-06",
        "A page in HTML breaks into the stream.",
        kit.frames(lambda told: [*told[:3], b"data: <html>502 Bad Gateway</html>\n\n"]),
    )
    yield fault(
        "error-on-the-way.as-reason",
        "OC-S10",
        "The finish reason is error.",
        kit.sequence(lambda told: [*told[:3], like(told[0], {}, "error")]),
        also=frozenset({"OC-S13"}),
    )


def _failing(frame: dict[str, Any]) -> Bend:
    return kit.sequence(lambda told: [*told[:3], frame])


FAULTS = tuple(_errors())
