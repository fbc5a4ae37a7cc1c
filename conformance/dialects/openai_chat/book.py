"""The book that every rule module of this language writes into, and the small readers that they share.

Rule of the file: a reader gives what is there in the right type and skips the rest; another rule names what it skipped.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeGuard

from conformance.model import JSON
from conformance.rulebook import Rulebook

BOOK = Rulebook("openai-chat")

NAME = r"[A-Za-z0-9_-]{1,64}"
"""What a function or a schema may be called."""


def objects(value: JSON, key: str) -> Iterator[tuple[int, dict[str, JSON]]]:
    """The objects of a list field with their positions; nothing when it is no list."""
    found = value.get(key) if isinstance(value, dict) else None
    for at, one in enumerate(found if isinstance(found, list) else ()):
        if isinstance(one, dict):
            yield at, one


def inside(value: JSON, *keys: str) -> JSON:
    """A value some keys deep; None when a step is missing or no object."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def has(value: JSON, key: str) -> bool:
    """Whether it is an object with that key, whatever the key holds."""
    return isinstance(value, dict) and key in value


def whole(value: JSON) -> TypeGuard[int]:
    """Whether it is a JSON integer: neither a boolean nor a float."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_choice_number(index: JSON, asked: dict[str, JSON]) -> bool:
    """Whether a request like this one (empty: not known) may be answered with a choice of that number."""
    if not whole(index) or index < 0:
        return False
    n = asked.get("n")
    return not asked or index < (n if whole(n) else 1)
