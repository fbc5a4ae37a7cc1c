"""`conformance check --base-url …`: what was said becomes endpoints, a plan for each, and one stream of verdicts.

Rule of the file: everything that can be wrong in what was said is told before anything is sent.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.commands.endpoint_options import Live
from conformance.errors import ConformanceError, UsageError

if TYPE_CHECKING:
    from conformance.baseline import Baseline
    from conformance.cases import Verdict
    from conformance.endpoints.caller import Shelf
    from conformance.endpoints.case import EndpointCase
    from conformance.endpoints.checking import Tell
    from conformance.endpoints.endpoint import Endpoint, Limits
    from conformance.endpoints.plan import Wanted

    Job = tuple[Endpoint, list[EndpointCase]]


def jobs_of(live: Live, scenarios: Iterable[str]) -> list[Job]:
    """The endpoints that are to be checked, each with its cases."""
    from conformance.endpoints.plan import Wanted, plan

    wanted = Wanted(
        suites=live.suites,
        scenarios=tuple(scenarios),
        repeat=live.repeat,
        slow=live.slow,
        require=live.require_models,
        other_model=live.other_model or "",
    )
    found = _from_config(live, wanted) if not live.base_url else [_said(live, wanted)]
    return [(endpoint, plan(endpoint, its)) for endpoint, its in found]


def _said(live: Live, wanted: Wanted) -> tuple[Endpoint, Wanted]:
    """The endpoint that the command line names."""
    from conformance.endpoints.endpoint import Limits

    if live.services:
        raise UsageError("--base-url and --service name two things", "leave one of them out")
    if not live.dialect:
        from conformance.dialects import dialect_names

        raise UsageError("nothing tells what the server speaks", f"say --dialect: {', '.join(dialect_names())}")
    if not live.model:
        raise UsageError("nothing tells which model is to be asked", "say --model ID")
    return _endpoint(live.base_url or "", live.dialect, live.model, live, _limits(live, Limits())), wanted


def _from_config(live: Live, wanted: Wanted) -> list[tuple[Endpoint, Wanted]]:
    """The services of the file: those that are named, or all."""
    from conformance.endpoints.config import FILE, find_config, target_of

    config = find_config(live.config, Path.cwd())
    if config is None:
        raise UsageError(f"there is no {FILE} here", "name one with --config, or a server with --base-url")
    target = target_of(live.target, config.target)
    found = []
    for one in map(config.service, live.services or config.services):
        said = replace(
            live, api_key_env=live.api_key_env or one.key_env or None, profile=live.profile or one.profile or None
        )
        limits = _limits(live, config.limits)
        speaks = live.dialect or one.dialect or "openai-chat"  # what it does not speak, it is not asked
        where = _endpoint(one.url(target), speaks, live.model or one.model, said, limits)
        its = replace(
            wanted,
            suites=wanted.suites or (() if one.dialect else ("health", *one.suites)),
            also=one.suites,
            require=(*wanted.require, *one.require_models),
            other_model=wanted.other_model or one.other_model,
        )
        found.append((where, its))
    if not found:
        raise UsageError(f"{config.where} names no service", "add one: [services.<name>]")
    return found


def _endpoint(base_url: str, language: str, model: str, live: Live, limits: Limits) -> Endpoint:
    from conformance.commands.choosing import among
    from conformance.dialects import dialect_names
    from conformance.endpoints.endpoint import Endpoint, checked_url, key_from, speaker_for

    language = among("dialect", [language], dialect_names())[0]
    speaker = speaker_for(language, live.profile or "")
    url = checked_url(base_url)
    key, env = key_from(live.api_key_env, speaker, url)
    return Endpoint(
        base_url=url, speaker=speaker, model=model, key=key, key_env=env, profile=live.profile or "", limits=limits
    )


def _limits(live: Live, limits: Limits) -> Limits:
    """The limits, where the command line says nothing else."""
    said = {
        "ttft": live.ttft_limit,
        "gap": live.gap_limit,
        "simple": live.timeout,
        "streaming": live.streaming_timeout,
        "stall": live.stall_limit,
    }
    return replace(limits, **{name: value for name, value in said.items() if value is not None})


def verdicts(
    jobs: list[Job], shelf: Shelf | None, known: Baseline | None, *, tell: bool
) -> Iterator[Verdict | ConformanceError]:
    """The verdicts on all endpoints; one that cannot be judged is told and the next one is checked."""
    from conformance.endpoints.caller import Caller
    from conformance.endpoints.checking import check
    from conformance.endpoints.session import Session

    for endpoint, cases in jobs:
        try:
            with Caller(endpoint, shelf) as caller:
                session = Session(endpoint, caller)
                yield from check(session, [one.knowing(known, endpoint) for one in cases], _teller(tell))
        except ConformanceError as fault:
            yield fault


def _teller(tell: bool) -> Tell:
    def say(number: int, of: int, name: str) -> None:
        if tell:
            print(f"{number:4} of {of}  {name}", file=sys.stderr, flush=True)

    return say


def shelf_of(live: Live, played: Path | None) -> Shelf | None:
    """Where exchanges are kept or played from. Raises `UsageError` for a place that is no folder."""
    from conformance.endpoints.caller import Shelf

    if live.record is None:
        return Shelf(played, play=True) if played else None
    if played:
        raise UsageError("--record and --folder are two things", "leave one of them out")
    if Path(live.record).exists() and not Path(live.record).is_dir():
        raise UsageError(f"{live.record} is not a folder", "name a folder to write to")
    return Shelf(Path(live.record))
