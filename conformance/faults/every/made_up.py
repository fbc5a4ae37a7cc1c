"""Faults of what no model said: a call where no tool was offered, an error told as a text.

Rule of the file: another reply is rendered as it should be, so the fault is the same in every dialect.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.dialects import Dialect
from conformance.faults import kit
from conformance.faults.every.telling import Teller
from conformance.faults.form import Bent
from conformance.model import Text, ToolCall

_ERRORS = (
    ("code", "Error: 503 - overloaded"),
    ("json", '{"error": {"message": "overloaded"}}'),
    ("trace", "Traceback (most recent call last):\n  File"),
    ("page", "502 Bad Gateway"),
)


def of(language: Dialect) -> Iterator[Bent]:
    told = Teller(language.name, "answer")
    call = ToolCall("call_0001", "get_weather", '{"city": "Tokyo"}')
    sentence = "A tool is called though none was offered."
    yield from told.twins("call-without-tools", "GN-21", sentence, kit.says(call))
    for name, error in _ERRORS:
        sentence = f"An error is told as what the model said: {error[:23]}"
        yield from told.twins(f"error-as-text-{name}", "GN-36", sentence, kit.says(Text(error)))
