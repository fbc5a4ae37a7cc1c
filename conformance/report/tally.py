"""The tally: how many verdicts of which kind, for whom, on which recordings; and the exit code that follows.

Rule of the file: four boxes, one per verdict: pass, warn (a pass with a SHOULD finding), fail, not judged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from conformance.cases import TIERS, Tier, Verdict
from conformance.cli import CANNOT_JUDGE, CONFORMS, FINDINGS
from conformance.errors import ConformanceError
from conformance.exchange import Source

BOXES = ("pass", "warn", "fail", "not_judged")
SOURCES: tuple[Source, ...] = ("live", "virtual", "edited", "unknown")


def box(v: Verdict, *, compat: bool = False) -> str:
    """The box that a verdict is counted in; `compat`: by what the common clients survive."""
    outcome = v.compat if compat else v.outcome
    if outcome == "pass" and any(one.level != "INFO" for one in v.findings):
        return "warn"
    return outcome


@dataclass
class Tally:
    """Counts that grow with each verdict."""

    compat: bool = False
    """Which of the two verdicts is counted, and decides the exit code."""
    boxes: Counter[tuple[str, Tier, str]] = field(default_factory=Counter)
    """(subject, tier, box) -> verdicts."""
    sources: Counter[tuple[str, Tier, Source]] = field(default_factory=Counter)
    """(subject, tier, source) -> verdicts that were judged on a recording of that source."""
    reasons: Counter[str] = field(default_factory=Counter)
    """Reason -> verdicts that were not judged for it."""
    both: Counter[tuple[bool, str]] = field(default_factory=Counter)
    """(whether by the compat verdict, box) -> verdicts."""
    troubles: list[ConformanceError] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What was told beside the verdicts."""
    partly: Counter[str] = field(default_factory=Counter)
    """What could not be judged of verdicts that were judged -> how many of them."""
    seconds: float = 0.0

    def add(self, v: Verdict) -> None:
        where = self.box(v)
        self.both.update([(False, box(v)), (True, box(v, compat=True))])
        self.boxes[v.subject, v.tier, where] += 1
        self.seconds += v.seconds
        if where == "not_judged":
            self.reasons[v.reason or "no reason was given"] += 1
        elif v.reason:
            self.partly[v.reason] += 1
        if where != "not_judged" and v.source:
            self.sources[v.subject, v.tier, v.source] += 1

    def box(self, v: Verdict) -> str:
        """The box that a verdict is counted in here."""
        return box(v, compat=self.compat)

    def compat_count(self) -> dict[str, int]:
        """How many are in each box by the compat verdict, whichever decides."""
        return {name: self.both[True, name] for name in BOXES}

    def two_verdicts(self) -> str:
        """Where the two verdicts part, in a sentence; empty where they agree."""
        strict, compat = self.both[False, "fail"], self.both[True, "fail"]
        if strict == compat:
            return ""
        other = f"{strict} would fail with --strict" if self.compat else f"with --compat {compat or 'none'} would"
        decides = (
            f"{compat or 'none'} fail by what the common clients survive" if self.compat else f"{strict} fail strictly"
        )
        return f"Two verdicts: {decides}; {other}."

    def count(self, *, subject: str | None = None, tier: Tier | None = None) -> dict[str, int]:
        """How many are in each box, of one subject and tier or of all."""
        found = dict.fromkeys(BOXES, 0)
        for (whose, what, where), number in self.boxes.items():
            if subject in (None, whose) and tier in (None, what):
                found[where] += number
        return found

    def provenance(self, *, subject: str | None = None, tier: Tier | None = None) -> dict[str, int]:
        """How many were judged on recordings of each source."""
        found: dict[str, int] = dict.fromkeys(SOURCES, 0)
        for (whose, what, source), number in self.sources.items():
            if subject in (None, whose) and tier in (None, what):
                found[source] += number
        return {
            **found,
            "none": sum(self.count(subject=subject, tier=tier)[b] for b in BOXES[:3]) - sum(found.values()),
        }

    def rows(self) -> Iterable[tuple[str, Tier]]:
        """Every subject and tier there is, subjects in the order they came, tiers in theirs."""
        subjects = dict.fromkeys(subject for subject, _, _ in self.boxes)
        present = {(subject, tier) for subject, tier, _ in self.boxes}
        return [(subject, tier) for subject in subjects for tier in TIERS if (subject, tier) in present]

    @property
    def judged(self) -> int:
        counts = self.count()
        return counts["pass"] + counts["warn"] + counts["fail"]

    def exit_code(self) -> int:
        """2 when something could not be read or nothing was judged, else 1 for a failure, else 0."""
        if self.troubles or not self.judged:
            return CANNOT_JUDGE
        return FINDINGS if self.count()["fail"] else CONFORMS
