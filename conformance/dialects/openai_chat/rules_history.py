"""Rules on the calls that a request replays, and on their answers.

Rule of the file: a rule speaks of one thing; what another rule already names is passed over.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK, inside, objects


@BOOK.rule(
    "OC-Q06",
    "MUST",
    Scope.REQUEST,
    "SDK types: ChatCompletionMessageToolCallParam",
    good='{"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}}',
    bad='{"id":"call_1","type":"function","function":{"name":"f","arguments":{}}}',
    why="the server answers 400; chat templates that parse the text crash",
)
def replayed_calls(reading: Reading) -> Iterator[Violation]:
    """A replayed call has an id, a name, and its arguments as a string that holds JSON."""
    for at, said in objects(reading.asked, "messages"):
        for number, call in objects(said, "tool_calls"):
            where = f"$.messages[{at}].tool_calls[{number}]"
            named = call.get("custom") if call.get("type") == "custom" else call.get("function")
            if not call.get("id") or not inside(named, "name"):
                yield Violation("a call lacks its id or its name", where, got=call)
            if call.get("type") != "custom" and not _is_json(inside(named, "arguments")):
                yield Violation(
                    "arguments are no JSON text", f"{where}.function.arguments", got=inside(named, "arguments")
                )


def _is_json(text: JSON) -> bool:
    if not isinstance(text, str):
        return False
    try:
        json.loads(text or "{}")
    except (ValueError, RecursionError):
        return False
    return True


@BOOK.rule(
    "OC-Q07",
    "MUST",
    Scope.REQUEST,
    "OpenAPI: tool message; the server's 400",
    good="assistant calls a and b; tool messages answer a and b; then the next turn",
    bad="assistant calls a; user speaks",
    why="the server answers 400: a call without its result cannot be continued",
)
def calls_are_answered(reading: Reading) -> Iterator[Violation]:
    """Each call of an assistant turn is answered once, before any other message; no answer is without a call."""
    waiting: set[JSON] = set()
    for at, said in objects(reading.asked, "messages"):
        where = f"$.messages[{at}]"
        if said.get("role") == "tool":
            answered = said.get("tool_call_id")
            if not isinstance(answered, str) or answered not in waiting:
                yield Violation("a tool message answers no call that waits", f"{where}.tool_call_id", got=answered)
            else:
                waiting.discard(answered)
            continue
        if waiting:
            yield Violation("calls were left without an answer", where, got=sorted(waiting))
        ids = (call.get("id") for _, call in objects(said, "tool_calls")) if said.get("role") == "assistant" else ()
        waiting = {id for id in ids if isinstance(id, str)}
    if waiting:
        yield Violation("calls were left without an answer", "$.messages", got=sorted(waiting))
