"""Faults of answers that are not what was asked for, and of errors.

Rule of the file: the request is legal; a server that does nothing wrong answers it soundly.
"""

from __future__ import annotations

from typing import Any

from conformance.faults import kit
from conformance.faults.every.forms import forms
from conformance.faults.every.telling import Teller
from conformance.faults.form import Asking
from conformance.model import Text, Thinking

NAME = "ollama"
ONE = "tool_call_single"

_asked, _error = Teller(NAME, "asked"), Teller(NAME, "shape", "error_not_found_404")
_MARKUP = Text('<tool_call>{"name": "get_weather", "arguments": {"city": "Tokyo"}}</tool_call>')


def _asking(**fields: Any) -> Asking:
    return kit.asking(lambda body: body.update(fields))


FAULTS = (
    *_asked.twins("call-as-markup", "OL-A01", "A call comes as markup in the text.", kit.says(_MARKUP), on=ONE),
    *_asked.twins(
        "think-ignored",
        "OL-A02",
        "Thinking comes, though it is off.",
        kit.says(Thinking("Let me see."), Text("Hello!")),
        asks=_asking(think=False),
    ),
    *_asked.twins(
        "logprobs-ignored",
        "OL-A03",
        "Log probabilities were asked for, and none come.",
        kit.both(kit.drop_at("", "logprobs")),
        asks=_asking(logprobs=True, top_logprobs=2),
    ),
    *forms(_asked, _asking(format="json")),
    _error.fault(
        "of-openai",
        "OL-E01",
        "The error is OpenAI's.",
        kit.failure(kit.become({"error": {"message": "no", "type": "t", "param": None, "code": None}})),
    ),
    _error.fault(
        "message",
        "OL-E01",
        "The error is called message.",
        kit.failure(kit.rename_at("", "error", "message")),
    ),
    _error.fault("empty-text", "OL-E01", "The error is an empty text.", kit.failure(kit.set_at("", error=""))),
    _error.fault("number", "OL-E01", "The error is a number.", kit.failure(kit.set_at("", error=404))),
    _error.fault(
        "goes-on",
        "OL-E01",
        "The answer goes on after an error.",
        kit.sequence(lambda told: [told[0], {"error": "the runner stopped"}, *told[1:]]),
        on="simple_text",
    ),
    _error.fault(
        "object-midway",
        "OL-E01",
        "An error in the stream is an object.",
        kit.sequence(lambda told: [told[0], {"error": {"message": "no"}}]),
        on="simple_text",
        also=frozenset({"JS-S"}),
    ),
)
