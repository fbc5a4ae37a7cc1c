"""How gemini says what kind of error it is: an HTTP status, and the word of google.rpc.

Rule of the file: tables that both halves read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from conformance.model import ErrorKind


class Status(NamedTuple):
    """How an error says what kind it is: the HTTP status and the word of google.rpc."""

    number: int
    word: str


KINDS: Mapping[ErrorKind, Status] = {
    "invalid_request": Status(400, "INVALID_ARGUMENT"),
    "auth": Status(401, "UNAUTHENTICATED"),
    "permission": Status(403, "PERMISSION_DENIED"),
    "not_found": Status(404, "NOT_FOUND"),
    "conflict": Status(409, "ABORTED"),
    "too_large": Status(413, "INVALID_ARGUMENT"),
    "rate_limit": Status(429, "RESOURCE_EXHAUSTED"),
    "quota": Status(429, "RESOURCE_EXHAUSTED"),
    "timeout": Status(504, "DEADLINE_EXCEEDED"),
    "cancelled": Status(499, "CANCELLED"),
    "content_filter": Status(400, "INVALID_ARGUMENT"),
    "server": Status(500, "INTERNAL"),
    "overloaded": Status(503, "UNAVAILABLE"),
    "truncated": Status(500, "INTERNAL"),
    "protocol": Status(500, "INTERNAL"),
    "proxy_error": Status(502, "UNAVAILABLE"),
}

BY_WORD: Mapping[str, ErrorKind] = {
    "INVALID_ARGUMENT": "invalid_request",
    "FAILED_PRECONDITION": "invalid_request",
    "OUT_OF_RANGE": "invalid_request",
    "UNIMPLEMENTED": "invalid_request",
    "UNAUTHENTICATED": "auth",
    "PERMISSION_DENIED": "permission",
    "NOT_FOUND": "not_found",
    "ALREADY_EXISTS": "conflict",
    "ABORTED": "conflict",
    "RESOURCE_EXHAUSTED": "rate_limit",
    "CANCELLED": "cancelled",
    "DEADLINE_EXCEEDED": "timeout",
    "INTERNAL": "server",
    "UNKNOWN": "server",
    "DATA_LOSS": "server",
    "UNAVAILABLE": "overloaded",
}
"""The status word of an error -> kind. A status that is no HTTP error says nothing better."""

BY_NUMBER: Mapping[int, ErrorKind] = {
    400: "invalid_request",
    401: "auth",
    402: "quota",
    403: "permission",
    404: "not_found",
    408: "timeout",
    409: "conflict",
    413: "too_large",
    422: "invalid_request",
    429: "rate_limit",
    499: "cancelled",
    500: "server",
    502: "server",
    503: "overloaded",
    504: "timeout",
    529: "overloaded",
}

WORDS_OF: Mapping[int, frozenset[str]] = {
    400: frozenset({"INVALID_ARGUMENT", "FAILED_PRECONDITION", "OUT_OF_RANGE"}),
    401: frozenset({"UNAUTHENTICATED"}),
    403: frozenset({"PERMISSION_DENIED"}),
    404: frozenset({"NOT_FOUND"}),
    409: frozenset({"ABORTED", "ALREADY_EXISTS"}),
    413: frozenset({"INVALID_ARGUMENT", "RESOURCE_EXHAUSTED"}),
    429: frozenset({"RESOURCE_EXHAUSTED"}),
    499: frozenset({"CANCELLED"}),
    500: frozenset({"INTERNAL", "UNKNOWN", "DATA_LOSS"}),
    501: frozenset({"UNIMPLEMENTED"}),
    503: frozenset({"UNAVAILABLE"}),
    504: frozenset({"DEADLINE_EXCEEDED"}),
}
"""The words that fit an HTTP status (google.rpc.Code)."""
