"""What is wrong with a JSON value by a JSON Schema, as jsonschema finds it: where, and in one sentence each.

Rule of the file: a union that nothing fits is explained by the branch that comes nearest, never by the whole union.
No reference leaves the schema: nothing is ever fetched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from conformance.errors import InputError
from conformance.model import JSON

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

Steps = tuple[str | int, ...]


def path_of(steps: Iterable[str | int]) -> str:
    """A JSON path: `$.choices[0].delta`; a name that is no word is quoted."""
    return "$" + "".join(_step(one) for one in steps)


class Problem(NamedTuple):
    """A violation without its evidence: the same for all values of one shape."""

    message: str
    steps: Steps
    expected: JSON


def validator_of(schema: Mapping[str, JSON], *, sound: bool = False) -> Any:
    """What judges values by this schema. Raises `InputError` for what is none, unless it is known to be `sound`."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError
    from referencing import Registry

    try:
        if not sound:
            Draft202012Validator.check_schema(dict(schema))
    except (SchemaError, RecursionError) as fault:
        raise InputError(f"this is not a JSON Schema: {getattr(fault, 'message', fault)}") from fault
    return Draft202012Validator(dict(schema), registry=Registry())  # an empty registry fetches nothing


def explained(validator: Any, value: JSON) -> tuple[Problem, ...]:
    """Everything that is wrong with the value, each thing once."""
    from referencing.exceptions import Unresolvable

    try:
        found = [_told(error) for top in validator.iter_errors(value) for error in _nearest(top)]
    except Unresolvable as fault:
        raise InputError(f"this JSON Schema refers to what it does not hold: {fault}") from fault
    except RecursionError:
        found = [Problem("is nested too deeply to be checked", (), None)]
    return tuple({(one.message, one.steps): one for one in found}.values())


def _nearest(error: ValidationError) -> Iterator[ValidationError]:
    """The error itself, or for a union the errors of the branch that the value comes nearest to."""
    if error.validator not in ("anyOf", "oneOf") or not error.context:
        yield error
        return
    branches = [list(group) for _, group in groupby(error.context, key=lambda one: one.relative_schema_path[0])]
    depth = len(error.absolute_path)
    far = [_distance(branch, depth) for branch in branches]
    best = min(far)
    if best.wrong_type or (best.wrong_tags and far.count(best) > 1):
        yield error  # no branch is nearer than the others: say what all of them want
        return
    for inner in branches[far.index(best)]:
        yield from _nearest(inner)


class _Distance(NamedTuple):
    """How far a value is from a branch of a union: wrong type, wrong tags, then how much else is wrong."""

    wrong_type: bool
    wrong_tags: int
    faults: int


def _distance(branch: list[ValidationError], depth: int) -> _Distance:
    wrong_type = any(one.validator == "type" and len(one.absolute_path) == depth for one in branch)
    tags = sum(one.validator in ("const", "enum") and len(one.absolute_path) <= depth + 1 for one in branch)
    return _Distance(wrong_type, tags, len(branch))


_TYPES: Mapping[type, str] = {
    dict: "an object", list: "a list", str: "a string", bool: "a boolean", int: "an integer", float: "a number",
    type(None): "null",
}  # fmt: skip
_NAMES: Mapping[str, str] = {
    "object": "an object", "array": "a list", "string": "a string", "boolean": "a boolean", "integer": "an integer",
    "number": "a number", "null": "null",
}  # fmt: skip

_SENTENCES: Mapping[str, Callable[[Any, JSON], str]] = {  # keyword -> (what it wants, what stands there) -> sentence
    "type": lambda wanted, found: f"must be {_types(wanted)}, not {_TYPES.get(type(found), 'this')}",
    "const": lambda wanted, found: f"must be {_brief(wanted)}",
    "enum": lambda wanted, found: f"must be one of {', '.join(map(_brief, wanted))}",
    "pattern": lambda wanted, found: f"must match {wanted}",
    "minItems": lambda wanted, found: f"must hold at least {wanted} item(s), not {len(found)}",
    "maxItems": lambda wanted, found: f"must hold at most {wanted} item(s), not {len(found)}",
    "minLength": lambda wanted, found: f"must be at least {wanted} character(s) long",
    "maxLength": lambda wanted, found: f"must be at most {wanted} character(s) long",
    "minimum": lambda wanted, found: f"must be at least {wanted}",
    "maximum": lambda wanted, found: f"must be at most {wanted}",
}
_SHOWN = frozenset({"type", "const", "enum", "pattern", "minimum", "maximum"})


def _told(error: ValidationError) -> Problem:
    keyword, wanted = str(error.validator), error.validator_value
    lacking = ""
    if keyword == "required":
        named = error.message.removesuffix(" is a required property")
        message, lacking = f"{named} is missing", named.strip("'\"")
    elif keyword in ("anyOf", "oneOf"):
        message = _union(error)
    elif keyword in _SENTENCES:
        message = _SENTENCES[keyword](wanted, error.instance)
    else:
        message = f"breaks {keyword!r} of the schema"
    if isinstance(error.schema, Mapping) and (meaning := error.schema.get("description")):
        message = f"{message} ({meaning})"
    return Problem(message, tuple(error.absolute_path), lacking or (wanted if keyword in _SHOWN else None))


def _types(wanted: str | list[str]) -> str:
    return " or ".join(_NAMES.get(one, one) for one in ([wanted] if isinstance(wanted, str) else wanted))


def _union(error: ValidationError) -> str:
    """What the branches of a union would take, when none is nearer than the others."""
    faults = error.context or ()
    tags = dict.fromkeys(path_of(one.absolute_path) for one in faults if one.validator in ("const", "enum"))
    if tags:
        return f"fits none of the forms allowed here, which {' and '.join(tags)} would tell apart"
    wanted = [one.validator_value for one in faults if one.validator == "type" and not one.relative_path]
    names = [name for one in wanted for name in ([one] if isinstance(one, str) else list(one))]  # type: ignore[arg-type]
    if not names:
        return "fits none of the forms allowed here"
    return _SENTENCES["type"](list(dict.fromkeys(names)), error.instance)


def _brief(value: JSON) -> str:
    from conformance.rulebook import shorten

    return f'"{value}"' if isinstance(value, str) else shorten(value, 60) or "null"


def _step(one: str | int) -> str:
    if isinstance(one, int):
        return f"[{one}]"
    return f".{one}" if one.replace("-", "_").isidentifier() else f"[{one!r}]"
