"""The Markdown report: for a pull request's comment or a job's summary; a table, then what is wrong, rule by rule.

Rule of the file: evidence stands in code blocks whose fence it cannot close; cells of tables hold no pipe of their own.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence

from conformance.report import Kind
from conformance.report.evidence import write_finding
from conformance.report.gathering import Gathering
from conformance.report.grouping import Group
from conformance.report.paper import PlainPaper
from conformance.report.printable import ascii_line, many
from conformance.report.sentences import sentence_of
from conformance.report.tally import BOXES

_WORDS = {0: "conforms", 1: "does not conform", 2: "could not be judged"}
_SPECIAL = re.compile(r"([\\`*_\[\]<>|#])")


class CheckMarkdown(Gathering):
    """Listens to verdicts and writes one page at the end."""

    noun = "case"
    who = "provider"

    def write(self, code: int) -> None:
        self._line(f"## conformance {self.kind}: {_WORDS[code]}")
        self._line()
        counts = self.tally.count()
        passed = counts["pass"] + counts["warn"]
        warned = f" ({counts['warn']} with warnings)" if counts["warn"] else ""
        told = f"{passed} pass{warned}, {counts['fail']} fail, {counts['not_judged']} not judged"
        self._line(f"{many(sum(counts.values()), self.noun)}: {told}. {self.tally.two_verdicts()}".rstrip())
        self._write_subjects()
        for group in self.found.groups(self.style.level):
            self._write_group(group)
        self._write_not_judged()
        for note in (*self.tally.notes, *self.tally.partly):
            self._line()
            self._line(_plain(note))
        self._write_troubles()

    def _write_subjects(self) -> None:
        rows = []
        for subject, tier in self.tally.rows():
            boxes = self.tally.count(subject=subject, tier=tier)
            rows.append([subject, tier, *(str(boxes[name] or "-") for name in BOXES)])
        if rows:
            self._table([self.who, "tier", "pass", "warn", "fail", "not judged"], rows)

    def _write_group(self, group: Group) -> None:
        looked = self.found.looked[group.rule]
        share = f" of {looked}" if looked else ""
        told = f"{many(group.cases, self.noun)}{share}, {many(group.findings, 'finding')}"
        v, one = group.example
        page = io.StringIO()
        paper = PlainPaper(page)
        paper.line(f"{v.case}  {v.title}")
        if v.origin:
            paper.line(v.origin)
        write_finding(paper, one, indent=2, sentence=False)
        for line in (v.curl or "", f"reproduce: {v.reproduce}" if v.reproduce else ""):
            if line:
                paper.line(line)
        self._line()
        self._line(f"### {group.level} {_plain(group.rule)}: {told}")
        self._line()
        if sentence := sentence_of(group.rule).text:
            self._line(_plain(sentence))
            self._line()
        self._code(page.getvalue())

    def _write_not_judged(self) -> None:
        if self.tally.reasons:
            self._line()
            self._line("### Not judged (this is not a pass)")
            self._table(["how many", "why"], [[str(n), reason] for reason, n in self.tally.reasons.most_common()])

    def _write_troubles(self) -> None:
        for trouble in self.tally.troubles:
            self._line()
            self._line(f"**Error:** {_plain(str(trouble))}" + (f" ({_plain(trouble.hint)})" if trouble.hint else ""))

    def _table(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        self._line()
        for row in (head, ["---"] * len(head), *rows):
            self._line(f"| {' | '.join(map(_plain, row))} |")

    def _code(self, text: str) -> None:
        longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
        fence = "`" * max(3, longest + 1)
        self._line(fence)
        self.out.write(text)
        self._line(fence)

    def _line(self, text: str = "") -> None:
        self.out.write(f"{text}\n")


class LintMarkdown(CheckMarkdown):
    """The same about exchanges of recordings."""

    kind: Kind = "lint"
    noun = "exchange"
    who = "host"


def _plain(text: str) -> str:
    """Text that Markdown shows as it stands."""
    return _SPECIAL.sub(r"\\\1", ascii_line(text))
