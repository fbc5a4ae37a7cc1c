"""The keywords of JSON Schema that hold no other schema, each a function from its value to a test.

Rule of the file: as draft 2020-12 says it. Whatever is no plain use of a keyword is `Unfamiliar`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sized
from typing import Any, TypeAlias

from conformance.model import JSON

Test: TypeAlias = Callable[[Any], bool]


class Unfamiliar(Exception):
    """The schema holds what there is no exact word for."""


_TYPES: Mapping[str, Test] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "number": lambda value: _is_number(value),
    "integer": lambda value: _is_number(value) and (isinstance(value, int) or value.is_integer()),
}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_PLAIN = (str, bool, type(None))


def _type(given: JSON) -> Test:
    names = given if isinstance(given, list) else [given]
    tests = [_TYPES[name] for name in names if isinstance(name, str) and name in _TYPES]
    if not tests or len(tests) != len(names) or len(set(map(str, names))) != len(names):
        raise Unfamiliar
    return tests[0] if len(tests) == 1 else lambda value: any(test(value) for test in tests)


def _enum(given: JSON) -> Test:
    if not isinstance(given, list) or not given or not all(isinstance(one, _PLAIN) for one in given):
        raise Unfamiliar  # numbers are equal in odd ways
    known = frozenset((type(one), one) for one in given if isinstance(one, _PLAIN))
    return lambda value: isinstance(value, _PLAIN) and (type(value), value) in known


def _required(given: JSON) -> Test:
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given) or len(set(given)) != len(given):
        raise Unfamiliar
    names = tuple(map(str, given))
    return lambda value: not isinstance(value, dict) or all(name in value for name in names)


def _pattern(given: JSON) -> Test:
    try:
        found = re.compile(given) if isinstance(given, str) else None
    except re.error:
        found = None
    if found is None:
        raise Unfamiliar
    return lambda value: not isinstance(value, str) or bool(found.search(value))


def _size(kind: type[Sized], holds: Callable[[int, int], bool]) -> Callable[[JSON], Test]:
    def made(given: JSON) -> Test:
        if not isinstance(given, int) or isinstance(given, bool) or given < 0:
            raise Unfamiliar
        most: int = given

        def fits(value: Any) -> bool:
            return not isinstance(value, kind) or holds(len(value), most)

        return fits

    return made


def _bound(holds: Callable[[float, float], bool]) -> Callable[[JSON], Test]:
    def made(given: JSON) -> Test:
        if not isinstance(given, int | float) or isinstance(given, bool):
            raise Unfamiliar
        return lambda value: not _is_number(value) or holds(value, given)

    return made


def _at_least(found: float, wanted: float) -> bool:
    return found >= wanted


def _at_most(found: float, wanted: float) -> bool:
    return found <= wanted


SIMPLE: Mapping[str, Callable[[JSON], Test]] = {
    "type": _type,
    "const": lambda given: _enum([given]),
    "enum": _enum,
    "required": _required,
    "pattern": _pattern,
    "minLength": _size(str, _at_least),
    "maxLength": _size(str, _at_most),
    "minItems": _size(list, _at_least),
    "maxItems": _size(list, _at_most),
    "minProperties": _size(dict, _at_least),
    "maxProperties": _size(dict, _at_most),
    "minimum": _bound(_at_least),
    "maximum": _bound(_at_most),
}
