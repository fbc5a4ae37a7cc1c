"""Faults: a catalogue of what goes wrong on the wire, by dialect; and of what looks odd and is legal.

Rule of the folder: a module (or folder) of a dialect's name holds its `FAULTS` and `VARIATIONS`, and in `UNREACHED`
the rules that no fault can break, each with the reason; what holds of a framing or of HTTP itself is written once in
`every` and told for each dialect. Nothing else registers them.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator, Mapping
from functools import cache

from conformance.dialects import dialect, dialect_names
from conformance.errors import UsageError
from conformance.faults.form import Bent, Fault, Variation

__all__ = ["Bent", "Fault", "Variation", "faults", "find_bent", "unreached", "variations"]


def faults(speaks: str | None = None) -> list[Fault]:
    """The faults of a dialect, or of all."""
    return [one for one in _catalogue(speaks).values() if isinstance(one, Fault)]


def variations(speaks: str | None = None) -> list[Variation]:
    """The legal variations of a dialect, or of all."""
    return [one for one in _catalogue(speaks).values() if isinstance(one, Variation)]


def find_bent(id: str) -> Bent | None:
    """The fault or variation of that id; None when there is none."""
    speaks = id.partition(".")[0]
    return _of(speaks).get(id) if speaks in dialect_names() else None


def unreached(speaks: str | None = None) -> Mapping[str, str]:
    """The rules of a dialect (none named: of all of them together) that no fault can break -> why not."""
    module = "every" if speaks is None else dialect(speaks).name.replace("-", "_")
    name = f"{__name__}.{module}"
    if not importlib.util.find_spec(name):
        return {}
    found: Mapping[str, str] = getattr(importlib.import_module(name), "UNREACHED", {})
    return found


def _catalogue(speaks: str | None) -> Mapping[str, Bent]:
    if speaks is not None:
        return _of(dialect(speaks).name)
    return {id: one for name in dialect_names() for id, one in _of(name).items()}


@cache
def _of(speaks: str) -> Mapping[str, Bent]:
    found: dict[str, Bent] = {}
    for one in _written(speaks):
        if one.id in found:
            raise UsageError(f"the fault {one.id} is written twice", "give each its own id")
        found[one.id] = one
    return found


def _written(speaks: str) -> Iterator[Bent]:
    from conformance.faults import every

    name = f"{__name__}.{speaks.replace('-', '_')}"
    if importlib.util.find_spec(name):
        module = importlib.import_module(name)
        yield from module.FAULTS
        yield from module.VARIATIONS
    yield from every.of(dialect(speaks))
