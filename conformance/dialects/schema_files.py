"""The JSON Schemas that lie in a dialect's folder, read when somebody looks at one.

Rule of the file: only the kit's own files are read, each once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files

from conformance.model import JSON
from conformance.schema import OwnSchema

ROLES = ("request", "reply", "event", "error")


class SchemaFiles(Mapping[str, JSON]):
    """Schemas by role, from `schema/<role>.json` of a package. Most runs need none of them, so none is read early."""

    def __init__(self, package: str) -> None:
        self._package = package
        self._read: dict[str, JSON] = {}

    def __getitem__(self, role: str) -> JSON:
        if role not in ROLES:
            raise KeyError(role)
        if role not in self._read:
            text = files(self._package).joinpath("schema", f"{role}.json").read_bytes()
            self._read[role] = OwnSchema(json.loads(text))
        return self._read[role]

    def __iter__(self) -> Iterator[str]:
        return iter(ROLES)

    def __len__(self) -> int:
        return len(ROLES)
