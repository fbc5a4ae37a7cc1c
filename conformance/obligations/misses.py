"""A miss told as findings: what the adapter sends today and what was recorded, path by path.

Rule of the file: asked only of an error at hand; `CassetteMiss` comes with vcrpy, whose import costs more than replays.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeGuard

from conformance.errors import ConformanceError
from conformance.rulebook import Violation

if TYPE_CHECKING:
    from conformance.tape import CassetteMiss

MOST = 12
"""Differences shown."""


def is_miss(fault: ConformanceError) -> TypeGuard[CassetteMiss]:
    """Whether playback met a request that the cassette does not answer: the adapter's doing, not the kit's."""
    from conformance.tape import CassetteMiss

    return isinstance(fault, CassetteMiss)


def debt_of(adapter: str, scenario: str) -> str:
    """What pays for a recording that is missing or out of date."""
    return f"pay the debt: conformance record {adapter} --scenario {scenario}"


def missed(fault: ConformanceError, path: Path, debt: str) -> Iterator[Violation]:
    """What is wrong when the recording does not answer; an error that is no miss is raised again."""
    if not is_miss(fault):
        raise fault
    nearest = fault.nearest
    for one in nearest.differences[:MOST] if nearest else ():
        message = f"what is sent is not what was recorded in {path.name}; {debt}"
        yield Violation(message, one.path, None, one.recorded, one.sent)
    if nearest is None or not nearest.differences:
        why = "holds no exchange" if nearest is None else "is asked more often than was recorded"
        yield Violation(f"{path.name} {why}; {debt}", path.name)
