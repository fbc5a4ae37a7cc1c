"""Rules on the calls of whole answers.

Rule of the file: arguments are held to be JSON only where the answer was not cut.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK, inside, objects
from .rules_reply import choices

CALL_TYPES = ("function", "custom")


@BOOK.rule(
    "OC-R06",
    "MUST",
    Scope.REPLY,
    "OpenAPI: ChatCompletionMessageToolCall",
    good='{"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}}',
    bad='{"function":{"name":"f","arguments":{}}}',
    why="the result cannot be sent back without the id; clients parse the arguments as text",
)
def call_shape(reading: Reading) -> Iterator[Violation]:
    """A call has an id, an official type, and its name and arguments are strings."""
    for _, here, call in _calls(reading):
        for key in ("id", "type"):
            if not isinstance(call.get(key), str) or not call[key]:
                yield Violation(f"{key} of a call is no string that says something", f"{here}.{key}", got=call.get(key))
            elif key == "type" and call["type"] not in CALL_TYPES:
                yield Violation("a call has no official type", f"{here}.type", None, CALL_TYPES, call["type"])
        kind, text = ("custom", "input") if call.get("type") == "custom" else ("function", "arguments")
        for key in ("name", text):
            if not isinstance(got := inside(call, kind, key), str):
                yield Violation(f"{key} of a call is no string", f"{here}.{kind}.{key}", got=got)


@BOOK.rule(
    "OC-R07",
    "MUST",
    Scope.REPLY,
    "OpenAPI: ChatCompletionMessageToolCall; as OC-S07 and OC-S09 for streams",
    good='two calls with ids of their own, arguments "{}" and ""',
    bad='two calls with the id call_1, or arguments "{\\"city\\": "',
    why="a result cannot be matched to its call; programs fail where they parse the arguments",
)
def calls_can_be_made(reading: Reading) -> Iterator[Violation]:
    """No two calls share an id, and arguments are a JSON object, or nothing, once the answer is finished."""
    seen: set[tuple[str, str]] = set()
    for choice, here, call in _calls(reading):
        id = call.get("id")
        if isinstance(id, str) and id and (here.partition(".message")[0], id) in seen:
            yield Violation("two calls have the same id", f"{here}.id", got=id)
        seen.add((here.partition(".message")[0], str(id)))
        text = inside(call, "function", "arguments")
        if choice.get("finish_reason") in ("stop", "tool_calls") and isinstance(text, str) and not _is_object(text):
            yield Violation("the arguments are no JSON object", f"{here}.function.arguments", got=text)


def _calls(reading: Reading) -> Iterator[tuple[dict[str, JSON], str, dict[str, JSON]]]:
    """Each call with its choice and its path."""
    for where, choice in choices(reading):
        for at, call in objects(choice.get("message"), "tool_calls"):
            yield choice, f"{where}.message.tool_calls[{at}]", call


def _is_object(text: str) -> bool:
    try:
        return not text.strip() or isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
