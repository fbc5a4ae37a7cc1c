"""The shape of JSON values: which fields there are, of which types, how often, and the words of enum-like ones.

Rule of the file: no content is kept but the words that a language chooses from (types, roles, reasons to end).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from conformance.dialects import dialect
from conformance.model import JSON

# fmt: off
ALWAYS_WORDS = frozenset({"type", "role", "object", "status", "finish_reason", "stop_reason", "finishReason",
                           "stopReason", "done_reason", "event_type"})
_FREE = frozenset({"input", "args", "arguments", "parameters", "input_schema", "inputSchema", "schema", "metadata",
                   "json", "properties", "logit_bias", "partialArgs", "responseSchema", "responseJsonSchema"})
"""Names of objects whose fields are content: arguments of a call, schemas that a user wrote."""
# fmt: on
_WORD = re.compile(r"[A-Za-z][\w.:/-]{0,47}")
_TYPES: Mapping[type, str] = {
    dict: "object", list: "list", str: "string", bool: "boolean", int: "number", float: "number", type(None): "null",
}  # fmt: skip


@dataclass
class Field:
    """One place in values of one kind, array indexes folded."""

    types: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    seen: int = 0
    """How many values there were, null among them."""
    parts: int = 0
    """How many of them were objects or list items' holders that could have held what lies below."""
    owners: set[str] = field(default_factory=set)
    """The `type` of the objects that it stands in; "" for one without."""
    told: list[int] = field(default_factory=list)
    """Numbers of the frames in which it held something: neither null nor empty."""
    frames: list[int] = field(default_factory=list)

    @property
    def real(self) -> set[str]:
        return self.types - {"null"}


@dataclass
class Shape:
    """The fields of all values of one kind, by path (`$.choices[].delta.content`)."""

    words_of: frozenset[str]
    fields: dict[str, Field] = field(default_factory=dict)

    def add(self, value: JSON, at: int = 0) -> None:
        """Fold one more value in; `at` is its place in the stream."""
        self._fold("$", "", value, at, "")

    def _fold(self, path: str, name: str, value: JSON, at: int, owner: str) -> None:
        here = self.fields.setdefault(path, Field())
        kind = _TYPES.get(type(value), "null")
        here.seen += 1
        here.types.add(kind)
        here.owners.add(owner)
        here.frames.append(at)
        if value not in (None, "", [], {}):
            here.told.append(at)
        if kind == "string" and name in self.words_of and _WORD.fullmatch(value):
            here.words.add(value)
        for inner_path, inner_name, inner in _below(path, name, value):
            self._fold(inner_path, inner_name, inner, at, _type_of(value))
        here.parts += kind == "object"

    def parent(self, path: str) -> Field | None:
        """What holds the field; None for the top and for what is not there."""
        return self.fields.get(parent_of(path)) if path != "$" else None


def parent_of(path: str) -> str:
    """The path of what holds this one."""
    return path[:-2] if path.endswith("[]") else path.rpartition(".")[0]


def name_of(path: str) -> str:
    """The name of the field itself: of a list's items the list's."""
    return path.removesuffix("[]").rpartition(".")[2]


def _below(path: str, name: str, value: JSON) -> Iterator[tuple[str, str, JSON]]:
    if isinstance(value, list):
        for inner in value:
            yield f"{path}[]", name, inner
    elif isinstance(value, dict) and name not in _FREE:
        for key, inner in value.items():
            yield f"{path}.{key.replace('.', '_')}", key, inner


def _type_of(value: JSON) -> str:
    found = value.get("type") if isinstance(value, dict) else ""
    return found if isinstance(found, str) else ""


@cache
def vocabulary(language: str) -> Mapping[str, frozenset[str]]:
    """The words that a language's schemas enumerate, by the name of the field that holds them."""
    found: dict[str, set[str]] = {}
    for schema in dialect(language).schemas.values():
        for name, word in _enumerated(schema, ""):
            found.setdefault(name, set()).add(word)
    return {name: frozenset(words) for name, words in found.items()}


def _enumerated(node: JSON, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, list):
        for one in node:
            yield from _enumerated(one, name)
    elif isinstance(node, dict):
        if name:
            told = [*_listed(node.get("enum")), node.get("const")]
            yield from ((name, word) for word in told if isinstance(word, str))
        for key, inner in node.items():
            if key in ("properties", "$defs") and isinstance(inner, dict):
                for inner_name, one in inner.items():
                    yield from _enumerated(one, inner_name)
            elif isinstance(inner, dict | list):
                yield from _enumerated(inner, name)


def _listed(value: JSON) -> list[JSON]:
    return value if isinstance(value, list) else []
