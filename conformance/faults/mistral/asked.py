"""Faults of answers that are not what was asked for, and of errors.

Rule of the file: the request is legal; a server that does nothing wrong answers it soundly.
"""

from __future__ import annotations

from msgspec.structs import replace

from conformance.faults import kit
from conformance.faults.every.telling import Teller
from conformance.faults.mistral.changing import NAME, ONE, TWICE, TWO, asking, says, twins
from conformance.model import Text, ToolCall

_asked, _error = Teller(NAME, "asked"), Teller(NAME, "shape", "error_not_found_404")
_CALL = ToolCall("askedask1", "get_weather", '{"city": "Tokyo"}')
_CLOCK = ToolCall("askedask2", "get_time", '{"city": "Lima"}')
_MARKUP = Text('[TOOL_CALLS][{"name": "get_weather", "arguments": {"city": "Tokyo"}}]')
_NAMED = {"type": "function", "function": {"name": "get_weather"}}


FAULTS = (
    *twins(
        _asked,
        "none-ignored",
        "GN-24",
        "A tool is called, though none may be.",
        says(_CALL),
        ONE,
        asking(tool_choice="none"),
    ),
    *twins(
        _asked,
        "any-ignored",
        "OC-A01",
        "A text comes, though a call was demanded.",
        says(Text("Let me see.")),
        ONE,
        asking(tool_choice="required"),
    ),
    *twins(
        _asked,
        "named-other",
        "GN-24",
        "Another tool is called than the one that was named.",
        says(_CLOCK),
        TWO,
        asking(tool_choice=_NAMED),
    ),
    *twins(
        _asked,
        "parallel-ignored",
        "GN-25",
        "Two calls come, though one at a time was asked for.",
        says(_CALL, replace(_CLOCK, name="get_weather")),
        TWICE,
        asking(parallel_tool_calls=False),
    ),
    *twins(_asked, "call-as-markup", "OC-A02", "A call comes as markup in the text.", says(_MARKUP), ONE),
    *twins(
        _asked,
        "schema-ignored",
        "GN-26",
        "Prose comes, though a schema was given.",
        says(Text("Bergen lies in Norway.")),
        "structured_output",
    ),
    *twins(
        _asked,
        "schema-broken",
        "GN-26",
        "The JSON breaks the schema that was given.",
        says(Text('{"city": "Bergen"}')),
        "structured_output",
    ),
    *twins(
        _asked,
        "json-ignored",
        "GN-26",
        "Prose comes, though JSON was asked for.",
        says(Text("Hello!")),
        asks=asking(response_format={"type": "json_object"}),
    ),
    *twins(
        _asked,
        "choices-ignored",
        "MI-A01",
        "One choice comes, though two were asked for.",
        kit.both(kit.swap_at("", "choices", lambda told: told[:1])),
        asks=asking(n=2),
    ),
    _error.fault(
        "of-openai",
        "MI-E01",
        "The error is OpenAI's.",
        kit.failure(kit.become({"error": {"message": "no", "type": "t", "param": None, "code": None}})),
        also=frozenset({"JS-E"}),
    ),
    _error.fault(
        "string",
        "MI-E01",
        "The error is a string.",
        kit.failure(kit.become({"error": "no such model"})),
        also=frozenset({"JS-E"}),
    ),
    _error.fault(
        "message-alone",
        "MI-E01",
        "The error is a message, and names no request.",
        kit.failure(kit.become({"message": "no"})),
        also=frozenset({"JS-E"}),
    ),
    _error.fault(
        "message-missing",
        "MI-E01",
        "A flat error has no message.",
        kit.failure(kit.drop_at("", "message")),
        also=frozenset({"JS-E"}),
    ),
    _error.fault(
        "detail-untold",
        "MI-E01",
        "A fault of the request does not say where it is.",
        kit.failure(kit.become({"detail": [{"msg": "Field required"}]})),
        also=frozenset({"JS-E"}),
    ),
    _error.fault(
        "detail-object",
        "MI-E01",
        "The detail is an object.",
        kit.failure(kit.become({"detail": {"msg": "no"}})),
        also=frozenset({"JS-E"}),
    ),
)
