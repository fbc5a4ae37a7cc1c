"""Rules about HTTP: what the bodies are labelled as, what an error carries, what is kept of the headers.

Rule of the file: headers that a recorder stripped are not judged. It stripped all when there is none, and some when
there is no Date, which every server sends (RFC 9110 section 6.6.1).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime

from conformance.exchange import Exchange, retry_after
from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Rulebook, Scope, Violation

BOOK = Rulebook("universal: transport")

REQUEST_IDS = (
    "x-request-id",
    "request-id",
    "apim-request-id",
    "x-amzn-requestid",
    "x-generation-id",
    "x-debug-trace-id",
)
NAMELESS = frozenset({"gemini", "mistral", "ollama"})
"""Languages whose vendors document no header that names a request. A Gemini answer is named in its body, by GM-R10."""
OF_ONE_NAME = frozenset({"anthropic-messages", "bedrock-converse", "openai-chat"})
"""Languages that have a rule of their own for the one header that their vendor has: AM-H03, BR-H05, OC-E04."""
_BUSY = frozenset({429, 503, 529})
_OF_BODIES = ("content-type", "content-length", "transfer-encoding")
_ANY_DAY = datetime(2026, 1, 1, tzinfo=UTC)


@BOOK.rule(
    "GN-01",
    "MUST",
    Scope.REQUEST,
    "RFC 8259 section 8.1; what every vendor SDK sends",
    good='content-type: application/json with {"model": "m"}',
    bad="content-type: text/plain, or a body in Latin-1",
    why="servers answer 400 or 415 before they look at the request",
)
def request_is_json(reading: Reading) -> Iterator[Violation]:
    """The request body is UTF-8 JSON with `Content-Type: application/json`."""
    request = reading.exchange.request
    label = request.header("content-type") or ""
    if fault := _json_fault(request.body):
        yield Violation(f"the request body is {fault}", got=request.body[:200].decode("utf-8", "replace"))
    if request.headers and not masked(label) and _media_type(label) != "application/json":
        message = f"the request body has {'the wrong' if label else 'no'} content type"
        yield Violation(message, expected="application/json", got=label or None)


@BOOK.rule(
    "GN-02",
    "MUST",
    Scope.STREAM,
    "WHATWG HTML 9.2.1 (event streams); vendor SDKs and API references",
    good="content-type: text/event-stream; charset=utf-8",
    bad="content-type: application/json above an event stream",
    why="EventSource and clients that pick their parser by content type refuse the stream",
)
def stream_is_labelled(reading: Reading) -> Iterator[Violation]:
    """A streamed 2xx answer is labelled with the content type of its dialect's streams."""
    response = reading.exchange.response
    if not response.headers or (reading.wants_stream is False and reading.exchange.fidelity == "exact"):
        return  # a stream that nobody asked for is GN-27's
    label, wanted = response.header("content-type"), reading.dialect.label_of(reading.framing)
    if label is not None and masked(label):
        return
    if label is None or _media_type(label) != wanted:
        message = "the stream has no content type" if label is None else "the stream has the wrong content type"
        yield Violation(message, expected=wanted, got=label)
    elif not is_utf8(label):
        yield Violation("the stream is labelled with another charset than its own", expected="utf-8", got=label)


@BOOK.rule(
    "GN-08",
    "MUST",
    Scope.ERROR,
    "vendor SDKs: the error body is parsed as JSON",
    good='{"error": {"message": "no such model", "type": "invalid_request_error"}}',
    bad="<html><title>502 Bad Gateway</title></html>",
    why="SDKs show the page's markup, or nothing, instead of the reason; retry logic misses the error's code",
)
def error_is_json(reading: Reading) -> Iterator[Violation]:
    """An answer of status 400 and above carries a JSON object, as the dialect's errors are."""
    body = reading.exchange.response.body
    if isinstance(reading.reply, dict):
        return
    if body.lstrip()[:1] == b"<":
        kind = "an HTML page (proxy_error: something before the server answered)"
    elif not body.strip():
        if _not_recorded(reading.exchange):
            return
        kind = "empty"
    else:
        kind = _json_fault(body) or "JSON, but not an object"
    yield Violation(f"the body of this {reading.status} is {kind}", got=body[:200].decode("utf-8", "replace") or None)


@BOOK.rule(
    "GN-09",
    "SHOULD",
    Scope.ERROR,
    "RFC 9110 section 10.2.3; RFC 6585 section 4; vendor SDKs",
    good="HTTP 429 with retry-after: 20",
    bad="HTTP 429 that does not say when to come back",
    why="clients fall back to blind exponential backoff and come back too early or too late",
)
def busy_says_when(reading: Reading) -> Iterator[Violation]:
    """An answer of status 429, 503 or 529 says when to try again."""
    response = reading.exchange.response
    if reading.status not in _BUSY or not response.headers:
        return
    told = response.header("retry-after") or response.header("retry-after-ms")
    if told is not None:
        if not _is_wait(told):
            yield Violation("retry-after is neither seconds nor an HTTP date", expected="20", got=told)
        return
    error = reading.dialect.error(reading.status, response.headers, response.body)
    if error.kind != "quota" and error.retry_after is None and b"retryDelay" not in response.body:
        yield Violation(f"this {reading.status} does not say when to try again", expected="a retry-after header")


@BOOK.rule(
    "GN-18",
    "SHOULD",
    Scope.ANSWER,
    "the kit's own: recorders lose bodies too, hence no MUST",
    good="HTTP 200 with an answer",
    bad="HTTP 200 with an empty body",
    why="clients report a parse error, or an answer without text",
)
def answer_has_a_body(reading: Reading) -> Iterator[Violation]:
    """A 2xx answer has a body."""
    if not reading.exchange.response.body.strip():
        yield Violation(f"this {reading.status} has an empty body")


@BOOK.rule(
    "GN-15",
    "SHOULD",
    Scope.HEADERS,
    "vendor SDKs: each exposes the request id of its vendor's header",
    good="x-request-id: req_123",
    bad="no header that names the request",
    why="a user cannot tell the vendor's support which request failed",
)
def request_id_is_kept(reading: Reading) -> Iterator[Violation]:
    """The answer carries a request id in one of the vendors' headers, where the language's vendor documents some."""
    names = {name.lower() for name, _ in reading.exchange.response.headers}
    if (
        "date" in names
        and reading.dialect.name not in NAMELESS | OF_ONE_NAME
        and not names.intersection(REQUEST_IDS)
        and not any(name.startswith("x-goog-") for name in names)
    ):
        yield Violation("the answer carries no request id", expected=" or ".join(REQUEST_IDS))


def _not_recorded(exchange: Exchange) -> bool:
    """Whether a foreign recorder may have left the body out: no header is there that speaks of one, empty or not."""
    return exchange.source == "unknown" and not any(exchange.response.header(name) for name in _OF_BODIES)


def masked(label: str) -> bool:
    """Whether a recorder put a mask where the header's value was."""
    return "***" in label or "redacted" in label.lower()


def is_utf8(label: str) -> bool:
    """Whether a content type names no charset, or the one that JSON and event streams have."""
    named = re.search(r"charset\s*=\s*\"?([^\s;\"]+)", label, re.IGNORECASE)
    return named is None or named[1].lower() in ("utf-8", "utf8", "us-ascii")


def _media_type(label: str) -> str:
    return label.partition(";")[0].strip().lower()


def _json_fault(body: bytes) -> str | None:
    """Why bytes are not UTF-8 JSON; None when they are."""
    try:
        json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except UnicodeDecodeError as fault:
        return f"not UTF-8: byte {fault.start} is 0x{body[fault.start]:02x}"
    except (ValueError, RecursionError) as fault:
        return f"not JSON: {fault}"
    return None


def _no_constant(name: str) -> JSON:
    raise ValueError(f"{name} is no JSON number")


def _is_wait(text: str) -> bool:
    return retry_after((("retry-after", text),), _ANY_DAY) is not None
