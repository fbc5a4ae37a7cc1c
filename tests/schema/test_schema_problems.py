"""JSON Schema findings: one readable sentence, the path, the value; the same with and without the memo."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from conformance.errors import InputError
from conformance.schema import _COMPILED, path_of, problems
from conformance.shapes import EVERY, sensitive_names, shape_of

EVENT: dict[str, Any] = {
    "type": "object",
    "required": ["id", "choices"],
    "properties": {
        "id": {"type": "string", "description": "the answer's id"},
        "object": {"const": "chunk"},
        "created": {"type": "integer", "minimum": 0},
        "choices": {"type": "array", "maxItems": 3, "items": {"$ref": "#/$defs/choice"}},
        "part": {"anyOf": [{"$ref": "#/$defs/text"}, {"$ref": "#/$defs/image"}, {"type": "null"}]},
        "stop": {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]},
    },
    "$defs": {
        "choice": {
            "type": "object",
            "required": ["delta"],
            "properties": {
                "delta": {"type": "object", "properties": {"content": {"type": ["string", "null"]}}},
                "reason": {"enum": ["stop", "length", None]},
                "name": {"type": "string", "pattern": "^[a-z]+$", "minLength": 1, "maxLength": 4},
            },
        },
        "text": {
            "type": "object",
            "required": ["type", "text"],
            "properties": {"type": {"const": "text"}, "text": {"type": "string"}},
        },
        "image": {
            "type": "object",
            "required": ["type", "url"],
            "properties": {"type": {"const": "image"}, "url": {"type": "string"}},
        },
    },
}


def event(**more: Any) -> dict[str, Any]:
    return {"id": "a", "choices": [], **more}


def choice(**more: Any) -> dict[str, Any]:
    return event(choices=[{"delta": {}, **more}])


@pytest.mark.parametrize(
    ("value", "message", "path", "got"),
    [
        ({"id": "a"}, "'choices' is missing", "$", {"id": "a"}),
        (7, "must be an object, not an integer", "$", 7),
        (event(id=None), "must be a string, not null (the answer's id)", "$.id", None),
        (event(object="list"), 'must be "chunk"', "$.object", "list"),
        (event(created=-1), "must be at least 0", "$.created", -1),
        (event(created=1.5), "must be an integer, not a number", "$.created", 1.5),
        (event(created=True), "must be an integer, not a boolean", "$.created", True),
        (event(choices=[{"delta": {}}, {}]), "'delta' is missing", "$.choices[1]", {}),
        (choice(delta={"content": 3}), "must be a string or null, not an integer", "$.choices[0].delta.content", 3),
        (choice(reason="eos"), 'must be one of "stop", "length", null', "$.choices[0].reason", "eos"),
        (choice(name="A"), "must match ^[a-z]+$", "$.choices[0].name", "A"),
        (choice(name="abcde"), "must be at most 4 character(s) long", "$.choices[0].name", "abcde"),
        (event(choices=[{"delta": {}}] * 4), "must hold at most 3 item(s), not 4", "$.choices", [{"delta": {}}] * 4),
    ],
)  # fmt: skip
def test_one_sentence_where_and_what(value: Any, message: str, path: str, got: Any) -> None:
    [found] = problems(EVENT, value)
    assert (found.message, found.path, found.got) == (message, path, got)


@pytest.mark.parametrize(
    ("part", "message", "path"),
    [
        ({"type": "image", "url": 5}, "must be a string, not an integer", "$.part.url"),
        ({"type": "text"}, "'text' is missing", "$.part"),
        (5, "must be an object or null, not an integer", "$.part"),
        ({"type": "video"}, "fits none of the forms allowed here, which $.part.type would tell apart", "$.part"),
    ],
)
def test_a_union_is_explained_by_its_nearest_branch(part: Any, message: str, path: str) -> None:
    [found] = problems(EVENT, event(part=part))
    assert (found.message, found.path) == (message, path)


def test_a_union_of_plain_types_names_them() -> None:
    [found] = problems(EVENT, event(stop=1))
    assert found.message == "must be a string or a list, not an integer"
    [found] = problems(EVENT, event(stop=["a", 1]))
    assert (found.message, found.path) == ("must be a string, not an integer", "$.stop[1]")


def test_unknown_keys_are_legal() -> None:
    assert problems(EVENT, event(x_vendor={"a": [1]})) == []


def test_evidence_is_the_value_at_hand_not_the_one_seen_first() -> None:
    """Two events of one shape share the judgement, not the evidence."""
    assert [problems(EVENT, event(id=number))[0].got for number in (1, 2)] == [1, 2]


def test_a_path_quotes_what_is_no_word() -> None:
    assert path_of(("a", 0, "b-c", "d e", "")) == "$.a[0].b-c['d e']['']"


def test_a_schema_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="not a JSON Schema"):
        problems({"type": 5}, {})


@pytest.mark.parametrize("reference", ["#/$defs/none", "http://127.0.0.1:9/schema.json"])
def test_nothing_is_fetched(reference: str) -> None:
    with pytest.raises(InputError, match="refers to what it does not hold"):
        problems({"$ref": reference}, {})


def test_a_bottomless_value_is_a_finding() -> None:
    value: list[Any] = []
    for _ in range(5000):
        value = [value]
    schema = {"$ref": "#/$defs/nest", "$defs": {"nest": {"type": "array", "items": {"$ref": "#/$defs/nest"}}}}
    [found] = problems(schema, value)
    assert found.message == "is nested too deeply to be checked"


SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 2), st.sampled_from([0.0, 1.0, -1.0, 1.5]),
    st.sampled_from(["", "a", "ab", "stop", "chunk", "text", "image", "A", "abcde"]),
)  # fmt: skip
KEYS = st.sampled_from(
    ["id", "object", "created", "choices", "delta", "content", "reason", "name", "type", "url", "part", "stop"]
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=14
)
SCHEMAS = [
    EVENT,
    {"additionalProperties": {"type": "string"}},
    {"additionalProperties": {"minimum": 1}},
    {"patternProperties": {"^[a-m]": {"const": 1}}},
    {"properties": {"part": {"enum": [{"type": "a"}, [1], 1.0, False]}}},
    {"items": {"uniqueItems": True}, "properties": {"choices": {"uniqueItems": True}}},
    {"if": {"properties": {"type": {"const": "text"}}}, "then": {"required": ["id"]}, "else": {"minProperties": 2}},
    {"properties": {"stop": {"contains": {"exclusiveMinimum": 1}, "minContains": 1, "maxContains": 1}}},
    {"prefixItems": [{"const": 1}], "items": {"not": {"multipleOf": 2}}},
    {"dependentSchemas": {"id": {"properties": {"name": {"maxLength": 1}}}}, "propertyNames": {"maxLength": 4}},
    {"properties": {"id": {"$ref": "#"}, "name": {"const": "a"}}, "unevaluatedProperties": {"const": 1}},
    {"properties": {"part": {"$id": "x:y", "$ref": "#/$defs/z", "$defs": {"z": {"const": 1}}}}},
    {"const": 1},
    {"type": "integer"},
]


@pytest.mark.parametrize("schema", SCHEMAS, ids=range(len(SCHEMAS)))
@given(values=st.lists(VALUES, min_size=1, max_size=6))
def test_the_memo_never_changes_a_judgement(schema: dict[str, Any], values: list[Any]) -> None:
    """Whatever was checked before, a value is found wrong exactly when the schema's own validator says so."""
    judge = Draft202012Validator(schema)
    for value in values:
        assert bool(problems(schema, value)) is not judge.is_valid(value), value


def like(value: Any, random: Random) -> Any:
    """The same structure with other scalars, mostly of the same types."""
    if isinstance(value, dict):
        return {key: like(inner, random) for key, inner in value.items()}
    if isinstance(value, list):
        return [like(inner, random) for inner in value]
    return random.choice(OTHERS.get(type(value), [value]))


OTHERS: dict[type, list[Any]] = {
    int: [0, 1, 2, -1],
    float: [0.0, 1.0, 1.5, 2.5],
    str: ["", "a", "ab", "text"],
    bool: [True, False, 1, 0],
}


@pytest.mark.parametrize("schema", SCHEMAS, ids=range(len(SCHEMAS)))
@given(one=VALUES, random=st.randoms(use_true_random=False))
def test_values_of_one_shape_are_judged_alike(schema: dict[str, Any], one: Any, random: Random) -> None:
    """Of values that differ in their scalars only, those of one shape are valid together."""
    sensitive, judge = sensitive_names(schema), Draft202012Validator(schema)
    shape, valid = shape_of(one, sensitive), judge.is_valid(one)
    for other in (like(one, random) for _ in range(5)):
        if shape_of(other, sensitive) == shape:
            assert judge.is_valid(other) is valid, other


def test_only_what_a_schema_looks_at_is_part_of_a_shape() -> None:
    sensitive = sensitive_names(EVENT)
    words = [shape_of(event(choices=[{"delta": {"content": word}}]), sensitive) for word in ("a", "b")]
    assert words[0] == words[1]
    assert shape_of(event(created=1), sensitive) != shape_of(event(created=2), sensitive)
    assert shape_of(1.0, frozenset()) != shape_of(1.5, frozenset())  # the first is an integer to a schema
    assert sensitive_names({"uniqueItems": True}) is EVERY


def test_big_values_are_not_remembered() -> None:
    assert shape_of(list(range(5000)), EVERY) is None


def test_a_schema_is_known_by_what_it_says() -> None:
    """The same words again are not compiled again; another meaning in nearly the same words is another schema."""
    compiled = len(_COMPILED)
    for _ in range(3):
        assert problems({"const": 1, "description": "known by its words"}, 1) == []
    assert len(_COMPILED) == min(compiled + 1, 256)
    assert len(problems({"const": True, "description": "known by its words"}, 1)) == 1
    assert problems({"const": 1, "description": "known by its words"}, 1) == []


def test_a_schema_that_was_changed_is_another() -> None:
    """A caller's own object may change between two calls."""
    schema: dict[str, Any] = {"type": "string"}
    assert problems(schema, "a") == []
    schema["type"] = "integer"
    assert [one.message for one in problems(schema, "a")] == ["must be an integer, not a string"]
