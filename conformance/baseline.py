"""A baseline: failures that are known, each with its reason. A known failure is shown and does not fail.

Rule of the file: an entry that no longer fails is stale, and that fails: a list of excuses must not outlive its causes.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import msgspec

from conformance.cases import Case
from conformance.errors import InputError
from conformance.rulebook import Finding

KEYS = {"case", "rule", "reason"}
STALE = "baseline.stale"


@dataclass(frozen=True)
class Baseline:
    """Known failures: by the id of a case, the rules that it breaks and why that is known."""

    known: Mapping[str, Mapping[str, str]]
    where: str = "the baseline"

    def over(self, case: Case) -> Case:
        """The case with its known failures lowered to warnings; an entry that did not fail is a failure."""
        listed = self.known.get(case.id)
        return replace(case, work=partial(_settled, case.work, listed, self.where)) if listed else case

    def check(self, cases: Collection[str]) -> None:
        """Raises `InputError` for an entry whose case is none of these."""
        if lost := sorted(self.known.keys() - set(cases)):
            raise InputError(f"{self.where}: there is no case {lost[0]}", "drop that entry, or mend its id")


def read_baseline(path: Path) -> Baseline:
    """The baseline in a TOML file: `[[known]]` with case, rule and reason. Raises `InputError` for anything else."""
    try:
        return baseline_of(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as fault:
        raise InputError(f"cannot read the baseline {path}: {fault}", "name a file with [[known]] entries") from fault


def baseline_of(text: str, where: str = "the baseline") -> Baseline:
    """The baseline that a text tells."""
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise InputError(f"{where} is no TOML: {fault}", "mend that line") from fault
    entries = told.pop("known", [])
    if told or not isinstance(entries, list):
        raise InputError(f"{where} holds something else than [[known]] entries", "see checklist/baseline.toml")
    found: dict[str, dict[str, str]] = {}
    for number, entry in enumerate(entries, 1):
        sound = isinstance(entry, dict) and entry.keys() == KEYS
        if not sound or not all(isinstance(said, str) and said.strip() for said in entry.values()):
            raise InputError(f"{where}: entry {number} needs case, rule and reason, each a text", "mend that entry")
        rules = found.setdefault(entry["case"], {})
        if entry["rule"] in rules:
            raise InputError(f"{where}: {entry['case']} lists {entry['rule']} twice", "drop one of both")
        rules[entry["rule"]] = entry["reason"]
    return Baseline(found, where)


def _settled(work: Callable[[], Iterable[Finding]], listed: Mapping[str, str], where: str) -> Iterator[Finding]:
    failed: set[str] = set()
    for one in work():
        if one.level == "MUST" and one.rule in listed:
            failed.add(one.rule)
            one = msgspec.structs.replace(one, level="SHOULD", excused=f"known failure: {listed[one.rule]}")
        yield one
    for rule in listed.keys() - failed:
        yield Finding(STALE, "MUST", f"{where} lists {rule} as a known failure, and it does not fail: drop that entry")
