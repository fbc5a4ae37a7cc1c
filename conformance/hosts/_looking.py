"""What rules of hosts look at: the host of a URL, and header lines that a recorder may have dropped.

Rule of the file: what cannot be known is None or no violation, never a guess.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Violation

LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
"""Hosts that stand in for the vendor's."""


def host_of(reading: Reading) -> str:
    """The host that was called, lower case; "" for an address that is none, and for one that stands in."""
    try:
        found = (urlsplit(reading.exchange.request.url).hostname or "").lower()
    except ValueError:
        return ""
    return "" if found in LOCAL else found


def missing(reading: Reading, *names: str) -> Iterator[Violation]:
    """A violation for each header that was not sent. Foreign recorders drop headers: theirs are not judged."""
    if reading.exchange.source == "unknown":
        return
    for name in names:
        if not (reading.exchange.request.header(name) or "").strip():
            yield Violation(f"the header {name} is missing", name)


def bearer_faults(reading: Reading) -> Iterator[Violation]:
    """What is wrong with the bearer token of a call."""
    told = reading.exchange.request.header("authorization")
    if told is None:
        yield from missing(reading, "authorization")
    elif not told.lower().startswith("bearer ") or not told[7:].strip():
        yield Violation("authorization carries no bearer token", "authorization", got=told.partition(" ")[0])


def held(told: JSON, **fields: type) -> Iterator[Violation]:
    """A violation for each field that an answer must hold and does not, or holds empty."""
    for name, kind in fields.items():
        found = told.get(name) if isinstance(told, dict) else None
        if not isinstance(found, kind) or isinstance(found, bool) or found == "":
            shown = None if found is None else type(found).__name__
            yield Violation(f"{name} is missing, empty or of another type", f"$.{name}", None, kind.__name__, shown)
