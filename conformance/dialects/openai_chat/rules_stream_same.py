"""Rules on what stays the same in all chunks of a streamed answer: its id, its time, who made it.

Rule of the file: a value that is absent, null or empty is another rule's, and changes nothing here.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.reading import Frame, Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK
from .fold import folded


@BOOK.rule(
    "OC-S02",
    "MUST",
    Scope.STREAM,
    "SDK types: ChatCompletionChunk.id",
    good='"id":"c1" on every chunk, the usage chunk included',
    bad='"id":"c1", then "id":"c2"',
    why="clients that group chunks by id split the answer",
    survived="the SDK keeps the first chunk's id and gathers the rest by the choice's index",
)
def one_id(reading: Reading) -> Iterator[Violation]:
    """All chunks with choices or usage have the same id."""
    yield from _constant(reading, "id")


@BOOK.rule(
    "OC-S03",
    "SHOULD",
    Scope.STREAM,
    "SDK types: ChatCompletionChunk.created",
    good='"created":1 on every chunk',
    bad='"created":1, then "created":2',
    why="the time of the answer depends on which chunk is asked",
)
def one_created(reading: Reading) -> Iterator[Violation]:
    """All chunks with choices or usage have the same creation time."""
    yield from _constant(reading, "created")


def _constant(reading: Reading, key: str) -> Iterator[Violation]:
    chunks = [one for one in folded(reading).kinds if one.json.get("choices") or _counts(one)]
    for chunk in chunks[1:]:
        first, found = chunks[0].json.get(key), chunk.json.get(key)
        if found != first:
            yield Violation(f"{key} changes in the stream", f"$.{key}", chunk.number, first, found)
            return


def _counts(chunk: Frame) -> bool:
    return isinstance(chunk.json.get("usage"), dict)


@BOOK.rule(
    "OC-S20",
    "SHOULD",
    Scope.STREAM,
    "OpenAPI: model and system_fingerprint of a chunk are those that generate the completion",
    good='"model":"m","system_fingerprint":"fp_1" on every chunk, the usage chunk included',
    bad='"model":"m", then "model":"n"',
    why="the price and the record of the answer depend on which chunk is asked",
)
def one_maker(reading: Reading) -> Iterator[Violation]:
    """All chunks name the same model, and the same system fingerprint where they name one."""
    for key in ("model", "system_fingerprint"):
        named = [one for one in folded(reading).kinds if isinstance(one.json.get(key), str) and one.json[key]]
        for chunk in named[1:]:
            if (found := chunk.json[key]) != (first := named[0].json[key]):
                yield Violation(f"{key} changes in the stream", f"$.{key}", chunk.number, first, found)
                break
