"""The plan: which cases of which suites are asked of an endpoint, in the order in which they tell most.

Rule of the file: a table of suites. Planning sends nothing; a plan without a case is an error, never a pass.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from conformance.endpoints.case import EndpointCase
from conformance.endpoints.endpoint import Endpoint
from conformance.endpoints.suites import (
    across,
    conversation,
    errors,
    health,
    latency,
    models,
    options,
    scenarios,
    services,
    slow,
)
from conformance.errors import UsageError


@dataclass(frozen=True)
class Wanted:
    """What of all that could be asked is asked."""

    suites: Collection[str] = ()
    """Empty: all that are not optional."""
    also: Collection[str] = ()
    """Optional suites beside them."""
    scenarios: Collection[str] = ()
    """Names of cases, `*` and `?` standing for anything; empty: all."""
    repeat: int = 1
    slow: bool = False
    require: Collection[str] = ()
    """Models that must be listed."""
    other_model: str = ""


Suite = Callable[[Endpoint, Wanted], Iterator[EndpointCase]]

SUITES: Mapping[str, Suite] = {
    "scenarios": lambda endpoint, wanted: scenarios.cases(endpoint),
    "models": lambda endpoint, wanted: models.cases(endpoint, wanted.require),
    "health": lambda endpoint, wanted: health.cases(endpoint),
    "options": lambda endpoint, wanted: options.cases(endpoint),
    "errors": lambda endpoint, wanted: errors.cases(endpoint),
    "conversation": lambda endpoint, wanted: conversation.cases(endpoint),
    "slow": lambda endpoint, wanted: slow.cases(endpoint),
    "transcription": lambda endpoint, wanted: services.transcription(endpoint),
    "memory": lambda endpoint, wanted: services.memory(endpoint),
    "debug": lambda endpoint, wanted: services.debug(endpoint),
    "switching": lambda endpoint, wanted: services.switching(endpoint, wanted.other_model),
    "across": lambda endpoint, wanted: across.cases(endpoint),
    "latency": lambda endpoint, wanted: latency.cases(endpoint, wanted.repeat),
}
"""Every suite; across and latency last, since they look at what all asked."""

OPTIONAL = frozenset({"slow", "transcription", "memory", "debug", "switching"})


def plan(endpoint: Endpoint, wanted: Wanted) -> list[EndpointCase]:
    """The cases. Raises `UsageError` for an unknown suite or case."""
    if unknown := sorted({*wanted.suites, *wanted.also} - SUITES.keys()):
        raise UsageError(f"there is no suite {unknown[0]!r}", f"choose among: {', '.join(SUITES)}")
    chosen = set(wanted.suites) or set(SUITES) - OPTIONAL
    chosen |= set() if wanted.suites else set(wanted.also)
    chosen |= {"slow"} if wanted.slow else set()
    chosen |= {"switching"} if wanted.other_model else set()
    if "switching" in chosen and not wanted.other_model:
        raise UsageError("the suite switching needs another model", "name it with --other-model")
    if wanted.scenarios and not wanted.suites:
        chosen = set(SUITES) - {"switching"} | (chosen & {"switching"})
    found = [case for name, suite in SUITES.items() if name in chosen for case in suite(endpoint, wanted)]
    return _narrowed(found, wanted.scenarios)


def _narrowed(cases: list[EndpointCase], names: Collection[str]) -> list[EndpointCase]:
    known = [one.name for one in cases]
    for name in names:
        if not any(fnmatchcase(one, name) for one in known):
            from difflib import get_close_matches

            near = get_close_matches(name, known, n=3)
            hint = f"did you mean {' or '.join(near)}?" if near else f"choose among: {', '.join(known)}"
            raise UsageError(f"there is no scenario or case {name!r} for this endpoint", hint)
    return [one for one in cases if not names or any(fnmatchcase(one.name, name) for name in names)]
