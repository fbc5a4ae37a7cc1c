"""The words of ollama that both halves share: reasons to be done, statuses, efforts, token counts.

Rule of the file: tables and the few functions that read them.
"""

from __future__ import annotations

from collections.abc import Mapping

from conformance.dialects.flat_errors import FlatErrors
from conformance.dialects.functions import count_of
from conformance.exchange import Headers
from conformance.model import JSON, Error, ErrorKind, StopReason, Usage

DONE: Mapping[str, StopReason] = {"stop": "stop", "length": "length", "load": "stop", "unload": "stop"}
"""done_reason -> canonical; a word that is not here, and none at all, means `error`."""

DONE_WORDS: Mapping[StopReason, str] = {
    "stop": "stop",
    "length": "length",
    "tool_use": "stop",  # told by the calls alone
    "content_filter": "stop",  # no word for it, nor for what follows
    "refusal": "stop",
    "pause": "stop",
    "error": "",  # the runner went away
    "aborted": "",
}

EFFORTS = ("low", "medium", "high", "max")

STATUS_KINDS: Mapping[int, ErrorKind] = {
    400: "invalid_request",
    401: "auth",
    402: "quota",
    403: "permission",
    404: "not_found",
    408: "timeout",
    409: "conflict",
    413: "too_large",
    429: "rate_limit",
    499: "cancelled",
    500: "server",
    502: "server",
    503: "overloaded",
    504: "timeout",
}

STATUSES: Mapping[ErrorKind, int] = {
    **{kind: status for status, kind in sorted(STATUS_KINDS.items(), reverse=True)},
    "content_filter": 400,
    "truncated": 500,
    "protocol": 500,
    "proxy_error": 502,
}

ERRORS = FlatErrors("error", STATUS_KINDS, STATUSES, {"auth": {"signin_url": "https://ollama.com/connect"}})


def error_of(status: int, headers: Headers, body: bytes) -> Error:
    """What a failed reply says, also one under 200."""
    return ERRORS.read(status, headers, body)


def stop_of(word: JSON, *, calls: bool) -> StopReason:
    """The canonical reason. This language never says that calls came, so calls that were seen outrank `stop`."""
    reason = DONE.get(word, "error") if isinstance(word, str) else "error"
    return "tool_use" if reason == "stop" and calls else reason


def usage_of(input: JSON, output: JSON) -> Usage:
    """Tokens. Counts of zero are left out on the wire, so what is missing is unknown."""
    return Usage(input=count_of(input), output=count_of(output))
