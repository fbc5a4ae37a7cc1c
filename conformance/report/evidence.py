"""How one finding is told: rule, sentence, where it is, what was expected and what was there.

Rule of the file: evidence is shown, never argued with; a finding lowered by a profile says so.
"""

from __future__ import annotations

from collections.abc import Mapping

from conformance.report.paper import Paper
from conformance.report.printable import clipped
from conformance.report.sentences import sentence_of
from conformance.rulebook import Finding

COLOURS: Mapping[str, str] = {
    "fail": "bold red",
    "MUST": "red",
    "warn": "yellow",
    "SHOULD": "yellow",
    "INFO": "cyan",
    "pass": "green",
    "not_judged": "magenta",
}


KNOWN = "known failure: "
"""How the excuse of a failure begins that a baseline lists."""


def place_of(finding: Finding) -> str:
    """Where it is: `frame 3, $.choices[0].delta`; empty when it is the whole exchange."""
    parts = [
        *([f"frame {finding.frame}"] if finding.frame is not None else []),
        *([finding.path] if finding.path else []),
    ]
    return ", ".join(parts)


def write_finding(paper: Paper, finding: Finding, indent: int, *, sentence: bool = True) -> None:
    """Tell one finding with all of its evidence."""
    if sentence:
        told = sentence_of(finding.rule).text
        paper.line(f"{finding.level} {finding.rule}{': ' if told else ''}{told}", COLOURS[finding.level], indent)
        indent += 2
    place = place_of(finding)
    paper.line(f"{place}: {finding.message}" if place else finding.message, indent=indent)
    for name, value in (("expected", finding.expected), ("got", finding.got)):
        if value is not None:
            paper.line(f"{name + ':':9} {clipped(value, 400)}", indent=indent + 2)
    if finding.excused:
        known = finding.excused.startswith(KNOWN)
        paper.line(finding.excused if known else f"lowered by a profile: {finding.excused}", "dim", indent + 2)
    if finding.survived and finding.level == "MUST":
        paper.line(f"compat: clients survive it: {finding.survived}", "dim", indent + 2)
