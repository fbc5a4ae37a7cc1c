"""Errors in both directions. Bodies and statuses are those of openai-chat; streams say errors in forms of their own.

Rule of the file: never raises, whatever came.
"""

from __future__ import annotations

import json

from conformance.dialects.openai_chat.failure import error_body, error_of, say
from conformance.exchange import Headers
from conformance.model import JSON, Error, error

from .words import FAILURES

CANCELLED = error("cancelled", "the response was cancelled")


def error_in(status: int, headers: Headers, body: bytes) -> Error:
    """What a failed reply says, also one that says it under 200: `status` failed or cancelled."""
    if status < 400:
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, dict) and value.get("status") in ("failed", "cancelled"):
            return response_error(value)
    return error_of(status, headers, body)


def response_error(response: JSON) -> Error:
    """Why a response failed: its `error`."""
    fault = response.get("error") if isinstance(response, dict) else None
    if fault is None and isinstance(response, dict) and response.get("status") == "cancelled":
        return CANCELLED
    if not fault:
        return error("server", "the response failed without saying why")
    return stream_error(fault)


def stream_error(fault: JSON) -> Error:
    """An error object in a stream: flat in the `error` event, nested in it, or as `response.error`."""
    if isinstance(fault, dict):
        inner = fault.get("error")
        if isinstance(inner, dict | str) and inner:
            fault = inner
        elif fault.get("type") == "error":
            fault = {key: value for key, value in fault.items() if key != "type"}
    found = say(fault, 200)
    kind = FAILURES.get(found.code or "")
    return error(kind, found.message, code=found.code) if kind else found


def error_event(fault: Error) -> dict[str, JSON]:
    """An error in the middle of a stream, in the nested form that the official server is recorded with."""
    return {"type": "error", **error_body(fault)}
