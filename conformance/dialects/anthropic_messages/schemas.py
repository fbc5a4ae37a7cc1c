"""The dialect's JSON Schemas, loaded once.

Rule of the file: data in, data out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files

from conformance.model import JSON


def _load(role: str) -> JSON:
    return json.loads(files(__package__ or "").joinpath("schema", f"{role}.json").read_text("utf-8"))


SCHEMAS: Mapping[str, JSON] = {role: _load(role) for role in ("request", "reply", "event", "error")}
