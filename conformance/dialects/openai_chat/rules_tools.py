"""Rules on the tools and schemas of a request.

Rule of the file: null means "not said" wherever the official types allow it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK, NAME, inside, objects


@BOOK.rule(
    "OC-Q08",
    "MUST",
    Scope.REQUEST,
    "OpenAPI: ChatCompletionTool, FunctionObject.name",
    good='{"type":"function","function":{"name":"get_weather","parameters":{…}}}',
    bad='{"name":"get weather","parameters":{…}}',
    why="the server answers 400",
)
def tools_are_declared(reading: Reading) -> Iterator[Violation]:
    """A tool is a function or a custom tool with a name; a function's name has 1 to 64 letters, digits, _ or -."""
    for at, tool in objects(reading.asked, "tools"):
        where, kind = f"$.tools[{at}]", tool.get("type")
        if kind not in ("function", "custom"):
            yield Violation("a tool is neither a function nor custom", f"{where}.type", got=kind)
            continue
        name = inside(tool, kind, "name")
        if not isinstance(name, str) or not name:
            yield Violation("a tool has no name", f"{where}.{kind}", got=tool.get(kind))
        elif kind == "function" and not re.fullmatch(NAME, name):
            yield Violation("a function's name is not allowed", f"{where}.function.name", None, NAME, name)
        parameters = inside(tool, kind, "parameters")
        if parameters is not None and not isinstance(parameters, dict):
            yield Violation("parameters are no JSON Schema", f"{where}.function.parameters", got=parameters)


@BOOK.rule(
    "OC-Q09",
    "MUST",
    Scope.REQUEST,
    "OpenAPI: ChatCompletionToolChoiceOption",
    good='"auto", or {"type":"function","function":{"name":"a declared one"}}',
    bad='{"type":"tool","name":"f"}',
    why="the server answers 400",
)
def tool_choice(reading: Reading) -> Iterator[Violation]:
    """tool_choice is none, auto, required or a named or allowed_tools object; a tool that it names is declared."""
    choice = reading.asked.get("tool_choice")
    if choice is None or choice in ("none", "auto", "required"):
        return
    kind = inside(choice, "type")
    if kind == "allowed_tools" and isinstance(inside(choice, "allowed_tools", "tools"), list):
        return
    name = inside(choice, kind, "name") if kind in ("function", "custom") else None
    if not isinstance(name, str):
        yield Violation("tool_choice has no official form", "$.tool_choice", got=choice)
    elif name not in [inside(tool, kind, "name") for _, tool in objects(reading.asked, "tools")]:
        yield Violation("tool_choice names a tool that is not declared", "$.tool_choice", got=name)


@BOOK.rule(
    "OC-Q13",
    "MUST",
    Scope.REQUEST,
    "SDK types: ResponseFormatJSONSchema",
    good='{"type":"json_schema","json_schema":{"name":"answer","schema":{…}}}',
    bad='{"type":"json_schema","schema":{…}}',
    why="the server answers 400",
)
def response_format(reading: Reading) -> Iterator[Violation]:
    """A json_schema format has a name of 1 to 64 letters, digits, _ or -, and its schema is an object."""
    wanted = reading.asked.get("response_format")
    if wanted is None:
        return
    kind, where = inside(wanted, "type"), "$.response_format"
    if kind not in ("text", "json_object", "json_schema"):
        yield Violation("response_format has no official type", f"{where}.type", got=kind)
    if kind != "json_schema":
        return
    name, schema = inside(wanted, "json_schema", "name"), inside(wanted, "json_schema", "schema")
    if not isinstance(name, str) or not re.fullmatch(NAME, name):
        yield Violation("the schema has no proper name", f"{where}.json_schema.name", None, NAME, name)
    if schema is not None and not isinstance(schema, dict):
        yield Violation("the schema is no object", f"{where}.json_schema.schema", got=schema)


@BOOK.rule(
    "OC-Q16",
    "SHOULD",
    Scope.REQUEST,
    "vendor's guide to strict schemas",
    good='{"type":"object","properties":{"a":{}},"required":["a"],"additionalProperties":false}',
    bad='{"type":"object","properties":{"a":{}}} with strict: true',
    why="the server refuses a strict schema that leaves anything open",
)
def strict_is_closed(reading: Reading) -> Iterator[Violation]:
    """A strict schema forbids additional properties and requires every property."""
    for where, schema in _strict_schemas(reading):
        properties = schema.get("properties")
        if schema.get("additionalProperties") is not False:
            yield Violation("a strict schema allows additional properties", where, None, False, None)
        required = schema.get("required")
        missing = set(properties if isinstance(properties, dict) else ()) - set(_strings(required))
        if missing:
            yield Violation("a strict schema leaves properties optional", f"{where}.required", got=sorted(missing))


def _strict_schemas(reading: Reading) -> Iterator[tuple[str, dict[str, JSON]]]:
    for at, tool in objects(reading.asked, "tools"):
        function = tool.get("function")
        if inside(function, "strict") is True and isinstance(inside(function, "parameters"), dict):
            yield f"$.tools[{at}].function.parameters", inside(function, "parameters")
    wanted = inside(reading.asked, "response_format", "json_schema")
    if inside(wanted, "strict") is True and isinstance(inside(wanted, "schema"), dict):
        yield "$.response_format.json_schema.schema", inside(wanted, "schema")


def _strings(value: JSON) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
