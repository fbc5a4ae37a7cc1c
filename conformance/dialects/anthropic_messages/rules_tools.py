"""Rules of anthropic-messages about tools in the request: their declaration, calls replayed, results.

Rule of the file: tools that the server runs (a versioned `type`) follow rules of their own and are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.dialects.anthropic_messages.rules_request import violations
from conformance.dialects.anthropic_messages.turns import blocks_in, misplaced_results, unanswered_calls
from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Rulebook, Scope, Violation

BOOK = Rulebook("anthropic-messages: tools")

_NAME = re.compile(r"[A-Za-z0-9_-]{1,128}")
_CHOICES = ("auto", "any", "tool", "none")


@BOOK.rule(
    "AM-Q06",
    "MUST",
    Scope.REQUEST,
    "anthropic SDK: types/tool_result_block_param; the server's 400",
    good="assistant: tool_use toolu_1; user: tool_result for toolu_1",
    bad="user: tool_result for toolu_9, which nobody asked for",
    why="the vendor answers 400",
)
def results_answer_calls(reading: Reading) -> Iterator[Violation]:
    """A `tool_result` stands in a user message and names a `tool_use` of the assistant message before it."""
    return violations(misplaced_results(reading.asked))


@BOOK.rule(
    "AM-Q07",
    "MUST",
    Scope.REQUEST,
    "platform.claude.com, tool use; the server's 400",
    good="assistant: two calls; user: both results, then text",
    bad="assistant: two calls; user: text, then one result",
    why="the vendor answers 400, and the whole conversation is stuck until the result is added",
)
def calls_are_answered(reading: Reading) -> Iterator[Violation]:
    """Each `tool_use` is answered in the next user message, before any other block of it."""
    return violations(unanswered_calls(reading.asked))


@BOOK.rule(
    "AM-Q08",
    "MUST",
    Scope.REQUEST,
    "anthropic SDK: types/tool_use_block_param",
    good='{"type": "tool_use", …, "input": {"city": "Oslo"}}',
    bad='{"type": "tool_use", …, "input": "{\\"city\\": \\"Oslo\\"}"}',
    why="the vendor answers 400; other wires send JSON text here, so translators get it wrong",
)
def input_is_an_object(reading: Reading) -> Iterator[Violation]:
    """The `input` of a replayed `tool_use` is an object, not JSON text."""
    for placed in blocks_in(reading.asked):
        if placed.kind == "tool_use" and not isinstance(placed.block.get("input"), dict):
            got = placed.block.get("input")
            yield Violation("tool_use.input is not an object", f"{placed.path}.input", expected="an object", got=got)


@BOOK.rule(
    "AM-Q09",
    "MUST",
    Scope.REQUEST,
    "anthropic SDK: types/tool_param",
    good='{"name": "get_weather", "input_schema": {"type": "object", …}}',
    bad='{"name": "get weather", "input_schema": {}}',
    why="the vendor answers 400",
)
def tool_declarations(reading: Reading) -> Iterator[Violation]:
    """A function has a name of 1 to 128 letters, digits, `_` or `-`, and an `input_schema` of type object."""
    for path, tool in _functions(reading.asked):
        name, schema = tool.get("name"), tool.get("input_schema")
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            yield Violation("this is no name for a tool", f"{path}.name", expected="[A-Za-z0-9_-]{1,128}", got=name)
        if not isinstance(schema, dict) or schema.get("type") != "object":
            text = "input_schema is not a schema of type object"
            yield Violation(text, f"{path}.input_schema", expected={"type": "object"}, got=schema)


@BOOK.rule(
    "AM-Q10",
    "MUST",
    Scope.REQUEST,
    "anthropic SDK: types/tool_choice_param",
    good='{"tool_choice": {"type": "tool", "name": "get_weather"}}',
    bad='{"tool_choice": "auto"}',
    why="the vendor answers 400; other wires say a plain word here, so translators get it wrong",
)
def tool_choice(reading: Reading) -> Iterator[Violation]:
    """`tool_choice` is an object of type auto, any, tool or none, beside tools; tool names one of them."""
    choice = reading.asked.get("tool_choice")
    if choice is None:
        return
    if not isinstance(choice, dict) or choice.get("type") not in _CHOICES:
        yield Violation("tool_choice has no known type", "$.tool_choice", expected=list(_CHOICES), got=choice)
    elif not reading.asked.get("tools") and not reading.asked.get("mcp_servers"):
        yield Violation("tool_choice is told, and no tools are", "$.tool_choice", got=choice)
    elif choice["type"] == "tool":
        tools = reading.asked.get("tools")
        known = [tool.get("name") for tool in tools if isinstance(tool, dict)] if isinstance(tools, list) else []
        if choice.get("name") not in known:
            path = "$.tool_choice.name"
            yield Violation("the chosen tool is not among the tools", path, expected=known, got=choice.get("name"))


def _functions(body: dict[str, JSON]) -> Iterator[tuple[str, dict[str, JSON]]]:
    tools = body.get("tools")
    for number, tool in enumerate(tools if isinstance(tools, list) else ()):
        if isinstance(tool, dict) and tool.get("type") in (None, "custom"):
            yield f"$.tools[{number}]", tool
