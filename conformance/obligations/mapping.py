"""Unit tier, the request body: every canonical field, one by one.

Rule of the file: landing is seen in what would be sent; refusing is an `UnsupportedError` that says what it refuses.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from conformance.obligations.probes import PROBES, Probe
from conformance.obligations.registry import Bench, obligation
from conformance.rulebook import Violation

if TYPE_CHECKING:
    from conformance.adapters import Adapter
    from conformance.model import JSON, ChatRequest


@obligation("unit", "request_mapping", why="a field that is dropped in silence changes the answer and nobody notices")
def request_mapping(adapter: Adapter, bench: Bench) -> Iterator[Violation]:
    """Every request is valid by the dialect's schema; every canonical field lands in it or is refused aloud."""
    from conformance.errors import UnsupportedError

    for probe in PROBES:
        if probe.field in adapter.dialect.untold:
            continue
        try:
            without, given = (_composed(adapter, request) for request in (probe.without(adapter), probe.given(adapter)))
        except UnsupportedError as refusal:
            if probe.needed:
                yield Violation(f"{probe.field} is refused, though nothing can be asked without it", got=str(refusal))
            elif not str(refusal).strip():
                yield Violation("the refusal does not say what it refuses", probe.field)
            continue
        yield from _schema_faults(adapter, probe, given[1])
        if given == without:
            yield Violation(f"{probe.field} is dropped in silence: nothing of the request changes", probe.field)
        elif lost := [mark for mark in probe.marks if not holds(given, mark)]:
            yield Violation(f"{probe.field} changes the request, but its value is not in it", probe.field, None, lost)


def _composed(adapter: Adapter, request: ChatRequest) -> tuple[str, JSON]:
    return adapter.url(request), adapter.body(request)


def _schema_faults(adapter: Adapter, probe: Probe, body: JSON) -> Iterator[Violation]:
    from conformance.schema import problems

    if not isinstance(body, dict) or not body:
        yield Violation(f"with {probe.field}: the body is not a JSON object with fields", got=body)
        return
    for one in problems(adapter.dialect.schemas["request"], body):
        yield one._replace(message=f"with {probe.field}: {one.message}")


def holds(value: object, mark: JSON) -> bool:
    """Whether `mark` stands anywhere in the value: equal (and of one type), or inside a string."""
    if isinstance(value, dict):
        return value == mark or any(holds(one, mark) for one in (*value.keys(), *value.values()))
    if isinstance(value, list | tuple):
        return list(value) == mark or any(holds(one, mark) for one in value)
    if isinstance(value, str) and isinstance(mark, str):
        return mark in value
    return type(value) is type(mark) and value == mark
