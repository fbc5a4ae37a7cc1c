"""`conformance lint`: judge recorded traffic."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from conformance.commands.choosing import (
    SAID,
    among,
    format_option,
    most_option,
    output_option,
    progress_option,
    verdict_option,
)

if TYPE_CHECKING:
    from conformance.errors import UsageError


@click.command()
@click.argument("paths", type=SAID, nargs=-1, required=True, metavar="PATH...")
@click.option("--dialect", "-d", metavar="NAME", help="Judge every exchange as this dialect, whatever it looks like.")
@click.option(
    "--profile",
    type=SAID,
    metavar="NAME",
    help="Excuse what this provider is known to do otherwise; auto: the provider whose host was called; "
    "strict: nothing, not even in recordings of this kit.",
)
@click.option("--host", type=SAID, metavar="GLOB", help="Look only at exchanges with this host, e.g. *.azure.com.")
@click.option("--exchange", type=SAID, metavar="ID", help="Look only at the exchange with this id.")
@click.option(
    "--level",
    type=click.Choice(["must", "should", "info"]),
    default="should",
    show_default=True,
    help="The lowest level of findings that is shown; only MUST findings decide the exit code.",
)
@click.option("--jobs", "-j", type=click.IntRange(min=0), default=0, help="Processes to judge in; 0 means one a core.")
@click.option("--verbose", "-v", is_flag=True, help="Show every finding and the counts by host.")
@verdict_option()
@most_option()
@progress_option()
@format_option("text", "json", "junit", "markdown")
@output_option()
def command(
    paths: tuple[str, ...],
    dialect: str | None,
    profile: str | None,
    host: str | None,
    exchange: str | None,
    level: str,
    jobs: int,
    verbose: bool,
    compat: bool,
    most: int,
    progress: bool | None,
    format: str,
    output: str | None,
) -> int:
    """Judge recorded traffic by the rules of its dialect.

    Reads the kit's cassettes, vcrpy files (YAML, JSON), HAR, JSONL, and the body of an answer alone, as curl saves it;
    each of them gzipped too. - is standard input; a folder stands for the recordings in it. Findings are grouped by
    rule.
    """
    from conformance.adapters import adapter_names, find_adapter
    from conformance.commands.choosing import unknown
    from conformance.commands.relaying import relay
    from conformance.dialects import dialect_names
    from conformance.report import LEVELS, Style, listener
    from conformance.report.outlet import outlet
    from conformance.report.progress import track
    from conformance.subjects.traffic import Selection, verdicts

    if profile not in (None, "auto", "strict") and find_adapter(profile) is None:
        raise unknown("provider", profile, ["auto", "strict", *adapter_names()])
    speaks = among("dialect", [dialect], dialect_names())[0] if dialect is not None else None
    style = Style(verbose, next(one for one in LEVELS if one == level.upper()), compat, most)
    stream = verdicts([Path(path) for path in paths], Selection(speaks, host, exchange, profile), jobs)
    with outlet(output) as out:
        told, code = relay(track(stream, "judging", show=progress), listener("lint", format, out, style))
        if not told:
            raise _nothing(paths, host=host, exchange=exchange)
    return code


def _nothing(paths: tuple[str, ...], **narrow: str | None) -> UsageError:
    from conformance.errors import UsageError

    narrowed = " ".join(f"--{name} {value}" for name, value in narrow.items() if value)
    return UsageError(
        f"{' '.join(paths)}: no exchange{f' fits {narrowed}' if narrowed else ''}, so nothing was judged",
        "name files or folders that hold recorded traffic",
    )
