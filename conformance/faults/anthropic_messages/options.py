"""Faults of clients in tools, the choice among them, thinking and the form of the answer.

Rule of the file: headers and the fields of every request stand in `requests`.
"""

from __future__ import annotations

from typing import Any

from conformance.faults import kit
from conformance.faults.anthropic_messages.steps import (
    NAME,
)
from conformance.faults.every.telling import Teller
from conformance.faults.form import Asking

_asks = Teller(NAME, "request").sent
_TOOLS, _THINKING, _JSON = "tool_call_single", "thinking", "structured_output"


def _set(path: str = "", **keys: Any) -> Asking:
    return kit.asking(kit.set_at(path, **keys))


def _tool(**keys: Any) -> Asking:
    return kit.asking(kit.set_at("tools[]", **keys))


def _choice(choice: Any) -> Asking:
    return _set(tool_choice=choice)


def _as_functions(told: dict[str, Any]) -> None:
    told["tools"] = [
        {"type": "function", "function": {"name": tool["name"], "parameters": tool["input_schema"]}}
        for tool in told["tools"]
    ]


_TOOL_FIELDS = (
    _asks("tool-name-blank", "AM-Q09", "A tool's name holds a blank.", _tool(name="get weather"), _TOOLS),
    _asks("tool-name-dotted", "AM-Q09", "A tool's name holds a dot.", _tool(name="weather.get"), _TOOLS),
    _asks("tool-name-long", "AM-Q09", "A tool's name has 129 letters.", _tool(name="w" * 129), _TOOLS),
    _asks(
        "tool-without-schema",
        "AM-Q09",
        "A tool has no input_schema.",
        kit.asking(kit.drop_at("tools[]", "input_schema")),
        _TOOLS,
    ),
    _asks(
        "tool-schema-untyped",
        "AM-Q09",
        "The schema of a tool has no type.",
        kit.asking(kit.drop_at("tools[].input_schema", "type")),
        _TOOLS,
    ),
    _asks(
        "tool-schema-list",
        "AM-Q09",
        "The schema of a tool is of type array.",
        kit.asking(kit.set_at("tools[].input_schema", type="array")),
        _TOOLS,
    ),
    _asks(
        "tool-parameters",
        "AM-Q09",
        "The schema of a tool is called parameters.",
        kit.asking(lambda told: [tool.update(parameters=tool.pop("input_schema")) for tool in told["tools"]]),
        _TOOLS,
    ),
    _asks("tool-of-openai", "AM-Q22", "Tools are declared as in openai-chat.", kit.asking(_as_functions), _TOOLS),
    _asks(
        "tool-twice",
        "AM-Q21",
        "Two tools have the same name.",
        kit.asking(lambda told: told.update(tools=told["tools"] * 2)),
        _TOOLS,
    ),
    _asks(
        "choice-text",
        "AM-Q10",
        "tool_choice is a string.",
        _choice("auto"),
        _TOOLS,
    ),
    _asks(
        "choice-required",
        "AM-Q10",
        "tool_choice is of type required.",
        _choice({"type": "required"}),
        _TOOLS,
    ),
    _asks(
        "choice-of-openai",
        "AM-Q10",
        "tool_choice names a function as openai-chat does.",
        _choice({"type": "function", "function": {"name": "get_weather"}}),
        _TOOLS,
    ),
    _asks(
        "choice-unnamed",
        "AM-Q10",
        "tool_choice is of type tool and names none.",
        _choice({"type": "tool"}),
        _TOOLS,
    ),
    _asks(
        "choice-unknown",
        "AM-Q10",
        "tool_choice names a tool that is not offered.",
        _choice({"type": "tool", "name": "look_up"}),
        _TOOLS,
    ),
    _asks("choice-without-tools", "AM-Q10", "tool_choice is told, and no tools are.", _choice({"type": "auto"})),
)

_OUTPUT = (
    _asks(
        "budget-small",
        "AM-Q11",
        "The thinking budget is under 1024.",
        _set(thinking={"type": "enabled", "budget_tokens": 100}),
        _THINKING,
    ),
    _asks(
        "budget-large",
        "AM-Q11",
        "The thinking budget is not below max_tokens.",
        _set(thinking={"type": "enabled", "budget_tokens": 9000}),
        _THINKING,
    ),
    _asks(
        "budget-absent",
        "AM-Q11",
        "Thinking is enabled without a budget.",
        _set(thinking={"type": "enabled"}),
        _THINKING,
    ),
    _asks(
        "forced-and-thinking",
        "AM-Q19",
        "A call is demanded while thinking is enabled.",
        _set(thinking={"type": "enabled", "budget_tokens": 2048}, tool_choice={"type": "any"}),
        _TOOLS,
    ),
    _asks(
        "response-format",
        "AM-Q14",
        "Structured output is asked for as in openai-chat.",
        _set(response_format={"type": "json_object"}),
    ),
    _asks(
        "format-untyped",
        "AM-Q14",
        "The format is of type json_object.",
        _set("output_config.format", type="json_object"),
        _JSON,
    ),
    _asks(
        "format-schemaless",
        "AM-Q14",
        "The format has no schema.",
        kit.asking(kit.drop_at("output_config.format", "schema")),
        _JSON,
    ),
    _asks(
        "format-nested",
        "AM-Q14",
        "The schema stands below json_schema, as in openai-chat.",
        kit.asking(
            lambda told: [
                one.update(json_schema={"schema": one.pop("schema")}) for one in kit.at(told, "output_config.format")
            ]
        ),
        _JSON,
    ),
)

FAULTS = (
    *_TOOL_FIELDS,
    *_OUTPUT,
)
