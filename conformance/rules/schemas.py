"""The rules that bodies fit the dialect's JSON Schemas.

Rule of the file: the schemas allow what they do not know; the same fault at like places of one exchange is told once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from conformance.exchange import Broken
from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Rulebook, Scope, Violation
from conformance.rules.wholeness import not_plain
from conformance.schema import problems

BOOK = Rulebook("universal: schemas")

_MOST = 5
_NUMBER = re.compile(r"\[\d+\]")
_SOURCE = "the dialect's JSON Schema: conformance/dialects/<dialect>/schema/"


@BOOK.rule(
    "JS-Q",
    "MUST",
    Scope.REQUEST,
    f"{_SOURCE}request.json",
    good='{"model": "m", "messages": [{"role": "user", "content": "Hi"}]}',
    bad='{"model": "m", "messages": "Hi"}',
    why="the vendor answers 400",
)
def request_fits(reading: Reading) -> Iterator[Violation]:
    """The request body fits the dialect's JSON Schema of a request."""
    if reading.request is not None:
        yield from _first(_faults(reading, "request", reading.heard))


@BOOK.rule(
    "JS-R",
    "MUST",
    Scope.REPLY,
    f"{_SOURCE}reply.json",
    good="an answer with every required field",
    bad='{"choices": null}',
    why="typed clients raise, or hand None to code that expects a value",
)
def reply_fits(reading: Reading) -> Iterator[Violation]:
    """A whole 2xx answer fits the dialect's JSON Schema of a reply."""
    body = reading.exchange.response.body.strip()
    if not body:
        return  # GN-18 tells of it
    if reading.reply is None and body != b"null":
        if isinstance(reading.exchange.response.end, Broken) or not_plain(reading):
            return  # GN-29 or GN-30 tells of it
        if reading.exchange.fidelity == "body_only":
            return  # how the recorder wrote it down is not what the server sent
        kind = "an HTML page" if body[:1] == b"<" else "no JSON"
        yield Violation(
            f"the body is {kind}", "$", expected="one JSON object", got=body[:200].decode("utf-8", "replace")
        )
    else:
        yield from _first(_faults(reading, "reply", reading.reply))


@BOOK.rule(
    "JS-S",
    "MUST",
    Scope.STREAM,
    f"{_SOURCE}event.json",
    good="a frame with every required field",
    bad='data: {"choices": {}}',
    why="accumulators of the vendors' SDKs raise or silently drop the frame",
)
def frames_fit(reading: Reading) -> Iterator[Violation]:
    """Each frame of a stream fits the dialect's JSON Schema of a stream event (or of an error)."""
    yield from _first(
        one._replace(frame=frame.number) for frame in reading.kinds for one in _faults(reading, "event", frame.json)
    )


@BOOK.rule(
    "JS-E",
    "MUST",
    Scope.ERROR,
    f"{_SOURCE}error.json",
    good="an error object with its message and type",
    bad='{"detail": "not found"}',
    why="SDKs cannot show the reason, nor tell errors apart by code",
)
def error_fits(reading: Reading) -> Iterator[Violation]:
    """The JSON object of an error answer fits the dialect's JSON Schema of an error."""
    if isinstance(reading.reply, dict):
        yield from _first(_faults(reading, "error", reading.reply))


def _faults(reading: Reading, role: str, value: JSON) -> list[Violation]:
    schemas = reading.dialect.schemas
    found = problems(schemas[role], value) if role in schemas else []
    said_as_error = role == "event" and found and "error" in schemas and not problems(schemas["error"], value)
    return [] if said_as_error else found


def _first(found: Iterable[Violation]) -> Iterator[Violation]:
    """The first few, one for each kind of fault at each kind of place."""
    return islice(_distinct(found), _MOST)


def _distinct(found: Iterable[Violation]) -> Iterator[Violation]:
    seen: set[tuple[str, str]] = set()
    for one in found:
        kind = (_NUMBER.sub("[]", one.path or ""), one.message)
        if kind not in seen:
            seen.add(kind)
            yield one
