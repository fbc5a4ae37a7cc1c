"""The quick test says what jsonschema says, of every schema that it takes on; and it takes on those of the kit.

Rule of the file: jsonschema is the judge; nothing is expected that it does not say.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from jsonschema import Draft202012Validator

from conformance import fitting
from conformance.schema import problems

OWN = sorted((Path(fitting.__file__).parent / "dialects").rglob("schema/*.json"))
NAMES = some.sampled_from(["a", "b", "type", ""])
SCALARS = (
    some.none()
    | some.booleans()
    | some.integers(-2, 3)
    | some.sampled_from([0.0, 1.0, 1.5, -0.5])
    | some.sampled_from(["", "a", "ab", "text", "\u00e9", "\U0001f600", "1", "null"])
)
VALUES = some.recursive(
    SCALARS, lambda inner: some.lists(inner, max_size=3) | some.dictionaries(NAMES, inner, max_size=3), max_leaves=6
)
TYPES = some.sampled_from(["object", "array", "string", "boolean", "null", "number", "integer"])


def _objects(inner: Any) -> Any:
    some_schemas = some.lists(inner, min_size=1, max_size=3)
    return some.fixed_dictionaries(
        {},
        optional={
            "type": TYPES | some.lists(TYPES, min_size=1, max_size=2, unique=True),
            "const": SCALARS,
            "enum": some.lists(SCALARS, min_size=1, max_size=3),
            "required": some.lists(NAMES, max_size=2, unique=True),
            "pattern": some.sampled_from(["^a", "b$", ".", "^$", "[0-9]"]),
            "minLength": some.integers(0, 2),
            "maxLength": some.integers(0, 2),
            "minItems": some.integers(0, 2),
            "maxItems": some.integers(0, 2),
            "minProperties": some.integers(0, 2),
            "maxProperties": some.integers(0, 2),
            "minimum": some.sampled_from([-1, 0, 1, 0.5]),
            "maximum": some.sampled_from([-1, 0, 1, 0.5]),
            "properties": some.dictionaries(NAMES, inner, max_size=2),
            "additionalProperties": inner,
            "items": inner,
            "anyOf": some_schemas,
            "oneOf": some_schemas,
            "allOf": some_schemas,
            "not": inner,
            "if": inner,
            "then": inner,
            "else": inner,
            "description": some.just("words"),
            "$ref": some.sampled_from(["#/$defs/one", "#/$defs/two"]),
        },
    )


SCHEMAS = some.recursive(some.booleans() | _objects(some.booleans()), _objects, max_leaves=4)
DEFINED = some.fixed_dictionaries(
    {"one": some.sampled_from([{"type": "string"}, True]), "two": _objects(some.booleans())}
)


@given(schema=SCHEMAS, held=DEFINED, values=some.lists(VALUES, min_size=3, max_size=6))
def test_it_says_what_jsonschema_says(schema: Any, held: dict[str, Any], values: list[Any]) -> None:
    held["two"].pop("$ref", None)
    if isinstance(schema, dict):
        schema = schema | {"$defs": held}
    elif not schema:
        held = {}
    test = fitting.test_of(schema)
    if test is None:
        return
    judge = Draft202012Validator(schema)
    assert [test(value) for value in values] == [judge.is_valid(value) for value in values]


ODD = [
    {"const": 1},
    {"enum": [True, 1]},
    {"enum": []},
    {"type": "thing"},
    {"type": []},
    {"type": ["string", "string"]},
    {"required": "a"},
    {"required": ["a", "a"]},
    {"minLength": -1},
    {"minLength": True},
    {"minimum": "1"},
    {"pattern": "("},
    {"pattern": 1},
    {"properties": []},
    {"items": [True]},
    {"anyOf": []},
    {"$ref": "http://example.com/x"},
    {"$ref": "#/$defs/none"},
    {"$ref": 1},
    {"description": 1},
    {"then": 1},
    {"$defs": {"x": 1}},
    {"patternProperties": {}},
    {"multipleOf": 2},
    "string",
]


@pytest.mark.parametrize("schema", ODD, ids=str)
def test_what_it_has_no_exact_word_for_it_leaves_alone(schema: Any) -> None:
    assert fitting.test_of(schema) is None


@pytest.mark.parametrize("path", OWN, ids=lambda path: f"{path.parents[1].name}-{path.stem}")
def test_the_schemas_of_the_kit_are_understood(path: Path) -> None:
    assert fitting.test_of(json.loads(path.read_text(encoding="utf-8"))) is not None


def test_a_schema_may_hold_itself() -> None:
    schema = {"type": "object", "properties": {"next": {"$ref": "#"}}, "additionalProperties": False}
    test = fitting.test_of(schema)
    assert test is not None
    assert test({"next": {"next": {}}})
    assert not test({"next": {"next": {"x": 1}}})
    deep: Any = {}
    for _ in range(5000):
        deep = {"next": deep}
    assert [one.message for one in problems(schema, deep)] == ["is nested too deeply to be checked"]


def test_what_fits_needs_no_library() -> None:
    """In a process of its own: jsonschema is imported when something is wrong, and not before."""
    import subprocess
    import sys

    code = (
        "import sys; from conformance.schema import problems; s = {'type': 'object', 'required': ['a']};"
        "assert not problems(s, {'a': 1}); assert 'jsonschema' not in sys.modules;"
        "assert problems(s, {}); assert 'jsonschema' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
