"""Faults of errors: their shape, their type; and of the header that names a request.

Rule of the file: pages, empty bodies and wrong statuses stand among the faults of every dialect.
"""

from __future__ import annotations

from typing import Any

from conformance.deviating import Bend
from conformance.faults import kit
from conformance.faults.anthropic_messages.steps import (
    NAME,
)
from conformance.faults.every.telling import Teller

_TOLD = Teller(NAME, "failure", "error_auth_401")
_LIMIT, _BAD, _UNKNOWN = "error_rate_limit_429", "error_bad_request_400", "error_not_found_404"


def _instead(**body: Any) -> Bend:
    return kit.failure(kit.becoming(**body))


def _type(word: str) -> Bend:
    return kit.failure(kit.set_at("error", type=word))


FAULTS = (
    _TOLD.fault(
        "of-openai",
        "AM-E01",
        "An error has the shape of openai-chat.",
        _instead(error={"message": "no", "type": "authentication_error", "param": None, "code": None}),
    ),
    _TOLD.fault("untyped", "AM-E01", "An error has no type above its inner one.", kit.failure(kit.drop_at("", "type"))),
    _TOLD.fault("kindless", "AM-E01", "The inner error has no type.", kit.failure(kit.drop_at("error", "type"))),
    _TOLD.fault(
        "kind-null", "AM-E01", "The type of the inner error is null.", kit.failure(kit.set_at("error", type=None))
    ),
    _TOLD.fault("without-message", "AM-E01", "An error has no message.", kit.failure(kit.drop_at("error", "message"))),
    _TOLD.fault(
        "message-list", "AM-E01", "The message of an error is a list.", kit.failure(kit.set_at("error", message=["no"]))
    ),
    _TOLD.fault("in-words", "AM-E01", "The error is a string.", kit.failure(kit.set_at("", error="invalid x-api-key"))),
    _TOLD.fault(
        "detail",
        "AM-E01",
        "An error is told under detail.",
        _instead(detail="invalid x-api-key"),
        source="servers made with FastAPI",
    ),
    _TOLD.fault(
        "flat",
        "AM-E01",
        "Type and message stand at the top.",
        _instead(type="authentication_error", message="invalid x-api-key"),
    ),
    _TOLD.fault(
        "code-number",
        "AM-E01",
        "An error is told by a number.",
        _instead(type="error", error={"code": 401, "message": "no"}),
    ),
    _TOLD.fault("wrong-kind", "AM-E02", "A wrong key is an api_error.", _type("api_error")),
    _TOLD.fault(
        "limit-as-overload", "AM-E02", "A rate limit is an overloaded_error.", _type("overloaded_error"), on=_LIMIT
    ),
    _TOLD.fault(
        "limit-as-invalid",
        "AM-E02",
        "A rate limit is an invalid_request_error.",
        _type("invalid_request_error"),
        on=_LIMIT,
    ),
    _TOLD.fault("bad-as-server", "AM-E02", "A bad request is an api_error.", _type("api_error"), on=_BAD),
    _TOLD.fault(
        "unknown-as-invalid",
        "AM-E02",
        "An unknown model is an invalid_request_error under 404.",
        _type("invalid_request_error"),
        on=_UNKNOWN,
    ),
    _TOLD.fault(
        "foreign-kind", "AM-E05", "The type is invalid_api_key, a word of another language.", _type("invalid_api_key")
    ),
    _TOLD.fault(
        "foreign-kind-limit",
        "AM-E05",
        "The type is rate_limit_exceeded, a word of another language.",
        _type("rate_limit_exceeded"),
        on=_LIMIT,
    ),
    _TOLD.fault(
        "foreign-kind-server",
        "AM-E05",
        "The type is server_error, a word of another language.",
        _type("server_error"),
        on=_LIMIT,
    ),
    _TOLD.fault(
        "no-request-id", "AM-H03", "The reply has no request-id.", kit.header("request-id", None), on="simple_text"
    ),
    _TOLD.fault(
        "other-request-id",
        "AM-H03",
        "The request id stands in x-request-id.",
        Bend(
            head=lambda status, headers: (
                status,
                tuple((f"x-{name}" if name == "request-id" else name, value) for name, value in headers),
            )
        ),
        on="simple_text",
    ),
)
