"""The JUnit report: XML that Jenkins, GitLab and GitHub's actions read; a suite a subject, a testcase a verdict.

Rule of the file: plain ASCII; what XML 1.0 forbids is spelled out as its visible escape. Not judged is `skipped`, with
its reason; what could not be read at all is an `error` in a suite of its own.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from conformance.report import LEVELS, Kind
from conformance.report.evidence import write_finding
from conformance.report.gathering import Gathering
from conformance.report.listing import Listed
from conformance.report.paper import PlainPaper
from conformance.report.printable import ascii_line
from conformance.report.tally import SOURCES
from conformance.rulebook import Finding

_CLASSES = {"fail": "failures", "not_judged": "skipped"}


class CheckJUnit(Gathering):
    """Listens to verdicts and writes one XML document at the end."""

    def write(self, code: int) -> None:
        self.out.write('<?xml version="1.0" encoding="UTF-8"?>\n')
        troubles = len(self.tally.troubles)
        name = f"conformance {self.kind}"
        self.out.write(f"<testsuites {_attributes(name=name, **self._counts(None, troubles))}>\n")
        by_subject: dict[str, list[Listed]] = {}
        for one in self.listed:
            by_subject.setdefault(one.verdict.subject, []).append(one)
        for subject, those in by_subject.items():
            self._write_suite(subject, those)
        if troubles:
            self._write_troubles()
        self.out.write("</testsuites>\n")

    def _counts(self, subject: str | None, errors: int = 0) -> dict[str, object]:
        boxes = self.tally.count(subject=subject)
        seconds = sum(one.verdict.seconds for one in self.listed if subject in (None, one.verdict.subject))
        return {
            "tests": sum(boxes.values()) + errors,
            **{word: boxes[box] for box, word in _CLASSES.items()},
            "errors": errors,
            "time": f"{seconds:.3f}",
        }

    def _write_suite(self, subject: str, those: list[Listed]) -> None:
        self.out.write(f" <testsuite {_attributes(name=subject, **self._counts(subject))}>\n  <properties>\n")
        stands = self.tally.provenance(subject=subject)
        for source in (*SOURCES, "none"):
            told = _attributes(name=f"recordings.{source}", value=stands[source])
            self.out.write(f"   <property {told}/>\n")
        self.out.write("  </properties>\n")
        for one in those:
            self._write_case(one)
        self.out.write(" </testsuite>\n")

    def _write_case(self, one: Listed) -> None:
        v = one.verdict
        name = v.case.removeprefix(f"{v.subject}/{v.tier}/")
        told = _attributes(classname=f"{v.subject}.{v.tier}", name=name, time=f"{v.seconds:.3f}")
        inside = "".join(self._inside(one))
        self.out.write(f"  <testcase {told}>\n{inside}  </testcase>\n" if inside else f"  <testcase {told}/>\n")

    def _inside(self, one: Listed) -> Iterator[str]:
        v = one.verdict
        where = self.tally.box(v)
        if where == "not_judged":
            yield f"   <skipped {_attributes(message=v.reason)}/>\n"
        if where == "fail":
            worst = [each for each in v.findings if each.level == "MUST"]
            first = f"{worst[0].rule}: {worst[0].message}" if worst else v.reason or v.title
            more = f" (and {len(worst) - 1} more)" if len(worst) > 1 else ""
            kind = worst[0].rule if worst else "failure"
            yield f"   <failure {_attributes(message=first + more, type=kind)}>{_body(one, worst)}</failure>\n"
        rest = [each for each in v.findings if where != "fail" or each.level != "MUST"]
        shown = LEVELS[: LEVELS.index(self.style.level) + 1]
        if told := [each for each in rest if each.level in shown]:
            yield f"   <system-out>{_body(one, told)}</system-out>\n"

    def _write_troubles(self) -> None:
        number = len(self.tally.troubles)
        told = _attributes(name="could not be judged", tests=number, failures=0, skipped=0, errors=number, time="0.000")
        self.out.write(f" <testsuite {told}>\n")
        for at, trouble in enumerate(self.tally.troubles):
            told = _attributes(classname="conformance", name=f"trouble {at + 1}", time="0.000")
            error = _attributes(message=str(trouble), type=type(trouble).__name__)
            self.out.write(f"  <testcase {told}>\n   <error {error}>{_text(trouble.hint)}</error>\n  </testcase>\n")
        self.out.write(" </testsuite>\n")


class LintJUnit(CheckJUnit):
    """The same about exchanges of recordings: a suite a host."""

    kind: Kind = "lint"


def _body(one: Listed, findings: list[Finding]) -> str:
    """The evidence of findings as text, with where it stands and how to see it again."""
    v = one.verdict
    page = io.StringIO()
    paper = PlainPaper(page)
    for line in (v.title, v.origin, v.curl or "", f"reproduce: {v.reproduce}" if v.reproduce else ""):
        if line:
            paper.line(line)
    for each in findings:
        write_finding(paper, each, indent=0)
    for level, rule in dict.fromkeys((each.level, each.rule) for each in findings):
        if more := one.left_out[level, rule]:
            paper.line(f"and {more} more of {rule}")
    return escape("\n" + page.getvalue())


def _text(text: str) -> str:
    return escape(ascii_line(text))


def _attributes(**values: object) -> str:
    return " ".join(f"{name}={quoteattr(ascii_line(str(value)))}" for name, value in values.items())
