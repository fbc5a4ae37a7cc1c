"""The words of the language that more than one half needs: stop reasons, exceptions, image formats, token counts.

Rule of the file: tables and the few functions that read them. Both halves use the same table, so they cannot drift.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from conformance.model import JSON, ErrorKind, StopReason, Usage

VERSION = "2023-09-30"
"""The version of AWS's service model that names every shape of this language."""

IMAGE_FORMATS: Mapping[str, str] = {
    "image/png": "png",
    "image/jpeg": "jpeg",
    "image/gif": "gif",
    "image/webp": "webp",
}

CHOICES: Mapping[str, str] = {"auto": "auto", "required": "any", "tool": "tool"}
"""The union key of a tool choice, by canonical mode. There is none for "none"."""

STOP_REASONS: Mapping[str, StopReason] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_use",
    "guardrail_intervened": "content_filter",
    "content_filtered": "content_filter",
    "malformed_model_output": "error",
    "malformed_tool_use": "error",
}

STOP_WORDS: Mapping[StopReason, str] = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool_use": "tool_use",
    "content_filter": "content_filtered",
    "refusal": "content_filtered",
    "error": "malformed_model_output",
}


class Fault(NamedTuple):
    """An exception of the service: its HTTP status and what it means."""

    status: int
    kind: ErrorKind


EXCEPTIONS: Mapping[str, Fault] = {
    "ValidationException": Fault(400, "invalid_request"),
    "SerializationException": Fault(400, "invalid_request"),
    "ServiceQuotaExceededException": Fault(400, "quota"),
    "ConflictException": Fault(400, "conflict"),
    "UnrecognizedClientException": Fault(403, "auth"),
    "InvalidSignatureException": Fault(403, "auth"),
    "IncompleteSignatureException": Fault(403, "auth"),
    "MissingAuthenticationTokenException": Fault(403, "auth"),
    "ExpiredTokenException": Fault(403, "auth"),
    "AccessDeniedException": Fault(403, "permission"),
    "ResourceNotFoundException": Fault(404, "not_found"),
    "UnknownOperationException": Fault(404, "not_found"),
    "ModelTimeoutException": Fault(408, "timeout"),
    "RequestEntityTooLargeException": Fault(413, "too_large"),
    "ModelErrorException": Fault(424, "server"),
    "ModelStreamErrorException": Fault(424, "server"),
    "ThrottlingException": Fault(429, "rate_limit"),
    "ModelNotReadyException": Fault(429, "overloaded"),
    "InternalServerException": Fault(500, "server"),
    "InternalFailure": Fault(500, "server"),
    "ServiceUnavailableException": Fault(503, "overloaded"),
}
"""By the name in `x-amzn-ErrorType`, in an exception frame or in an error frame."""

STATUSES: Mapping[int, ErrorKind] = {
    400: "invalid_request",
    401: "auth",
    403: "permission",
    404: "not_found",
    408: "timeout",
    413: "too_large",
    429: "rate_limit",
    503: "overloaded",
    504: "timeout",
}
"""What a status means when no name does."""

FAILURES: Mapping[ErrorKind, str] = {
    "invalid_request": "ValidationException",
    "auth": "UnrecognizedClientException",
    "permission": "AccessDeniedException",
    "not_found": "ResourceNotFoundException",
    "conflict": "ConflictException",
    "too_large": "ValidationException",
    "rate_limit": "ThrottlingException",
    "quota": "ServiceQuotaExceededException",
    "timeout": "ModelTimeoutException",
    "cancelled": "InternalServerException",
    "content_filter": "ValidationException",
    "server": "InternalServerException",
    "overloaded": "ServiceUnavailableException",
    "truncated": "ModelStreamErrorException",
    "protocol": "ModelErrorException",
    "proxy_error": "ServiceUnavailableException",
}
"""The exception with which the server half says an error."""

STREAM_EXCEPTIONS = (
    "internalServerException",
    "modelStreamErrorException",
    "validationException",
    "throttlingException",
    "serviceUnavailableException",
)
"""The exceptions that a stream may say; the names begin small there."""


def kind_of(name: str) -> ErrorKind | None:
    """What an exception means, its name as it stands in a header or in a frame; None for one that is not known."""
    found = EXCEPTIONS.get(name[:1].upper() + name[1:])
    return found.kind if found else None


def stop_of(word: JSON) -> StopReason:
    """The canonical stop. A word that came into use after this table still ends the answer: `stop`."""
    return STOP_REASONS.get(word, "stop") if isinstance(word, str) else "stop"


def usage_of(counts: JSON) -> Usage:
    """Canonical usage. `inputTokens` leaves the cache out, so the cache is added to it."""
    if not isinstance(counts, dict):
        return Usage()
    fresh, output, read, written = (
        count_of(counts.get(key))
        for key in ("inputTokens", "outputTokens", "cacheReadInputTokens", "cacheWriteInputTokens")
    )
    whole = None if fresh is None else fresh + (read or 0) + (written or 0)
    return Usage(input=whole, output=output, cache_read=read, cache_write=written)


def count_of(value: JSON) -> int | None:
    """A whole number, also one written 9.0 (JSON has no integers); None for anything else: missing is not 0."""
    if type(value) is float and value.is_integer():
        return int(value)
    return value if type(value) is int else None


def string_of(value: JSON) -> str:
    return value if isinstance(value, str) else ""


def object_of(value: JSON) -> dict[str, JSON]:
    return value if isinstance(value, dict) else {}


def list_of(value: JSON) -> list[JSON]:
    return value if isinstance(value, list) else []
