"""What a report says of one verdict and of one finding, as JSON values: the flat entries of every machine's format.

Rule of the file: of one rule in one case only the first findings are listed; how many were left out is always said.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from msgspec.structs import replace

from conformance.cases import Verdict
from conformance.model import JSON
from conformance.rulebook import Finding, Level

RECORDED = frozenset({"conformance", "e2e"})
"""Tiers whose cases are named after the scenario that was recorded."""


@dataclass(frozen=True)
class Listed:
    """A verdict with the findings that are listed, and how many are not."""

    verdict: Verdict
    total: int
    left_out: Counter[tuple[Level, str]]


def listed(v: Verdict, most: int) -> Listed:
    """The verdict with the first `most` findings of each rule; 0 keeps all."""
    seen: Counter[tuple[Level, str]] = Counter()
    out: Counter[tuple[Level, str]] = Counter()
    kept = []
    for one in v.findings:
        key = (one.level, one.rule)
        seen[key] += 1
        if most and seen[key] > most:
            out[key] += 1
        else:
            kept.append(one)
    return Listed(replace(v, findings=tuple(kept)) if out else v, len(v.findings), out)


def scenario_of(v: Verdict) -> str | None:
    """The scenario that was performed; None where nothing says it."""
    if v.scenario or v.tier not in RECORDED:
        return v.scenario
    return v.case.rpartition("/")[2].removesuffix("_twins") or None


def compat_level(one: Finding) -> Level:
    """How loud a finding is for whoever only asks whether the common clients survive it."""
    return "SHOULD" if one.level == "MUST" and one.survived else one.level


def finding_entry(v: Verdict, one: Finding) -> dict[str, JSON]:
    """One finding, with all of its evidence and where it belongs."""
    return {
        "rule": one.rule,
        "level": one.level,
        "compat": compat_level(one),
        "scenario": scenario_of(v),
        "message": one.message,
        "evidence": {
            "path": one.path,
            "frame": one.frame,
            "expected": one.expected,
            "got": one.got,
            "origin": v.origin or None,
            "curl": v.curl,
        },
        "case": v.case,
        "excused": one.excused,
        "survived": one.survived,
    }


def verdict_entry(told: Listed) -> dict[str, JSON]:
    """One verdict; its findings stand in the flat list, by its `case`."""
    v = told.verdict
    return {
        "case": v.case,
        "subject": v.subject,
        "tier": v.tier,
        "scenario": scenario_of(v),
        "title": v.title,
        "outcome": v.outcome,
        "compat": v.compat,
        "findings": told.total,
        "reason": v.reason,
        "source": v.source,
        "seconds": round(v.seconds, 6),
        "reproduce": v.reproduce,
        "curl": v.curl,
        "metrics": dict(v.metrics),
        "dialect": v.dialect,
        "origin": v.origin,
        "rules": len(v.rules),
    }
