"""Rules on the tools, formats and limits of a request.

Rule of the file: null means "not said" wherever the official types allow it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK, inside, number, objects, whole, word_in

NAME = r"[A-Za-z_][A-Za-z0-9_]*"


@BOOK.rule(
    "CO-Q03",
    "MUST",
    Scope.REQUEST,
    "OpenAPI: ToolV2; guide to tool use: names of tools",
    good='{"type":"function","function":{"name":"get_weather","parameters":{"type":"object"}}}',
    bad='{"type":"function","function":{"name":"get-weather"}}',
    why="the server answers 400",
)
def tools_are_declared(reading: Reading) -> Iterator[Violation]:
    """A tool has parameters and a name of letters, digits and underscores that begins with no digit."""
    for at, tool in objects(reading.asked, "tools"):
        name, where = inside(tool, "function", "name"), f"$.tools[{at}].function"
        if not isinstance(name, str) or not re.fullmatch(NAME, name):
            yield Violation("the name of a tool is not allowed", f"{where}.name", expected=NAME, got=name)
        if not isinstance(parameters := inside(tool, "function", "parameters"), dict):
            yield Violation("a tool has no parameters", f"{where}.parameters", got=parameters)


@BOOK.rule(
    "CO-Q04",
    "MUST",
    Scope.REQUEST,
    "SDK types: V2ChatRequestToolChoice",
    good='"tool_choice":"REQUIRED" beside tools',
    bad='"tool_choice":"auto", or {"type":"function",…}',
    why="the server answers 400 or 422",
)
def tool_choice(reading: Reading) -> Iterator[Violation]:
    """tool_choice is REQUIRED, beside tools, or NONE; left out, the model chooses."""
    choice = reading.asked.get("tool_choice")
    if choice is None:
        return
    # the types say capitals; the vendor's server takes either, as 16 recorded requests show
    if not word_in(choice.upper() if isinstance(choice, str) else choice, ("REQUIRED", "NONE")):
        yield Violation("no tool choice of this language", "$.tool_choice", expected="REQUIRED or NONE", got=choice)
    elif choice.upper() == "REQUIRED" and not reading.asked.get("tools"):  # a NONE without tools was answered
        yield Violation("a tool choice without tools", "$.tool_choice", got=choice)


@BOOK.rule(
    "CO-Q06",
    "MUST",
    Scope.REQUEST,
    "SDK types: ResponseFormatV2",
    good='{"type":"json_object","json_schema":{"type":"object",…}}',
    bad='{"type":"json_schema","json_schema":{"name":"answer","schema":{…}}}',
    why="the server answers 400, or holds the answer to a schema that says nothing",
)
def response_format(reading: Reading) -> Iterator[Violation]:
    """A response format is text or json_object; its schema stands in json_schema as it is, in no wrapper."""
    wanted = reading.asked.get("response_format")
    if wanted is None:
        return
    kind, schema = inside(wanted, "type"), inside(wanted, "json_schema")
    # json_schema is no word of the types, but the vendor's server takes it, as 4 recorded requests show
    if not word_in(kind, ("text", "json_object", "json_schema")):
        yield Violation("no response format of this language", "$.response_format.type", got=kind)
    if schema is None:
        return
    if not isinstance(schema, dict):
        yield Violation("the schema is no object", "$.response_format.json_schema", got=schema)
    elif isinstance(schema.get("schema"), dict) and "type" not in schema:
        yield Violation("the schema stands in a wrapper", "$.response_format.json_schema", got=sorted(schema))


@BOOK.rule(
    "CO-Q07",
    "MUST",
    Scope.REQUEST,
    "SDK documentation: stop_sequences, p, k",
    good='{"stop_sequences":["END"],"p":0.75,"k":0}',
    bad='{"p":1.0}',
    why="the server answers 400",
)
def limits(reading: Reading) -> Iterator[Violation]:
    """At most five stop sequences; p from 0.01 to 0.99; k from 0 to 500."""
    stops = reading.asked.get("stop_sequences")
    if isinstance(stops, list) and len(stops) > 5:
        yield Violation("too many stop sequences", "$.stop_sequences", expected=5, got=len(stops))
    for key, low, high in (("p", 0.01, 0.99), ("k", 0, 500)):
        value = reading.asked.get(key)
        if number(value) and not low <= value <= high:
            yield Violation(f"{key} is out of its range", f"$.{key}", expected=f"{low} to {high}", got=value)


@BOOK.rule(
    "CO-Q09",
    "MUST",
    Scope.REQUEST,
    "SDK documentation: Thinking.token_budget",
    good='{"thinking":{"type":"enabled","token_budget":512}}',
    bad='{"thinking":{"type":"enabled","token_budget":0}}',
    why="the server answers 400",
)
def thinking_budget(reading: Reading) -> Iterator[Violation]:
    """A budget for thinking is a whole number above 0."""
    budget = inside(reading.asked.get("thinking"), "token_budget")
    if budget is not None and (not whole(budget) or budget <= 0):
        yield Violation("no budget", "$.thinking.token_budget", got=budget)
