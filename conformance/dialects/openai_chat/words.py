"""The words of openai-chat that both halves share: finish reasons, statuses, error codes.

Rule of the file: tables only. A vendor's own word stands here with its meaning, never with its vendor's name in code.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from conformance.model import ErrorKind, StopReason

FINISH: Mapping[str, StopReason] = {
    "stop": "stop",
    "length": "length",
    "tool_calls": "tool_use",
    "function_call": "tool_use",  # deprecated with `functions`
    "content_filter": "content_filter",
    # words of compatible vendors, each seen in recorded traffic or documented by its vendor
    "tool_call": "tool_use",
    "tool_use": "tool_use",
    "end_turn": "stop",
    "eos": "stop",
    "eos_token": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_length": "length",
    "model_context_window_exceeded": "length",
    "sensitive": "content_filter",
    "safety": "content_filter",
    "abort": "error",
    "cancel": "aborted",
    "error": "error",
    "insufficient_system_resource": "error",
    "network_error": "error",
}
"""Finish reason on the wire -> canonical; a word that is not here means `error`."""

FINISH_WORDS: Mapping[StopReason, str] = {
    "stop": "stop",
    "length": "length",
    "tool_use": "tool_calls",
    "content_filter": "content_filter",
    "refusal": "stop",  # told by the refusal text, not by the reason
    "pause": "stop",  # no word for it
    "error": "stop",
    "aborted": "stop",
}
"""Canonical -> the official word. The last three have none: the language ends every answer that it does not fail."""

OFFICIAL_FINISH = ("stop", "length", "tool_calls", "content_filter", "function_call")


def stop_of(word: str, *, calls: bool, refused: bool) -> StopReason:
    """The canonical reason. Calls that were seen outrank `stop`: vendors and forced tool choices say so."""
    reason = FINISH.get(word.lower(), "error") if word else "stop"
    if reason == "stop":
        return "refusal" if refused else "tool_use" if calls else "stop"
    return reason


STATUS_KINDS: Mapping[int, ErrorKind] = {
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
    498: "overloaded",
    499: "cancelled",
    500: "server",
    502: "server",
    503: "overloaded",
    504: "server",
    529: "overloaded",
}

CODE_KINDS: Mapping[str, ErrorKind] = {
    "insufficient_quota": "quota",
    "billing_hard_limit_reached": "quota",
    "exceeded_current_quota_error": "quota",
    "rate_limit_exceeded": "rate_limit",
    "rate_limit_error": "rate_limit",
    "invalid_api_key": "auth",
    "authentication_error": "auth",
    "invalid_authentication_error": "auth",
    "permission_error": "permission",
    "permission_denied": "permission",
    "request_forbidden": "permission",
    "unsupported_country_region_territory": "permission",
    "model_not_found": "not_found",
    "content_filter": "content_filter",
    "content_policy_violation": "content_filter",
    "data_inspection_failed": "content_filter",
    "context_length_exceeded": "invalid_request",
    "exceed_context_size_error": "invalid_request",
    "tool_use_failed": "invalid_request",
    "invalid_parameter_error": "invalid_request",
    "invalid_request_error": "invalid_request",
    "server_error": "server",
    "internal_error": "server",
    "internal_server_error": "server",
    "service_unavailable": "overloaded",
    "unavailable_error": "overloaded",
    "overloaded_error": "overloaded",
    "overloaded": "overloaded",
    "slow_down": "overloaded",
}
"""Error `code` or `type` -> kind. It outranks the status, but for the generic ones that come with many statuses."""


class ErrorWords(NamedTuple):
    """How the official server says a kind of error."""

    status: int
    type: str
    code: str | None = None


ERROR_WORDS: Mapping[ErrorKind, ErrorWords] = {
    "invalid_request": ErrorWords(400, "invalid_request_error"),
    "auth": ErrorWords(401, "invalid_request_error", "invalid_api_key"),
    "permission": ErrorWords(403, "request_forbidden", "unsupported_country_region_territory"),
    "not_found": ErrorWords(404, "invalid_request_error", "model_not_found"),
    "conflict": ErrorWords(409, "conflict_error"),
    "too_large": ErrorWords(413, "invalid_request_error"),
    "rate_limit": ErrorWords(429, "requests", "rate_limit_exceeded"),
    "quota": ErrorWords(429, "insufficient_quota", "insufficient_quota"),
    "timeout": ErrorWords(408, "timeout"),
    "cancelled": ErrorWords(499, "client_closed_request"),
    "content_filter": ErrorWords(400, "invalid_request_error", "content_filter"),
    "server": ErrorWords(500, "server_error"),
    "overloaded": ErrorWords(503, "server_error", "overloaded"),
    "truncated": ErrorWords(500, "server_error"),
    "protocol": ErrorWords(500, "server_error"),
    "proxy_error": ErrorWords(502, "server_error"),
}
