"""The report of a selftest: a table of trials and the rate, as text or JSON.

Rule of the file: what was excused stands apart and counts as missed in the rate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import floor
from typing import TextIO

from msgspec import to_builtins

from conformance.report.document import write_json
from conformance.selftest import Rate, Trial


def tell_text(trials: Sequence[Trial], figures: Rate, out: TextIO, missed: bool) -> None:
    """One line a trial, then the rate."""
    shown = [one for one in trials if not (missed and one.passed)]
    width = max((len(one.id) for one in shown), default=0)
    for one in shown:
        others = [rule for rule in one.found if rule != one.rule]
        also = f"  also {', '.join(others)}" if one.rule and others else ""
        by = f"{one.rule:8}" if one.rule else "legal   "
        out.write(f"{_outcome(one):8} {one.id:{width}}  {by}{also or _flags(one)}\n")
        if not one.passed:
            out.write(f"         {one.excuse or one.sentence}\n")
    out.write("\n".join(["", *_figures(trials, figures), ""]))


def tell_json(trials: Sequence[Trial], figures: Rate, out: TextIO, missed: bool) -> None:
    """One document: the figures, and every trial."""
    rows = [{**to_builtins(one), "outcome": _outcome(one)} for one in trials if not (missed and one.passed)]
    write_json(out, {"figures": {**to_builtins(figures), "percent": round(figures.percent, 2)}, "trials": rows})


def _outcome(one: Trial) -> str:
    if one.passed:
        return "found" if one.rule else "silent"
    if not one.rule:
        return "FLAGGED"
    return "excused" if one.excuse else "MISSED"


def _flags(one: Trial) -> str:
    return "" if one.rule or not one.found else f"flagged by {', '.join(one.found)}: {one.told}"


def _figures(trials: Sequence[Trial], figures: Rate) -> list[str]:
    by_dialect: dict[str, list[Trial]] = {}
    for one in trials:
        by_dialect.setdefault(one.dialect, []).append(one)
    lines = [
        f"{name:20} {sum(t.passed for t in told if t.rule):4} of {sum(bool(t.rule) for t in told):4} faults found, "
        f"{sum(not t.passed for t in told if not t.rule)} of {sum(not t.rule for t in told)} legal variations flagged"
        for name, told in by_dialect.items()
    ]
    return [*lines, sentence(figures)]


def sentence(figures: Rate) -> str:
    """The figures in words, as the README says them."""
    return (
        f"{figures.detected} of {figures.faults} faults are found by the rule that they break "
        f"({floor(10 * figures.percent) / 10:.1f} %); "
        f"{figures.excused} excused; {figures.flagged} of {figures.variations} legal variations flagged. "
        f"Counted once for all dialects: {figures.distinct} faults, {figures.distinct_legal} variations"
    )


TELLERS: Mapping[str, Callable[[Sequence[Trial], Rate, TextIO, bool], None]] = {"text": tell_text, "json": tell_json}
"""By format."""
