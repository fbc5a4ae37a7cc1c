"""Rules on error replies.

Rule of the file: an error wrapped in a list of one is legal; it is how array streams say it.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK, chunks, inside
from .failure import DELAY, details_of
from .statuses import WORDS_OF


def _error(reading: Reading) -> dict[str, JSON] | None:
    """The error object of a JSON reply; None when there is none. What is no JSON at all is GN-08's."""
    value = reading.reply
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    found = value.get("error") if isinstance(value, dict) else None
    return found if isinstance(found, dict) else None


@BOOK.rule(
    "GM-E01",
    "MUST",
    Scope.ERROR,
    "google-genai SDK: APIError reads code, message and status",
    good='{"error":{"code":404,"message":"…","status":"NOT_FOUND"}}',
    bad='{"error":"not found"}',
    why="the SDK shows no message, and programs cannot branch on the status",
)
def shape(reading: Reading) -> Iterator[Violation]:
    """An error has an integer code that equals the HTTP status, a message and a status."""
    if not isinstance(reading.reply, dict | list):
        return
    fault = _error(reading)
    if fault is None:
        if isinstance(reading.reply, dict):  # else the universal rules tell of it
            yield Violation("there is no error object", "$.error", got=reading.reply)
        return
    if fault.get("code") != reading.status:
        yield Violation("the code is not the HTTP status", "$.error.code", None, reading.status, fault.get("code"))
    for name in ("message", "status"):
        if not isinstance(fault.get(name), str) or not fault[name]:
            yield Violation(f"{name} is missing", f"$.error.{name}", None, "a string", fault.get(name))


@BOOK.rule(
    "GM-E02",
    "MUST",
    Scope.ERROR,
    "google.rpc.Code",
    good='429 with "status":"RESOURCE_EXHAUSTED"',
    bad='429 with "status":"INTERNAL"',
    why="programs that branch on the status do the wrong thing",
)
def status_fits(reading: Reading) -> Iterator[Violation]:
    """The status of an error is one that google.rpc has for the HTTP status."""
    word = (_error(reading) or {}).get("status")
    fitting = WORDS_OF.get(reading.status)
    if fitting and isinstance(word, str) and word not in fitting:
        yield Violation("the status does not fit the code", "$.error.status", None, sorted(fitting), word)


@BOOK.rule(
    "GM-E03",
    "SHOULD",
    Scope.ERROR,
    "google.rpc.RetryInfo",
    good='{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34s"}',
    bad='a 429 without RetryInfo, or "retryDelay":34',
    why="clients come back too early or too late",
)
def says_when(reading: Reading) -> Iterator[Violation]:
    """A 429 says in RetryInfo when to come back, as seconds with an s."""
    if reading.status != 429 or (fault := _error(reading)) is None:
        return
    told = list(details_of(fault, "RetryInfo"))
    if not told and reading.exchange.response.header("retry-after") is None:
        yield Violation("a 429 does not say when to come back", "$.error.details", None, "RetryInfo")
    for one in told:
        delay = one.get("retryDelay")
        if not isinstance(delay, str) or not DELAY.fullmatch(delay):
            yield Violation("retryDelay is no number of seconds", "$.error.details[].retryDelay", None, "34s", delay)


@BOOK.rule(
    "GM-E06",
    "MUST",
    Scope.STREAM,
    "google-genai SDK: raises APIError from code, message and status, in a stream as elsewhere",
    good='{"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}',
    bad='{"error":{}}, or {"error":"overloaded"}',
    why="the user learns that it failed, but not why",
)
def stream_error_says_why(reading: Reading) -> Iterator[Violation]:
    """An error in a stream is an object with code, message and status, and nothing follows it."""
    told = chunks(reading)
    for at, chunk in enumerate(told):
        fault = chunk.data.get("error")
        if "error" not in chunk.data or fault is None:
            continue
        for name, kind in (("code", int), ("message", str), ("status", str)):
            if not isinstance(inside(fault, name), kind):
                yield Violation(f"{name} is missing", f"$.error.{name}", chunk.frame, kind.__name__, fault)
        if told[at + 1 :]:
            yield Violation("the answer goes on after an error", "$", told[at + 1].frame)
