"""Faults of errors that come in place of an answer, and of the name that a server gives to every answer.

Rule of the file: the refusal itself is due; the error's own shape, its status or its headers are wrong.
"""

from __future__ import annotations

from typing import Any

from conformance.faults import kit
from conformance.faults.every.telling import Teller

from .telling import NAME, WHOLE

_told = Teller(NAME, "refusal", "error_auth_401")
_NO = "The key is wrong."
_SHAPE = frozenset({"JS-E"})
_NAMELESS = kit.header("x-request-id", None)

_BODIES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("text", "The error is a string.", {"error": _NO}),
    ("null", "The error is null.", {"error": None}),
    ("list", "The error is a list.", {"error": [_NO]}),
    ("flat", "The message has no error around it.", {"message": _NO, "type": "auth", "param": None, "code": None}),
    ("detail", "The message stands below detail.", {"detail": _NO}),
    ("errors", "Errors stand in a list called errors.", {"errors": [{"message": _NO}]}),
    ("object", "An error is told by its object.", {"object": "error", "message": _NO, "code": 401}),
    ("of-anthropic", "The error is Anthropic's.", {"type": "error", "error": {"type": "auth", "message": _NO}}),
    ("of-google", "The error is Google's.", {"error": {"code": 401, "message": _NO, "status": "UNAUTHENTICATED"}}),
    ("success", "An error is told by success: false.", {"success": False, "msg": _NO}),
)
_KEYS: tuple[tuple[str, str, Any], ...] = (
    ("code-number", "code", 401),
    ("code-object", "code", {"value": "no"}),
    ("type-null", "type", None),
    ("type-number", "type", 1),
    ("param-list", "param", []),
    ("message-null", "message", None),
    ("message-object", "message", {"text": _NO}),
    ("message-list", "message", [_NO]),
)

FAULTS = (
    *(_told.fault(id, "OC-E01", sentence, kit.failure(kit.become(body))) for id, sentence, body in _BODIES),
    *(
        _told.fault(
            id,
            "OC-E01",
            f"{key} of an error is a {id.partition('-')[2]}.",
            kit.failure(kit.set_at("error", **{key: value})),
        )
        for id, key, value in _KEYS
    ),
    *(
        _told.fault(
            f"{key}-missing",
            "OC-E01",
            f"An error has no {key}.",
            kit.failure(kit.drop_at("error", key)),
        )
        for key in ("message", "type", "param", "code")
    ),
    _told.fault(
        "under-200",
        "OC-R01",
        "A wrong key is told with the status 200.",
        kit.status(lambda told: 200),
        on=_told.on,
        also=frozenset({"GN-27", "JS-R"}),
    ),
    *_told.twins("unnamed-answer", "OC-E04", "An answer has no x-request-id.", _NAMELESS, on="simple_text"),
    _told.fault("unnamed", "OC-E04", "An error has no x-request-id.", _NAMELESS),
    _told.fault("named-empty", "OC-E04", "The x-request-id is empty.", kit.header("x-request-id", ""), on=WHOLE),
)
