"""The JSON report: one document, the same shape for `check` and `lint`, described by `schema/report.json`.

Rule of the file: plain ASCII JSON that any parser takes; a lone surrogate in evidence becomes its visible escape.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TextIO

from conformance.model import JSON
from conformance.report import Kind
from conformance.report.gathering import Gathering
from conformance.report.grouping import Group
from conformance.report.listing import finding_entry, verdict_entry
from conformance.report.sentences import sentence_of
from conformance.rulebook import Level

SCHEMA_VERSION = 2


class CheckDocument(Gathering):
    """Listens to verdicts and writes one JSON document at the end."""

    def write(self, code: int) -> None:
        write_json(self.out, self._document(code))

    def _document(self, code: int) -> JSON:
        from importlib.metadata import version

        counts = self.tally.count()
        having = self.found.having
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": self.kind,
            "tool": {"name": "conformance", "version": version("provider-conformance")},
            "exit_code": code,
            "judged_by": "compat" if self.style.compat else "strict",
            "counts": {**counts, "total": sum(counts.values()), **{f"with_{k.lower()}": having[k] for k in _COUNTED}},
            "compat": self.tally.compat_count(),
            "provenance": self.tally.provenance(),
            "not_judged": dict(self.tally.reasons.most_common()),
            "subjects": list(self._subjects()),
            "groups": [self._group(group) for group in self.found.groups()],
            "findings": [finding_entry(one.verdict, each) for one in self.listed for each in one.verdict.findings],
            "left_out": self.left_out.total(),
            "verdicts": [verdict_entry(one) for one in self.listed],
            "notes": [*self.tally.notes, *self.tally.partly],
            "errors": [{"message": str(one), "hint": one.hint} for one in self.tally.troubles],
        }

    def _subjects(self) -> Iterable[JSON]:
        for subject in dict.fromkeys(subject for subject, _ in self.tally.rows()):
            tiers = {
                tier: self.tally.count(subject=subject, tier=tier) for who, tier in self.tally.rows() if who == subject
            }
            yield {
                "name": subject,
                "counts": self.tally.count(subject=subject),
                "provenance": self.tally.provenance(subject=subject),
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
            "left_out": self.left_out[group.level, group.rule],
            "cases": group.cases,
            "looked_at": self.found.looked[group.rule] or None,
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
