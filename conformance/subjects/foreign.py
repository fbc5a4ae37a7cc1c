"""What is told more mildly of recordings that other tools made: of what their makers changed, and did not.

Rule of the file: a table, each row with its reason; what the server said is judged as everybody's.
"""

from __future__ import annotations

from typing import NamedTuple

from msgspec.structs import replace

from conformance.judging import Judgement
from conformance.rulebook import Finding, Level


class Milder(NamedTuple):
    """The level at which something is told, and why at no higher one."""

    level: Level
    reason: str


ADDRESS = Milder("INFO", "recorders change addresses: this may not be the one that was called")
KEYS = Milder("SHOULD", "who records for their own eyes, as browsers do, keeps keys: mask them before sharing the file")


def mildly(judgement: Judgement) -> Judgement:
    """The judgement, milder where another tool recorded. This kit's own recordings are published: masked, or broken."""
    if judgement.exchange.source != "unknown":
        return judgement
    told = tuple(
        replace(found, level=milder.level, excused=milder.reason) if (milder := _milder(found)) else found
        for found in judgement.findings
    )
    return Judgement(judgement.exchange, told, judgement.judged, judgement.not_judged)


def _milder(found: Finding) -> Milder | None:
    if found.path == "url":
        return ADDRESS
    return KEYS if found.rule == "GN-14" else None
