"""The words of cohere-v2 that both halves share: reasons to finish, statuses, token counts.

Rule of the file: tables and the few functions that read them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from conformance.dialects.flat_errors import FlatErrors
from conformance.dialects.functions import count_of
from conformance.exchange import Headers
from conformance.model import JSON, Error, ErrorKind, StopReason, Usage, error

FINISH: Mapping[str, StopReason] = {
    "COMPLETE": "stop",
    "STOP_SEQUENCE": "stop",
    "MAX_TOKENS": "length",
    "TOOL_CALL": "tool_use",
    "ERROR_TOXIC": "content_filter",  # of older documentation, as the next one
    "ERROR_LIMIT": "length",
}
"""Reason on the wire -> canonical; a word that is not here means `error`."""

FAILED: Mapping[str, ErrorKind] = {"ERROR": "server", "TIMEOUT": "timeout"}
"""Reasons that say that there is no answer."""

FINISH_WORDS: Mapping[StopReason, str] = {
    "stop": "COMPLETE",
    "length": "MAX_TOKENS",
    "tool_use": "TOOL_CALL",
    "content_filter": "ERROR_TOXIC",
    "refusal": "COMPLETE",  # no word for it
    "pause": "COMPLETE",  # no word for it
    "error": "ERROR",
    "aborted": "ERROR",
}

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
    498: "content_filter",  # a token that is on a deny list
    499: "cancelled",
    500: "server",
    501: "invalid_request",  # what the model or the server does not do
    503: "overloaded",
    504: "timeout",
}

STATUSES: Mapping[ErrorKind, int] = {
    **{kind: status for status, kind in sorted(STATUS_KINDS.items(), reverse=True) if status != 408},
    "truncated": 500,
    "protocol": 500,
    "proxy_error": 502,
}

ERRORS = FlatErrors("message", STATUS_KINDS, STATUSES)


def stop_of(word: JSON, *, calls: bool) -> StopReason:
    """The canonical reason. Calls that were seen outrank `stop`: somebody has to answer them."""
    reason = FINISH.get(word, "error") if isinstance(word, str) else "error"
    return "tool_use" if reason == "stop" and calls else reason


def failure_of(delta: Mapping[str, JSON]) -> Error | None:
    """The error that an ending says by its reason; None when it ends well."""
    reason = delta.get("finish_reason")
    kind = FAILED.get(reason) if isinstance(reason, str) else None
    if kind is None:
        return None
    said = delta.get("error")
    return error(kind, said if isinstance(said, str) and said else f"the answer failed: {reason}", code=str(reason))


def usage_of(value: JSON) -> Usage:
    """Tokens. The cached ones are part of the input; `billed_units` is for bills only."""
    if not isinstance(value, dict):
        return Usage()
    tokens = value.get("tokens")
    tokens = tokens if isinstance(tokens, dict) else {}
    return Usage(
        input=count_of(tokens.get("input_tokens")),
        output=count_of(tokens.get("output_tokens")),
        cache_read=count_of(value.get("cached_tokens")),
    )


def counts_of(usage: Usage) -> dict[str, JSON] | None:
    """Usage as the server says it; None when nothing is known."""
    if usage.input is None and usage.output is None and usage.cache_read is None:
        return None
    fresh = None if usage.input is None else max(usage.input - (usage.cache_read or 0), 0)
    said: dict[str, JSON] = {
        "billed_units": _known({"input_tokens": fresh, "output_tokens": usage.output}),
        "tokens": _known({"input_tokens": usage.input, "output_tokens": usage.output}),
    }
    return said | _known({"cached_tokens": usage.cache_read})


def _known(counts: Mapping[str, int | None]) -> dict[str, JSON]:
    return {name: count for name, count in counts.items() if count is not None}


def error_of(status: int, headers: Headers, body: bytes) -> Error:
    """What a failed reply says, also one that says it under 200 by its reason."""
    if status < 400:
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, dict) and (failed := failure_of(value)):
            return failed
    return ERRORS.read(status, headers, body)
