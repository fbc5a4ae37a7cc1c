"""Rules on how many answers come, and on the ids of the calls in a stream.

Rule of the file: a stream that failed or was left early is judged for what came, never for what did not.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.dialects.openai_chat.book import inside, objects, whole
from conformance.dialects.openai_chat.fold import folded
from conformance.dialects.openai_chat.rules_reply import choices
from conformance.model import JSON, Done
from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK


@BOOK.rule(
    "MI-S07",
    "MUST",
    Scope.STREAM,
    "official server: results are matched by tool_call_id",
    good='"id":"gSIMJiOkT", then "id":"hTJNKjPlU"',
    bad='"id":"gSIMJiOkT" on two calls',
    why="both results are taken for those of one call",
)
def calls_have_own_ids(reading: Reading) -> Iterator[Violation]:
    """No two calls of a stream have the same id."""
    for choice in folded(reading).choices.values():
        known: dict[str, JSON] = {}
        for one in choice.fragments:
            id, place = one.call.get("id"), one.call.get("index")
            named = bool(inside(one.call, "function", "name"))
            if not isinstance(id, str) or id in ("", "null") or not named:
                continue
            if id in known and known[id] != place:
                yield Violation("the id is taken", f"{one.path}.id", one.frame, "an id of its own", id)
            known.setdefault(id, place)


@BOOK.rule(
    "MI-A01",
    "MUST",
    Scope.ANSWER,
    "SDK types: ChatCompletionRequest.n",
    good='"n":2, choices of index 0 and 1',
    bad='"n":2, one choice',
    why="programs that choose among answers have nothing to choose from",
)
def all_choices_come(reading: Reading) -> Iterator[Violation]:
    """As many choices come as were asked for."""
    wanted = reading.asked.get("n")
    last = reading.events[-1] if reading.events else None
    if not whole(wanted) or wanted < 2 or not isinstance(last, Done):
        return
    told = [one.json for one in reading.chunks] if reading.streamed else []
    found = {repr(one.get("index")) for value in told for _, one in objects(value, "choices")}
    found |= {repr(one.get("index")) for _, one in choices(reading)} if not reading.streamed else set()
    if len(found) != wanted:
        yield Violation("not as many choices came as were asked for", "$.choices", None, wanted, len(found))
