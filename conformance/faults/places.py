"""Places in JSON, and the small changes that are made there.

Rule of the file: a change is made in place, of a value that its bend owns; where there is no such place, nothing is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from conformance.model import JSON

Change: TypeAlias = Callable[[dict[str, Any]], object]
"""Changes a JSON object in place."""


def at(value: Any, path: str) -> Iterator[dict[str, Any]]:
    """The objects at a dotted path; `[]` goes into each item of a list, a missing step ends silently.

    >>> list(at({"choices": [{"delta": {"a": 1}}, {}]}, "choices[].delta"))
    [{'a': 1}]
    """
    found = [value]
    for step in path.split(".") if path else ():
        key, many = step.removesuffix("[]"), step.endswith("[]")
        found = [one[key] for one in found if isinstance(one, dict) and key in one]
        if many:
            found = [item for items in found if isinstance(items, list) for item in items]
    yield from (one for one in found if isinstance(one, dict))


def set_at(path: str, **keys: JSON) -> Change:
    """Set keys of every object at a path, whether they were there or not."""
    return lambda told: [one.update(keys) for one in at(told, path)]


def swap_at(path: str, key: str, change: Callable[[Any], JSON]) -> Change:
    """Change a value where it stands."""
    return lambda told: [one.update({key: change(one[key])}) for one in at(told, path) if key in one]


def drop_at(path: str, *keys: str) -> Change:
    """Drop keys of every object at a path."""
    return lambda told: [one.pop(key, None) for one in at(told, path) for key in keys]


def rename_at(path: str, old: str, new: str) -> Change:
    """Give a key of every object at a path another name."""
    return lambda told: [one.update({new: one.pop(old)}) for one in at(told, path) if old in one]


def become(keys: dict[str, JSON]) -> Change:
    """Put other keys in the place of all that there are."""

    def one(told: dict[str, Any]) -> None:
        told.clear()
        told.update(keys)

    return one


def becoming(**other: JSON) -> Change:
    """Another object in its place."""

    def one(told: dict[str, Any]) -> None:
        told.clear()
        told.update(other)

    return one
