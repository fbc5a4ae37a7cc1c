"""Rules on how many answers come, and on the ids of the calls in a stream.

Rule of the file: a stream that failed or was left early is judged for what came, never for what did not.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.dialects.openai_chat.book import inside
from conformance.dialects.openai_chat.fold import folded
from conformance.model import JSON
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
