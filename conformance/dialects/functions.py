"""Tools in the form `{"type": "function", "function": {name, description, parameters}}`, and values that tools meet.

Rule of the file: what several languages say alike. A strictness of schemas is each language's own business.
"""

from __future__ import annotations

import json

from conformance.model import JSON, Tool

NO_PARAMETERS = {"type": "object", "properties": {}}
"""The schema of a tool without arguments, where the language demands one."""


def said_tool(tool: Tool) -> dict[str, JSON]:
    """A tool as it travels; parameters are always there."""
    function: dict[str, JSON] = {"name": tool.name}
    if tool.description:
        function["description"] = tool.description
    function["parameters"] = NO_PARAMETERS if tool.parameters is None else tool.parameters
    return {"type": "function", "function": function}


def read_tool(said: dict[str, JSON], strict: bool | None = None) -> Tool:
    """A tool that has passed the schema of requests."""
    function = said["function"]
    return Tool(function["name"], function.get("description") or "", function.get("parameters"), strict)


def tool_schemas(body: JSON) -> list[JSON]:
    """The parameters of the tools of any body, in order."""
    tools = body.get("tools") if isinstance(body, dict) else None
    named = [one.get("function") for one in tools if isinstance(one, dict)] if isinstance(tools, list) else []
    return [one.get("parameters") for one in named if isinstance(one, dict)]


def arguments_of(value: JSON) -> str:
    """Arguments as JSON text; "" for an empty object."""
    if value is None or isinstance(value, str):
        return value or ""
    return "" if value == {} else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def count_of(value: JSON) -> int | None:
    """A whole number, also one written 9.0; None for anything else: missing is not 0."""
    if type(value) is float and value.is_integer():
        return int(value)
    return value if type(value) is int else None
