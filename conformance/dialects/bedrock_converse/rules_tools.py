"""Rules of bedrock-converse about tools in a request: their names, the calls, what came of them.

Rule of the file: one rule a sentence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Rulebook, Scope, Violation

from .turns import blocks_in, misplaced_results, results_in, specs_in
from .words import object_of

BOOK = Rulebook("bedrock-converse: tools")

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_ID = re.compile(r"[a-zA-Z0-9_.:-]{1,64}")


@BOOK.rule(
    "BR-Q03",
    "MUST",
    Scope.REQUEST,
    "bedrock-runtime 2023-09-30: ToolName, ToolInputSchema",
    good='{"toolSpec": {"name": "get_weather", "inputSchema": {"json": {"type": "object"}}}}',
    bad='{"toolSpec": {"name": "get weather", "inputSchema": {"type": "object"}}}',
    why="the service answers 400",
)
def tool_specs(reading: Reading) -> Iterator[Violation]:
    """The name of a tool has 1 to 64 letters, digits, _ or -, and `inputSchema.json` is an object."""
    for path, spec in specs_in(reading.asked):
        if not _fits(_NAME, spec.get("name")):
            yield Violation("no name of a tool", f"{path}.name", expected=_NAME.pattern, got=spec.get("name"))
        schema = spec.get("inputSchema")
        if not isinstance(object_of(schema).get("json"), dict):
            yield Violation("inputSchema.json is no object", f"{path}.inputSchema", expected="an object", got=schema)


@BOOK.rule(
    "BR-Q04",
    "MUST",
    Scope.REQUEST,
    "bedrock-runtime 2023-09-30: ToolUseId",
    good="tooluse_kZJMlvQmRJ6eAyJE5GIl7Q",
    bad="call/1",
    why="the service answers 400 to histories that come from another vendor",
)
def call_ids(reading: Reading) -> Iterator[Violation]:
    """A toolUseId has 1 to 64 letters, digits, dots, colons, hyphens or underscores."""
    for placed in blocks_in(reading.asked):
        for kind in placed.block.keys() & {"toolUse", "toolResult"}:
            word = placed.inside(kind).get("toolUseId")
            if not _fits(_ID, word):
                yield Violation("no id of a call", f"{placed.path}.{kind}.toolUseId", expected=_ID.pattern, got=word)


@BOOK.rule(
    "BR-Q05",
    "MUST",
    Scope.REQUEST,
    "bedrock-runtime 2023-09-30: Document",
    good='{"toolUse": {…, "input": {"city": "Oslo"}}}',
    bad='{"toolUse": {…, "input": "{\\"city\\": \\"Oslo\\"}"}}',
    why="the model sees one string where its own arguments stood, or the service answers 400",
)
def json_is_no_text(reading: Reading) -> Iterator[Violation]:
    """The input of a call and the JSON of a result are JSON values, not texts that hold JSON."""
    for placed in blocks_in(reading.asked):
        value = placed.inside("toolUse").get("input")
        if _is_json_text(value):
            yield Violation(
                "the input is a text of JSON", f"{placed.path}.toolUse.input", expected="an object", got=value
            )
    for path, piece in results_in(reading.asked):
        if _is_json_text(piece.get("json")):
            yield Violation("json is a text of JSON", f"{path}.json", expected="a JSON value", got=piece["json"])


@BOOK.rule(
    "BR-Q06",
    "MUST",
    Scope.REQUEST,
    "bedrock-runtime 2023-09-30: ToolChoice (a union)",
    good='{"toolChoice": {"any": {}}}',
    bad='{"toolChoice": "required"} or {"toolChoice": {"none": {}}}',
    why="the service answers 400; to want no call is said by leaving the tools out",
)
def tool_choice(reading: Reading) -> Iterator[Violation]:
    """A toolChoice is one of {auto: {}}, {any: {}} and {tool: {name}}."""
    choice = object_of(reading.asked.get("toolConfig")).get("toolChoice")
    if choice is None:
        return
    kinds = list(choice) if isinstance(choice, dict) else []
    named = isinstance(choice, dict) and isinstance(object_of(choice.get("tool")).get("name"), str)
    if len(kinds) != 1 or not (named or (kinds[0] in ("auto", "any") and isinstance(choice[kinds[0]], dict))):
        wanted = "{auto: {}}, {any: {}} or {tool: {name}}"
        yield Violation("this toolChoice does not exist", "$.toolConfig.toolChoice", expected=wanted, got=choice)


@BOOK.rule(
    "BR-Q10",
    "MUST",
    Scope.REQUEST,
    "docs.aws.amazon.com/bedrock, Use a tool: the result follows in the next user message",
    good="assistant: toolUse t1; user: toolResult t1",
    bad="user: toolResult t1, with no such toolUse right before it",
    why="the service answers 400: toolResult blocks exceed the toolUse blocks of the previous turn",
)
def results_follow_calls(reading: Reading) -> Iterator[Violation]:
    """A toolResult stands in the user's message right after the assistant's message that holds its toolUse."""
    for fault in misplaced_results(reading.asked):
        yield Violation(fault.message, fault.path, got=fault.got)


def _fits(form: re.Pattern[str], value: JSON) -> bool:
    return isinstance(value, str) and form.fullmatch(value) is not None


def _is_json_text(value: JSON) -> bool:
    """Is it a string that holds an object or a list?"""
    if not isinstance(value, str) or value.lstrip()[:1] not in ("{", "["):
        return False
    try:
        return isinstance(json.loads(value), dict | list)
    except (ValueError, RecursionError):
        return False
