"""Every fault of the catalogue injected into a live server, and what `conformance check --base-url` finds of it.

    python -m benchmarks.live_faults [--dialect D]... [--id GLOB]... [--every N] [--legal] [--full] [--jobs N]

Faults of what a client sends are left out: an endpoint has none. Exits 1 below 95 %, or when what is legal is flagged.
Rule of the file: the checks are those of the command line; only the order is chosen, so that faults are found soon.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from fnmatch import fnmatchcase
from functools import partial
from multiprocessing import get_context
from typing import NamedTuple

from conformance.adapters import Adapter
from conformance.dialects import dialect
from conformance.endpoints.caller import Caller
from conformance.endpoints.case import EndpointCase
from conformance.endpoints.checking import check
from conformance.endpoints.endpoint import Endpoint, Limits, speaker_for
from conformance.endpoints.judging import OF_THE_REQUEST
from conformance.endpoints.plan import Wanted, plan
from conformance.endpoints.session import Session
from conformance.errors import ConformanceError
from conformance.faults import Bent, Fault, Variation, every, faults, find_bent, variations
from conformance.judging import find_rule
from conformance.rulebook import Finding, Scope
from conformance.virtual import VIRTUAL_KEY, VirtualProvider

TARGET = 95.0


class Found(NamedTuple):
    """What a check of a server with one fault in it told."""

    id: str
    findings: tuple[Finding, ...] = ()
    error: str = ""
    seconds: float = 0.0

    @property
    def one(self) -> Bent:
        found = find_bent(self.id)
        assert found is not None, "it was chosen from the catalogue"
        return found

    @property
    def by_name(self) -> bool:
        """Did the rule find it that the fault names?"""
        return isinstance(self.one, Fault) and any(told.rule == self.one.rule for told in self.findings)

    @property
    def detected(self) -> bool:
        """Did anything fail, or the named rule speak?"""
        return self.by_name or any(told.level == "MUST" for told in self.findings)

    @property
    def wrong(self) -> bool:
        """Was a fault missed, or a legal variation flagged?"""
        return not self.detected if isinstance(self.one, Fault) else bool(self.findings or self.error)


def of_the_server(one: Bent) -> bool:
    """Is it in what a server sends, and not in what its client sent?"""
    rule = find_rule(one.rule) if isinstance(one, Fault) else None
    ours = rule is not None and (rule.scope is Scope.REQUEST or rule.id in OF_THE_REQUEST | {"GN-14"})
    return not (one.by_client or ours)


def endpoint_of(virtual: VirtualProvider, dialect: str, bent: str | None = None) -> Endpoint:
    """A live endpoint: the virtual provider, with that fault or variation in it."""
    speaker: Adapter = speaker_for(dialect)
    limits = Limits(health=5, simple=10, complex=10, streaming=20, stall=4, ttft=2, gap=2)
    base = virtual.base_url(dialect, bent)
    return Endpoint(base_url=base, speaker=speaker, model=speaker.model, key=VIRTUAL_KEY, limits=limits)


def tried(virtual: VirtualProvider, one: Bent, *, full: bool = False) -> Found:
    """Check a server that has this in it. Unless `full`, the check ends when the rule speaks that a fault names."""
    began = time.perf_counter()
    endpoint = endpoint_of(virtual, one.dialect, one.id)
    found: list[Finding] = []
    error = ""
    try:
        with Caller(endpoint) as caller:
            cases = _soonest(plan(endpoint, Wanted()), one)
            if isinstance(one, Variation) and not _is_general(one):
                cases = [case for case in cases if case.name == one.on]
            session = Session(endpoint, caller, sleep=lambda seconds: None)  # a spoilt server does not recover
            for verdict in check(session, cases):
                found += (told for told in verdict.findings if told.level != "INFO")
                if not full and Found(one.id, tuple(found)).by_name:
                    break
    except ConformanceError as fault:
        error = str(fault)
    return Found(one.id, tuple(dict.fromkeys(found)), error, time.perf_counter() - began)


def _is_general(one: Bent) -> bool:
    """Is it one of framing or HTTP, legal in every answer? Others are so in the answer that they are written for."""
    return one.id in {other.id for other in every.of(dialect(one.dialect))}


def _soonest(cases: list[EndpointCase], one: Bent) -> list[EndpointCase]:
    """The cases, those first that ask what the fault is known to show in."""
    return sorted(cases, key=lambda case: not case.name.startswith(one.on.removesuffix("_whole")))


def chosen(dialects: list[str], ids: list[str], *, legal: bool) -> Iterator[Bent]:
    names: list[str | None] = [*dialects] or [None]
    for name in names:
        for one in variations(name) if legal else faults(name):
            if of_the_server(one) and (not ids or any(fnmatchcase(one.id, glob) for glob in ids)):
                yield one


def main() -> int:
    said = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    said.add_argument("--dialect", action="append", default=[])
    said.add_argument("--id", action="append", default=[])
    said.add_argument("--every", type=int, default=1, help="only each so many-th fault")
    said.add_argument("--legal", action="store_true", help="only the legal variations")
    said.add_argument("--full", action="store_true", help="go on after the named rule has spoken")
    said.add_argument("--jobs", type=int, default=2, help="processes")
    said.add_argument("--verbose", action="store_true", help="tell what was found, too")
    asked = said.parse_args()
    bents = [] if asked.legal else [*chosen(asked.dialect, asked.id, legal=False)][:: asked.every]
    bents += chosen(asked.dialect, asked.id, legal=True)
    found = []
    for one in _all([bent.id for bent in bents], asked.jobs, full=asked.full):
        found.append(one)
        if one.wrong or asked.verbose:
            _tell(one)
    return _summed(found)


def _summed(found: list[Found]) -> int:
    """Both figures, of each dialect and of all; the exit code."""
    odd = [one for one in found if not isinstance(one.one, Fault)]
    spoilt = [one for one in found if isinstance(one.one, Fault)]
    for name in dict.fromkeys(one.one.dialect for one in spoilt):
        print(f"{name:20} {_figures([one for one in spoilt if one.one.dialect == name])}")
    print(f"{'all':20} {_figures(spoilt)}")
    flagged = sum(one.wrong for one in odd)
    print(f"{flagged} of {len(odd)} legal variations flagged")
    return int(_share(spoilt) < TARGET or flagged > 0)


def _share(spoilt: list[Found]) -> float:
    return 100 * sum(one.detected for one in spoilt) / len(spoilt) if spoilt else 100.0


def _figures(spoilt: list[Found]) -> str:
    detected, named = sum(one.detected for one in spoilt), sum(one.by_name for one in spoilt)
    share = 100 * named / len(spoilt) if spoilt else 100.0
    whole = f"{detected} of {len(spoilt)} faults found live ({_share(spoilt):.1f} %)"
    return f"{whole}, {named} ({share:.1f} %) by the rule that they name"


# ------------------------------------------------------------------ over processes

_RUNNING = ExitStack()
_SERVERS: list[VirtualProvider] = []
"""The server of this process."""


def _all(ids: list[str], jobs: int, *, full: bool) -> Iterator[Found]:
    """Try each; every process has a server of its own."""
    with ExitStack() as stack:
        if jobs < 2:
            _start()
            stack.callback(_RUNNING.close)
            yield from map(partial(_one, full), ids)
        else:
            pool = stack.enter_context(get_context("spawn").Pool(jobs, _start))
            yield from pool.imap(partial(_one, full), ids, chunksize=4)


def _start() -> None:
    _SERVERS.append(_RUNNING.enter_context(VirtualProvider()))


def _one(full: bool, id: str) -> Found:
    virtual, bent = _SERVERS[0], find_bent(id)
    assert bent is not None, "it was chosen from the catalogue"
    virtual.clear()  # what arrived before is nobody's business any more
    return tried(virtual, bent, full=full or not isinstance(bent, Fault))


def _tell(one: Found) -> None:
    bent = one.one
    legal = not isinstance(bent, Fault)
    head = ("FLAGGED" if legal else "MISSED ") if one.wrong else "found  "
    rule = f" ({bent.rule}, on {bent.on})" if isinstance(bent, Fault) else ""
    print(f"{head} {bent.id}{rule}: {bent.sentence} [{one.seconds:.1f} s]")
    for told in one.findings[:6]:
        print(f"          {told.level} {told.rule} {told.path or ''} {told.message[:140]}")
    if one.error:
        print(f"          error: {one.error[:200]}")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
