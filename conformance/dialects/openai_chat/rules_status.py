"""Rules on the status of a refusal: it is that of the reason which the body gives, and comes before the answer.

Rule of the file: only what the vendor's table of error codes pairs with a status is judged.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK, inside

_CLIENT, _SERVER = range(400, 500), range(500, 600)
_BY_CODE: Mapping[str, Collection[int]] = {
    "invalid_api_key": (401,),
    "model_not_found": (400, 403, 404),
    "context_length_exceeded": (400, 413),
    "rate_limit_exceeded": (429,),
    "insufficient_quota": (429,),
}
_BY_TYPE: Mapping[str, Collection[int]] = {
    "invalid_request_error": _CLIENT,
    "requests": (429,),
    "tokens": (429,),
    "insufficient_quota": (429,),
    "server_error": _SERVER,
}


def statuses_of(fault: JSON) -> Collection[int]:
    """The statuses of an error object's code, else of its type; empty where no table tells them."""
    code, kind = inside(fault, "code"), inside(fault, "type")
    return _BY_CODE.get(code if isinstance(code, str) else "") or _BY_TYPE.get(
        kind if isinstance(kind, str) else "", ()
    )


@BOOK.rule(
    "OC-E05",
    "SHOULD",
    Scope.ERROR,
    "guide to error codes: which status each has",
    good='HTTP 429 with "code":"rate_limit_exceeded"',
    bad='HTTP 500 with "code":"rate_limit_exceeded"',
    why="SDKs choose the exception and whether to try again by the status alone",
)
def status_fits_the_code(reading: Reading) -> Iterator[Violation]:
    """The status of an error is the one that belongs to its code, or to its type."""
    fault = inside(reading.reply, "error")
    due = statuses_of(fault)
    if reading.status in (500, 501) and reading.exchange.request.body and reading.wanted is None:
        return  # GN-33 tells of it
    if due and reading.status not in due:
        told = f"the status is {reading.status}, but the error is {inside(fault, 'code') or inside(fault, 'type')}"
        yield Violation(told, "$.error", expected=_words(due), got=reading.status)


def _words(due: Collection[int]) -> str:
    return f"{due[0]} to {due[-1]}" if isinstance(due, range) else " or ".join(map(str, due))


@BOOK.rule(
    "OC-E06",
    "SHOULD",
    Scope.STREAM,
    "guide to error codes; a stream that was refused before it began has the status of the refusal",
    good='HTTP 404 with {"error":{"code":"model_not_found",…}}',
    bad='HTTP 200 with data: {"error":{"code":"model_not_found",…}} and nothing before it',
    why="SDKs hand out a stream that fails on its first piece, and never try again what is worth it",
)
def refusals_are_no_streams(reading: Reading) -> Iterator[Violation]:
    """What the client did wrong is told by the status, not as the only event of a stream under 200."""
    first = next((frame for frame in reading.frames if isinstance(frame.json, dict)), None)
    fault = inside(first.json, "error") if first else None
    due = statuses_of(fault)
    if first and due and all(status < _SERVER.start for status in due):
        yield Violation("the stream brings a refusal and no answer", "$.error", first.number, _words(due), fault)
