"""Faults and variations that every dialect can have: of its framing, of HTTP, of the text itself.

Rule of the folder: written once, told for each dialect whose framing they fit; a module per layer of the wire.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.dialects import Dialect
from conformance.faults.form import Bent

from . import answers, besides, bodies, failures, framing, harmed, http, legal, made_up, payloads, sse

UNREACHED = {
    "GN-04": "a fault of our own decoder, whatever a server sends",
    "GN-10": "a fault of our own decoder, whatever a server sends",
    "GN-11": "a fault of our own decoder, whatever a server sends",
    "GN-12": "a fault of our own decoder, whatever a server sends",
    "GN-14": "a fault of who records: a key that was not masked stands in a recording, not in an answer",
    "GN-15": "the virtual provider answers without a date, and only what a server dated is held to name its request",
}
"""Universal rules that no fault can break, and why."""


def of(language: Dialect) -> Iterator[Bent]:
    """What a dialect can have of these."""
    for layer in (sse, payloads, framing, http, bodies, failures, harmed, answers, made_up, legal):
        yield from map(besides.completed, layer.of(language))
