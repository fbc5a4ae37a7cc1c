"""Rules on requests that openai-chat does not have, or has otherwise.

Rule of the file: null means "not said"; what a shared rule already names is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from conformance.dialects.openai_chat.book import NAME, inside, objects
from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK

FOREIGN: Mapping[str, str] = {
    "max_completion_tokens": "max_tokens",
    "seed": "random_seed",
    "stream_options": "nothing: usage always comes",
}
"""Fields of openai-chat that are refused here -> what stands in their place."""

CALL_ID = r"[A-Za-z0-9]{9}"


@BOOK.rule(
    "MI-Q01",
    "MUST",
    Scope.REQUEST,
    "SDK types: ChatCompletionRequest; the server's 422",
    good='{"model":"m","messages":[…],"max_tokens":9,"random_seed":1}',
    bad='{"model":"m","messages":[…],"max_completion_tokens":9,"seed":1}',
    why="the server answers 422: extra inputs are not permitted",
)
def own_fields(reading: Reading) -> Iterator[Violation]:
    """Limit and seed are max_tokens and random_seed; there are no stream_options and no developer."""
    for name, instead in FOREIGN.items():
        if reading.asked.get(name) is not None:
            yield Violation(f"{name} is not accepted", f"$.{name}", None, instead, reading.asked[name])
    for at, said in objects(reading.asked, "messages"):
        if said.get("role") in ("developer", "function"):
            yield Violation("the role is not accepted", f"$.messages[{at}].role", None, "system or tool", said["role"])


@BOOK.rule(
    "MI-Q02",
    "MUST",
    Scope.REQUEST,
    "SDK types: Tool, Function.parameters",
    good='{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}}}}',
    bad='{"type":"function","function":{"name":"f"}}',
    why="the server answers 422: field required",
)
def tools_are_functions(reading: Reading) -> Iterator[Violation]:
    """A tool is a function with a name; it tells the schema of its parameters, also when it takes none."""
    for at, tool in objects(reading.asked, "tools"):
        name = inside(tool, "function", "name")
        if tool.get("type") not in (None, "function"):
            yield Violation("a tool is no function", f"$.tools[{at}].type", None, "function", tool["type"])
        elif not isinstance(name, str) or not re.fullmatch(NAME, name):
            yield Violation("a function's name is not allowed", f"$.tools[{at}].function.name", None, NAME, name)
        if isinstance(tool.get("function"), dict) and not isinstance(tool["function"].get("parameters"), dict):
            where = f"$.tools[{at}].function.parameters"
            yield Violation(
                "parameters are missing", where, None, {"type": "object"}, tool["function"].get("parameters")
            )


@BOOK.rule(
    "MI-Q03",
    "MUST",
    Scope.REQUEST,
    "SDK types: ToolChoice, ToolChoiceEnum",
    good='"any", or {"type":"function","function":{"name":"a declared one"}}',
    bad='{"type":"tool","name":"f"}',
    why="the server answers 422",
)
def tool_choice(reading: Reading) -> Iterator[Violation]:
    """tool_choice is none, auto, any, required or a named object; the tool that it names is declared."""
    choice = reading.asked.get("tool_choice")
    if choice is None or choice in ("none", "auto", "any", "required"):
        return
    name = inside(choice, "function", "name")
    if not isinstance(name, str) or inside(choice, "type") not in (None, "function"):
        yield Violation("tool_choice has no form that is known", "$.tool_choice", got=choice)
    elif name not in [inside(tool, "function", "name") for _, tool in objects(reading.asked, "tools")]:
        yield Violation("tool_choice names a tool that is not declared", "$.tool_choice", got=name)


@BOOK.rule(
    "MI-Q04",
    "SHOULD",
    Scope.REQUEST,
    "the vendor's tokenizer: ids of calls are nine letters and digits",
    good='"id":"gSIMJiOkT"',
    bad='"id":"call_weather_1"',
    why="models that the vendor hosts itself refuse other ids with 400",
)
def call_ids(reading: Reading) -> Iterator[Violation]:
    """Ids of calls that a client sends are nine letters and digits, as the vendor's own are."""
    for at, said in objects(reading.asked, "messages"):
        for number, call in objects(said, "tool_calls"):
            id = call.get("id")
            if not isinstance(id, str) or not re.fullmatch(CALL_ID, id):
                yield Violation(
                    "the id of a call has another form", f"$.messages[{at}].tool_calls[{number}].id", got=id
                )


@BOOK.rule(
    "MI-Q05",
    "MUST",
    Scope.REQUEST,
    "SDK: AssistantMessage.prefix; the server's 400",
    good='a user or tool message last, or {"role":"assistant","content":"Dear","prefix":true}',
    bad='{"role":"assistant","content":"Dear"} last',
    why="the server answers 400: it cannot tell whose turn it is",
)
def whose_turn(reading: Reading) -> Iterator[Violation]:
    """The last message is a user's or a tool's, or an assistant's with prefix true."""
    messages = reading.asked.get("messages")
    if not isinstance(messages, list) or not messages:
        return
    last, where = messages[-1], f"$.messages[{len(messages) - 1}]"
    role = inside(last, "role")
    if role == "system" or (role == "assistant" and last.get("prefix") is not True):
        yield Violation("the last message leaves no turn to answer", where, None, "user, tool or a prefix", role)


@BOOK.rule(
    "MI-Q06",
    "MUST",
    Scope.REQUEST,
    "SDK types: ThinkChunk",
    good='{"role":"assistant","content":[{"type":"thinking","thinking":[{"type":"text","text":"Hm."}]}]}',
    bad='{"role":"assistant","reasoning_content":"Hm."}',
    why="the server answers 422, or the model forgets what it thought",
)
def thinking_is_replayed(reading: Reading) -> Iterator[Violation]:
    """Thinking is replayed as a part of the content, its thoughts as a list of parts."""
    for at, said in objects(reading.asked, "messages"):
        for key in ("reasoning_content", "reasoning"):
            if said.get(key):
                yield Violation("thinking stands beside the content", f"$.messages[{at}].{key}", got=said[key])
        for number, part in objects(said, "content"):
            if part.get("type") == "thinking" and not is_thoughts(part.get("thinking")):
                where = f"$.messages[{at}].content[{number}].thinking"
                yield Violation("thinking is no list of parts", where, got=part.get("thinking"))


def is_thoughts(value: JSON) -> bool:
    """Whether it is a list of typed parts, texts with a text."""
    if not isinstance(value, list):
        return False
    typed = all(isinstance(one, dict) and isinstance(one.get("type"), str) for one in value)
    return typed and all(isinstance(one.get("text"), str) for one in value if one["type"] == "text")
