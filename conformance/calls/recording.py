"""Record cassettes: which scenarios of which providers, from whom, with which key.

Rule of the file: what is missing is said before anything is sent. How one cassette comes about stands in `studio`.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from conformance.adapters import Adapter, adapter, adapter_names
from conformance.calls.reaching import Ways, live, virtually
from conformance.calls.studio import Agent, From, Job, Outcome, RecordResult, record_one
from conformance.errors import UsageError
from conformance.scenarios import AGENT_LOOP, PRESET_SCENARIOS, SCENARIOS, fits, scenario

if TYPE_CHECKING:
    import httpx

    from conformance.calls.caution import CautionConfig

__all__ = ["Agent", "RecordResult", "owed", "record", "recordings", "require_keys", "summed"]


def record(
    names: Sequence[str] | None = None,
    *,
    source: From = "live",
    scenarios: Sequence[str] | None = None,
    folder: Path | None = None,
    transport: httpx.BaseTransport | None = None,
    agent: Agent | None = None,
    caution: CautionConfig | None = None,
) -> list[RecordResult]:
    """Record and say what came of each scenario. See `recordings`."""
    return list(
        recordings(
            names,
            source=source,
            scenarios=scenarios,
            folder=folder,
            transport=transport,
            agent=agent,
            caution=caution,
        )
    )


def recordings(
    names: Sequence[str] | None = None,
    *,
    source: From = "live",
    scenarios: Sequence[str] | None = None,
    folder: Path | None = None,
    transport: httpx.BaseTransport | None = None,
    agent: Agent | None = None,
    caution: CautionConfig | None = None,
) -> Iterator[RecordResult]:
    """Record scenarios (default: all that are owed) of providers (default: all), each result as it comes.

    `transport` stands in for the network; `agent` performs the agent loop, which is skipped without one. A vendor is
    called with `caution`: by default with what this process has learnt of it so far.
    Raises `UsageError` for unknown names, and for missing keys before anything is sent.
    """
    speakers = [adapter(name) for name in (adapter_names() if names is None else names)]
    chosen = {one.name: _chosen(one, scenarios) for one in speakers}
    keys = {one.name: "" for one in speakers} if source == "virtual" else _keys(speakers, chosen)
    ways = virtually(transport) if source == "virtual" else live(keys, transport, caution)
    return _record_all(speakers, chosen, ways, source, folder, agent)


def _record_all(
    speakers: Sequence[Adapter],
    chosen: dict[str, list[str]],
    ways: Ways,
    source: From,
    folder: Path | None,
    agent: Agent | None,
) -> Iterator[RecordResult]:
    from conformance.tape import cassette_path

    with ways as reach:
        for one in speakers:
            inner, key = reach(one)
            for name in chosen[one.name]:
                path = cassette_path(one.name, name, folder)
                yield record_one(Job(one, name, path, source, key, inner, agent))


def summed(outcomes: Iterable[Outcome], moved: int) -> str:
    """What came of a session, in one line. `moved`: how many of what was recorded differ in shape from before.

    >>> summed(["recorded", "recorded", "unchanged"], 1)
    '3 recordings: 2 recorded, 1 unchanged; 1 moved in shape since the last'
    """
    counted = Counter(outcomes)
    told = ", ".join(f"{counted[name]} {name}" for name in get_args(Outcome) if counted[name])
    shape = f"; {moved} moved in shape since the last" if counted["recorded"] else ""
    return f"{counted.total()} recording{'s' * (counted.total() != 1)}: {told or 'nothing'}{shape}"


def owed(speaker: Adapter) -> list[str]:
    """The scenarios that a provider owes recordings of, as far as it claims what they need."""
    if not speaker.obligations.unit:
        return list(PRESET_SCENARIOS)
    fitting = [name for name, one in SCENARIOS.items() if fits(one, speaker) is None]
    return [*fitting, *([AGENT_LOOP] if speaker.obligations.e2e else [])]


def _chosen(speaker: Adapter, scenarios: Sequence[str] | None) -> list[str]:
    if scenarios is None:
        return owed(speaker)
    return [name if name == AGENT_LOOP else scenario(name).name for name in scenarios]


def require_keys(plan: Mapping[str, Sequence[str] | None]) -> None:
    """Raise `UsageError` that names every key that recording these scenarios (None: all owed) would lack."""
    speakers = [adapter(name) for name in plan]
    _keys(speakers, {one.name: _chosen(one, plan[name]) for name, one in zip(plan, speakers, strict=True)})


def _keys(speakers: Sequence[Adapter], chosen: dict[str, list[str]]) -> dict[str, str]:
    """The key of each provider from the environment. Raises `UsageError` that names all that are missing."""
    keys = {one.name: next((os.environ[var] for var in one.key_env if os.environ.get(var)), "") for one in speakers}
    needing = [one for one in speakers if any(_wants_good_key(name) for name in chosen[one.name])]
    if missing := [one for one in needing if not keys[one.name]]:
        raise UsageError(
            "no key for " + "; ".join(f"{one.display_name}: set {' or '.join(one.key_env)}" for one in missing),
            "nothing was sent; or record from the virtual provider: --from virtual",
        )
    return keys


def _wants_good_key(name: str) -> bool:
    return name == AGENT_LOOP or (SCENARIOS[name].key == "good" and SCENARIOS[name].live)
