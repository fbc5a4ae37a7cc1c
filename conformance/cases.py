"""Cases and verdicts: one rule or obligation applied to one subject, and what came of it.

Rule of the file: making a case costs nothing; judging does the work. Not judged is never a pass.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from msgspec import Struct

from conformance.exchange import Source
from conformance.rulebook import Finding

Outcome: TypeAlias = Literal["pass", "fail", "not_judged"]
Tier: TypeAlias = Literal["unit", "contract", "errors", "conformance", "e2e", "traffic", "endpoint"]
TIERS: tuple[Tier, ...] = ("unit", "contract", "errors", "conformance", "e2e", "traffic", "endpoint")


class NotJudged(Exception):
    """Raised inside a case's work: it could not be judged; the message is the reason."""


class Note(Struct, frozen=True):
    """What is worth telling and is neither a verdict nor an error, e.g. that files were passed over."""

    text: str


class Verdict(Struct, frozen=True, kw_only=True):
    """What came of one case. A SHOULD finding warns and leaves the outcome at pass."""

    case: str
    subject: str
    tier: Tier
    title: str
    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    reason: str = ""
    """Why it was not judged."""
    source: Source | None = None
    """Provenance of the recording that it was judged on; None when there was none."""
    seconds: float = 0.0
    reproduce: str = ""
    """The command that runs this case alone."""
    dialect: str | None = None
    """The dialect that it was judged by, where one case is one exchange."""
    origin: str = ""
    """Where that exchange stands: its file, with the position in it."""
    rules: tuple[str, ...] = ()
    """Ids of the rules that were applied to it."""
    scenario: str | None = None
    """The scenario that was performed, where there is one."""
    curl: str | None = None
    """The curl command that asks the same again, where the subject answers live."""
    metrics: Mapping[str, float] = {}
    """What was measured, in seconds: `ttft`, `gap`, `total`."""

    @property
    def compat(self) -> Outcome:
        """The outcome for whoever only asks whether the common clients survive it; `outcome` is the strict one."""
        if self.outcome == "fail" and all(one.survived for one in self.findings if one.level == "MUST"):
            return "pass"
        return self.outcome


@dataclass(frozen=True)
class Case:
    """One thing to judge. `work` yields findings, or raises `NotJudged`."""

    id: str
    """`<subject>/<tier>/<what>`: unique, stable, fit for a command line."""
    subject: str
    tier: Tier
    title: str
    work: Callable[[], Iterable[Finding]]
    source: Source | None = None
    provenance: Callable[[], Source | None] | None = None
    """Looks the source up when the case is judged, so that planning opens no cassette."""

    def judge(self) -> Verdict:
        """Do the work. Errors of the kit itself (`ConformanceError`) pass through; nothing is swallowed."""
        began = time.perf_counter()
        outcome: Outcome
        try:
            found, reason = tuple(self.work()), ""
            outcome = "fail" if any(one.level == "MUST" for one in found) else "pass"
        except NotJudged as why:
            found, reason, outcome = (), str(why), "not_judged"
        return Verdict(
            case=self.id,
            subject=self.subject,
            tier=self.tier,
            title=self.title,
            outcome=outcome,
            findings=found,
            reason=reason,
            source=self.source or (self.provenance() if self.provenance else None),
            seconds=time.perf_counter() - began,
            reproduce=f"conformance check {self.subject} --case {self.id}",
        )
