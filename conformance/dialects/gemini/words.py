"""The words of gemini that both halves share: finish reasons, error statuses, token counts.

Rule of the file: tables, and the few functions that read them. Words that nobody knows must never crash anybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from conformance.model import JSON, ErrorKind, StopReason, Usage

FINISH: Mapping[str, StopReason] = {
    "STOP": "stop",
    "MAX_TOKENS": "length",
    "CONTINUATION": "pause",
    "SAFETY": "content_filter",
    "RECITATION": "content_filter",
    "BLOCKLIST": "content_filter",
    "PROHIBITED_CONTENT": "content_filter",
    "SPII": "content_filter",
    "LANGUAGE": "content_filter",
    "IMAGE_SAFETY": "content_filter",
    "IMAGE_PROHIBITED_CONTENT": "content_filter",
    "IMAGE_RECITATION": "content_filter",
    "MODEL_ARMOR": "content_filter",
    "ESCALATION": "content_filter",
}
"""finishReason -> canonical; every other word, known or not, means `error`."""

NUMBERS = (
    "FINISH_REASON_UNSPECIFIED",
    "STOP",
    "MAX_TOKENS",
    "SAFETY",
    "RECITATION",
    "OTHER",
    "LANGUAGE",
    "BLOCKLIST",
    "PROHIBITED_CONTENT",
    "SPII",
    "MALFORMED_FUNCTION_CALL",
    "IMAGE_SAFETY",
    "UNEXPECTED_TOOL_CALL",
    "TOO_MANY_TOOL_CALLS",
)
"""Finish reasons by their numbers, as `$alt=json;enum-encoding=int` asks for them."""

FINISH_WORDS: Mapping[StopReason, str] = {
    "stop": "STOP",
    "tool_use": "STOP",  # told by the calls
    "length": "MAX_TOKENS",
    "content_filter": "SAFETY",
    "refusal": "SAFETY",  # the language has no refusal apart from its filters
    "pause": "CONTINUATION",
    "error": "OTHER",
    "aborted": "OTHER",
}

MODES = ("AUTO", "ANY", "NONE", "VALIDATED")

DATA_FIELDS = (
    "text",
    "inlineData",
    "fileData",
    "functionCall",
    "functionResponse",
    "executableCode",
    "codeExecutionResult",
    "toolCall",
    "toolResponse",
)
"""What a part may hold: exactly one of these."""


def finish_word(value: str | int | None) -> str:
    """A finish reason as a word, however it was encoded; "" for none."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return NUMBERS[value] if 0 <= value < len(NUMBERS) else "OTHER"


def stop_of(word: str, *, calls: bool) -> StopReason:
    """The canonical reason: STOP also ends an answer that asks for calls."""
    reason = FINISH.get(word, "error")
    return "tool_use" if reason == "stop" and calls else reason


# ------------------------------------------------------------------ errors


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


# ------------------------------------------------------------------ usage


def usage_of(
    prompt: int | None,
    tools: int | None,
    cached: int | None,
    candidates: int | None,
    thoughts: int | None,
) -> Usage:
    """Tokens: results of the server's own tools are read like the prompt; candidates do not include thoughts."""
    made = [count for count in (candidates, thoughts) if count is not None]
    return Usage(
        input=None if prompt is None else prompt + (tools or 0),
        output=sum(made) if made else None,
        cache_read=cached,
        reasoning=thoughts,
    )


def count_of(value: JSON) -> int | None:
    """A number of tokens; None for what is none. Long integers may travel as strings (proto3 JSON)."""
    if isinstance(value, str) and value.isdecimal() and len(value) < 19:
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if type(value) is int else None
