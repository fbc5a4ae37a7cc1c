"""What `conformance check` does without a live server: which cases are judged, on which recordings, and what is known.

Rule of the file: a name that is not known is an error that shows the nearest; nothing is judged for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

import click

from conformance.commands.choosing import among

if TYPE_CHECKING:
    from conformance.cases import Case, Verdict
    from conformance.errors import ConformanceError

RECORDED = frozenset({"conformance", "e2e"})
"""The tiers that are judged on recordings."""


def cassette_folder(folder: str | None, *, new: bool = False) -> Path | None:
    """The folder that was asked for, which must be there unless it may be new."""
    from conformance.errors import UsageError

    if folder is None or Path(folder).is_dir() or (new and not Path(folder).exists()):
        return Path(folder) if folder is not None else None
    what = "is not a folder" if Path(folder).exists() else "does not exist"
    raise UsageError(f"the cassette folder {folder} {what}", "name one that holds verify_<provider>_<scenario>.json")


def chosen_cases(
    names: Iterable[str], tiers: Iterable[str], scenarios: Iterable[str], cases: Iterable[str], folder: Path | None
) -> list[Case]:
    """The plan, narrowed; every name in it known, or an error that shows the nearest."""
    from conformance.adapters import adapter_names, find_adapter
    from conformance.commands.choosing import unknown
    from conformance.run import OWES, plan
    from conformance.scenarios import AGENT_LOOP, SCENARIOS

    for name in names:
        if find_adapter(name) is None:
            raise unknown("provider", name, adapter_names())
    found = list(
        plan(
            list(names) or None,
            tiers=among("tier", tiers, OWES) or None,
            scenarios=among("scenario", scenarios, [*SCENARIOS, AGENT_LOOP]) or None,
            folder=folder,
        )
    )
    wanted = set(among("case", cases, [one.id for one in found]))
    return [one for one in found if not wanted or one.id in wanted]


def with_known(cases: list[Case], baseline: str | None) -> list[Case]:
    """The cases with what the baseline knows of them; each entry of it must be of a case that there is."""
    if baseline is None or baseline == "none":
        return cases
    from conformance.adapters import find_adapter
    from conformance.baseline import read_baseline
    from conformance.run import plan

    known = read_baseline(Path(baseline))
    subjects = {one for case in known.known if find_adapter(one := case.partition("/")[0])}
    known.check({case.id for case in plan(subjects)} if subjects else set())
    return [known.over(one) for one in cases]


def shipped_baseline() -> str:
    """Where the baseline of the installed cassettes lies, in a checkout and in a wheel."""
    from importlib.util import find_spec

    found = find_spec("conformance.checklist")
    assert found is not None
    assert found.origin is not None
    return str(Path(found.origin).with_name("baseline.toml"))


def judged(cases: Iterable[Case], folder: str | None) -> Iterator[Verdict | ConformanceError]:
    """The verdicts; what stops one case is told and the next one is judged."""
    from msgspec.structs import replace

    from conformance.cases import Verdict
    from conformance.errors import ConformanceError

    for case in cases:
        try:
            verdict = case.judge()
        except ConformanceError as error:
            yield error
            yield Verdict(
                case=case.id,
                subject=case.subject,
                tier=case.tier,
                title=case.title,
                outcome="not_judged",
                reason=str(error),
            )
            continue
        yield replace(verdict, reproduce=f"{verdict.reproduce} --folder {quote(folder)}") if folder else verdict


def without_recordings(cases: list[Case], folder: Path | None) -> Iterator[ConformanceError]:
    """Told when recordings are to be judged and there is not one of any provider: that verdict would be hollow."""
    from conformance.errors import UsageError
    from conformance.tape import on_shelf, shelf

    wanting = dict.fromkeys(case.subject for case in cases if case.tier in RECORDED)
    if wanting and not any(True for subject in wanting for _ in on_shelf(subject, folder)):
        yield UsageError(
            f"there are no cassettes of {', '.join(wanting)} in {folder or shelf()}",
            f"record them: conformance record {' '.join(wanting)} --from virtual",
        )


def record(cases: Iterable[Case], only_missing: bool, folder: Path | None) -> None:
    """Record anew, or what is missing, of what the cases are judged on."""
    from conformance.commands.recording import record_plan
    from conformance.scenarios import AGENT_LOOP, SCENARIOS
    from conformance.tape import cassette_path

    plan: dict[str, list[str]] = {}
    for case in cases:
        name = case.id.rpartition("/")[2].removesuffix("_twins")
        if case.tier not in RECORDED or name not in (*SCENARIOS, AGENT_LOOP):
            continue
        wanted = plan.setdefault(case.subject, [])
        missing = not cassette_path(case.subject, name, folder).exists()
        if name not in wanted and (missing or not only_missing):
            wanted.append(name)
    owing = {subject: names for subject, names in plan.items() if names}
    record_plan(owing, "live", folder, lambda line: click.echo(line, err=True))
