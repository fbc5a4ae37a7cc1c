"""Rules of bedrock-converse about requests that fit their shapes and are refused, or not understood, all the same.

Rule of the file: one rule a sentence.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.dialects.repeating import doubled
from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Rulebook, Scope, Violation

from .turns import blocks_in, messages_in, specs_in
from .words import object_of

BOOK = Rulebook("bedrock-converse: sense")

_FOREIGN = (
    "max_completion_tokens", "max_tokens", "maxTokens", "model", "n", "response_format", "stop", "stop_sequences",
    "stopSequences", "stream", "temperature", "tool_choice", "tools", "top_p", "topP",
)  # fmt: skip
"""Fields of other languages, and of this one where they stand one level too high."""


@BOOK.rule(
    "BR-Q11",
    "MUST",
    Scope.REQUEST,
    "the service's 400: the tool name is already defined",
    good="tools get_weather and get_time",
    bad="two tools get_weather",
    why="the service answers 400; two servers of tools behind one agent bring the same name",
)
def tools_differ(reading: Reading) -> Iterator[Violation]:
    """No two tools have the same name."""
    for path, name in doubled((f"{path}.name", spec.get("name")) for path, spec in specs_in(reading.asked)):
        yield Violation("two tools have the same name", path, got=name)


@BOOK.rule(
    "BR-Q12",
    "MUST",
    Scope.REQUEST,
    "the service's 400: toolConfig must be defined when using toolUse and toolResult content blocks",
    good="a history with calls, and toolConfig",
    bad="a history with calls, and no toolConfig",
    why="the service answers 400: agents drop the tools for the last turn",
)
def tools_stay(reading: Reading) -> Iterator[Violation]:
    """A request whose messages hold calls or their results tells its tools."""
    if "toolConfig" not in reading.asked:
        for placed in blocks_in(reading.asked):
            if found := sorted(placed.block.keys() & {"toolUse", "toolResult"}):
                yield Violation("calls without toolConfig", "$.toolConfig", expected="toolConfig", got=found)
                return


@BOOK.rule(
    "BR-Q13",
    "MUST",
    Scope.REQUEST,
    "the service's 400: the text field in the ContentBlock object is blank",
    good='{"text": "Go on."}',
    bad='{"text": ""}',
    why="the service answers 400; other wires take an empty text, so translators send it on",
)
def no_blank_text(reading: Reading) -> Iterator[Violation]:
    """No text of a message is blank."""
    for placed in blocks_in(reading.asked):
        text = placed.block.get("text")
        if isinstance(text, str) and not text.strip():
            yield Violation("the text is blank", f"{placed.path}.text", expected="more than blanks", got=text)


@BOOK.rule(
    "BR-Q14",
    "MUST",
    Scope.REQUEST,
    "the service's 400: expected toolResult blocks for the following ids",
    good="assistant: toolUse t1, t2; user: toolResult t1, t2",
    bad="assistant: toolUse t1, t2; user: toolResult t1",
    why="the service answers 400, and the conversation is stuck until the result is added",
)
def calls_are_answered(reading: Reading) -> Iterator[Violation]:
    """Each toolUse is answered by a toolResult in the next message, where there is one."""
    answers: dict[int, set[JSON]] = {turn: set() for turn, _ in messages_in(reading.asked)}
    ran: set[str] = set()
    for placed in blocks_in(reading.asked):
        if "toolResult" in placed.block:
            word = str(placed.inside("toolResult").get("toolUseId"))
            answers[placed.turn].add(word)
            ran |= {word} if placed.role == "assistant" else set()  # the service itself ran that one
    for placed in blocks_in(reading.asked):
        word = str(placed.inside("toolUse").get("toolUseId"))
        after = answers.get(placed.turn + 1)
        if "toolUse" in placed.block and after is not None and word not in after and word not in ran:
            yield Violation(
                "the call is not answered in the next message", placed.path, expected="toolResult", got=word
            )


@BOOK.rule(
    "BR-Q15",
    "MUST",
    Scope.REQUEST,
    "the service's 400: a conversation must start with a user message",
    good="user: Hi",
    bad="assistant: Hi; user: Hi",
    why="the service answers 400: histories that were cut at their head begin so",
)
def the_user_begins(reading: Reading) -> Iterator[Violation]:
    """The first message is not the assistant's."""
    first = next(messages_in(reading.asked), None)
    if first and first[1].get("role") == "assistant":
        yield Violation("the conversation begins with the assistant", "$.messages[0].role", None, "user", "assistant")


@BOOK.rule(
    "BR-Q16",
    "SHOULD",
    Scope.REQUEST,
    "bedrock-runtime 2023-09-30: ConverseRequest, InferenceConfiguration",
    good='{"inferenceConfig": {"maxTokens": 100}}',
    bad='{"max_tokens": 100}',
    why="the service does not look at what it does not know: the limit, the tools, the stop are not applied",
)
def no_foreign_fields(reading: Reading) -> Iterator[Violation]:
    """A request holds no field of another language, and none of its own one level too high."""
    for name in _FOREIGN:
        if name in reading.asked:
            yield Violation(f"{name} is no field here", f"$.{name}", got=reading.asked[name])


@BOOK.rule(
    "BR-Q17",
    "MUST",
    Scope.REQUEST,
    "the service's 400: the chosen tool is not among the tools",
    good='tools get_weather, toolChoice {"tool": {"name": "get_weather"}}',
    bad='tools get_weather, toolChoice {"tool": {"name": "look_up"}}',
    why="the service answers 400",
)
def the_chosen_tool_is_there(reading: Reading) -> Iterator[Violation]:
    """A toolChoice that names a tool names one of the tools."""
    choice = object_of(object_of(reading.asked.get("toolConfig")).get("toolChoice"))
    name, known = object_of(choice.get("tool")).get("name"), [spec.get("name") for _, spec in specs_in(reading.asked)]
    if isinstance(name, str) and name not in known:
        yield Violation("no such tool is offered", "$.toolConfig.toolChoice.tool.name", None, known, name)
