"""Errors in both directions: three shapes of bodies -> Error; Error -> the shape that the vendor's server gives it.

Rule of the file: openai-chat reads every shape; what this vendor's own words and statuses mean stands here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from msgspec.structs import replace

from conformance.dialects.openai_chat.failure import BadField, error_of
from conformance.dialects.writing import json_bytes, proxy_page
from conformance.exchange import Headers
from conformance.model import JSON, RETRYABLE, Error, ErrorKind

KINDS_BY_STATUS: Mapping[int, ErrorKind] = {504: "timeout"}
KINDS_BY_TYPE: Mapping[str, ErrorKind] = {
    "invalid_model": "not_found",  # comes with status 400
    "internal_server_error": "server",
}

WORDS: Mapping[ErrorKind, tuple[int, str, str | None]] = {
    "invalid_request": (400, "invalid_request_invalid_args", "3051"),
    "auth": (401, "unauthorized", None),
    "permission": (403, "forbidden", None),
    "not_found": (404, "invalid_model", "1500"),
    "conflict": (409, "conflict", None),
    "too_large": (413, "payload_too_large", None),
    "rate_limit": (429, "rate_limited", "1300"),
    "quota": (402, "payment_required", None),
    "timeout": (408, "timeout", None),
    "cancelled": (499, "client_closed_request", None),
    "content_filter": (400, "content_filter", None),
    "server": (500, "internal_server_error", "1000"),
    "overloaded": (503, "service_unavailable", "1000"),
    "truncated": (500, "internal_server_error", "1000"),
    "protocol": (500, "internal_server_error", "1000"),
    "proxy_error": (502, "bad_gateway", None),
}
"""Kind -> status, type and code of the flat error."""


def error_in(status: int, headers: Headers, body: bytes) -> Error:
    """What a failed reply says; for a 2xx body that holds no error: kind "protocol". Never raises."""
    found = error_of(status, headers, body)
    kind = KINDS_BY_STATUS.get(status) or KINDS_BY_TYPE.get(_type(body))
    if kind is None or found.kind in (kind, "proxy_error", "overloaded"):
        return found
    return replace(found, kind=kind, retryable=kind in RETRYABLE)


def _type(body: bytes) -> str:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    told = value.get("type") if isinstance(value, dict) else None
    return told if isinstance(told, str) else ""


# ------------------------------------------------------------------ the server half


def error_body(fault: Error) -> JSON:
    """The body of an error: a detail for keys and for fields, else the flat object."""
    status, kind, code = WORDS[fault.kind]
    message = fault.message.removeprefix(f"HTTP {fault.status}: ") if fault.status else fault.message
    if isinstance(fault, BadField):
        where = [int(one) if one.isdecimal() else one for one in (fault.param or "").split(".") if one]
        return {"detail": [{"type": fault.code or "value_error", "loc": ["body", *where], "msg": message}]}
    if fault.kind == "auth":
        return {"detail": message}
    head = {"object": "error", "message": message, "type": kind, "param": None, "code": fault.code or code}
    return head | {"raw_status_code": fault.status or status}


def failure(fault: Error) -> tuple[int, Headers, bytes]:
    """Status, headers and body of an error. A proxy's error is a page, as a proxy would send it."""
    status = fault.status or WORDS[fault.kind][0]
    wait: Headers = () if fault.retry_after is None else (("retry-after", f"{fault.retry_after:g}"),)
    if fault.kind == "proxy_error":
        return status, (("content-type", "text/html"), *wait), proxy_page(status, fault.message)
    return status, (("content-type", "application/json"), *wait), json_bytes(error_body(fault))
