"""A baseline: failures that are known, each with its reason. A known failure is shown and does not fail.

Rule of the file: an entry that no longer fails is stale, and that fails: a list of excuses must not outlive its causes.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise
from pathlib import Path

import msgspec

from conformance.cases import Case, Verdict
from conformance.errors import InputError
from conformance.rulebook import Finding

KEYS = {"case", "rule", "reason"}
STALE = "baseline.stale"
_START = re.compile(r"(?:^[ \t]*#.*\n)*^[ \t]*\[\[[ \t]*known[ \t]*\]\]", re.MULTILINE)
"""How an entry begins: with the comments right above it."""


@dataclass(frozen=True)
class Baseline:
    """Known failures: by the id of a case, the rules that it breaks and why that is known."""

    known: Mapping[str, Mapping[str, str]]
    where: str = "the baseline"
    text: str = field(default="", compare=False, repr=False)
    """What it was read from: an entry that stays keeps its words and its comments."""

    def over(self, case: Case) -> Case:
        """The case with its known failures lowered to warnings; an entry that did not fail is a failure."""
        listed = self.known.get(case.id)
        return replace(case, work=partial(_settled, case.work, listed, self.where)) if listed else case

    def settled(self, verdict: Verdict) -> Verdict:
        """The verdict as it would have been with this baseline."""
        listed = self.known.get(verdict.case)
        if not listed or verdict.outcome == "not_judged":
            return verdict
        found = tuple(_settled(lambda: verdict.findings, listed, self.where))
        failed = any(one.level == "MUST" for one in found)
        return msgspec.structs.replace(verdict, findings=found, outcome="fail" if failed else "pass")

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
    return Baseline(found, where, text)


def updated(baseline: Baseline, verdicts: Iterable[Verdict], reason: str, day: str) -> str:
    """The text of a baseline of what failed in verdicts that were made without one.

    An entry that still fails keeps its reason, a new one gets `reason`, or that nobody explained it; of a case that
    was not judged all entries stay.
    """
    judged = {one.case: one for one in verdicts if one.outcome != "not_judged"}
    kept, told = [], dict[tuple[str, str], None]()
    for (case, rule), block in _blocks(baseline).items():
        if case not in judged or rule in broken(judged[case]):
            kept.append(block)
            told[case, rule] = None
    why = reason.strip() or f"recorded {day}, not explained"
    fresh = [(one.case, rule) for one in judged.values() for rule in broken(one) if (one.case, rule) not in told]
    text = "".join([_head(baseline.text), *kept]).rstrip("\n")
    return "\n".join([*([text, ""] if text else []), *(_entry(case, rule, why) for case, rule in fresh)])


def broken(verdict: Verdict) -> list[str]:
    """The rules that a verdict fails by, each once."""
    return list(dict.fromkeys(one.rule for one in verdict.findings if one.level == "MUST"))


def _blocks(baseline: Baseline) -> dict[tuple[str, str], str]:
    """The text of each entry, as it stands where that can be told, else written anew."""
    entries = {(case, rule): why for case, rules in baseline.known.items() for rule, why in rules.items()}
    found: dict[tuple[str, str], str] = {}
    for block in _pieces(baseline.text)[1:]:
        try:
            (entry,) = tomllib.loads(block)["known"]
            found[entry["case"], entry["rule"]] = block
        except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError):
            break  # written in another form
    if found.keys() != entries.keys():
        return {key: _entry(*key, why) + "\n" for key, why in entries.items()}
    return found


def _pieces(text: str) -> list[str]:
    """What stands above the first entry, and each entry."""
    cuts = [0, *(one.start() for one in _START.finditer(text)), len(text)]
    return [text[start:end] for start, end in pairwise(cuts)]


def _head(text: str) -> str:
    """The comments above the first entry."""
    lines = _pieces(text)[0].splitlines(keepends=True)
    return "".join(one for one in lines if not one.strip() or one.lstrip().startswith("#"))


def _entry(case: str, rule: str, reason: str) -> str:
    said = {"case": case, "rule": rule, "reason": reason.encode(errors="replace").decode()}
    lines = (f"{key} = {json.dumps(text, ensure_ascii=False)}\n" for key, text in said.items())
    return "[[known]]\n" + "".join(lines).replace("\x7f", "\\u007f")


def _settled(work: Callable[[], Iterable[Finding]], listed: Mapping[str, str], where: str) -> Iterator[Finding]:
    failed: set[str] = set()
    for one in work():
        if one.level == "MUST" and one.rule in listed:
            failed.add(one.rule)
            one = msgspec.structs.replace(one, level="SHOULD", excused=f"known failure: {listed[one.rule]}")
        yield one
    for rule in listed.keys() - failed:
        yield Finding(STALE, "MUST", f"{where} lists {rule} as a known failure, and it does not fail: drop that entry")
