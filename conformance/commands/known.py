"""`conformance check --update-baseline`: the known failures are written anew from what fails now.

Rule of the file: nothing is written unless everything could be judged; what changed is told on stderr.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import click

from conformance.errors import ConformanceError, UsageError

if TYPE_CHECKING:
    from conformance.baseline import Baseline
    from conformance.cases import Verdict

Told: TypeAlias = "Verdict | ConformanceError"
Update: TypeAlias = Callable[[Iterable[Told]], Iterable[Told]]


def updater(wanted: bool, baseline: str | None, reason: str | None) -> Update | None:
    """What is to be done with the verdicts when the baseline is to be updated; None when it is not."""
    if not wanted:
        if reason is not None:
            raise UsageError("--reason is for --update-baseline", "say both, or neither")
        return None
    if baseline in (None, "none", "-"):
        raise UsageError("--update-baseline has no file to write", "name one: --baseline FILE")
    return lambda told: _updating(told, Path(str(baseline)), reason or "")


def _updating(told: Iterable[Told], path: Path, reason: str) -> Iterator[Told]:
    """The verdicts by the new baseline, which is written once all of them are made; else by the old one, and why."""
    from datetime import UTC, datetime

    from conformance.baseline import Baseline, baseline_of, read_baseline, updated

    known = read_baseline(path) if path.exists() else Baseline({}, str(path))
    everything = list(told)
    verdicts = [one for one in everything if not isinstance(one, ConformanceError)]
    judged = any(one.outcome != "not_judged" for one in verdicts)
    refused = not judged or len(verdicts) < len(everything)
    if not refused:
        text = updated(known, verdicts, reason, datetime.now(UTC).strftime("%Y-%m-%d"))
        fresh = baseline_of(text, str(path))
        _replace(path, known.text, text)
        _tell(known, fresh)
        known = fresh
    yield from (one if isinstance(one, ConformanceError) else known.settled(one) for one in everything)
    if refused:
        yield UsageError(f"{path} was not written: not everything could be judged", "mend that first, then try again")


def _replace(path: Path, old: str, text: str) -> None:
    from conformance.report.outlet import outlet

    if text != old or not path.exists():
        with outlet(str(path), "the baseline") as file:
            file.write(text)


def _tell(old: Baseline, new: Baseline) -> None:
    """What the update did, one line an entry that went or came."""
    was, now = (
        {(case, rule): why for case, rules in one.known.items() for rule, why in rules.items()} for one in (old, new)
    )
    for case, rule in sorted(was.keys() - now.keys()):
        click.echo(f"removed  {case} {rule}: it does not fail any more", err=True)
    for case, rule in sorted(now.keys() - was.keys()):
        click.echo(f"new      {case} {rule}: {now[case, rule]}", err=True)
    counts = len(was.keys() & now.keys()), len(now.keys() - was.keys()), len(was.keys() - now.keys())
    click.echo("{}: {} kept, {} new, {} removed".format(new.where, *counts), err=True)
