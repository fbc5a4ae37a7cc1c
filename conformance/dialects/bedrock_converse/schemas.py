"""The dialect's JSON Schemas, each read when it is first looked at.

Rule of the file: data only.
"""

from __future__ import annotations

from conformance.dialects.schema_files import SchemaFiles

SCHEMAS = SchemaFiles(__package__ or "")
