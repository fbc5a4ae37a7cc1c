"""Findings gathered by rule: how many, in how many cases of how many looked at, and one example.

Rule of the file: keeps counts and one example of each rule, whatever the number of verdicts; everything only on demand.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from conformance.cases import Verdict
from conformance.report import LEVELS
from conformance.rulebook import Finding, Level


@dataclass
class Group:
    """Everything that was found by one rule at one level."""

    rule: str
    level: Level
    example: tuple[Verdict, Finding]
    """The first one that came."""
    findings: int = 0
    cases: int = 0
    """Verdicts with at least one such finding."""
    all: list[tuple[Verdict, Finding]] = field(default_factory=list)
    """Every one of them, where the grouping keeps them."""


class Grouping:
    """Gathers findings by rule and counts how many verdicts each rule was applied in."""

    def __init__(self, *, keep: bool = False) -> None:
        self._groups: dict[tuple[Level, str], Group] = {}
        self._keep = keep
        self.looked: Counter[str] = Counter()
        self.having: Counter[Level] = Counter()
        """Level -> verdicts with at least one finding of it."""

    def add(self, v: Verdict) -> None:
        self.looked.update(v.rules)
        self.having.update({one.level for one in v.findings})
        seen: set[tuple[Level, str]] = set()
        for one in v.findings:
            key = (one.level, one.rule)
            group = self._groups.get(key) or self._groups.setdefault(key, Group(one.rule, one.level, (v, one)))
            group.findings += 1
            group.cases += key not in seen
            seen.add(key)
            if self._keep:
                group.all.append((v, one))

    def groups(self, lowest: Level = "INFO") -> list[Group]:
        """The groups down to a level: MUST first, the most frequent first."""
        shown = LEVELS[: LEVELS.index(lowest) + 1]
        chosen = [group for group in self._groups.values() if group.level in shown]
        return sorted(chosen, key=lambda g: (LEVELS.index(g.level), -g.cases, g.rule))
