"""`conformance explain`: what a rule or an obligation asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from conformance.obligations import Obligation
    from conformance.report.paper import Paper
    from conformance.rulebook import Rule


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
def command(ids: tuple[str, ...]) -> int:
    """Say what a rule (OC-S06) or an obligation (unit.auth) asks: its sentence, level, source, why, and examples."""
    import sys

    from conformance.report.paper import paper
    from conformance.rulebook import Rule

    told = [_found(id) for id in ids]  # all of them known, before anything is printed
    page = paper(sys.stdout)
    for number, one in enumerate(told):
        if number:
            page.line()
        if isinstance(one, Rule):
            _tell_rule(page, one)
        else:
            _tell_obligation(page, one)
    return 0


def _found(id: str) -> Rule | Obligation:
    from conformance.commands.choosing import unknown
    from conformance.dialects import dialect, dialect_names
    from conformance.judging import find_rule
    from conformance.obligations import OBLIGATIONS
    from conformance.rules import UNIVERSAL

    if rule := find_rule(id):
        return rule
    if owed := OBLIGATIONS.get(id.strip().lower()):
        return owed
    rules = [rule.id for book in (UNIVERSAL, *(dialect(name).rules for name in dialect_names())) for rule in book]
    raise unknown("rule or obligation", id, [*rules, *OBLIGATIONS])


def _tell_rule(page: Paper, rule: Rule) -> None:
    from conformance.report.evidence import COLOURS

    page.line(f"{rule.id}  {rule.level}  ({_book_of(rule.id)}, judged on: {rule.scope.value})", COLOURS[rule.level])
    page.line(rule.sentence, indent=2)
    rows = {"why": rule.why, "source": rule.source, "good": rule.good, "bad": rule.bad}
    _tell_rows(page, rows)
    if rule.framing:
        _tell_rows(page, {"note": "it judges bytes: not judged on recordings whose framing was rebuilt"})


def _tell_obligation(page: Paper, owed: Obligation) -> None:
    page.line(f"{owed.id}  MUST  (obligation of every provider, tier {owed.tier})", "bold")
    page.line(owed.sentence, indent=2)
    narrow = f"--case '*/{owed.tier}/{owed.what}'" if owed.each == "adapter" else f"--tier {owed.tier}"
    _tell_rows(page, {"why": owed.why, "run it": f"conformance check {narrow}"})


def _tell_rows(page: Paper, rows: dict[str, str]) -> None:
    for name, text in rows.items():
        for number, line in enumerate(text.strip().splitlines()):
            page.line(f"{name + ':' if not number else '':8} {line}", indent=2)


def _book_of(id: str) -> str:
    from conformance.dialects import dialect, dialect_names

    return next((name for name in dialect_names() if id in dialect(name).rules.rules), "every dialect")
