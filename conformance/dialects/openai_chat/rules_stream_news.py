"""Rules on what each chunk of a stream adds to what was said before.

Rule of the file: a few words that are alike may be what the model said; only a stream that repeats itself is named.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK
from .fold import folded

HEAD = {"id", "object", "created", "model", "choices", "usage", "system_fingerprint", "service_tier", "obfuscation"}
"""What a chunk may hold that tells nothing of the answer."""


@BOOK.rule(
    "OC-S19",
    "MUST",
    Scope.STREAM,
    "OpenAPI: delta holds what is new",
    good='"Hel", "lo"',
    bad='"Hel", "Hello", "Hello world"',
    why="clients that join the deltas show every word again and again",
)
def deltas_are_new(reading: Reading) -> Iterator[Violation]:
    """A content delta holds what is new: neither the text so far, nor the whole text again, nor the delta before."""
    for choice in folded(reading).choices.values():
        texts = [one for one in choice.texts if isinstance(one.value, str)]
        if told := _told_again([one.value for one in texts]):
            yield Violation(told, texts[-1].path, texts[-1].frame, got=texts[-1].value)


def _told_again(texts: list[str]) -> str:
    """How the deltas of a choice repeat themselves; a few words that are alike may be what the model said."""
    grows = [len(new) > len(old) and new.startswith(old) for old, new in pairwise(texts)]
    if len(grows) >= 2 and all(grows):
        return "every delta repeats the text so far"
    if len(texts) >= 4 and texts[-1] == "".join(texts[:-1]):
        return "the last delta tells the whole text again"
    if len(texts) >= 6 and texts[::2] == texts[1::2] and len(set(texts)) >= 3:
        return "every delta is told twice"
    return ""


@BOOK.rule(
    "OC-S22",
    "SHOULD",
    Scope.STREAM,
    "OpenAPI: choices of a chunk can be empty for the last chunk, which holds the usage",
    good='{"choices":[],"usage":{…}} at the end',
    bad='{"choices":[],"usage":null} in the middle',
    why="clients that take choices[0] of every chunk until the usage crash on the empty list",
)
def chunks_say_something(reading: Reading) -> Iterator[Violation]:
    """A chunk without choices holds the usage, or something else that is told of the answer."""
    for chunk in folded(reading).kinds:
        if chunk.json.get("choices") == [] and chunk.json.get("usage") is None and set(chunk.json) <= HEAD:
            yield Violation("a chunk has no choices, and no usage either", "$.choices", chunk.number)
            return
