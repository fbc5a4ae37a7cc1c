"""Errors in both directions: google.rpc objects, alone or in a list of one, whole or in the middle of a stream.

Rule of the file: never raises, whatever came.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from conformance.dialects.openai_chat.failure import MOST_TEXT
from conformance.dialects.openai_chat.reply import text_of
from conformance.dialects.writing import proxy_page
from conformance.exchange import Headers, retry_after
from conformance.model import JSON, Error, ErrorKind, error

from .statuses import BY_NUMBER, BY_WORD, KINDS

TYPES = "type.googleapis.com/google.rpc."
DELAY = re.compile(r"(\d+(?:\.\d+)?)s")
BAD_KEYS = frozenset({"API_KEY_INVALID", "API_KEY_EXPIRED", "ACCESS_TOKEN_EXPIRED", "CREDENTIALS_MISSING"})
_REASONS: dict[str, ErrorKind] = {"SERVICE_DISABLED": "permission", "CONSUMER_INVALID": "permission"}


def error_of(status: int, headers: Headers, body: bytes) -> Error:
    """What a failed reply says; for a 2xx body that holds no error: kind "protocol"."""
    text = body.decode("utf-8", "replace").strip()
    try:
        value = json.loads(text) if text else None
    except (ValueError, RecursionError):
        return _unreadable(status, headers, text)
    fault = fault_in(value)
    if fault is None and status < 400:
        return error("protocol", "the body holds neither an answer nor an error", status=status)
    return say(fault if fault is not None else {}, status, headers, text)


def fault_in(value: JSON) -> JSON:
    """The error object of a body or chunk; None when it holds none."""
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, dict) and value.get("error"):
        return value["error"]
    return value if isinstance(value, dict) and {"message", "status", "code"} <= value.keys() else None


def say(fault: JSON, status: int, headers: Headers = (), text: str = "") -> Error:
    """An error object -> Error. Status 200: it came in place of an answer or in the middle of one."""
    parts = fault if isinstance(fault, dict) else {"message": fault}
    message = text_of(parts.get("message")) or text[:MOST_TEXT] or "no message"
    word = text_of(parts.get("status")) or text_of(parts.get("type"))
    wait = retry_after(headers)
    return error(
        _kind(status, parts, word),
        f"HTTP {status}: {message}" if status >= 400 else message,
        retry_after=_told_delay(parts) if wait is None else wait,
        status=status if status >= 400 else None,
        code=word or None,
    )


def details_of(fault: JSON, kind: str) -> Iterator[dict[str, JSON]]:
    """The details of an error that are of a type of google.rpc, e.g. `RetryInfo`."""
    details = fault.get("details") if isinstance(fault, dict) else None
    for one in details if isinstance(details, list) else ():
        if isinstance(one, dict) and text_of(one.get("@type")).endswith(f".{kind}"):
            yield one


def _told_delay(fault: JSON) -> float | None:
    for one in details_of(fault, "RetryInfo"):
        if hit := DELAY.fullmatch(text_of(one.get("retryDelay"))):
            return float(hit[1])
    return None


def _kind(status: int, parts: dict[str, JSON], word: str) -> ErrorKind:
    for one in details_of(parts, "ErrorInfo"):
        reason = text_of(one.get("reason"))
        if reason in BAD_KEYS:
            return "auth"
        if reason in _REASONS:
            return _REASONS[reason]
    number = status if status >= 400 else parts.get("code")
    if status < 400 and word in BY_WORD:
        return BY_WORD[word]
    if isinstance(number, int) and number in BY_NUMBER:
        return BY_NUMBER[number]
    if word in BY_WORD:
        return BY_WORD[word]
    return "invalid_request" if isinstance(number, int) and 400 <= number < 500 else "server"


def _unreadable(status: int, headers: Headers, text: str) -> Error:
    if text.startswith("<"):
        page = f"HTTP {status}: an HTML page instead of JSON: {text[:MOST_TEXT]}"
        again = status == 429 or status >= 500
        return error("proxy_error", page, retryable=again, retry_after=retry_after(headers), status=status)
    if status < 400:
        return error("protocol", f"the body is not JSON: {text[:MOST_TEXT]}", status=status)
    return say({}, status, headers, text)


# ------------------------------------------------------------------ the server half


def error_body(fault: Error) -> dict[str, JSON]:
    """The error object, as the official server writes it."""
    number, word = KINDS[fault.kind]
    number = fault.status or number
    message = fault.message.removeprefix(f"HTTP {fault.status}: ") if fault.status else fault.message
    said: dict[str, JSON] = {"code": number, "message": message, "status": word}
    details: list[JSON] = []
    if fault.kind == "auth" and number == 400:
        said["status"] = "INVALID_ARGUMENT"
        details.append({"@type": f"{TYPES}ErrorInfo", "reason": "API_KEY_INVALID", "domain": "googleapis.com"})
    if fault.retry_after is not None:
        details.append({"@type": f"{TYPES}RetryInfo", "retryDelay": f"{fault.retry_after:g}s"})
    return {"error": said | ({"details": details} if details else {})}


def failure(fault: Error) -> tuple[int, Headers, bytes]:
    """Status, headers and body of an error. A proxy's error is a page, as a proxy would send it."""
    status = fault.status or KINDS[fault.kind].number
    if fault.kind == "proxy_error":
        return status, (("content-type", "text/html"),), proxy_page(status, fault.message)
    headers = (("content-type", "application/json; charset=UTF-8"), ("x-goog-request-id", "req_virtual"))
    return status, headers, json.dumps(error_body(fault), ensure_ascii=False, indent=2).encode()
