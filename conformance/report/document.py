"""The JSON report: one document, the same shape for `check` and `lint`, described by `schema/report.json`.

Rule of the file: plain ASCII JSON that any parser takes; a lone surrogate in evidence becomes its visible escape.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from typing import TextIO

from conformance.cases import Verdict
from conformance.errors import ConformanceError
from conformance.model import JSON
from conformance.report import Kind, Style
from conformance.report.grouping import Group, Grouping
from conformance.report.listing import Listed, finding_entry, listed, verdict_entry
from conformance.report.sentences import sentence_of
from conformance.report.tally import Tally
from conformance.rulebook import Level

SCHEMA_VERSION = 2


class CheckDocument:
    """Listens to verdicts and writes one JSON document at the end."""

    kind: Kind = "check"

    def __init__(self, out: TextIO, style: Style) -> None:
        self._out = out
        self._style = style
        self._tally = Tally(compat=style.compat)
        self._found = Grouping()
        self._listed: list[Listed] = []
        self._left_out: Counter[tuple[Level, str]] = Counter()

    def verdict(self, v: Verdict) -> None:
        self._tally.add(v)
        self._found.add(v)
        one = listed(v, self._style.most)
        self._left_out.update(one.left_out)
        self._listed.append(one)

    def trouble(self, error: ConformanceError) -> None:
        self._tally.troubles.append(error)

    def close(self) -> int:
        code = self._tally.exit_code()
        write_json(self._out, self._document(code))
        return code

    def _document(self, code: int) -> JSON:
        from importlib.metadata import version

        counts = self._tally.count()
        having = self._found.having
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": self.kind,
            "tool": {"name": "conformance", "version": version("provider-conformance")},
            "exit_code": code,
            "judged_by": "compat" if self._style.compat else "strict",
            "counts": {**counts, "total": sum(counts.values()), **{f"with_{k.lower()}": having[k] for k in _COUNTED}},
            "compat": self._tally.compat_count(),
            "provenance": self._tally.provenance(),
            "not_judged": dict(self._tally.reasons.most_common()),
            "subjects": list(self._subjects()),
            "groups": [self._group(group) for group in self._found.groups()],
            "findings": [finding_entry(one.verdict, each) for one in self._listed for each in one.verdict.findings],
            "left_out": self._left_out.total(),
            "verdicts": [verdict_entry(one) for one in self._listed],
            "errors": [{"message": str(one), "hint": one.hint} for one in self._tally.troubles],
        }

    def _subjects(self) -> Iterable[JSON]:
        for subject in dict.fromkeys(subject for subject, _ in self._tally.rows()):
            tiers = {
                tier: self._tally.count(subject=subject, tier=tier)
                for who, tier in self._tally.rows()
                if who == subject
            }
            yield {
                "name": subject,
                "counts": self._tally.count(subject=subject),
                "provenance": self._tally.provenance(subject=subject),
                "tiers": tiers,
            }

    def _group(self, group: Group) -> JSON:
        told = sentence_of(group.rule)
        return {
            "rule": group.rule,
            "level": group.level,
            "sentence": told.text,
            "source": told.source,
            "findings": group.findings,
            "left_out": self._left_out[group.level, group.rule],
            "cases": group.cases,
            "looked_at": self._found.looked[group.rule] or None,
            "example": finding_entry(*group.example),
        }


class LintDocument(CheckDocument):
    """The same document about exchanges of recordings."""

    kind: Kind = "lint"


_COUNTED: tuple[Level, ...] = ("MUST", "SHOULD")


def write_json(out: TextIO, value: JSON) -> None:
    """Write a value as indented JSON and a line end."""
    out.write(json.dumps(_clean(value), indent=1, ensure_ascii=True) + "\n")


def _clean(value: JSON) -> JSON:
    """The value with each lone surrogate spelled out: parsers of other languages refuse them."""
    match value:
        case str():
            return value.encode("utf-8", "backslashreplace").decode("utf-8")
        case dict():
            return {_clean(key): _clean(item) for key, item in value.items()}
        case list() | tuple():
            return [_clean(item) for item in value]
    return value
