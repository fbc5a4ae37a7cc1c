"""The shape of a JSON value: all of it that a given JSON Schema can tell apart, so that like values are checked once.

Rule of the file: when in doubt the value itself is part of the shape. Two values of one shape have the same problems.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Any, TypeAlias

from conformance.model import JSON

Sensitive: TypeAlias = Container[str]
"""Names of the properties whose values a schema looks at, not only their types."""


class _Every(Container[str]):
    def __contains__(self, name: object) -> bool:
        return True


EVERY: Sensitive = _Every()
"""A schema that may look at any value."""

_NESTED = frozenset({dict, list, float})  # 2.0 is an integer to a schema, 2.5 is not
# fmt: off
_VALUES = frozenset({"enum", "const", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
                     "multipleOf", "minLength", "maxLength", "format"})
_ONE = frozenset({"items", "contains", "not", "if", "then", "else"})
_MANY = frozenset({"anyOf", "oneOf", "allOf", "prefixItems"})
_PLAIN = frozenset({"type", "required", "minItems", "maxItems", "minProperties", "maxProperties", "minContains",
                    "maxContains", "dependentRequired", "propertyNames", "title", "description", "$comment", "examples",
                    "default", "deprecated", "readOnly", "writeOnly", "$id", "$schema", "$defs", "definitions"})
# fmt: on
_MOST_TOKENS = 2000


class _Unbounded(Exception):
    """The schema may look at any value."""


def sensitive_names(schema: Mapping[str, JSON]) -> Sensitive:
    """The names of the properties whose values matter to the schema ("" stands for the value itself)."""
    found: set[str] = set()
    try:
        _walk(schema, "", schema, found, set())
    except (_Unbounded, RecursionError):
        return EVERY
    return frozenset(found)


def _walk(node: JSON, name: str, root: Mapping[str, JSON], found: set[str], seen: set[tuple[int, str]]) -> None:
    """Follow the schema; `name` is the property that a value checked by `node` stands under."""
    if isinstance(node, bool) or (id(node), name) in seen:
        return
    seen.add((id(node), name))
    for key, value in node.items():
        if key == "$id" and node is not root:
            raise _Unbounded  # references below would start from here
        if key in _VALUES:
            _note(value, name, found)
        elif key == "properties":
            for inner, one in value.items():
                _walk(one, inner, root, found, seen)
        elif key == "$ref":
            _walk(_target(value, root), name, root, found, seen)
        elif key in ("additionalProperties", "unevaluatedProperties", "unevaluatedItems"):
            _open_ended(value)
        else:
            for one in _inner(key, value):
                _walk(one, name, root, found, seen)


def _note(value: JSON, name: str, found: set[str]) -> None:
    if any(isinstance(one, dict | list) for one in (value if isinstance(value, list) else [value])):
        raise _Unbounded
    found.add(name)


def _open_ended(value: JSON) -> None:
    """Properties of any name: harmless only when their schema does not look at values."""
    if not isinstance(value, bool) and set(value) - _PLAIN:
        raise _Unbounded


def _inner(key: str, value: JSON) -> Iterator[JSON]:
    if key in _ONE:
        yield value
    elif key in _MANY:
        yield from value
    elif key == "dependentSchemas":
        yield from value.values()
    elif key not in _PLAIN:
        raise _Unbounded  # uniqueItems, patternProperties, $dynamicRef, and what nobody here has heard of


def _target(reference: str, root: Mapping[str, JSON]) -> JSON:
    if not reference.startswith("#/") and reference != "#":
        raise _Unbounded
    node: JSON = root
    for step in reference[2:].split("/") if reference != "#" else ():
        if not isinstance(node, Mapping) or (step := step.replace("~1", "/").replace("~0", "~")) not in node:
            raise _Unbounded
        node = node[step]
    return node


def shape_of(value: JSON, sensitive: Sensitive) -> tuple[Any, ...] | None:
    """A hashable shape; None when the value is too big for one to be worth it."""
    tokens: list[Any] = []
    try:
        _describe(value, "", sensitive, tokens)
    except RecursionError:
        return None
    return tuple(tokens) if len(tokens) <= _MOST_TOKENS else None


def _describe(value: JSON, name: str, sensitive: Sensitive, tokens: list[Any]) -> None:
    """Append what the schema can see: names and types, lengths of containers, values under sensitive names."""
    kind = type(value)
    if kind is dict:
        tokens += (dict, len(value))
        for key, inner in value.items():
            kind = type(inner)
            tokens.append(key)
            if key in sensitive or kind in _NESTED:
                _describe(inner, key, sensitive, tokens)
            else:
                tokens.append(kind)  # what most of a stream is made of
    elif kind is list:
        tokens += (list, len(value))
        for inner in value:
            _describe(inner, name, sensitive, tokens)
    else:
        tokens += (kind, value) if name in sensitive else (kind, kind is float and value.is_integer())
