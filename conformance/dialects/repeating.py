"""What is told twice: a name or an id that one before it has, a text that each piece tells from its beginning.

Rule of the file: facts that every language shares; the rules and their sentences are each language's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from conformance.model import JSON


class Word(NamedTuple):
    """A word with the path where it stands."""

    path: str
    word: str


def doubled(words: Iterable[tuple[str, JSON]]) -> Iterator[Word]:
    """Each word that one before it is the same as; what is no string is another rule's business."""
    seen: set[str] = set()
    for path, word in words:
        if isinstance(word, str):
            if word in seen:
                yield Word(path, word)
            seen.add(word)


def grows(pieces: Iterable[str]) -> bool:
    """Does each of three pieces or more begin with the one before it? Empty ones say nothing."""
    found = [len(new) > len(old) and new.startswith(old) for old, new in pairwise(filter(None, pieces))]
    return len(found) >= 2 and all(found)
