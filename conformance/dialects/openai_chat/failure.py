"""Errors in both directions: bytes of a failed reply -> Error; Error -> what an official server says.

Rule of the file: never raises, whatever came. Shapes of compatible vendors are told by their keys.
"""

from __future__ import annotations

import json

from conformance.dialects.writing import proxy_page
from conformance.exchange import Headers, header_of, retry_after
from conformance.model import JSON, RETRYABLE, Error, ErrorKind, error

from .words import CODE_KINDS, ERROR_WORDS, STATUS_KINDS


class BadField(Error, frozen=True, tag="Error"):
    """An invalid request, with the field that is at fault: what the server half refuses with."""

    param: str | None = None


MOST_TEXT = 2000
"""A page or text that is no error object is quoted up to here."""


GENERIC = frozenset({"invalid_request", "server"})
"""Kinds whose words (`invalid_request_error`, `server_error`) come with many statuses: the status says more."""


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
    return say(fault if fault is not None else value, status, headers, text)


def fault_in(value: JSON) -> JSON:
    """The error object of a body or chunk, in any vendor's shape; None when it holds none."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        value = value[0]  # some gateways wrap the object in a list
    if not isinstance(value, dict):
        return None
    if found := value.get("error"):
        inner = found.get("error") if isinstance(found, dict) else None
        flat = {"message": found, "code": value.get("code")} if isinstance(found, str) else found
        return inner if isinstance(inner, dict) else flat
    base = value.get("base_resp")
    if isinstance(base, dict) and base.get("status_code"):
        return {"message": base.get("status_msg"), "code": base["status_code"]}
    choices = value.get("choices")
    if isinstance(choices, list):
        inside = (one.get("error") for one in choices if isinstance(one, dict))
        return next((one for one in inside if one), None)
    if errors := value.get("errors"):
        return errors[0] if isinstance(errors, list) else errors
    return value if value.get("object") == "error" or "message" in value or "detail" in value else None


def say(fault: JSON, status: int, headers: Headers = (), text: str = "") -> Error:
    """An error object in any shape -> Error. Status 200: it came in place of an answer or in the middle of one."""
    parts = fault if isinstance(fault, dict) else {"message": fault}
    message = _message(parts) or text[:MOST_TEXT] or "no message"
    code = parts.get("code")
    kind = _kind(status, parts, message)
    wait = retry_after(headers)
    return error(
        kind,
        f"HTTP {status}: {message}" if status >= 400 else message,
        retryable=_retryable(kind, headers),
        retry_after=wait,
        status=status if status >= 400 else None,
        code=None if code is None else str(code),
    )


def _message(parts: dict[str, JSON]) -> str:
    for key in ("message", "detail", "msg", "reason", "title", "error_description"):
        found = parts.get(key)
        if isinstance(found, str) and found:
            return found
        if isinstance(found, list | dict) and found:  # FastAPI's list of {loc, msg, type}
            said = [one.get("msg") for one in found if isinstance(one, dict)] if isinstance(found, list) else []
            return "; ".join(map(str, said)) if any(said) else json.dumps(found)
    return ""


def _kind(status: int, parts: dict[str, JSON], message: str) -> ErrorKind:
    for key in ("code", "type"):
        word = parts.get(key)
        kind = CODE_KINDS.get(word.lower()) if isinstance(word, str) else None
        if kind and (status < 400 or kind not in GENERIC):
            return kind
    if status == 400 and "incorrect api key" in message.lower():
        return "auth"  # a flat vendor error says a bad key under 400
    number = status if status >= 400 else _number(parts)
    if number in STATUS_KINDS:
        return STATUS_KINDS[number]
    if number >= 500 or number < 400:
        return "server"
    return "invalid_request"


def _number(parts: dict[str, JSON]) -> int:
    """The HTTP status that an error under 200 carries inside, else 0."""
    for key in ("status_code", "code", "status"):
        word = parts.get(key)
        if isinstance(word, int) and not isinstance(word, bool) and 400 <= word < 600:
            return word
        if isinstance(word, str) and word.isdecimal() and len(word) == 3:
            return int(word)
    return 0


def _unreadable(status: int, headers: Headers, text: str) -> Error:
    if text.startswith("<"):
        return error(
            "proxy_error",
            f"HTTP {status}: an HTML page instead of JSON: {text[:MOST_TEXT]}",
            retryable=status == 429 or status >= 500,
            retry_after=retry_after(headers),
            status=status,
        )
    if status < 400:
        return error("protocol", f"the body is not JSON: {text[:MOST_TEXT]}", status=status)
    return say(None, status, headers, text)


def _retryable(kind: ErrorKind, headers: Headers) -> bool:
    told = header_of(headers, "x-should-retry")
    return kind in RETRYABLE if told not in ("true", "false") else told == "true"


# ------------------------------------------------------------------ the server half


def error_body(fault: Error) -> JSON:
    """The error object with its four keys, as the official server writes it."""
    words = ERROR_WORDS[fault.kind]
    message = fault.message.removeprefix(f"HTTP {fault.status}: ") if fault.status else fault.message
    code = fault.code if fault.code is not None else words.code
    return {"error": {"message": message, "type": words.type, "param": getattr(fault, "param", None), "code": code}}


def failure(fault: Error) -> tuple[int, Headers, bytes]:
    """Status, headers and body of an error. A proxy's error is a page, as a proxy would send it."""
    status = fault.status or ERROR_WORDS[fault.kind].status
    headers: list[tuple[str, str]] = [("content-type", "application/json"), ("x-request-id", "req_virtual")]
    if fault.retry_after is not None:
        headers.append(("retry-after", f"{fault.retry_after:g}"))
    if fault.kind == "proxy_error":
        return status, (("content-type", "text/html"), *headers[2:]), proxy_page(status, fault.message)
    return status, tuple(headers), json.dumps(error_body(fault), ensure_ascii=False).encode()
