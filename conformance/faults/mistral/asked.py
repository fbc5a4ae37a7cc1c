"""Faults of answers that are not what was asked for, and of errors.

Rule of the file: the request is legal; a server that does nothing wrong answers it soundly.
"""

from __future__ import annotations

from conformance.faults import kit
from conformance.faults.choices import asked as choices
from conformance.faults.choices.words import words
from conformance.faults.every.telling import Teller
from conformance.faults.mistral.changing import NAME

_asked, _error = Teller(NAME, "asked"), Teller(NAME, "shape", "error_not_found_404")
_MARKUP = '[TOOL_CALLS][{"name": "get_weather", "arguments": {"city": "Tokyo"}}]'


FAULTS = (
    *choices.demands(_asked),
    *choices.markup(_asked, _MARKUP),
    *choices.forms(_asked),
    *choices.fewer(_asked),
    *choices.cut(_asked),
    *words(_asked),
    _error.fault(
        "of-openai",
        "MI-E01",
        "The error is OpenAI's.",
        kit.failure(kit.become({"error": {"message": "no", "type": "t", "param": None, "code": None}})),
    ),
    _error.fault(
        "string",
        "MI-E01",
        "The error is a string.",
        kit.failure(kit.become({"error": "no such model"})),
    ),
    _error.fault(
        "message-alone",
        "MI-E01",
        "The error is a message, and names no request.",
        kit.failure(kit.become({"message": "no"})),
    ),
    _error.fault(
        "message-missing",
        "MI-E01",
        "A flat error has no message.",
        kit.failure(kit.drop_at("", "message")),
    ),
    _error.fault(
        "detail-untold",
        "MI-E01",
        "A fault of the request does not say where it is.",
        kit.failure(kit.become({"detail": [{"msg": "Field required"}]})),
    ),
    _error.fault(
        "detail-object",
        "MI-E01",
        "The detail is an object.",
        kit.failure(kit.become({"detail": {"msg": "no"}})),
    ),
)
