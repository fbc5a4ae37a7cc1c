"""Record cassettes: which scenarios of which providers, from whom, with which key.

Rule of the file: what is missing is said before anything is sent. How one cassette comes about stands in `studio`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from conformance.adapters import Adapter, adapter, adapter_names
from conformance.calls.studio import Agent, From, Job, RecordResult, record_one
from conformance.errors import UsageError
from conformance.model import ChatRequest
from conformance.scenarios import AGENT_LOOP, PRESET_SCENARIOS, SCENARIOS, fits, scenario

if TYPE_CHECKING:
    import httpx

__all__ = ["Agent", "RecordResult", "owed", "record", "recordings", "require_keys"]

_GAP = 0.003
"""Seconds between the frames of the virtual provider: enough for each to arrive as a chunk of its own."""


def record(
    names: Sequence[str] | None = None,
    *,
    source: From = "live",
    scenarios: Sequence[str] | None = None,
    folder: Path | None = None,
    transport: httpx.BaseTransport | None = None,
    agent: Agent | None = None,
) -> list[RecordResult]:
    """Record and say what came of each scenario. See `recordings`."""
    return list(recordings(names, source=source, scenarios=scenarios, folder=folder, transport=transport, agent=agent))


def recordings(
    names: Sequence[str] | None = None,
    *,
    source: From = "live",
    scenarios: Sequence[str] | None = None,
    folder: Path | None = None,
    transport: httpx.BaseTransport | None = None,
    agent: Agent | None = None,
) -> Iterator[RecordResult]:
    """Record scenarios (default: all that are owed) of providers (default: all), each result as it comes.

    `transport` stands in for the network; `agent` performs the agent loop, which is skipped without one.
    Raises `UsageError` for unknown names, and for missing keys before anything is sent.
    """
    speakers = [adapter(name) for name in (adapter_names() if names is None else names)]
    chosen = {one.name: _chosen(one, scenarios) for one in speakers}
    keys = {one.name: "" for one in speakers} if source == "virtual" else _keys(speakers, chosen)
    return _record_all(speakers, chosen, keys, source, folder, transport, agent)


def _record_all(
    speakers: Sequence[Adapter],
    chosen: dict[str, list[str]],
    keys: dict[str, str],
    source: From,
    folder: Path | None,
    transport: httpx.BaseTransport | None,
    agent: Agent | None,
) -> Iterator[RecordResult]:
    from conformance.tape import cassette_path
    from conformance.virtual import VIRTUAL_KEY, VirtualProvider

    with ExitStack() as stack:
        virtual = stack.enter_context(VirtualProvider(gap=_GAP)) if source == "virtual" else None
        for one in speakers:
            inner, key = transport, keys[one.name]
            if virtual:
                from conformance.calls.detour import Detour

                key = VIRTUAL_KEY
                ways = {vendor_base(one): virtual.base_url_as(one.name), **_issuing(one, virtual.url)}
                inner = stack.enter_context(Detour(ways, transport))
            for name in chosen[one.name]:
                path = cassette_path(one.name, name, folder)
                yield record_one(Job(one, name, path, source, key, inner, agent))


def vendor_base(speaker: Adapter) -> str:
    """The base URL as it is called: its settings filled in."""
    asked = ChatRequest(model=speaker.model, messages=())
    path = speaker.url(asked, "base:").removeprefix("base:")
    return speaker.url(asked).removesuffix(path)


def _issuing(speaker: Adapter, towards: str) -> dict[str, str]:
    """The way to the issuer of tokens, where there is one: its origin stands at that of the virtual provider."""
    issuer = getattr(speaker, "issuer", None)
    if issuer is None:
        return {}
    return {urlsplit(issuer.address(getattr(speaker, "settings", {})))._replace(path="", query="").geturl(): towards}


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
    return name == AGENT_LOOP or SCENARIOS[name].key == "good"
