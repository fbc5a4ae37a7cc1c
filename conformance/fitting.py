"""Whether a JSON value fits a JSON Schema: yes or no, for the keywords that most schemas are made of.

Rule of the file: it is exact, or it says that it cannot tell. What is wrong with a value is for `explaining`; those
that fit, which are nearly all, need no library for it. `tests/schema` hold it to jsonschema.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from conformance.keywords import SIMPLE, Test, Unfamiliar
from conformance.model import JSON


def test_of(schema: JSON) -> Test | None:
    """The test that a schema stands for; None for a schema that is not wholly understood."""
    try:
        return _Tests(schema).of(schema)
    except (Unfamiliar, RecursionError):
        return None


class _Tests:
    """The tests of one schema and of all in it; a reference is looked up when it is first followed."""

    def __init__(self, root: JSON) -> None:
        self._root = root
        self._named: dict[str, Test] = {}

    def of(self, schema: JSON) -> Test:
        if isinstance(schema, bool):
            return lambda value: bool(schema)
        if not isinstance(schema, dict):
            raise Unfamiliar
        tests = [made for name, given in schema.items() if (made := self._keyword(name, given, schema))]
        if len(tests) == 1:
            return tests[0]
        return lambda value: all(test(value) for test in tests)

    def _keyword(self, name: str, given: JSON, schema: Mapping[str, JSON]) -> Test | None:
        if name in _NOTES:
            _note(self, name, given)
            return None
        if name in SIMPLE:
            return SIMPLE[name](given)
        if made := _NESTED.get(name):
            return made(self, given, schema)
        raise Unfamiliar

    def reference(self, given: JSON) -> Test:
        if not isinstance(given, str):
            raise Unfamiliar
        if given not in self._named:
            self._named[given] = lambda value: found(value)  # a schema may hold itself
            found = self.of(self._at(given))
        return self._named[given]

    def _at(self, reference: str) -> JSON:
        if reference == "#":
            return self._root
        place, _, name = reference.rpartition("/")
        held = self._root.get("$defs") if isinstance(self._root, dict) else None
        if place != "#/$defs" or not isinstance(held, dict) or name not in held or set(name) & {"~", "%"}:
            raise Unfamiliar
        return held[name]

    def all(self, given: JSON) -> list[Test]:
        if not isinstance(given, list) or not given:
            raise Unfamiliar
        return [self.of(one) for one in given]

    def properties(self, given: JSON) -> dict[str, Test]:
        if not isinstance(given, dict):
            raise Unfamiliar
        return {name: self.of(one) for name, one in given.items()}


_NOTES: Mapping[str, type] = {
    "$schema": str, "title": str, "description": str, "format": str, "examples": list, "default": object,
    "$defs": dict, "then": object, "else": object,
}  # fmt: skip
"""Keywords that ask for nothing themselves, and what they must be."""
# ------------------------------------------------------------------ keywords that hold schemas


def _note(tests: _Tests, name: str, given: JSON) -> None:
    """Look at what a note holds: where that is no schema, the whole schema is none."""
    if not isinstance(given, _NOTES[name]):
        raise Unfamiliar
    if name == "$defs":
        tests.properties(given)
    elif name in ("then", "else"):
        tests.of(given)


def _properties(tests: _Tests, given: JSON, schema: Mapping[str, JSON]) -> Test:
    known = tests.properties(given)

    def fits(value: Any) -> bool:
        if not isinstance(value, dict):
            return True
        return all(test(value[name]) for name, test in known.items() if name in value)

    return fits


def _others(tests: _Tests, given: JSON, schema: Mapping[str, JSON]) -> Test:
    test, named = tests.of(given), schema.get("properties")
    known = frozenset(named if isinstance(named, dict) else ())

    def fits(value: Any) -> bool:
        return not isinstance(value, dict) or all(test(one) for name, one in value.items() if name not in known)

    return fits


def _items(tests: _Tests, given: JSON, schema: Mapping[str, JSON]) -> Test:
    test = tests.of(given)
    return lambda value: not isinstance(value, list) or all(map(test, value))


def _any(tests: _Tests, given: JSON, schema: Mapping[str, JSON]) -> Test:
    branches = tests.all(given)
    return lambda value: any(test(value) for test in branches)


def _one(tests: _Tests, given: JSON, schema: Mapping[str, JSON]) -> Test:
    branches = tests.all(given)
    return lambda value: sum(test(value) for test in branches) == 1


def _every(tests: _Tests, given: JSON, schema: Mapping[str, JSON]) -> Test:
    branches = tests.all(given)
    return lambda value: all(test(value) for test in branches)


def _not(tests: _Tests, given: JSON, schema: Mapping[str, JSON]) -> Test:
    test = tests.of(given)
    return lambda value: not test(value)


def _if(tests: _Tests, given: JSON, schema: Mapping[str, JSON]) -> Test:
    test, then, other = tests.of(given), tests.of(schema.get("then", True)), tests.of(schema.get("else", True))
    return lambda value: then(value) if test(value) else other(value)


_NESTED: Mapping[str, Callable[[_Tests, JSON, Mapping[str, JSON]], Test]] = {
    "properties": _properties,
    "additionalProperties": _others,
    "items": _items,
    "anyOf": _any,
    "oneOf": _one,
    "allOf": _every,
    "not": _not,
    "if": _if,
    "$ref": lambda tests, given, schema: tests.reference(given),
}
