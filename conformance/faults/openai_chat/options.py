"""Faults of clients in the options beside the messages: tools, the choice among them, limits, schemas.

Rule of the file: one field at a time.
"""

from __future__ import annotations

from typing import Any

from conformance.faults import kit
from conformance.faults.choices import ONE
from conformance.faults.choices.clients import FORMAT, at_client

from .requests import TOLD

_TOOLS, _FUNCTIONS = "tools[]", "tools[].function"
_SCHEMA, _WANTED = "tools[].function.parameters", "response_format.json_schema"


def _set(**fields: Any) -> kit.Change:
    return kit.set_at("", **fields)


def _flat(body: dict[str, Any]) -> None:
    for tool in kit.at(body, _TOOLS):
        tool.update(tool.pop("function"))


def _of_anthropic(body: dict[str, Any]) -> None:
    body["tools"] = [{"name": one["name"], "input_schema": one["parameters"]} for one in kit.at(body, _FUNCTIONS)]


def _strictly(change: kit.Change) -> kit.Change:
    """The tool is strict, and something of its schema is open."""

    def one(body: dict[str, Any]) -> None:
        kit.set_at(_FUNCTIONS, strict=True)(body)
        kit.set_at(_SCHEMA, required=["city", "unit"])(body)
        change(body)

    return one


_OFFERED = (
    ("tool-flat", "OC-Q08", "Name and parameters have no function around them.", _flat),
    ("tool-of-anthropic", "OC-Q08", "Tools are declared as Anthropic's are.", _of_anthropic),
    ("tool-untyped", "OC-Q08", "A tool has no type.", kit.drop_at(_TOOLS, "type")),
    ("tool-web-search", "OC-Q08", "A tool is of type web_search.", kit.set_at(_TOOLS, type="web_search")),
    ("tool-unnamed", "OC-Q08", "A tool has no name.", kit.drop_at(_FUNCTIONS, "name")),
    ("tool-name-blank", "OC-Q08", "A tool's name holds a blank.", kit.set_at(_FUNCTIONS, name="get weather")),
    ("tool-name-dotted", "OC-Q08", "A tool's name holds a dot.", kit.set_at(_FUNCTIONS, name="weather.get")),
    ("tool-name-long", "OC-Q08", "A tool's name has 65 letters.", kit.set_at(_FUNCTIONS, name="w" * 65)),
    ("tool-schema-text", "OC-Q08", "A tool's parameters are JSON text.", kit.set_at(_FUNCTIONS, parameters="{}")),
    ("choice-any", "OC-Q09", "The tool choice is any.", _set(tool_choice="any")),
    ("choice-name", "OC-Q09", "The tool choice is the tool's name.", _set(tool_choice="get_weather")),
    ("choice-of-anthropic", "OC-Q09", "The choice is Anthropic's.", _set(tool_choice={"type": "tool", "name": "f"})),
    ("choice-flat", "OC-Q09", "The choice is flat.", _set(tool_choice={"type": "function", "name": "get_weather"})),
    (
        "choice-unknown",
        "OC-Q09",
        "The choice names a tool that is not offered.",
        _set(tool_choice={"type": "function", "function": {"name": "look_up"}}),
    ),
    (
        "strict-optional",
        "OC-Q16",
        "A strict schema has an optional property.",
        _strictly(kit.set_at(_SCHEMA, required=["city"])),
    ),
    (
        "strict-open",
        "OC-Q16",
        "A strict schema allows more properties.",
        _strictly(kit.drop_at(_SCHEMA, "additionalProperties")),
    ),
)
_LIMITS = (
    ("stops-five", "OC-Q10", "There are five stop sequences.", _set(stop=["a", "b", "c", "d", "e"])),
    ("stops-none", "OC-Q10", "The list of stop sequences is empty.", _set(stop=[])),
    ("stops-number", "OC-Q10", "A stop sequence is a number.", _set(stop=[4])),
    ("stream-unsaid", "OC-Q11", "Options of a stream come without one.", kit.drop_at("", "stream")),
    ("stream-off", "OC-Q11", "Options of a stream come with stream: false.", _set(stream=False)),
    ("limit-old", "OC-Q12", "The limit is called max_tokens.", _set(max_tokens=500)),
    ("limit-twice", "OC-Q12", "Two limits are set.", _set(max_tokens=500, max_completion_tokens=500)),
    ("effort-number", "OC-Q14", "The effort of reasoning is a number.", _set(reasoning_effort=3)),
)
_FORMS = (
    (
        "format-flat",
        "OC-Q13",
        "The schema stands beside the type.",
        _set(response_format={"type": "json_schema", "schema": {}}),
    ),
    ("format-text", "OC-Q13", "The schema is JSON text.", kit.set_at(_WANTED, schema="{}")),
    ("format-untyped", "OC-Q13", "The format has no type.", kit.drop_at("response_format", "type")),
    (
        "format-optional",
        "OC-Q16",
        "The strict schema has optional properties.",
        kit.set_at(f"{_WANTED}.schema", required=[]),
    ),
)

FAULTS = (
    *(at_client(TOLD, *one, ONE) for one in _OFFERED),
    *(at_client(TOLD, *one) for one in _LIMITS),
    *(at_client(TOLD, *one, FORMAT) for one in _FORMS),
)
