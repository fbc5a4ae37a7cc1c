"""Rules on requests that fit their shape and are refused, or not understood, all the same.

Rule of the file: null means "not said" wherever the official types allow it.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.dialects.repeating import doubled
from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK, inside, objects

_FOREIGN = (
    "function_call", "functions", "max_completion_tokens", "n", "parallel_tool_calls", "reasoning_effort", "stop",
    "stream_options", "system", "top_k", "top_p",
)  # fmt: skip
"""Fields by which other languages ask for the same."""


@BOOK.rule(
    "CO-Q10",
    "MUST",
    Scope.REQUEST,
    "guide to tool use: a tool is called by its name",
    good="tools get_weather and get_time",
    bad="two tools get_weather",
    why="nobody can tell which of the two is called",
)
def tools_differ(reading: Reading) -> Iterator[Violation]:
    """No two tools have the same name."""
    names = ((f"$.tools[{at}].function.name", tool) for at, tool in objects(reading.asked, "tools"))
    for path, name in doubled((path, inside(tool, "function", "name")) for path, tool in names):
        yield Violation("two tools have the same name", path, got=name)


@BOOK.rule(
    "CO-Q11",
    "SHOULD",
    Scope.REQUEST,
    "OpenAPI: fields of chatv2",
    good='{"stop_sequences":["END"],"p":0.75}',
    bad='{"stop":["END"],"top_p":0.75}',
    why="the server refuses what it does not know, or does not look at it: the stop is not applied",
)
def no_foreign_fields(reading: Reading) -> Iterator[Violation]:
    """A request holds no field of another language."""
    for name in _FOREIGN:
        if reading.asked.get(name) is not None:
            yield Violation(f"{name} is no field here", f"$.{name}", got=reading.asked[name])


@BOOK.rule(
    "CO-Q12",
    "MUST",
    Scope.REQUEST,
    "the server's 400: the message must not be empty",
    good='{"role":"user","content":"Hi"}',
    bad='{"role":"user","content":""}',
    why="the server answers 400",
)
def messages_say_something(reading: Reading) -> Iterator[Violation]:
    """Each message but a tool's holds content, calls or a plan."""
    for at, said in objects(reading.asked, "messages"):
        if said.get("role") != "tool" and not any(said.get(key) for key in ("content", "tool_calls", "tool_plan")):
            yield Violation("the message is empty", f"$.messages[{at}]", expected="content", got=said)


@BOOK.rule(
    "CO-Q13",
    "SHOULD",
    Scope.REQUEST,
    "guide to tool use: the plan stands in tool_plan",
    good='{"role":"assistant","tool_plan":"I will look.","tool_calls":[…]}',
    bad='{"role":"assistant","content":"I will look.","tool_calls":[…]}',
    why="the server answered 400 to both, and the model does not see its plan as one",
)
def a_plan_is_no_content(reading: Reading) -> Iterator[Violation]:
    """What the assistant says before its calls stands in `tool_plan`, not in `content`."""
    for at, said in objects(reading.asked, "messages"):
        if said.get("role") == "assistant" and said.get("tool_calls") and said.get("content"):
            yield Violation("content beside calls", f"$.messages[{at}].content", None, "tool_plan", said["content"])


@BOOK.rule(
    "CO-Q14",
    "MUST",
    Scope.REQUEST,
    "SDK types: ToolCallV2Function.arguments",
    good='{"function":{"name":"f","arguments":"{\\"city\\":\\"Oslo\\"}"}}',
    bad='{"function":{"name":"f","arguments":{"city":"Oslo"}}}',
    why="the server answers 400",
)
def arguments_are_text(reading: Reading) -> Iterator[Violation]:
    """The arguments of a replayed call are JSON text."""
    for at, said in objects(reading.asked, "messages"):
        for number, call in objects(said, "tool_calls"):
            if not isinstance(got := inside(call, "function", "arguments"), str):
                path = f"$.messages[{at}].tool_calls[{number}].function.arguments"
                yield Violation("the arguments are no text", path, None, "JSON text", got)
