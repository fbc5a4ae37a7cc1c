"""Rules about which status and which label an answer or an error has, and of errors that are told as answers.

Rule of the file: what the request deserves is what the dialect's own server half says of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from conformance.model import Done
from conformance.reading import Reading
from conformance.rulebook import Rulebook, Scope, Violation

BOOK = Rulebook("universal: statuses")


@BOOK.rule(
    "GN-31",
    "SHOULD",
    Scope.ANSWER,
    "vendors' API references: 200",
    good="HTTP 200 with an answer",
    bad="HTTP 201 or 206 with an answer",
    why="clients and caches that look for 200 take the answer for something else; 202 means that it is still to come",
)
def answer_is_200(reading: Reading) -> Iterator[Violation]:
    """An answer has the status 200."""
    if reading.status != 200:
        yield Violation(f"an answer has the status {reading.status}", expected=200, got=reading.status)


@BOOK.rule(
    "GN-32",
    "SHOULD",
    Scope.ERROR,
    "RFC 9110 section 8.3; what every vendor's server sends",
    good="content-type: application/json above an error object",
    bad="content-type: text/html above an error object",
    why="clients that look at the label show the raw text, or nothing, instead of the reason",
)
def error_is_labelled(reading: Reading) -> Iterator[Violation]:
    """An error in JSON is labelled so (Google's servers label it as the stream that was asked for)."""
    response = reading.exchange.response
    if not response.headers or not isinstance(reading.reply, dict) or reading.exchange.fidelity == "body_only":
        return
    label = response.header("content-type")
    if label is None and not response.header("date") and reading.exchange.origin:
        return  # a recorder dropped some headers
    kind = (label or "").partition(";")[0].strip().lower()
    if reading.dialect.name == "gemini" and kind == reading.dialect.content_type:
        return  # the Developer API and Vertex AI alike, in every recorded refusal of a stream
    if label is None or ("/" in label and kind != "application/json" and not kind.endswith("+json")):
        yield Violation("the error has no or another content type", expected="application/json", got=label)


@BOOK.rule(
    "GN-33",
    "MUST",
    Scope.ERROR,
    "RFC 9110 section 15.5: the client's fault is told by 4xx",
    good="HTTP 400 to a request without messages",
    bad="HTTP 500 to a request without messages",
    why="SDKs try again what can never succeed, and alarms ring for a client's mistake",
)
def bad_requests_are_400(reading: Reading) -> Iterator[Violation]:
    """A request that the language forbids is refused with 4xx, not with a fault of the server."""
    if reading.status in (500, 501) and reading.exchange.request.body and reading.wanted is None:
        kind = "breaks the language" if _is_json(reading) else "is no JSON"
        yield Violation(f"the request {kind}, and the answer is {reading.status}", expected="4xx", got=reading.status)


def _is_json(reading: Reading) -> bool:
    try:
        json.loads(reading.exchange.request.body)
    except (ValueError, RecursionError):
        return False
    return True


AN_ERROR = re.compile(
    r"\s*(?:\[?(?:api |server |internal |upstream |http )*(?:error|exception)\b\]?\s*(?:\d{3}\b|[:{\]])"
    r"|(?:\d{3} )?(?:internal server error|bad gateway|service unavailable|gateway time-?out)"
    r"|traceback \(most recent call last\)|http(?:/[\d.]+)? [45]\d\d\b"
    r"|\{\s*\"(?:error|detail)\"\s*:)",
    re.IGNORECASE,
)
"""How a text begins that is an error put where the answer belongs."""


@BOOK.rule(
    "GN-36",
    "SHOULD",
    Scope.ANSWER,
    "RFC 9110 section 15: an error is told by its status; a model may be asked for such words, hence no MUST",
    good="HTTP 503 with an error object",
    bad='HTTP 200 with the text "Error: 503 - overloaded"',
    why="the error is shown to the user as what the model said, goes into the history, and nobody tries again",
)
def errors_are_no_answers(reading: Reading) -> Iterator[Violation]:
    """The text of an answer is no error, unless the request speaks of errors or asks for JSON."""
    last = reading.events[-1] if reading.events else None
    if not isinstance(last, Done) or last.reply.tool_calls or not AN_ERROR.match(last.reply.text):
        return
    body = reading.exchange.request.body.lower()
    if not any(word in body for word in (b"error", b"exception", b"traceback", b"http", b"json")):
        yield Violation("the text is an error", got=last.reply.text)
