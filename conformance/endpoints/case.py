"""A case of an endpoint: one thing to find out, by questions that a session asks, and the verdict on it.

Rule of the file: what was found before it could not be judged on stays found.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from conformance.baseline import Baseline
from conformance.calls.concealing import concealed
from conformance.cases import Case, NotJudged, Outcome, Verdict
from conformance.endpoints.curl import curl_of
from conformance.endpoints.endpoint import Endpoint
from conformance.endpoints.masking import masked, secrets_of
from conformance.endpoints.session import Found, Session
from conformance.rulebook import Finding


@dataclass(frozen=True)
class EndpointCase:
    """One thing to find out. `work` yields findings, or raises `NotJudged`."""

    suite: str
    name: str
    title: str
    work: Callable[[Session], Found]

    def id(self, endpoint: Endpoint) -> str:
        return f"{endpoint.subject}/endpoint/{self.name}"

    def knowing(self, known: Baseline | None, endpoint: Endpoint) -> EndpointCase:
        """The case with its known failures lowered to warnings."""
        if known is None:
            return self

        def settled(session: Session) -> Found:
            plain = Case(self.id(endpoint), endpoint.subject, "endpoint", self.title, lambda: self.work(session))
            yield from known.over(plain).work()

        return replace(self, work=settled)

    def judge(self, session: Session) -> Verdict:
        """Do the work, on exchanges that the session has or fetches."""
        began = time.perf_counter()
        session.used, session.rules = [], []
        found: list[Finding] = []
        reason = ""
        try:
            for one in self.work(session):
                found.append(one)
        except NotJudged as why:
            reason = str(why)
        outcome: Outcome = "fail" if any(one.level == "MUST" for one in found) else "pass"
        if reason and not any(one.level == "MUST" for one in found):
            outcome = "not_judged"
        return self._verdict(session, outcome, _told_once(found), reason, time.perf_counter() - began)

    def _verdict(
        self, session: Session, outcome: Outcome, found: tuple[Finding, ...], reason: str, seconds: float
    ) -> Verdict:
        endpoint = session.endpoint
        timings = [one.timing for one in session.used if one.timing]
        secrets = secrets_of(endpoint.key)
        return Verdict(
            case=self.id(endpoint),
            subject=endpoint.subject,
            tier="endpoint",
            title=self.title,
            outcome=outcome,
            findings=tuple(masked(one, secrets) for one in found),
            reason=concealed(reason, secrets),
            source="live",
            seconds=seconds,
            reproduce=_again(endpoint, self.name),
            dialect=endpoint.dialect.name,
            rules=tuple(dict.fromkeys(session.rules)),
            scenario=self.name,
            curl="\n".join(curl_of(one.request, endpoint, good=one.ask.key == "good") for one in session.used),
            metrics=timings[-1].metrics() if timings else {},
        )


_SAME: Mapping[str, frozenset[str]] = {"EP-02": frozenset({"GN-33"}), "EP-21": frozenset({"GN-23"})}
"""Promises that rules of single exchanges also hold a server to, where the exchange alone shows it."""


def _told_once(found: list[Finding]) -> tuple[Finding, ...]:
    """Every finding once, and no promise beside the rule that tells the same."""
    rules = {one.rule for one in found}
    return tuple(one for one in dict.fromkeys(found) if not _SAME.get(one.rule, frozenset()) & rules)


def _again(endpoint: Endpoint, name: str) -> str:
    parts = [f"conformance check --base-url {endpoint.base_url} --dialect {endpoint.dialect.name}"]
    parts.append(f"--model {endpoint.model}")
    parts += [f"--api-key-env {endpoint.key_env}"] if endpoint.key else []
    parts += [f"--profile {endpoint.profile}"] if endpoint.profile else []
    return " ".join([*parts, f"--scenario {name}"])
