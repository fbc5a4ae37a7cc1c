"""The kit's own JSON Schemas are JSON Schemas: looked at here, so that no process has to look again."""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator

from conformance.dialects import dialect, dialect_names
from conformance.schema import OwnSchema


@pytest.mark.parametrize("name", dialect_names())
def test_every_schema_of_a_dialect_is_one(name: str) -> None:
    for role, schema in dialect(name).schemas.items():
        Draft202012Validator.check_schema(dict(schema))
        assert isinstance(schema, OwnSchema), f"{name}/{role} would be checked in every process"
