"""Record what a case is judged on, when VCR_MODE asks for it: how `VCR_MODE=record pytest` refreshes cassettes.

Rule of the file: playback does nothing here; a recording that failed fails the test and leaves the old cassette alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from conformance.cases import Case

if TYPE_CHECKING:
    from conformance.calls.recording import RecordResult


def record_for(case: Case, *, source: Literal["live", "virtual"] = "live") -> RecordResult | None:
    """Record the case's scenario: anew in mode record, when it is missing in mode auto; None when nothing was to do.

    Raises `UsageError` when the provider's key is not set, before anything is sent.
    """
    if not (name := due(case)):
        return None
    from conformance.calls.recording import record
    from conformance.subjects.story import tell

    (result,) = record([case.subject], source=source, scenarios=[name], agent=tell)
    return result


def require_keys_for(cases: Iterable[Case]) -> None:
    """Raise `UsageError` that names every key which recording these cases live would lack, in mode record.

    In mode auto a case whose cassette is missing tells its own, and the others are judged.
    """
    from conformance.calls.recording import require_keys
    from conformance.tape import mode

    if mode() != "record":
        return
    plan: dict[str, list[str]] = {}
    for case in cases:
        if name := due(case):
            plan.setdefault(case.subject, []).append(name)
    require_keys(plan)


def due(case: Case) -> str | None:
    """The scenario that is to be recorded before the case is judged; None when VCR_MODE asks for nothing."""
    from conformance.tape import cassette_path, mode

    asked, name = mode(), scenario_of(case)
    if asked == "playback" or name is None:
        return None
    return None if asked == "auto" and cassette_path(case.subject, name).exists() else name


def scenario_of(case: Case) -> str | None:
    """The scenario whose recording is judged; None for a case without one of its own.

    >>> scenario_of(Case("openai/conformance/simple_text", "openai", "conformance", "", list))
    'simple_text'
    >>> scenario_of(Case("openai/unit/identity", "openai", "unit", "", list)) is None
    True
    """
    from conformance.scenarios import AGENT_LOOP, SCENARIOS

    what = case.id.rpartition("/")[2]
    return what if case.tier in ("conformance", "e2e") and what in (*SCENARIOS, AGENT_LOOP) else None
