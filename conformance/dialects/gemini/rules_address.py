"""Rules on where a request goes and with which key.

Rule of the file: recorders drop credentials, so a missing one is judged only where none can have been dropped.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK
from .paths import VERBS, place_of, query_of

KEYS = ("x-goog-api-key", "authorization")


@BOOK.rule(
    "GM-H01",
    "MUST",
    Scope.HEADERS,
    "google-genai SDK: the paths that it builds",
    good="POST /v1beta/models/gemini-3-flash:streamGenerateContent?alt=sse",
    bad="POST /v1beta/models/gemini-3-flash/generateContent",
    why="the server answers 404; a stream with another alt comes in a form that the SDK does not read",
)
def where_it_goes(reading: Reading) -> Iterator[Violation]:
    """A request is a POST to …/models/<id>:generateContent or :streamGenerateContent; alt is sse, json or unsaid."""
    request = reading.exchange.request
    if request.method.upper() != "POST":
        yield Violation("the method is not POST", expected="POST", got=request.method)
    place = place_of(request.url)
    if place is None or place.verb not in VERBS:
        yield Violation("the path names no model and verb", expected=list(VERBS), got=reading.path)
    elif place.alt not in ("", "sse", "json"):
        yield Violation("alt is unknown", expected="sse", got=place.alt)


@BOOK.rule(
    "GM-H02",
    "MUST",
    Scope.HEADERS,
    "google-genai SDK; Google API keys",
    good="x-goog-api-key: …",
    bad="x-api-key: …",
    why="the server answers 403: callers without established identity",
)
def key(reading: Reading) -> Iterator[Violation]:
    """A request carries its key in x-goog-api-key, in the query as key, or as a bearer token."""
    request = reading.exchange.request
    if reading.exchange.origin or any(request.header(name) for name in KEYS) or query_of(request.url, "key"):
        return
    yield Violation("the request carries no key", expected=[*KEYS, "?key="], got=[name for name, _ in request.headers])
