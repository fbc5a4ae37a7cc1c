"""The text report of `check`: failures with their evidence as they come, then what was not judged, then the tables.

Rule of the file: says on which recordings the verdicts stand; a synthetic recording is never passed off as a vendor's.
"""

from __future__ import annotations

from collections import Counter
from typing import TextIO

from conformance.cases import Note, Verdict
from conformance.errors import ConformanceError
from conformance.report import LEVELS, Style
from conformance.report.evidence import COLOURS, KNOWN, write_finding
from conformance.report.paper import paper
from conformance.report.printable import clipped, many
from conformance.report.sentences import sentence_of
from conformance.report.tally import BOXES, SOURCES, Tally
from conformance.rulebook import Finding, Level

_SHOWN_CASES = 3
_SENTENCE = 90
"""How much of a rule's sentence the table of rules has room for, in characters."""


class CheckText:
    """Listens to the verdicts on providers."""

    def __init__(self, out: TextIO, style: Style) -> None:
        self._paper = paper(out)
        self._style = style
        self._tally = Tally(compat=style.compat)
        self._broken: Counter[tuple[Level, str]] = Counter()
        self._not_judged: dict[str, list[str]] = {}
        self._known: dict[str, list[str]] = {}

    def verdict(self, v: Verdict) -> None:
        self._tally.add(v)
        self._broken.update({(one.level, one.rule) for one in v.findings if not _is_known(one)})
        where = self._tally.box(v)
        if where == "not_judged":
            self._not_judged.setdefault(v.reason or "no reason was given", []).append(v.case)
        for told in dict.fromkeys(one.excused or "" for one in v.findings if _is_known(one)):
            self._known.setdefault(told.removeprefix(KNOWN), []).append(v.case)
        if where == "fail" or self._style.verbose:
            self._write(v, where)

    def trouble(self, error: ConformanceError) -> None:
        self._tally.troubles.append(error)

    def note(self, note: Note) -> None:
        self._tally.notes.append(note.text)

    def _write(self, v: Verdict, where: str) -> None:
        word = where.replace("_", " ")
        self._paper.line(f"{word.upper():5} {v.case}  {v.title}", COLOURS.get(where, ""))
        self._write_findings(v)
        if v.reason:
            self._paper.line(v.reason, indent=6)
        if where == "fail" and v.reproduce:
            self._paper.line(f"reproduce: {v.reproduce}", "dim", indent=6)
        for line in (v.curl or "").splitlines() if where == "fail" else ():
            self._paper.line(line, "dim", indent=6)

    def _write_findings(self, v: Verdict) -> None:
        """All findings when verbose, else the first of each rule that failed, and how many more there are."""
        shown = LEVELS[: LEVELS.index(self._style.level) + 1] if self._style.verbose else ("MUST",)
        by_rule: dict[str, list[Finding]] = {}
        for one in v.findings:
            if one.level in shown:
                by_rule.setdefault(one.rule, []).append(one)
        for found in by_rule.values():
            for one in found if self._style.verbose else found[:1]:
                write_finding(self._paper, one, indent=6)
            if len(found) > 1 and not self._style.verbose:
                self._paper.line(f"and {len(found) - 1} more of {found[0].rule} (--verbose shows them)", "dim", 8)

    def close(self) -> int:
        self._write_listed("Not judged (this is not a pass):", self._not_judged)
        self._write_listed("Known failures, as the baseline lists them:", self._known)
        if self._tally.boxes:
            self._write_rules()
            self._paper.line()
            self._write_table()
            self._paper.line()
            self._paper.line(self._standing())
            if parted := self._tally.two_verdicts():
                self._paper.line(parted)
            self._paper.line(self._summary(), "bold")
        return self._tally.exit_code()

    def _write_listed(self, title: str, listed: dict[str, list[str]]) -> None:
        if not listed:
            return
        self._paper.line()
        self._paper.line(title, COLOURS["not_judged"])
        for reason, cases in listed.items():
            more = f" and {len(cases) - _SHOWN_CASES} more" if len(cases) > _SHOWN_CASES else ""
            self._paper.line(f"{len(cases):4}  {reason}", indent=2)
            self._paper.line(", ".join(cases[:_SHOWN_CASES]) + more, "dim", indent=8)

    def _write_rules(self) -> None:
        """What was broken, each rule once: where many cases fail for one cause, this is the list to work from."""
        rows = [
            [level, rule, str(cases), clipped(sentence_of(rule).text, _SENTENCE)]
            for shown in LEVELS[:2]
            for (level, rule), cases in self._broken.most_common()
            if level == shown
        ]
        if rows:
            self._paper.line()
            self._paper.table(["level", "rule", "cases", "what it asks"], rows, (2,))

    def _write_table(self) -> None:
        rows = []
        for subject, tier in self._tally.rows():
            counts = self._tally.count(subject=subject, tier=tier)
            sources = self._tally.provenance(subject=subject, tier=tier)
            stands = ", ".join(f"{n} {name}" for name, n in sources.items() if n and name != "none") or "-"
            rows.append([subject, tier, *(str(counts[b] or "-") for b in BOXES), stands])
        self._paper.table(["provider", "tier", "pass", "warn", "fail", "not judged", "recordings"], rows, (2, 3, 4, 5))

    def _standing(self) -> str:
        found = self._tally.provenance()
        on = [f"{found[name]} {name}" for name in SOURCES if found[name] or name in ("live", "virtual")]
        told = f"Judged on recordings: {', '.join(on)}; without one: {found['none']}."
        if found["virtual"]:
            told += " Virtual ones are synthetic: made by this kit's virtual provider, not by the vendor."
        return told

    def _summary(self) -> str:
        counts = self._tally.count()
        warned = f" ({counts['warn']} with warnings)" if counts["warn"] else ""
        passed = counts["pass"] + counts["warn"]
        return (
            f"{many(sum(counts.values()), 'case')}: {passed} pass{warned}, {counts['fail']} fail, "
            f"{counts['not_judged']} not judged, in {self._tally.seconds:.1f} s"
        )


def _is_known(finding: Finding) -> bool:
    """Does a baseline list it?"""
    return bool(finding.excused and KNOWN in finding.excused)
