"""The tools for faults of this language: changes to one chunk of a stream, and to the same key of each.

Rule of the file: what openai-chat needs too stands in `conformance.faults.choices`.
"""

from __future__ import annotations

from typing import Any

from conformance.deviating import Bend, Chunk
from conformance.faults import kit

NAME = "mistral"
Told = list[Chunk]


def nth(number: int, change: kit.Change) -> Bend:
    """A change to one chunk of a stream: the first is 0, the last -1."""

    def one(told: Told) -> Told:
        change(told[number])
        return told

    return kit.sequence(one)


def own(key: str, *values: Any) -> Bend:
    """A key has another value on every chunk, one after the other."""
    return kit.sequence(lambda told: [one | {key: values[at % len(values)]} for at, one in enumerate(told)])
