"""Rules of anthropic-messages about headers of either side and about error replies.

Rule of the file: recorders drop headers, so an absent one is judged only where it cannot have been dropped.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from conformance.dialects.anthropic_messages.story import story
from conformance.dialects.anthropic_messages.words import ERROR_TYPES, STATUS_TYPES, VERSIONS
from conformance.reading import Reading
from conformance.rulebook import Rulebook, Scope, Violation

BOOK = Rulebook("anthropic-messages: headers and errors")


@BOOK.rule(
    "AM-H01",
    "MUST",
    Scope.HEADERS,
    "platform.claude.com, versioning",
    good="anthropic-version: 2026-10-21",
    bad="no such header, or anthropic-version: 2024-01-01",
    why="the vendor answers 400",
)
def version_header(reading: Reading) -> Iterator[Violation]:
    """A request names in `anthropic-version` one of the versions that exist."""
    version = reading.exchange.request.header("anthropic-version")
    if version is not None:
        if version not in VERSIONS:
            yield Violation("this anthropic-version does not exist", expected=list(VERSIONS), got=version)
        return
    hosted = "anthropic_version" in reading.asked  # behind other clouds it stands in the body
    dropped = reading.exchange.source == "unknown" and b"anthropic-version" not in reading.exchange.response.body
    if not hosted and not dropped:
        yield Violation("the anthropic-version header is missing", expected=list(VERSIONS))


@BOOK.rule(
    "AM-H02",
    "MUST",
    Scope.HEADERS,
    "anthropic SDK: sends either, never both",
    good="x-api-key: …",
    bad="x-api-key and authorization: Bearer … in one request",
    why="which of the two is charged depends on the server; a gateway may forward the other",
)
def one_credential(reading: Reading) -> Iterator[Violation]:
    """A request carries one credential, in `x-api-key` or in `authorization`, not two."""
    request = reading.exchange.request
    found = [name for name in ("x-api-key", "authorization") if request.header(name)]
    if len(found) > 1:
        yield Violation("two credentials in one request", expected="one of them", got=found)


@BOOK.rule(
    "AM-H03",
    "SHOULD",
    Scope.HEADERS,
    "anthropic SDK: `_request_id` is read from this header",
    good="request-id: req_…",
    bad="no request-id",
    why="the user cannot name the request to the vendor's support",
)
def request_id(reading: Reading) -> Iterator[Violation]:
    """A reply carries a `request-id`."""
    if reading.heads_kept and reading.exchange.response.header("request-id") is None:
        yield Violation("the reply has no request-id header")


@BOOK.rule(
    "AM-E01",
    "MUST",
    Scope.ERROR,
    "anthropic SDK: types/shared/error_response",
    good='{"type": "error", "error": {"type": "api_error", "message": "…"}}',
    bad='{"error": "boom"}',
    why="clients branch on error.type; without it every failure looks alike and none is retried rightly",
)
def error_shape(reading: Reading) -> Iterator[Violation]:
    """The body of an error is an object of type `error` that holds `error.type` and `error.message`."""
    body = reading.reply
    if not isinstance(body, dict):
        return  # no object at all: GN-08 tells of it
    if body.get("type") != "error":
        yield Violation("the error body is not of type error", "$.type", expected="error", got=body)
    inner = body.get("error")
    for key in ("type", "message"):
        if not isinstance(inner, dict) or not isinstance(inner.get(key), str):
            yield Violation(f"error.{key} is not a string", f"$.error.{key}", expected="a string", got=inner)


@BOOK.rule(
    "AM-E02",
    "MUST",
    Scope.ERROR,
    "platform.claude.com, errors: the table of HTTP statuses",
    good="429 with rate_limit_error",
    bad="401 with api_error",
    why="SDKs choose the exception by status, programs by type: they must say the same",
)
def error_type_fits_status(reading: Reading) -> Iterator[Violation]:
    """`error.type` is the one that belongs to the HTTP status."""
    inner = reading.reply.get("error") if isinstance(reading.reply, dict) else None
    word = inner.get("type") if isinstance(inner, dict) else None
    wanted = STATUS_TYPES.get(reading.status)
    if wanted and isinstance(word, str) and word in ERROR_TYPES and word != wanted:
        text = f"status {reading.status} goes with {wanted}"
        yield Violation(text, "$.error.type", expected=wanted, got=word)


@BOOK.rule(
    "AM-E03",
    "MUST",
    Scope.STREAM,
    "anthropic SDK: raises at the error event",
    good="…, error, end of the stream",
    bad="error, then more deltas",
    why="SDKs stop reading at the error: what follows reaches nobody",
)
def error_ends_stream(reading: Reading) -> Iterator[Violation]:
    """An `error` event is the last of its stream."""
    steps = [step for step in story(reading).steps if step.kind != "ping"]
    for step, after in pairwise(steps):
        if step.kind == "error":
            yield Violation(f"{after.kind or 'an event'} follows the error", frame=after.frame)


FOREIGN = frozenset(
    {
        "insufficient_quota", "internal_server_error", "invalid_api_key", "model_not_found", "rate_limit_exceeded",
        "requests", "server_error", "service_unavailable", "tokens", "unauthorized", "unknown_error",
    }
)  # fmt: skip
"""Words by which other languages name a failure, in small letters."""


@BOOK.rule(
    "AM-E05",
    "SHOULD",
    Scope.ERROR,
    "platform.claude.com, errors: the table of types, which may grow",
    good='"rate_limit_error", or a word that is new',
    bad='"rate_limit_exceeded", "server_error"',
    why="programs that branch on the type know this language's words only: nothing is tried again",
)
def no_foreign_error_word(reading: Reading) -> Iterator[Violation]:
    """`error.type` is no word of another language."""
    inner = reading.reply.get("error") if isinstance(reading.reply, dict) else None
    word = inner.get("type") if isinstance(inner, dict) else None
    if isinstance(word, str) and word not in ERROR_TYPES and (word.lower() in FOREIGN or not word.islower()):
        yield Violation("the type is a word of another language", "$.error.type", None, sorted(ERROR_TYPES), word)
