"""The text report of `lint`: findings grouped by rule, what was not judged by reason, and the count of exchanges.

Rule of the file: a rule is told once, with how many exchanges break it of how many it looked at, and one example.
"""

from __future__ import annotations

from typing import TextIO

from conformance.cases import Note, Verdict
from conformance.errors import ConformanceError
from conformance.report import Style
from conformance.report.evidence import COLOURS, write_finding
from conformance.report.grouping import Group, Grouping
from conformance.report.paper import paper
from conformance.report.printable import many
from conformance.report.sentences import sentence_of
from conformance.report.tally import Tally
from conformance.rulebook import Finding


class LintText:
    """Listens to the verdicts on recorded exchanges."""

    def __init__(self, out: TextIO, style: Style) -> None:
        self._paper = paper(out)
        self._style = style
        self._tally = Tally(compat=style.compat)
        self._found = Grouping(keep=style.verbose)

    def verdict(self, v: Verdict) -> None:
        self._tally.add(v)
        self._found.add(v)

    def trouble(self, error: ConformanceError) -> None:
        self._tally.troubles.append(error)

    def note(self, note: Note) -> None:
        self._tally.notes.append(note.text)

    def close(self) -> int:
        for group in self._found.groups(self._style.level):
            self._write_group(group)
        if self._tally.boxes:
            self._write_not_judged()
            self._write_notes()
            if self._style.verbose:
                self._write_hosts()
            self._write_summary()
        return self._tally.exit_code()

    def _write_group(self, group: Group) -> None:
        looked = self._found.looked[group.rule]
        share = f" of {looked} ({100 * group.cases / looked:.1f} %)" if looked else ""
        broken, findings = many(group.cases, "exchange"), many(group.findings, "finding")
        told = f"{group.level} {group.rule}: {broken}{share}, {findings}"
        self._paper.line(told, COLOURS[group.level])
        self._paper.line(sentence_of(group.rule).text, indent=2)
        if self._style.verbose:
            for v, one in group.all:
                self._write_example(v, one, "")
        else:
            self._write_example(*group.example, "e.g. ")
        self._paper.line()

    def _write_example(self, v: Verdict, one: Finding, lead: str) -> None:
        self._paper.line(f"{lead}{v.origin or v.case}  {v.title}", "dim", indent=2)
        write_finding(self._paper, one, indent=4, sentence=False)

    def _write_not_judged(self) -> None:
        if self._tally.reasons:
            self._paper.line("Not judged (this is not a pass):", COLOURS["not_judged"])
        for reason, number in self._tally.reasons.most_common():
            self._paper.line(f"{number:6}  {reason}")
        if self._tally.reasons:
            self._paper.line()

    def _write_notes(self) -> None:
        told = [*self._tally.notes, *(f"{many(n, 'exchange')}: {why}" for why, n in self._tally.partly.items())]
        for line in told:
            self._paper.line(line)
        if told:
            self._paper.line()

    def _write_hosts(self) -> None:
        rows = []
        for subject, tier in self._tally.rows():
            counts = self._tally.count(subject=subject, tier=tier)
            rows.append([subject, *(str(counts[box] or "-") for box in ("pass", "warn", "fail", "not_judged"))])
        self._paper.table(["host", "pass", "warn", "fail", "not judged"], sorted(rows), (1, 2, 3, 4))
        self._paper.line()

    def _write_summary(self) -> None:
        counts = self._tally.count()
        made = self._tally.provenance()["virtual"]
        if made:
            self._paper.line(f"{made} of the judged recordings are virtual (synthetic: no vendor was asked).")
        if parted := self._tally.two_verdicts():
            self._paper.line(parted)
        everything = many(sum(counts.values()), "exchange")
        self._paper.line(
            f"{everything}: {self._tally.judged} judged, {counts['not_judged']} not judged; "
            f"{self._found.having['MUST']} with MUST findings, {self._found.having['SHOULD']} with SHOULD findings",
            "bold",
        )
