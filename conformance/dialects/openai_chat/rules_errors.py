"""Rules on failed replies, and on what every reply carries.

Rule of the file: an empty body is told by the universal rules alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK, inside

_TRACE = re.compile(
    r"Traceback \(most recent call last\)|\bFile \"[^\"\n]+\", line \d+|\n\s+at \S+ ?\([^)\n]*:\d+\)|goroutine \d+ \["
)
"""How stack traces of Python, JavaScript and Java, and Go look."""


@BOOK.rule(
    "OC-E01",
    "MUST",
    Scope.ERROR,
    "OpenAPI: ErrorResponse",
    good='{"error":{"message":"…","type":"invalid_request_error","param":null,"code":null}}',
    bad='{"error":"bad key"}',
    why="clients show no message and cannot tell what to do",
)
def error_shape(reading: Reading) -> Iterator[Violation]:
    """A failed reply is an error object with message, type, param and code."""
    if not isinstance(reading.reply, dict):
        return  # the universal rules tell of it
    fault = inside(reading.reply, "error")
    if not isinstance(fault, dict):
        yield Violation("the body holds no error object", "$.error", got=reading.reply)
        return
    for key, kinds in (("message", str), ("type", str), ("param", str | None), ("code", str | None)):
        if key not in fault or not isinstance(fault[key], kinds):
            missing = "missing" if key not in fault else "of the wrong type"
            yield Violation(f"{key} of the error is {missing}", f"$.error.{key}", got=fault.get(key))


@BOOK.rule(
    "OC-E07",
    "SHOULD",
    Scope.ERROR,
    "OpenAPI: Error.message, for the developer who made the request; OWASP: Improper Error Handling",
    good='"message":"The model `m` does not exist."',
    bad='"message":"" or "message":"Traceback (most recent call last): …"',
    why="who made the request learns nothing, or reads what only the operator should",
)
def messages_tell_something(reading: Reading) -> Iterator[Violation]:
    """The message of an error says something, and is no stack trace."""
    message = inside(reading.reply, "error", "message")
    if isinstance(message, str) and not message.strip():
        yield Violation("the message is empty", "$.error.message", got=message)
    elif isinstance(message, str) and _TRACE.search(message):
        yield Violation("the message is a stack trace", "$.error.message", got=message)


@BOOK.rule(
    "OC-E04",
    "SHOULD",
    Scope.HEADERS,
    "SDK: response._request_id",
    good="x-request-id: req_…",
    bad="no x-request-id",
    why="support cannot find the request",
)
def request_id(reading: Reading) -> Iterator[Violation]:
    """Every reply carries x-request-id."""
    if reading.heads_kept and not reading.exchange.response.header("x-request-id"):
        yield Violation("x-request-id is missing")
