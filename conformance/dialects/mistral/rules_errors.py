"""Rules on failed replies.

Rule of the file: a body that is no object is told by the universal rules alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.reading import Reading
from conformance.rulebook import Scope, Violation
from conformance.schema import problems

from .book import BOOK
from .schemas import SCHEMAS


@BOOK.rule(
    "MI-E01",
    "MUST",
    Scope.ERROR,
    "SDK types: HTTPValidationError; recorded errors",
    good='{"detail":[{"type":"missing","loc":["body","messages"],"msg":"Field required"}]}',
    bad='{"error":"bad request"}',
    why="clients show no message and cannot tell what to do",
)
def error_shape(reading: Reading) -> Iterator[Violation]:
    """A failed reply is a detail (a sentence, or faults with loc, msg and type), a flat error, or names its request."""
    if isinstance(reading.reply, dict) and next(iter(problems(SCHEMAS["error"], reading.reply)), None):
        yield Violation("the error has none of the three shapes", "$", got=sorted(reading.reply))
