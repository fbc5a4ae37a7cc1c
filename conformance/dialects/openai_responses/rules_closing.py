"""Rules on how what came in deltas is closed: the done event of a text, a refusal, the arguments of a call.

Rule of the file: only an item that is done owes them; what a failed or left stream still owed is not asked for.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK
from .rules_content import ARGUMENTS, REFUSAL, TEXT, by
from .story import story


@BOOK.rule(
    "OR-S26",
    "SHOULD",
    Scope.STREAM,
    "OpenAPI: response.output_text.done, response.function_call_arguments.done; official server",
    good="output_text.delta …, output_text.done, content_part.done",
    bad="output_text.delta …, content_part.done",
    why="clients that read the done event, and no deltas, have no text, or never make the call",
)
def deltas_are_closed(reading: Reading) -> Iterator[Violation]:
    """What an item told in deltas has its done event: each text and refusal, the arguments of a call."""
    told = story(reading)
    for item in () if told.left else told.items.values():
        if not item.done:
            continue
        for name in (TEXT, REFUSAL, ARGUMENTS):
            owed = by("content_index", item.all(f"{name}.delta"))
            closed = by("content_index", item.all(f"{name}.done"))
            if name == ARGUMENTS:
                owed, closed = {0: item.all(f"{name}.delta")}, {0: item.all(f"{name}.done")}
            for at, deltas in owed.items():
                if deltas and not closed.get(at):
                    yield Violation("deltas without their done event", "$.type", deltas[-1].frame, f"{name}.done", None)
