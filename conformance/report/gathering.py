"""A listener that gathers everything and writes at the end: what all formats for machines have in common.

Rule of the file: of each verdict only what will be listed is kept, so a report of many findings stays small.
"""

from __future__ import annotations

from collections import Counter
from typing import TextIO

from conformance.cases import Note, Verdict
from conformance.errors import ConformanceError
from conformance.report import Kind, Style
from conformance.report.grouping import Grouping
from conformance.report.listing import Listed, listed
from conformance.report.tally import Tally
from conformance.rulebook import Level


class Gathering:
    """Counts, groups and lists; a format is a subclass that says `write`."""

    kind: Kind = "check"

    def __init__(self, out: TextIO, style: Style) -> None:
        self.out = out
        self.style = style
        self.tally = Tally(compat=style.compat)
        self.found = Grouping()
        self.listed: list[Listed] = []
        self.left_out: Counter[tuple[Level, str]] = Counter()

    def verdict(self, v: Verdict) -> None:
        self.tally.add(v)
        self.found.add(v)
        one = listed(v, self.style.most)
        self.left_out.update(one.left_out)
        self.listed.append(one)

    def trouble(self, error: ConformanceError) -> None:
        self.tally.troubles.append(error)

    def note(self, note: Note) -> None:
        self.tally.notes.append(note.text)

    def close(self) -> int:
        code = self.tally.exit_code()
        self.write(code)
        return code

    def write(self, code: int) -> None:
        """Write the whole report; `code` is the exit code that it amounts to."""
        raise NotImplementedError
