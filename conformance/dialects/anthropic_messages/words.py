"""The words of the language that more than one half needs: versions, stop reasons, error types, token counts.

Rule of the file: tables and the few functions that read them. Both halves use the same table, so they cannot drift.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conformance.model import JSON, ErrorKind, StopReason, Usage

VERSION = "2026-10-21"
"""What the header `anthropic-version` says for the specification that this dialect follows."""

OLD_VERSION = "2023-06-01"
"""Still served, and the last version that takes sampling parameters."""

VERSIONS = (VERSION, OLD_VERSION, "2023-01-01")
HOSTED_VERSIONS = (VERSION, "vertex-2023-10-16", "bedrock-2023-05-31")
"""What `anthropic_version` may say in a body, where clouds take it there."""

SAMPLING = ("temperature", "top_p", "top_k")

IMAGE_TYPES = ("image/jpeg", "image/png", "image/gif", "image/webp")

EFFORTS = ("low", "medium", "high", "xhigh", "max")

STOP_REASONS: Mapping[str, StopReason] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_use",
    "pause_turn": "pause",
    "compaction": "pause",
    "refusal": "refusal",
}

STOP_WORDS: Mapping[StopReason, str] = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool_use": "tool_use",
    "pause": "pause_turn",
    "refusal": "refusal",
    "content_filter": "refusal",
}
"""How the server half says a stop; `error` and `aborted` are no stops here: they are an `Error`."""

ERROR_TYPES: Mapping[str, ErrorKind] = {
    "invalid_request_error": "invalid_request",
    "authentication_error": "auth",
    "billing_error": "quota",
    "permission_error": "permission",
    "not_found_error": "not_found",
    "conflict_error": "conflict",
    "request_too_large": "too_large",
    "rate_limit_error": "rate_limit",
    "api_error": "server",
    "timeout_error": "timeout",
    "overloaded_error": "overloaded",
}

STATUS_TYPES: Mapping[int, str] = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    409: "conflict_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    504: "timeout_error",
    529: "overloaded_error",
}

FAILURES: Mapping[ErrorKind, int] = {
    **{ERROR_TYPES[word]: status for status, word in STATUS_TYPES.items()},
    "content_filter": 400,
    "cancelled": 500,
    "truncated": 500,
    "protocol": 500,
    "proxy_error": 500,
}
"""The HTTP status with which the server half says an error."""


def stop_of(word: JSON) -> StopReason:
    """The canonical stop. A word that came into use after this table still ends the answer: `stop`."""
    return STOP_REASONS.get(word, "stop") if isinstance(word, str) else "stop"


def usage_of(counts: Mapping[str, JSON]) -> Usage:
    """Canonical usage. `input_tokens` leaves the cache out, so the cache is added to it."""
    fresh, read, written = (
        count_of(counts.get(key)) for key in ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
    )
    details = counts.get("output_tokens_details")
    return Usage(
        input=None if fresh is None else fresh + (read or 0) + (written or 0),
        output=count_of(counts.get("output_tokens")),
        cache_read=read,
        cache_write=written,
        reasoning=count_of(details.get("thinking_tokens")) if isinstance(details, dict) else None,
    )


def count_of(value: JSON) -> int | None:
    """A whole number, also one written 9.0 (JSON has no integers); None for anything else: missing is not 0."""
    if type(value) is float and value.is_integer():
        return int(value)
    return value if type(value) is int else None


def said(counts: JSON) -> Iterator[tuple[str, JSON]]:
    """The counts that say something: a null leaves standing what was said before."""
    if isinstance(counts, dict):
        yield from ((key, value) for key, value in counts.items() if value is not None)
