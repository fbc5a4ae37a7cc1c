"""`conformance list`: what there is, one thing a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

import click

from conformance.commands.choosing import among, format_option, output_option
from conformance.model import JSON

Row: TypeAlias = dict[str, JSON]


def _providers(_: str | None) -> Iterator[Row]:
    from conformance.commands.speakers import provider_rows

    return provider_rows()


def _judged(_: str | None) -> Iterator[Row]:
    from conformance.commands.speakers import provider_rows

    return provider_rows(judged=True)


def _dialects(_: str | None) -> Iterator[Row]:
    from conformance.dialects import dialect, dialect_names

    for one in map(dialect, dialect_names()):
        yield {"name": one.name, "framing": one.framing, "rules": len(one.rules), "specification": one.version}


def _scenarios(_: str | None) -> Iterator[Row]:
    from conformance.scenarios import SCENARIOS

    for one in SCENARIOS.values():
        yield {"name": one.name, "title": one.title, "needs": sorted(one.needs), "request": one.sends}


def _rules(speaks: str | None) -> Iterator[Row]:
    from conformance.dialects import dialect, dialect_names
    from conformance.rules import UNIVERSAL

    books = [
        *([UNIVERSAL] if speaks is None else []),
        *(dialect(n).rules for n in ([speaks] if speaks else dialect_names())),
    ]
    shared = set[str]()  # one language may take over rules of another: each is told once
    for book in books:
        for rule in book:
            if rule.id not in shared:
                yield {
                    "id": rule.id, "level": rule.level, "scope": rule.scope.value, "sentence": rule.sentence,
                    "dialect": book.name, "source": rule.source,
                }  # fmt: skip
            shared.add(rule.id)


def _obligations(_: str | None) -> Iterator[Row]:
    from conformance.obligations import OBLIGATIONS

    for one in OBLIGATIONS.values():
        yield {"id": one.id, "tier": one.tier, "sentence": one.sentence}


def _deviations(speaks: str | None) -> Iterator[Row]:
    from conformance.dialects import dialect, dialect_names

    for name in [speaks] if speaks else dialect_names():
        for one in dialect(name).deviations.values():
            yield {
                "id": one.id, "dialect": name, "sentence": one.sentence,
                "excuses": [place.split()[0] for place in one.excuses], "source": one.source,
            }  # fmt: skip


def _faults(speaks: str | None) -> Iterator[Row]:
    from conformance.faults import Fault, faults, variations

    for one in (*faults(speaks), *variations(speaks)):
        yield {
            "id": one.id, "breaks": one.rule if isinstance(one, Fault) else "nothing: it is legal",
            "done by": "client" if one.by_client else "server", "sentence": one.sentence, "source": one.source,
        }  # fmt: skip


LISTS: Mapping[str, Callable[[str | None], Iterator[Row]]] = {
    "providers": _providers,
    "dialects": _dialects,
    "scenarios": _scenarios,
    "rules": _rules,
    "deviations": _deviations,
    "obligations": _obligations,
    "faults": _faults,
}

_FOR_MACHINES = frozenset({"source", "aliases", "model", "base_url"})  # columns too wide for a table
_BY_DIALECT = ("rules", "deviations", "faults")


@click.command(short_help="List providers, dialects, scenarios, rules, deviations, obligations or faults.")
@click.argument("what", metavar=f"[{'|'.join(LISTS)}]")
@click.option("--dialect", "-d", metavar="NAME", help="With rules, deviations or faults: only those of this dialect.")
@click.option("--judge", is_flag=True, help="With providers: judge all that they owe, and count what they meet.")
@format_option("text", "json")
@output_option()
def command(what: str, dialect: str | None, judge: bool, format: str, output: str | None) -> int:
    """List what there is: providers, dialects, scenarios, rules, deviations, obligations or faults."""
    from conformance.dialects import dialect_names
    from conformance.errors import UsageError
    from conformance.report.document import write_json
    from conformance.report.outlet import outlet
    from conformance.report.paper import paper

    chosen = among("list", [what], LISTS)[0]
    if dialect is not None and chosen not in _BY_DIALECT:
        raise UsageError(f"--dialect goes with {' and '.join(_BY_DIALECT)}, not with {chosen}", "leave it out")
    if judge and chosen != "providers":
        raise UsageError(f"--judge goes with providers, not with {chosen}", "leave it out")
    speaks = among("dialect", [dialect], dialect_names())[0] if dialect is not None else None
    rows = list((_judged if judge else LISTS[chosen])(speaks))
    if not rows:
        raise UsageError(f"there are no {chosen}", "is the installation complete?")
    with outlet(output) as out:
        if format == "json":
            write_json(out, {chosen: rows})
        else:
            head = [name for name in rows[0] if name not in _FOR_MACHINES]
            paper(out).table(head, [[_cell(row[name]) for name in head] for row in rows])
            if chosen == "providers":
                from conformance.commands.speakers import behaviours

                click.echo(behaviours(rows), err=True)  # stdout stays a table, fit for grep
    return 0


def _cell(value: JSON) -> str:
    return ", ".join(map(str, value)) or "-" if isinstance(value, list) else str(value or "-")
