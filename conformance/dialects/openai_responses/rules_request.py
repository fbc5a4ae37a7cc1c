"""Rules on the request, the items of `input` apart: tools, formats, and fields that belong to another language.

Rule of the file: an unknown kind of tool is legal; only what is said wrongly is told.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK, inside, objects


@BOOK.rule(
    "OR-Q04",
    "MUST",
    Scope.REQUEST,
    "SDK types: FunctionTool",
    good='{"type":"function","name":"f","parameters":{…},"strict":null}',
    bad='{"type":"function","function":{"name":"f"}}',
    why="the official server answers 400: Missing required parameter: 'tools[0].name'",
)
def flat_tools(reading: Reading) -> Iterator[Violation]:
    """A function among the tools is flat: its name, parameters and strict stand beside its type."""
    for at, tool in objects(reading.asked, "tools"):
        if tool.get("type") != "function":
            continue
        if "function" in tool:
            yield Violation("the tool is nested under `function`", f"$.tools[{at}].function", got=tool["function"])
        elif not isinstance(tool.get("name"), str) or not tool["name"]:
            yield Violation("the tool has no name", f"$.tools[{at}].name", expected="a string", got=tool.get("name"))
        elif not isinstance(tool.get("parameters"), dict | None):
            yield Violation("parameters are no JSON Schema", f"$.tools[{at}].parameters", got=tool["parameters"])


@BOOK.rule(
    "OR-Q05",
    "MUST",
    Scope.REQUEST,
    "SDK types: ToolChoiceFunction",
    good='{"type":"function","name":"f"}',
    bad='{"type":"function","function":{"name":"f"}}',
    why="the official server answers 400",
)
def flat_choice(reading: Reading) -> Iterator[Violation]:
    """A tool choice that names a function is flat."""
    choice = reading.asked.get("tool_choice")
    if isinstance(choice, dict) and choice.get("type") in ("function", "custom"):
        if not isinstance(choice.get("name"), str) or "function" in choice:
            yield Violation("the named tool is not flat", "$.tool_choice", None, '{"type":…,"name":…}', choice)
    elif choice is not None and not isinstance(choice, str | dict):
        yield Violation("tool_choice is neither a word nor an object", "$.tool_choice", got=choice)


@BOOK.rule(
    "OR-Q06",
    "MUST",
    Scope.REQUEST,
    "SDK types: ResponseTextConfig",
    good='"text":{"format":{"type":"json_schema","name":"n","schema":{…}}}',
    bad='"response_format":{…}',
    why="the official server answers 400; others ignore it and answer with free text",
)
def text_format(reading: Reading) -> Iterator[Violation]:
    """Structured output is asked for in text.format, flat, never in response_format."""
    if "response_format" in reading.asked:
        yield Violation("response_format is no field here", "$.response_format", None, "text.format")
    wanted = inside(reading.asked, "text", "format")
    if inside(wanted, "type") != "json_schema":
        return
    if "json_schema" in wanted:
        yield Violation("the schema is nested under `json_schema`", "$.text.format.json_schema")
    for key, kind in (("name", str), ("schema", dict)):
        if "json_schema" not in wanted and not isinstance(wanted.get(key), kind):
            yield Violation(f"{key} is missing", f"$.text.format.{key}", got=wanted.get(key))


@BOOK.rule(
    "OR-Q07",
    "MUST",
    Scope.REQUEST,
    "OpenAPI: CreateResponse",
    good='"max_output_tokens":100',
    bad='"max_tokens":100',
    why="the official server answers 400; others drop the field without a word",
)
def no_chat_fields(reading: Reading) -> Iterator[Violation]:
    """Fields of openai-chat are not sent: stop, n, max_tokens, messages, stream_options.include_usage."""
    for name in ("stop", "n", "max_tokens", "max_completion_tokens", "messages"):
        if name in reading.asked:
            yield Violation(f"{name} is no field here", f"$.{name}", got=reading.asked[name])
    if inside(reading.asked, "stream_options", "include_usage") is not None:
        yield Violation("usage needs not be asked for here", "$.stream_options.include_usage")


@BOOK.rule(
    "OR-Q10",
    "MUST",
    Scope.REQUEST,
    "SDK docs: previous_response_id",
    good='"previous_response_id":"resp_1"',
    bad='"previous_response_id":"resp_1","conversation":"conv_1"',
    why="the official server answers 400",
)
def one_history(reading: Reading) -> Iterator[Violation]:
    """A request goes on from a conversation or from a previous response, not from both."""
    if reading.asked.get("conversation") and reading.asked.get("previous_response_id"):
        yield Violation("both conversation and previous_response_id", "$.previous_response_id")
