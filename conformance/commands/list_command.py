"""`conformance list`: what there is, one thing a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

import click

from conformance.commands.choosing import among, format_option, output_option
from conformance.model import JSON

Row: TypeAlias = dict[str, JSON]


def _providers(_: str | None) -> Iterator[Row]:
    from conformance.adapters import adapter, adapter_names

    for one in map(adapter, adapter_names()):
        yield {
            "name": one.name,
            "aliases": list(one.aliases),
            "dialect": one.dialect.name,
            "model": one.model,
            "base_url": one.base_url,
            "key": " or ".join(one.key_env),
            "onboarding": one.onboarding,
        }


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
    for book in books:
        for rule in book:
            yield {
                "id": rule.id, "level": rule.level, "scope": rule.scope.value, "sentence": rule.sentence,
                "dialect": book.name, "source": rule.source,
            }  # fmt: skip


def _obligations(_: str | None) -> Iterator[Row]:
    from conformance.obligations import OBLIGATIONS

    for one in OBLIGATIONS.values():
        yield {"id": one.id, "tier": one.tier, "sentence": one.sentence}


LISTS: Mapping[str, Callable[[str | None], Iterator[Row]]] = {
    "providers": _providers,
    "dialects": _dialects,
    "scenarios": _scenarios,
    "rules": _rules,
    "obligations": _obligations,
}

_FOR_MACHINES = frozenset({"source"})  # columns too wide for a table


@click.command(short_help="List providers, dialects, scenarios, rules or obligations.")
@click.argument("what", metavar=f"[{'|'.join(LISTS)}]")
@click.option("--dialect", "-d", metavar="NAME", help="With rules: only those of this dialect.")
@format_option("text", "json")
@output_option()
def command(what: str, dialect: str | None, format: str, output: str | None) -> int:
    """List what there is: providers, dialects, scenarios, rules or obligations."""
    from conformance.dialects import dialect_names
    from conformance.errors import UsageError
    from conformance.report.document import write_json
    from conformance.report.outlet import outlet
    from conformance.report.paper import paper

    chosen = among("list", [what], LISTS)[0]
    if dialect is not None and chosen != "rules":
        raise UsageError(f"--dialect goes with rules, not with {chosen}", "leave it out")
    rows = list(LISTS[chosen](among("dialect", [dialect], dialect_names())[0] if dialect is not None else None))
    if not rows:
        raise UsageError(f"there are no {chosen}", "is the installation complete?")
    with outlet(output) as out:
        if format == "json":
            write_json(out, {chosen: rows})
        else:
            head = [name for name in rows[0] if name not in _FOR_MACHINES]
            paper(out).table(head, [[_cell(row[name]) for name in head] for row in rows])
    return 0


def _cell(value: JSON) -> str:
    return ", ".join(map(str, value)) or "-" if isinstance(value, list) else str(value or "-")
