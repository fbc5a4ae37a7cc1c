"""The report of `diff`: for each pair of recordings what moved, what could not be compared, and one line at the end.

Rule of the file: a pair that could not be compared is never counted as one without drift.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TextIO

from msgspec import to_builtins

from conformance.drift import Comparison
from conformance.model import JSON
from conformance.report.document import write_json
from conformance.report.paper import Paper, paper
from conformance.report.printable import clipped, many

SCHEMA_VERSION = 1
_COLOURS: Mapping[str, str] = {"breaking": "bold red", "notable": "yellow", "additive": "cyan"}


def write_drift(out: TextIO, format: str, found: Sequence[Comparison]) -> int:
    """Write what was found; the exit code: 2 when something could not be compared, 1 for drift, else 0."""
    code = 2 if any(one.not_compared for one in found) else 1 if any(one.changes for one in found) else 0
    if format == "json":
        write_json(out, _document(found, code))
        return code
    page = paper(out)
    for one in found:
        if one.outcome != "same":
            _tell(page, one)
    page.line(_summary(found), "bold")
    return code


def _tell(page: Paper, one: Comparison) -> None:
    page.line(one.name, "bold")
    for change in one.changes:
        side = "request: " if change.side == "request" else ""
        rule = f" [{change.rule}]" if change.rule else ""
        page.line(f"{change.severity:8}  {side}{change.where}: {change.message}{rule}", _COLOURS[change.severity], 2)
        if change.kind in ("header", "status", "address", "framing", "end"):
            page.line(f"{_shown(change.old)} -> {_shown(change.new)}", "dim", 12)
    for reason in one.not_compared:
        page.line(f"not compared: {reason}", "magenta", 2)
    page.line()


def _shown(value: str | None) -> str:
    return "nothing" if value is None else clipped(value, 120)


def _summary(found: Sequence[Comparison]) -> str:
    counts = Counter(one.outcome for one in found)
    apart = sum(1 for one in found if one.not_compared and one.changes)
    severities: Counter[str] = Counter(change.severity for one in found for change in one.changes)
    told = ", ".join(f"{severities[one]} {one}" for one in _COLOURS if severities[one])
    partly = f" ({apart} of them only in part)" if apart else ""
    drift = f"{counts['drift']} with drift{partly}{f': {told}' if told else ''}"
    return f"{many(len(found), 'pair')}: {counts['same']} without drift, {drift}; {counts['not_compared']} not compared"


def _document(found: Sequence[Comparison], code: int) -> JSON:
    from importlib.metadata import version

    return {
        "schema_version": SCHEMA_VERSION,
        "kind": "diff",
        "tool": {"name": "conformance", "version": version("provider-conformance")},
        "exit_code": code,
        "counts": dict(Counter(one.outcome for one in found)),
        "severities": dict(Counter(change.severity for one in found for change in one.changes)),
        "pairs": [{**to_builtins(one), "outcome": one.outcome} for one in found],
    }
