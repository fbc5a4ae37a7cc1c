"""`conformance check`: judge providers by what they owe."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from conformance.commands.choosing import SAID, among, format_option, most_option, output_option, verdict_option
from conformance.commands.endpoint_options import Live, endpoint_options
from conformance.commands.known import Update, updater

if TYPE_CHECKING:
    from conformance.cases import Case, Verdict
    from conformance.errors import ConformanceError

RECORDED = frozenset({"conformance", "e2e"})
"""The tiers that are judged on recordings."""


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--tier", "-t", "tiers", multiple=True, metavar="TIER", help="Only this tier; may be repeated.")
@click.option("--scenario", "-s", "scenarios", multiple=True, metavar="NAME", help="Only cases of this scenario.")
@click.option("--case", "-c", "cases", multiple=True, metavar="ID", help="Only this case; * and ? stand for anything.")
@click.option(
    "--folder", type=SAID, metavar="DIR", default=None, help="The cassette folder, instead of the installed one."
)
@click.option(
    "--baseline", type=SAID, metavar="FILE", default=None,
    help="Known failures; a stale entry fails. The installed cassettes have one of their own; `none` leaves it out.",
)  # fmt: skip
@click.option("--update-baseline", is_flag=True, help="Write what fails now to the baseline, and drop what does not.")
@click.option("--reason", type=SAID, metavar="TEXT", default=None, help="Why the new entries of the baseline fail.")
@click.option("--verbose", "-v", is_flag=True, help="Show every case, and warnings with their evidence.")
@endpoint_options()
@verdict_option()
@most_option()
@format_option("text", "json", "junit", "markdown")
@output_option()
def command(
    names: tuple[str, ...],
    tiers: tuple[str, ...],
    scenarios: tuple[str, ...],
    cases: tuple[str, ...],
    folder: str | None,
    baseline: str | None,
    update_baseline: bool,
    reason: str | None,
    verbose: bool,
    compat: bool,
    most: int,
    format: str,
    output: str | None,
    **said: Any,
) -> int:
    """Judge providers by what they owe and by the rules of their dialect; with --base-url a live server.

    Without a NAME: every provider that is installed. Recordings are played back and no network is used, unless the
    environment variable VCR_MODE says record (anew) or auto (what is missing).

    With --base-url, --dialect and --model, or a --service of conformance.toml: the server there is asked, and judged
    by its answers. With --folder the exchanges that --record kept are judged again.
    """
    live = Live(**said)
    if live.wanted:
        if names or tiers or cases:
            raise _only_recorded(names, tiers)
        style, update = (verbose, compat, most), updater(update_baseline, baseline, reason)
        return _check_live(live, scenarios, cassette_folder(folder), baseline, update, style, format, output)
    if live.stray:
        raise _only_live(live.stray)
    from conformance.commands.relaying import relay
    from conformance.report import Style, listener
    from conformance.report.outlet import outlet
    from conformance.report.progress import track
    from conformance.tape import mode, strict

    recording, _ = mode(), strict()  # a bad word in the environment is told before anything is judged
    where = cassette_folder(folder, new=recording != "playback")
    if baseline is None and recording == "playback" and where is None and not os.environ.get("VCR_CASSETTE_DIR"):
        baseline = _shipped()
    update = updater(update_baseline, baseline, reason)
    plain = _chosen(names, tiers, scenarios, cases, where)
    known = _with_known(plain, None if update and not Path(str(baseline)).exists() else baseline)
    chosen = plain if update else known
    with outlet(output) as out:
        to = listener("check", format, out, Style(verbose, compat=compat, most=most))
        if recording != "playback":
            _record(chosen, recording == "auto", where)
        told = track(chain(_judged(chosen, folder), _without_recordings(chosen, where)), "judging", len(chosen))
        _, code = relay(update(told) if update else told, to)
    return code


def _check_live(
    live: Live,
    scenarios: tuple[str, ...],
    played: Path | None,
    baseline: str | None,
    update: Update | None,
    style: tuple[bool, bool, int],
    format: str,
    output: str | None,
) -> int:
    """Check live endpoints, or what was recorded of them."""
    from conformance.baseline import read_baseline
    from conformance.commands.endpoint_check import jobs_of, shelf_of, verdicts
    from conformance.commands.relaying import relay
    from conformance.report import Style, listener
    from conformance.report.latency import LatencyTable
    from conformance.report.outlet import outlet
    from conformance.report.progress import track

    jobs = jobs_of(live, scenarios)
    known = read_baseline(Path(baseline)) if baseline not in (None, "none") and not update else None
    told = verdicts(jobs, shelf_of(live, played), known, tell=live.progress)
    with outlet(output) as out:
        verbose, compat, most = style
        to = listener("check", format, out, Style(verbose, compat=compat, most=most))
        total = sum(len(cases) for _, cases in jobs)
        told = track(told, "asking", total)
        _, code = relay(update(told) if update else told, LatencyTable(to, out) if format == "text" else to)
    return code


def _only_recorded(names: tuple[str, ...], tiers: tuple[str, ...]) -> ConformanceError:
    from conformance.errors import UsageError

    what = names[0] if names else "--tier" if tiers else "--case"
    return UsageError(f"{what} and a live server are two things", "leave one of them out; --scenario narrows both")


def _only_live(option: str) -> ConformanceError:
    from conformance.errors import UsageError

    return UsageError(f"{option} is for a live server", "name it: --base-url URL, or --service NAME")


def cassette_folder(folder: str | None, *, new: bool = False) -> Path | None:
    """The folder that was asked for, which must be there unless it may be new."""
    from conformance.errors import UsageError

    if folder is None or Path(folder).is_dir() or (new and not Path(folder).exists()):
        return Path(folder) if folder is not None else None
    what = "is not a folder" if Path(folder).exists() else "does not exist"
    raise UsageError(f"the cassette folder {folder} {what}", "name one that holds verify_<provider>_<scenario>.json")


def _chosen(
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


def _with_known(cases: list[Case], baseline: str | None) -> list[Case]:
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


def _shipped() -> str:
    """Where the baseline of the installed cassettes lies, in a checkout and in a wheel."""
    from importlib.util import find_spec

    found = find_spec("conformance.checklist")
    assert found is not None
    assert found.origin is not None
    return str(Path(found.origin).with_name("baseline.toml"))


def _judged(cases: Iterable[Case], folder: str | None) -> Iterator[Verdict | ConformanceError]:
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


def _without_recordings(cases: list[Case], folder: Path | None) -> Iterator[ConformanceError]:
    """Told when recordings are to be judged and there is not one of any provider: that verdict would be hollow."""
    from conformance.errors import UsageError
    from conformance.tape import on_shelf, shelf

    wanting = dict.fromkeys(case.subject for case in cases if case.tier in RECORDED)
    if wanting and not any(True for subject in wanting for _ in on_shelf(subject, folder)):
        yield UsageError(
            f"there are no cassettes of {', '.join(wanting)} in {folder or shelf()}",
            f"record them: conformance record {' '.join(wanting)} --from virtual",
        )


def _record(cases: Iterable[Case], only_missing: bool, folder: Path | None) -> None:
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
