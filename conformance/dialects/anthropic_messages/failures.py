"""Read errors: an HTTP reply of status >= 400, an error object under 200, an error in the middle of a stream.

Rule of the file: never raises, whatever the bytes; the vendor's own message is always kept.
"""

from __future__ import annotations

import json

from conformance.dialects.anthropic_messages.words import ERROR_TYPES, STATUS_TYPES
from conformance.exchange import Headers, header_of, retry_after
from conformance.model import JSON, Error, ErrorKind
from conformance.model import error as make_error

_RETRIED = frozenset({408, 409, 429})
"""Beside all from 500 up: the statuses after which the vendor's own clients try again."""


def error(status: int, headers: Headers, body: bytes) -> Error:
    """An error reply -> Error. A 2xx body that is no error object is `protocol`."""
    value = _json(body)
    wait = retry_after(headers)
    if isinstance(value, list) and len(value) == 1:  # Google's gateway wraps its errors in a list
        value = value[0]
    if (found := _object(value)) is not None:
        return _make(kind_of(found, status), message_of(found, value), status, headers, wait, code_of(found))
    if status < 400:
        return make_error("protocol", "the body is neither a message nor an error object", status=status)
    text = body.decode("utf-8", "replace").strip()
    if not text:
        return _make(kind_of({}, status), f"HTTP {status} with an empty body", status, headers, wait, None)
    if value is not None or not text.startswith("<"):
        return _make(kind_of({}, status), f"HTTP {status}: {text[:500]}", status, headers, wait, None)
    message = f"HTTP {status}, and the body is an HTML page (from a proxy?): {text[:500]}"
    return _make("proxy_error", message, status, headers, wait, None)


def stream_error(value: JSON) -> Error:
    """The data of an error frame -> Error. HTTP has said 200 already, so only the object counts."""
    found = _object(value)
    if found is None:
        return make_error("server", f"the stream failed: {json.dumps(value, ensure_ascii=False)[:500]}")
    return make_error(kind_of(found, 0), message_of(found, value), code=code_of(found))


def kind_of(found: dict[str, JSON], status: int) -> ErrorKind:
    """The kind: by the error's type, else by the HTTP status, else by a number that stands for one."""
    kind = ERROR_TYPES.get(found["type"]) if isinstance(found.get("type"), str) else None
    if kind:
        return kind
    number = status if status >= 400 else _number_of(found.get("code"))
    if number in STATUS_TYPES:
        return ERROR_TYPES[STATUS_TYPES[number]]
    if number == 408:
        return "timeout"
    if number == 503:
        return "overloaded"
    return "invalid_request" if 400 <= number < 500 else "server"


def code_of(found: dict[str, JSON]) -> str | None:
    """The finest word for the error: `details.error_code`, else its code, else its type."""
    details = found.get("details")
    choices = [details.get("error_code") if isinstance(details, dict) else None, found.get("code"), found.get("type")]
    return next((str(word) for word in choices if isinstance(word, str | int) and word), None)


def message_of(found: dict[str, JSON], whole: JSON) -> str:
    """The vendor's message; the whole object when there is none."""
    message = found.get("message")
    return message if isinstance(message, str) and message else json.dumps(whole, ensure_ascii=False)[:500]


def _make(kind: ErrorKind, message: str, status: int, headers: Headers, wait: float | None, code: str | None) -> Error:
    more = {}
    if status >= 400:
        more["retryable"] = status >= 500 or status in _RETRIED
    if (order := header_of(headers, "x-should-retry")) in ("true", "false"):
        more["retryable"] = order == "true"
    return make_error(kind, message, status=status, retry_after=wait, code=code, **more)


def _object(value: JSON) -> dict[str, JSON] | None:
    """The error object within a body, in the shapes that servers and gateways use; None when there is none."""
    if not isinstance(value, dict):
        return None
    found = value.get("error")
    if isinstance(found, dict):
        return found
    if isinstance(found, str) and found:
        return {"message": found, "type": value.get("type"), "code": value.get("code")}
    for key in ("detail", "message"):
        if "content" not in value and isinstance(value.get(key), str):
            return {"message": value[key], "type": value.get("type"), "code": value.get("code")}
    return None


def _json(body: bytes) -> JSON:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _number_of(code: JSON) -> int:
    """A code that is an HTTP status, as a number or as text; else 0."""
    if isinstance(code, str) and len(code) == 3 and code.isascii() and code.isdigit():
        return int(code)
    return code if type(code) is int else 0
