"""One fault or legal variation in a live server, and what a check of that server tells.

Rule of the file: the checks are those of the command line; only the order is chosen, so that faults are found soon.
"""

from __future__ import annotations

import time
from functools import cache
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
from conformance.faults import Bent, Fault, Variation, every, find_bent
from conformance.judging import find_rule
from conformance.rulebook import Finding, Scope
from conformance.virtual import VIRTUAL_KEY, VirtualProvider


@cache
def bent_of(id: str) -> Bent:
    """The fault or variation of that id, looked up once."""
    found = find_bent(id)
    assert found is not None, "it was chosen from the catalogue"
    return found


class Found(NamedTuple):
    """What a check of a server with one fault in it told."""

    id: str
    findings: tuple[Finding, ...] = ()
    error: str = ""
    seconds: float = 0.0

    @property
    def one(self) -> Bent:
        return bent_of(self.id)

    @property
    def by_name(self) -> bool:
        """Did the rule find it that the fault names?"""
        return isinstance(self.one, Fault) and any(told.rule == self.one.rule for told in self.findings)

    @property
    def detected(self) -> bool:
        """Did anything fail, or the named rule speak?"""
        return self.by_name or any(told.level == "MUST" for told in self.findings)

    @property
    def unanswered(self) -> bool:
        """Is all that was told that the question got no answer? A variation that fails or says nothing gives none."""
        return bool(self.findings) and not self.error and {told.rule for told in self.findings} == {"EP-04"}

    @property
    def wrong(self) -> bool:
        """Was a fault missed, or a legal variation flagged?"""
        if isinstance(self.one, Fault):
            return not self.detected
        return bool(self.error or (self.findings and not self.unanswered))


def of_the_server(one: Bent) -> bool:
    """Is it in what a server sends, and not in what its client sent?"""
    rule = find_rule(one.rule) if isinstance(one, Fault) else None
    ours = rule is not None and (rule.scope is Scope.REQUEST or rule.id in OF_THE_REQUEST | {"GN-14"})
    return not (one.by_client or ours)


def can_show(one: Bent) -> bool:
    """Can a check of a server show it? What is legal in the answer to one odd question only is asked by no suite."""
    return of_the_server(one) and not (isinstance(one, Variation) and one.asks and not _is_general(one))


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
