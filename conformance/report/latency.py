"""The table of times at the end of a live check: first token, largest pause and total, by percentiles.

Rule of the file: it listens beside a report, and tells after it what was measured.
"""

from __future__ import annotations

from typing import TextIO

from conformance.cases import Note, Verdict
from conformance.errors import ConformanceError
from conformance.report import Listener
from conformance.report.paper import paper

_NAMES = {"ttft": "first token", "gap": "largest pause", "total": "whole stream"}


class LatencyTable:
    """A listener around a listener."""

    def __init__(self, to: Listener, out: TextIO) -> None:
        self._to, self._out = to, out
        self._measured: dict[str, list[Verdict]] = {}

    def verdict(self, v: Verdict) -> None:
        if v.metrics:
            self._measured.setdefault(v.subject, []).append(v)
        self._to.verdict(v)

    def trouble(self, error: ConformanceError) -> None:
        self._to.trouble(error)

    def note(self, note: Note) -> None:
        self._to.note(note)

    def close(self) -> int:
        from conformance.endpoints.timing import measures

        code = self._to.close()
        rows = []
        for subject, judged in self._measured.items():
            for one in measures([v.metrics for v in judged]):
                row = one.row()
                times = [f"{row[name] * 1000:.0f} ms" for name in ("p50", "p90", "p99", "max")]
                rows.append([subject, _NAMES[one.name], str(row["count"]), *times])
        if rows:
            shown = paper(self._out)
            shown.line()
            shown.table(["server", "measured", "streams", "p50", "p90", "p99", "max"], rows, (2, 3, 4, 5, 6))
        return code
