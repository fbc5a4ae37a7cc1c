"""Read errors: an HTTP reply of status >= 400, an exception or error message in the middle of a stream.

Rule of the file: never raises, whatever the bytes; the vendor's own message is always kept.
"""

from __future__ import annotations

import json
import re

from conformance.exchange import Headers, header_of, retry_after
from conformance.model import JSON, Error, ErrorKind
from conformance.model import error as make_error

from .words import STATUSES, kind_of, object_of

_RETRIED = frozenset({408, 429})
"""Beside all from 500 up: the statuses after which AWS's own clients try again."""

_BAD_KEY = re.compile(r"authentication failed|api key|bearer token", re.I)
"""What an `AccessDeniedException` says when it is the API key that is wrong, and not what it may do."""


def error(status: int, headers: Headers, body: bytes) -> Error:
    """An error reply -> Error. A 2xx body that is no error object is `protocol`."""
    value = _json(body)
    found = object_of(value)
    name, said = name_of(headers, found), message_of(found)
    if said is None and not name:
        return _unnamed(status, headers, body, value)
    kind = kind_of(name) or status_kind(status)
    if kind == "permission" and said and _BAD_KEY.search(said):
        kind = "auth"
    return _make(kind, said or f"HTTP {status}: {name}", status, headers, name or None)


def stream_error(name: str, data: bytes) -> Error:
    """An exception or error message -> Error. HTTP has said 200 already, so only its name counts."""
    said = message_of(object_of(_json(data))) or data.decode("utf-8", "replace")[:500]
    return make_error(kind_of(name) or "server", said or f"the stream failed: {name}", code=name or None)


def name_of(headers: Headers, found: dict[str, JSON]) -> str:
    """The exception's name: from `x-amzn-ErrorType`, else from the body, without its namespace and URL."""
    for word in (header_of(headers, "x-amzn-errortype"), found.get("__type"), found.get("code")):
        if isinstance(word, str) and word:
            return word.partition(":")[0].rpartition("#")[2].strip()
    return ""


def message_of(found: dict[str, JSON]) -> str | None:
    """The vendor's message; gateways before the service begin the key with a capital."""
    choices = (found.get(key) for key in ("message", "Message", "errorMessage"))
    return next((word for word in choices if isinstance(word, str) and word), None)


def status_kind(status: int) -> ErrorKind:
    if status < 400:
        return "protocol"
    return STATUSES.get(status) or ("invalid_request" if status < 500 else "server")


def _unnamed(status: int, headers: Headers, body: bytes, value: JSON) -> Error:
    """A reply that is not the service's: of a proxy, or of something that only looks like it."""
    if status < 400:
        return make_error("protocol", "the body is neither an answer nor an error object", status=status)
    text = body.decode("utf-8", "replace").strip()
    if not text:
        return _make(status_kind(status), f"HTTP {status} with an empty body", status, headers, None)
    if value is not None:
        return _make(status_kind(status), f"HTTP {status}: {text[:500]}", status, headers, None)
    what = "an HTML page" if text.startswith("<") else "not JSON"
    message = f"HTTP {status}, and the body is {what} (from a proxy?): {text[:500]}"
    return _make("proxy_error", message, status, headers, None)


def _make(kind: ErrorKind, message: str, status: int, headers: Headers, code: str | None) -> Error:
    more = {"retryable": status >= 500 or status in _RETRIED} if status >= 400 else {}
    return make_error(kind, message, status=status, retry_after=retry_after(headers), code=code, **more)


def _json(body: bytes) -> JSON:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
