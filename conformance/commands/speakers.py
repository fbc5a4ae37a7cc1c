"""The rows of `conformance list providers`: who speaks what, how it deviates, and which recordings there are of it.

Rule of the file: told from facts and recordings; only `judged` judges.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from conformance.model import JSON

if TYPE_CHECKING:
    from conformance.adapters import Adapter


def provider_rows(*, judged: bool = False) -> Iterator[dict[str, JSON]]:
    """One row a provider; `judged` adds how many of the cases that it owes it meets, which takes a while."""
    from conformance.adapters import adapter, adapter_names
    from conformance.calls.recording import owed
    from conformance.tape import cassette_path

    sources = _sources()
    for one in map(adapter, adapter_names()):
        due = owed(one)
        there = sum(cassette_path(one.name, name).exists() for name in due)
        row: dict[str, JSON] = {
            "name": one.name,
            "onboarding": one.onboarding,
            "dialect": one.dialect.name,
            "key": " or ".join(one.key_env),
            "recorded": f"{there} of {len(due)}",
            "cassettes": ", ".join(f"{number} {source}" for source, number in sorted(sources[one.name].items())),
        }
        if judged:
            row["met"] = _met(one)
        yield row | {
            "deviations": list(one.deviations),
            "aliases": list(one.aliases),
            "model": one.model,
            "base_url": one.base_url,
        }


def behaviours(rows: Iterable[dict[str, JSON]]) -> str:
    """How many providers there are, and how many of them behave differently: files are no measure of that."""
    rows = list(rows)
    natives = sum(row["onboarding"] == "native" for row in rows)
    distinct = {
        row["name"] if row["onboarding"] == "native" else (row["dialect"], *sorted(row["deviations"])) for row in rows
    }
    recorded = Counter[str]()
    for counts in _sources().values():
        recorded += counts
    cassettes = ", ".join(f"{number} {source}" for source, number in sorted(recorded.items()))
    return (
        f"{len(rows)} providers: {natives} native, {len(rows) - natives} presets; {len(distinct)} distinct behaviours. "
        f"Cassettes: {cassettes or 'none'}."
    )


def _sources() -> dict[str, Counter[str]]:
    """Provider -> how many cassettes of which provenance, from one look at the shelf."""
    from conformance.tape import on_shelf, read_provenance

    found: dict[str, Counter[str]] = {}
    for path in on_shelf():
        told = read_provenance(path)
        found.setdefault(told.provider or "", Counter())[told.source] += 1
    return _Sparse(found)


class _Sparse(dict[str, "Counter[str]"]):
    """Whoever has no cassettes has none of any source."""

    def __missing__(self, name: str) -> Counter[str]:
        return Counter()


def _met(one: Adapter) -> str:
    from conformance.run import plan

    cases = list(plan([one.name]))
    outcomes = Counter(case.judge().outcome for case in cases)
    return f"{outcomes['pass']} of {len(cases)}"
