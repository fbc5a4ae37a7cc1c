"""The studio: one scenario of one provider, performed onto a tape, judged, and only then put on the shelf.

Rule of the file: a recording replaces its cassette when all is well, never before; a failed one leaves the old alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from conformance.adapters import Adapter
from conformance.calls.client import stream
from conformance.calls.concealing import concealed, parts_of
from conformance.calls.outgoing import CallOptions
from conformance.exchange import Exchange
from conformance.model import Error
from conformance.rulebook import Violation
from conformance.scenarios import AGENT_LOOP, SCENARIOS, check, fits, for_model

if TYPE_CHECKING:
    import httpx

    from conformance.tape import Provenance

From: TypeAlias = Literal["live", "virtual"]
Outcome: TypeAlias = Literal["recorded", "unchanged", "failed", "skipped"]

WRONG_KEY = "conformance-wrong-key"


class Told(Protocol):
    """What an agent hands back of one prompt."""

    failure: Error | None


Agent: TypeAlias = "Callable[[Adapter, httpx.Client, CallOptions, Path], Sequence[Told]]"
"""Who performs the agent loop: `conformance.subjects.story.tell`."""


@dataclass(frozen=True)
class RecordResult:
    """What came of recording one scenario of one provider."""

    provider: str
    scenario: str
    path: Path
    outcome: Outcome
    reason: str = ""
    """Why it failed or was skipped."""
    faults: tuple[Violation, ...] = ()
    drift: str = ""
    """What moved in shape since the cassette that it replaces, in a few words."""

    def __str__(self) -> str:
        because = self.reason or self.drift
        return f"{self.outcome:9}  {self.provider}/{self.scenario}{f': {because}' if because else ''}"


@dataclass(frozen=True)
class Job:
    """One cassette to record, and how."""

    adapter: Adapter
    name: str
    path: Path
    source: From
    key: str = field(repr=False)
    inner: httpx.BaseTransport | None = None
    agent: Agent | None = None

    def result(self, outcome: Outcome, reason: str = "", faults: Sequence[Violation] = ()) -> RecordResult:
        plain = concealed(reason, parts_of(self.key))
        hidden = [one._replace(message=concealed(one.message, parts_of(self.key))) for one in faults]
        return RecordResult(self.adapter.name, self.name, self.path, outcome, plain, tuple(hidden))


def record_one(job: Job) -> RecordResult:
    """Perform into a cassette beside the old one; put it in its place when it holds what is expected."""
    if reason := _obstacle(job):
        return job.result("skipped", reason)
    job.path.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=job.path.parent, prefix=".recording-") as scratch:
        fresh = Path(scratch) / job.path.name
        if faults := _perform(job, fresh, Path(scratch) / "session.jsonl"):
            return job.result("failed", faults[0].message, faults)
        if not fresh.exists():
            return job.result("failed", "nothing was recorded")
        if job.path.exists() and _same(fresh, job.path):
            return job.result("unchanged")
        moved = _moved(job.name, job.path, fresh)
        os.replace(fresh, job.path)
    return replace(job.result("recorded"), drift=moved)


def _obstacle(job: Job) -> str | None:
    if job.source == "virtual" and _is_live(job.path):
        return "a live recording is there: remove it first, or a synthetic one takes its place"
    if job.name == AGENT_LOOP:
        return None if job.agent else "there is no agent to perform the loop"
    one = SCENARIOS[job.name]
    if job.source == "live" and not one.live:
        return "no request can make a real vendor answer like this; record it from the virtual provider"
    return fits(one, job.adapter)


def _perform(job: Job, fresh: Path, session: Path) -> list[Violation]:
    """Perform and tape. Returns what does not hold of the answers."""
    import httpx

    from conformance.tape import open_tape

    tape_of = open_tape(fresh, mode="record", inner=job.inner, provenance=_provenance(job))
    with tape_of as tape, httpx.Client(transport=tape.transport()) as client:
        if job.name == AGENT_LOOP and job.agent:
            told = job.agent(job.adapter, client, CallOptions(job.key), session)
            return [Violation(f"the agent failed: {one.failure.message}") for one in told if one.failure]
        one = SCENARIOS[job.name]
        options = CallOptions(job.key if one.key == "good" else WRONG_KEY)
        events = tuple(stream(job.adapter, for_model(one, job.adapter.model), options, client))
        return check(one, events, job.source)


def _provenance(job: Job) -> Provenance:
    from conformance import __version__
    from conformance.tape import Provenance

    return Provenance(
        source=job.source,
        recorded_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        tool=f"provider-conformance {__version__}",
        base_url="virtual" if job.source == "virtual" else job.adapter.base_url,
        provider=job.adapter.name,
        scenario=job.name,
        dialect=job.adapter.dialect.name,
    )


def _is_live(path: Path) -> bool:
    from conformance.errors import InputError
    from conformance.tape import read_cassette

    try:
        return path.exists() and read_cassette(path).provenance.source == "live"
    except InputError:
        return False


def _same(fresh: Path, old: Path) -> bool:
    """Do two cassettes tell the same, but for the clock and the way the bytes were cut? Then the old one stays."""
    from conformance.errors import InputError
    from conformance.tape import read_cassette

    try:
        left, right = read_cassette(fresh), read_cassette(old)
    except InputError:
        return False
    origins = [(one.provenance.source, one.provenance.base_url, one.provenance.dialect) for one in (left, right)]
    return origins[0] == origins[1] and [*map(_told, left.exchanges)] == [*map(_told, right.exchanges)]


def _moved(name: str, old: Path, fresh: Path) -> str:
    """What moved in shape between two cassettes, in words; empty where nothing did, or there is no old one to read."""
    from conformance.drift import compare_all, in_words
    from conformance.errors import InputError
    from conformance.tape import read_cassette

    try:
        found = compare_all(name, *(read_cassette(one).exchanges for one in (old, fresh))) if old.exists() else None
    except InputError:
        return ""
    if found is None:
        return ""
    return in_words(found.changes) or "; ".join(f"not compared: {one}" for one in found.not_compared)


def _told(one: Exchange) -> tuple[object, ...]:
    return one.request, one.response.status, one.response.headers, one.response.body, one.response.end
