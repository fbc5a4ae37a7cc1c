"""`conformance explain`: what a rule, an obligation or a fault asks or does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from conformance.endpoints.promises import Promise
    from conformance.faults import Bent
    from conformance.obligations import Obligation
    from conformance.report.paper import Paper
    from conformance.rulebook import Rule

_MOST = 3
"""So many of the faults that break a rule are shown."""


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
def command(ids: tuple[str, ...]) -> int:
    """Say what a rule (OC-S06, EP-06) or an obligation (unit.auth) asks: its sentence, level, source, why, examples.

    Of a fault (openai-chat.framing.crlf) it says what is done wrong, which rule finds it, and how to have it served.
    """
    import sys

    from conformance.endpoints.promises import Promise
    from conformance.obligations import Obligation
    from conformance.report.paper import paper
    from conformance.rulebook import Rule

    told = [_found(id) for id in ids]  # all of them known, before anything is printed
    page = paper(sys.stdout)
    for number, one in enumerate(told):
        if number:
            page.line()
        if isinstance(one, Rule):
            _tell_rule(page, one)
        elif isinstance(one, Obligation):
            _tell_obligation(page, one)
        elif isinstance(one, Promise):
            _tell_promise(page, one)
        else:
            _tell_fault(page, one)
    return 0


def _found(id: str) -> Rule | Obligation | Promise | Bent:
    from conformance.commands.books import rule_books
    from conformance.commands.choosing import unknown
    from conformance.endpoints.promises import PROMISES
    from conformance.faults import faults, find_bent, variations
    from conformance.judging import find_rule
    from conformance.obligations import OBLIGATIONS

    low = id.strip().lower()
    if found := find_rule(id) or OBLIGATIONS.get(low) or PROMISES.get(low.upper()) or find_bent(low):
        return found
    bent = [one.id for one in (*faults(), *variations())] if low.count(".") > 1 else []
    rules = [rule.id for book in rule_books().values() for rule in book]
    raise unknown("fault" if bent else "rule or obligation", id, [*rules, *OBLIGATIONS, *PROMISES, *bent])


def _tell_rule(page: Paper, rule: Rule) -> None:
    from conformance.report.evidence import COLOURS

    head = f"{rule.id}  {rule.level}  ({', '.join(_books_of(rule))}, judged on: {rule.scope.value})"
    page.line(head, COLOURS[rule.level])
    page.line(rule.sentence, indent=2)
    verdict = f"a failure to --strict only: {rule.survived}" if rule.survived and rule.level == "MUST" else ""
    _tell_rows(page, {"why": rule.why, "compat": verdict, "source": rule.source, "good": rule.good, "bad": rule.bad})
    if rule.framing:
        _tell_rows(page, {"note": "it judges bytes: not judged on recordings whose framing was rebuilt"})
    _tell_rows(page, {"faults": "\n".join(_breaking(rule))})


def _books_of(rule: Rule) -> list[str]:
    """Whom a rule holds for: a language that varies another has rules of it."""
    from conformance.commands.books import rule_books

    return [name for name, book in rule_books().items() if book.rules.get(rule.id) is rule]


def _breaking(rule: Rule) -> list[str]:
    """The faults that this rule finds, those that all languages share once."""
    from conformance.faults import faults

    found = {one.id.partition(".")[2]: one for one in faults() if one.rule == rule.id and not one.excuse}
    shown = [f"{one.id}: {one.sentence}" for one in list(found.values())[:_MOST]]
    more = len(found) - len(shown)
    return [*shown, *([f"and {more} more: conformance list faults"] if more else [])]


def _tell_obligation(page: Paper, owed: Obligation) -> None:
    page.line(f"{owed.id}  MUST  (obligation of every provider, tier {owed.tier})", "bold")
    page.line(owed.sentence, indent=2)
    narrow = f"--case '*/{owed.tier}/{owed.what}'" if owed.each == "adapter" else f"--tier {owed.tier}"
    _tell_rows(page, {"why": owed.why, "run it": f"conformance check {narrow}"})


def _tell_promise(page: Paper, one: Promise) -> None:
    page.line(f"{one.id}  {one.level}  (every live server, judged by asking it)", "bold")
    page.line(one.sentence, indent=2)
    verdict = f"a failure to --strict only: {one.survived}" if one.survived and one.level == "MUST" else ""
    _tell_rows(page, {"why": one.why, "compat": verdict, "source": one.source})


def _tell_fault(page: Paper, one: Bent) -> None:
    from conformance.faults import Fault

    kind = "fault" if isinstance(one, Fault) else "legal variation"
    page.line(f"{one.id}  ({kind} of {one.dialect}, done by the {'client' if one.by_client else 'server'})", "bold")
    page.line(one.sentence, indent=2)
    rule = getattr(one, "rule", "")
    rows = {"breaks": rule or "nothing", "excuse": getattr(one, "excuse", ""), "seen": one.source, "on": one.on}
    _tell_rows(page, {**rows, "try it": "" if one.by_client else f"conformance serve --fault {one.id}"})


def _tell_rows(page: Paper, rows: dict[str, str]) -> None:
    for name, text in rows.items():
        for number, line in enumerate(text.strip().splitlines()):
            page.line(f"{name + ':' if not number else '':8} {line}", indent=2)
