"""The JSON Schemas of this language.

Rule of the file: one value; how files are read stands in `schema_files`.
"""

from __future__ import annotations

from conformance.dialects.schema_files import SchemaFiles

SCHEMAS = SchemaFiles(__package__)
