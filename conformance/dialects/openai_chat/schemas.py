"""The JSON Schemas of this language, read once from the files beside this one.

Rule of the file: only the kit's own files are read, and only when a schema is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

from conformance.model import JSON
from conformance.schema import OwnSchema

ROLES = ("request", "reply", "event", "error")


@cache
def _schema(role: str) -> JSON:
    return OwnSchema(json.loads(files(__package__).joinpath("schema", f"{role}.json").read_bytes()))


class _Schemas(Mapping[str, JSON]):
    """Schemas by role, loaded at the first look: most runs need none."""

    def __getitem__(self, role: str) -> JSON:
        if role not in ROLES:
            raise KeyError(role)
        return _schema(role)

    def __iter__(self) -> Iterator[str]:
        return iter(ROLES)

    def __len__(self) -> int:
        return len(ROLES)


SCHEMAS: Mapping[str, JSON] = _Schemas()
