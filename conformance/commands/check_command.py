"""`conformance check`: judge providers by what they owe."""

from __future__ import annotations

import os
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.commands.choosing import SAID, format_option, most_option, output_option, verdict_option
from conformance.commands.endpoint_options import Live, endpoint_options
from conformance.commands.known import Update, updater
from conformance.commands.recorded_check import (
    cassette_folder,
    chosen_cases,
    judged,
    record,
    shipped_baseline,
    with_known,
    without_recordings,
)

if TYPE_CHECKING:
    from conformance.errors import ConformanceError


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
        baseline = shipped_baseline()
    update = updater(update_baseline, baseline, reason)
    plain = chosen_cases(names, tiers, scenarios, cases, where)
    known = with_known(plain, None if update and not Path(str(baseline)).exists() else baseline)
    chosen = plain if update else known
    with outlet(output) as out:
        to = listener("check", format, out, Style(verbose, compat=compat, most=most))
        if recording != "playback":
            record(chosen, recording == "auto", where)
        told = track(chain(judged(chosen, folder), without_recordings(chosen, where)), "judging", len(chosen))
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
