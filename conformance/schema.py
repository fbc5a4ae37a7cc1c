"""Check a JSON value against a JSON Schema (draft 2020-12): what is wrong, where, in one sentence each.

Rule of the file: what was found of one value is known of all of its shape; nothing is explained that fits.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from conformance.explaining import Problem, Steps, explained, path_of, validator_of
from conformance.fitting import test_of
from conformance.keywords import Test
from conformance.model import JSON
from conformance.rulebook import Violation
from conformance.shapes import Sensitive, sensitive_names, shape_of

_MOST_SCHEMAS, _MOST_SHAPES = 256, 4096


def problems(schema: Mapping[str, JSON], value: JSON) -> list[Violation]:
    """Everything in `value` that the schema forbids, each with its JSON path; empty when it fits.

    Raises `InputError` when the schema itself cannot be used.
    """
    compiled = _compiled(schema)
    shape = shape_of(value, compiled.sensitive)
    found = compiled.known.get(shape) if shape is not None else None
    if found is None:
        found = _look(compiled, value)
        if shape is not None and len(compiled.known) < _MOST_SHAPES:
            compiled.known[shape] = found
    if not found:
        return []
    return [Violation(one.message, path_of(one.steps), None, one.expected, _at(value, one.steps)) for one in found]


class _Compiled(NamedTuple):
    schema: Mapping[str, JSON]
    """Kept alive, so that its id stays its own."""
    fits: Test | None
    """Says yes or no without a library; None where it cannot tell."""
    validator: list[Any]
    """jsonschema's, once it was needed: it costs more to import than a whole check."""
    sensitive: Sensitive
    known: dict[tuple[Any, ...], tuple[Problem, ...]]


_COMPILED: dict[int | str, _Compiled] = {}
"""By the schema's id when it is the kit's own, else by its text: each request brings the schemas of its tools anew."""


class OwnSchema(dict[str, JSON]):
    """A schema of the kit's own: that it is one is tested, and not looked at again in each process."""


def _compiled(schema: Mapping[str, JSON]) -> _Compiled:
    key = id(schema) if isinstance(schema, OwnSchema) else _text_of(schema)
    known = _COMPILED.get(key)
    if known is None:
        known = _compile(schema)
        if len(_COMPILED) >= _MOST_SCHEMAS:
            _COMPILED.pop(next(iter(_COMPILED)), None)
        _COMPILED[key] = known
    return known


def _text_of(schema: Mapping[str, JSON]) -> int | str:
    try:
        return repr(schema)  # unlike JSON text it tells 1 from True, and from 1.0
    except RecursionError:
        return id(schema)


def _compile(schema: Mapping[str, JSON]) -> _Compiled:
    fits = test_of(schema if isinstance(schema, dict) else dict(schema))
    unsure = fits is None and not isinstance(schema, OwnSchema)
    return _Compiled(schema, fits, [validator_of(schema)] if unsure else [], sensitive_names(schema), {})


def _look(compiled: _Compiled, value: JSON) -> tuple[Problem, ...]:
    try:
        if compiled.fits and compiled.fits(value):
            return ()
    except RecursionError:
        pass  # told by who explains
    if not compiled.validator:
        compiled.validator.append(validator_of(compiled.schema, sound=True))
    return explained(compiled.validator[0], value)


def _at(value: JSON, steps: Steps) -> JSON:
    for step in steps:
        value = value[step]
    return value
