"""Scenarios: what to ask of a provider, as values. `SCENARIOS` holds them all by name.

Rule of the folder: a scenario performs nothing; subjects do. Streamed scenarios are written, their whole twins derived.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from conformance.errors import UsageError
from conformance.exchange import Source
from conformance.model import ChatRequest, Event, Reply
from conformance.rulebook import Violation
from conformance.scenarios.asking import ASKING
from conformance.scenarios.ending import ENDING
from conformance.scenarios.failing import FAILING
from conformance.scenarios.form import CAPABILITIES, Expectation, Scenario, Seen
from conformance.scenarios.tooling import TOOLING

if TYPE_CHECKING:
    from conformance.adapters import Adapter

__all__ = [
    "AGENT_LOOP",
    "CAPABILITIES",
    "PRESET_SCENARIOS",
    "SCENARIOS",
    "Expectation",
    "Scenario",
    "Seen",
    "check",
    "fits",
    "for_model",
    "scenario",
    "whole_twin",
]

AGENT_LOOP = "agent_loop"
"""The one recording of several exchanges; the agent loop performs it, so it is no `Scenario`."""

PRESET_SCENARIOS = ("simple_text", "tool_call_single", "error_auth_401")
"""What an adapter owes recordings of that is only a row of facts."""


def whole_twin(streamed: Scenario) -> Scenario:
    """The same scenario asked without streaming, named `<name>_whole`."""
    return replace(
        streamed,
        name=f"{streamed.name}_whole",
        title=f"{streamed.title}, not streamed",
        request=msgspec.structs.replace(streamed.request, stream=False),
    )


def _all() -> Mapping[str, Scenario]:
    written = (*ASKING, *ENDING, *TOOLING, *FAILING)
    twins = [whole_twin(one) for one in written if isinstance(one.answer, Reply) or one.name == "error_auth_401"]
    return MappingProxyType({one.name: one for one in (*written, *twins)})


SCENARIOS: Mapping[str, Scenario] = _all()


def scenario(name: str) -> Scenario:
    """The scenario of that name. Raises `UsageError` for an unknown one."""
    if found := SCENARIOS.get(name.strip().lower()):
        return found
    raise UsageError(f"there is no scenario {name!r}", f"choose one of: {', '.join(SCENARIOS)}")


def for_model(scenario: Scenario, model: str) -> ChatRequest:
    """What to send for a scenario; `model` stands in where the scenario names none."""
    request = scenario.request
    return request if request.model else msgspec.structs.replace(request, model=model)


def fits(scenario: Scenario, adapter: Adapter) -> str | None:
    """Why a scenario cannot be asked of an adapter; None when it can."""
    lacking = sorted(scenario.needs - adapter.capabilities)
    return f"{adapter.name} does not claim {', '.join(lacking)}" if lacking else None


def check(scenario: Scenario, events: Iterable[Event], source: Source = "unknown") -> list[Violation]:
    """What of a scenario's expectations does not hold. Wording is judged only of the virtual provider's answers."""
    seen = Seen(scenario, tuple(events), source)
    return [violation for expectation in scenario.expect for violation in expectation(seen)]
