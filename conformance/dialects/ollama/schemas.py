"""The JSON Schemas of this language.

Rule of the file: nothing but `SCHEMAS`.
"""

from __future__ import annotations

from conformance.dialects.schema_files import SchemaFiles

SCHEMAS = SchemaFiles("conformance.dialects.ollama")
