"""A value that fits a JSON Schema: the smallest sensible one, always the same.

Rule of the file: one row of a table for each type. Keywords that only narrow a string by pattern are not followed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from conformance.model import JSON

_DEEPEST = 12
"""A schema that contains itself ends here."""

_LONGEST = 1000
"""No sample string is longer and no array has more items, whatever the schema asks for."""

_FORMATS: Mapping[str, str] = {
    "date": "2026-01-01",
    "time": "12:00:00Z",
    "date-time": "2026-01-01T12:00:00Z",
    "duration": "P1D",
    "email": "reader@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}


def sample(schema: JSON) -> JSON:
    """A value that fits; for a schema that says nothing, a word."""
    return _sample(schema, schema, 0)


def _sample(schema: JSON, root: JSON, depth: int) -> JSON:
    if not isinstance(schema, Mapping) or depth > _DEEPEST:
        return None
    schema = _resolved(schema, root)
    for given in ("const", "default"):
        if given in schema:
            return schema[given]
    for listed in ("enum", "examples"):
        if schema.get(listed):
            return schema[listed][0]
    for choice in ("anyOf", "oneOf"):
        if schema.get(choice):
            rest = {key: value for key, value in schema.items() if key != choice}
            return _sample({**rest, **_resolved(schema[choice][0], root)}, root, depth + 1)
    return _TYPES[_type(schema)](schema, root, depth)


def _resolved(schema: JSON, root: JSON) -> dict[str, JSON]:
    """The schema with its local `$ref` followed and its `allOf` laid together; `true` says nothing."""
    found = dict(schema) if isinstance(schema, Mapping) else {}
    for _ in range(_DEEPEST):
        reference = found.pop("$ref", None)
        if not isinstance(reference, str):
            break
        found = {**_at(root, reference), **found}
    for part in found.pop("allOf", ()):
        one = _resolved(part, root)
        properties = {**found.get("properties", {}), **one.get("properties", {})}
        required = [*found.get("required", ()), *one.get("required", ())]
        found |= one | ({"properties": properties, "required": required} if properties else {})
    return found


def _at(root: JSON, reference: str) -> dict[str, JSON]:
    found = root
    for step in reference.removeprefix("#").strip("/").split("/"):
        name = step.replace("~1", "/").replace("~0", "~")
        found = found.get(name, {}) if name and isinstance(found, Mapping) else found
    return dict(found) if isinstance(found, Mapping) else {}


def _type(schema: Mapping[str, JSON]) -> str:
    named = schema.get("type")
    kind = next((one for one in named if one != "null"), "null") if isinstance(named, list) else named
    if kind in _TYPES:
        return str(kind)
    return "object" if "properties" in schema else "array" if "items" in schema else "string"


def _object(schema: Mapping[str, JSON], root: JSON, depth: int) -> JSON:
    """The required properties; all of them when none is required, so that there is something to see."""
    properties = schema.get("properties") or {}
    wanted = schema.get("required") or list(properties)
    return {name: _sample(properties.get(name, {}), root, depth + 1) for name in wanted}


def _array(schema: Mapping[str, JSON], root: JSON, depth: int) -> JSON:
    items = [_sample(one, root, depth + 1) for one in schema.get("prefixItems", ())]
    more = max(schema.get("minItems", 0 if items else 1) - len(items), 0)
    most = min(schema.get("maxItems", _LONGEST), _LONGEST)
    return items + [_sample(schema.get("items", {}), root, depth + 1)] * min(more, most)


def _string(schema: Mapping[str, JSON], root: JSON, depth: int) -> JSON:
    text = _FORMATS.get(schema.get("format", ""), "example")
    return text.ljust(min(schema.get("minLength", 0), _LONGEST), "x")[: schema.get("maxLength")]


def _number(schema: Mapping[str, JSON], root: JSON, depth: int) -> JSON:
    """The number next to 1 that the limits allow."""
    low = max(schema.get("minimum", 1), schema.get("exclusiveMinimum", 0) + 1)
    value = min(low, schema.get("maximum", low), schema.get("exclusiveMaximum", low + 1) - 1)
    if step := schema.get("multipleOf"):
        value = -(-value // step) * step
    return math.ceil(value) if _type(schema) == "integer" else value


_TYPES: Mapping[str, Callable[[Mapping[str, Any], JSON, int], JSON]] = {
    "object": _object,
    "array": _array,
    "string": _string,
    "integer": _number,
    "number": _number,
    "boolean": lambda schema, root, depth: True,
    "null": lambda schema, root, depth: None,
}
