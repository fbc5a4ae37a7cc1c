"""Rules on what an answer of either kind holds: its calls, the word for its end, what was demanded of it.

Rule of the file: words that came into use after this file are never held against a server.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from conformance.dialects.elsewhere import foreign
from conformance.dialects.openai_chat.rules_asked import MARKUP
from conformance.dialects.repeating import doubled
from conformance.model import JSON, Done
from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK, inside, objects
from .story import story
from .words import FAILED, FINISH

_CALLS = "$.message.tool_calls"
_ENDED = ("COMPLETE", "STOP_SEQUENCE", "TOOL_CALL")


def reason_of(reading: Reading) -> JSON:
    """Why the answer ended; None where it does not say."""
    return story(reading).reason if reading.streamed else inside(reading.reply, "finish_reason")


def calls_of(reading: Reading) -> list[dict[str, JSON]]:
    """The calls of an answer, as they begin or as they are."""
    if not reading.streamed:
        return [call for _, call in objects(inside(reading.reply, "message"), "tool_calls")]
    said = (block.start.said("tool_calls") for block in story(reading).of("tool-call"))
    return [call if isinstance(call, dict) else {} for call in said]


@BOOK.rule(
    "CO-R03",
    "MUST",
    Scope.ANSWER,
    "guide to tool use: tool_call_id names one call",
    good="two calls with ids of their own",
    bad="two calls with the id get_weather_1",
    why="a result names its call by the id: one of the two is never answered, and the next request is refused",
)
def call_ids_differ(reading: Reading) -> Iterator[Violation]:
    """No two calls of an answer share an id."""
    for path, word in doubled((f"{_CALLS}.id", call.get("id")) for call in calls_of(reading)):
        yield Violation("two calls have the same id", path, got=word)


@BOOK.rule(
    "CO-R04",
    "SHOULD",
    Scope.ANSWER,
    "OpenAPI: ChatFinishReason",
    good='finish_reason "COMPLETE", or a word that is new',
    bad='finish_reason "stop" or "complete"',
    why="programs compare with this language's words, which are in capitals",
)
def no_foreign_reason(reading: Reading) -> Iterator[Violation]:
    """`finish_reason` is no word of another language."""
    reason, own = reason_of(reading), [*FINISH, *FAILED]
    if isinstance(reason, str) and foreign(reason, own):
        yield Violation("finish_reason is no word of this language", "$.finish_reason", None, own, reason)


@BOOK.rule(
    "CO-R05",
    "MUST",
    Scope.REPLY,
    "SDK types: ToolCallV2",
    good='[{"id":"f_1","type":"function","function":{"name":"f","arguments":"{\\"a\\":1}"}}]',
    bad='[{"name":"f","parameters":{"a":1}}]',
    why="the call cannot be made, or its result cannot name it",
)
def calls_are_complete(reading: Reading) -> Iterator[Violation]:
    """A call of a whole answer has its id, type function, a name, and arguments as text of a JSON object."""
    said = inside(reading.reply, "message", "tool_calls")
    if said is not None and not isinstance(said, list):
        yield Violation("the calls are no list", _CALLS, got=said)
    for at, call in enumerate(said if isinstance(said, list) else ()):
        path = f"{_CALLS}[{at}]"
        for key, value in (("id", inside(call, "id")), ("function.name", inside(call, "function", "name"))):
            if not isinstance(value, str) or not value:
                yield Violation(f"the call has no {key}", f"{path}.{key}", expected="a string", got=value)
        if (kind := inside(call, "type")) != "function":
            yield Violation("the call is of another type", f"{path}.type", expected="function", got=kind)
        if not _is_object(given := inside(call, "function", "arguments")):
            text = "the arguments are no text of a JSON object"
            yield Violation(text, f"{path}.function.arguments", expected="JSON text", got=given)


def _is_object(value: JSON) -> bool:
    try:
        return isinstance(value, str) and isinstance(json.loads(value or "{}"), dict)
    except (ValueError, RecursionError):
        return False


@BOOK.rule(
    "CO-R06",
    "MUST",
    Scope.REPLY,
    "OpenAPI: ChatFinishReason",
    good="tool_calls, finish_reason TOOL_CALL",
    bad="tool_calls, finish_reason COMPLETE",
    why="agents look at the reason to learn that it is their turn",
)
def whole_reason_and_calls_agree(reading: Reading) -> Iterator[Violation]:
    """The reason of a whole answer is TOOL_CALL when it holds calls and only then, unless it was cut or failed."""
    reason, called = reason_of(reading), bool(calls_of(reading))
    if reason == "TOOL_CALL" and not called:
        yield Violation("finish_reason is TOOL_CALL without a call", "$.finish_reason", got=reason)
    elif called and reason in ("COMPLETE", "STOP_SEQUENCE"):
        yield Violation("calls, but another reason", "$.finish_reason", None, "TOOL_CALL", reason)


@BOOK.rule(
    "CO-A01",
    "MUST",
    Scope.ANSWER,
    "guide to tool use: forcing tool usage",
    good='tool_choice "REQUIRED", a call',
    bad='tool_choice "REQUIRED", text and finish_reason COMPLETE',
    why="structured output by a forced call fails without an error",
)
def required_calls_come(reading: Reading) -> Iterator[Violation]:
    """An answer to tool_choice REQUIRED holds a call, unless it was cut or failed."""
    choice = reading.asked.get("tool_choice")
    demanded = isinstance(choice, str) and choice.upper() == "REQUIRED" and reading.asked.get("tools")
    if demanded and reason_of(reading) in _ENDED and not calls_of(reading):
        yield Violation("a call was demanded, and none came", "$.message", expected=choice, got=reason_of(reading))


@BOOK.rule(
    "CO-A02",
    "SHOULD",
    Scope.ANSWER,
    "guide to tool use: calls stand in tool_calls",
    good="a call in tool_calls",
    bad='<tool_call>{"name": "f"}</tool_call> in the text',
    why="the call is shown to the user instead of being made",
)
def calls_are_no_text(reading: Reading) -> Iterator[Violation]:
    """A call stands in tool_calls, not as markup in the text."""
    last = reading.events[-1] if reading.events else None
    if not isinstance(last, Done) or last.reply.tool_calls or not reading.asked.get("tools"):
        return
    text = last.reply.text
    if found := MARKUP.search(text):
        yield Violation("the text holds a call as markup", got=text[found.start() : found.start() + 80])
