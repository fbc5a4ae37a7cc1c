"""Faults of errors: bodies in the shape of other vendors and frameworks, and keys that clients branch on.

Rule of the file: the body is JSON and the status is right; what every language can have stands in `every`.
"""

from __future__ import annotations

from conformance.faults import kit
from conformance.faults.every.telling import Teller
from conformance.faults.openai_responses.changing import NAME

_told = Teller(NAME, "shape", "error_not_found_404")


def _shape(**body: object) -> kit.Change:
    return kit.become(body)


def _error(**keys: object) -> kit.Change:
    return kit.set_at("error", **keys)


FAULTS = tuple(
    _told.fault(id, "JS-E", sentence, kit.failure(change))
    for id, sentence, change in (
        ("flat", "The message stands beside no `error`.", _shape(message="no such model", code=404)),
        ("string", "The error is a string.", _shape(error="no such model")),
        ("detail", "The error is called detail.", _shape(detail="no such model")),
        ("of-google", "The error is Google's.", _shape(error={"code": 404, "message": "no", "status": "NOT_FOUND"})),
        (
            "of-anthropic",
            "The error is Anthropic's.",
            _shape(type="error", error={"type": "not_found_error", "message": "no"}),
        ),
        ("of-ollama", "The error is Ollama's.", _shape(error="model not found, try pulling it first")),
        ("message-missing", "An error has no message.", kit.drop_at("error", "message")),
        ("message-null", "The message of an error is null.", _error(message=None)),
        ("message-object", "The message of an error is an object.", _error(message={"text": "no"})),
        ("type-missing", "An error has no type.", kit.drop_at("error", "type")),
        ("param-missing", "An error has neither param nor code.", kit.drop_at("error", "param", "code")),
        ("code-number", "The code of an error is a number.", _error(code=404)),
        ("list", "The error is a list.", _shape(error=[{"message": "no such model"}])),
    )
)
