"""`conformance selftest`: every fault against the rulebook, with the detection rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from conformance.commands.choosing import among, format_option, output_option, progress_option

if TYPE_CHECKING:
    from conformance.selftest import Trial


@click.command()
@click.option("--dialect", "-d", "dialects", multiple=True, metavar="NAME", help="Only this one; may be repeated.")
@click.option("--fault", "ids", multiple=True, metavar="ID", help="Only this one; `*` stands for anything.")
@click.option("--missed", is_flag=True, help="Show only what was missed or flagged.")
@click.option("--jobs", "-j", type=click.IntRange(min=0), default=0, help="Processes to try in; 0 means one a core.")
@progress_option()
@format_option("text", "json")
@output_option()
def command(
    dialects: tuple[str, ...],
    ids: tuple[str, ...],
    missed: bool,
    jobs: int,
    progress: bool | None,
    format: str,
    output: str | None,
) -> int:
    """Try every fault of the catalogue against the rules: is it found by the rule that it breaks?

    Legal variations stand beside the faults, and nothing may be said of them. Exits with 1 when a fault is missed that
    has no excuse, or when a legal variation is flagged.
    """
    from conformance.dialects import dialect_names
    from conformance.faults import faults, variations
    from conformance.report.outlet import outlet
    from conformance.report.progress import track
    from conformance.report.trials import TELLERS
    from conformance.selftest import chosen_of, rate, trials

    speaking = among("dialect", dialects, dialect_names())
    known = [one.id for name in speaking or dialect_names() for one in (*faults(name), *variations(name))]
    wanted = among("fault", ids, known)
    with outlet(output) as out:
        tried, total = trials(speaking, wanted, jobs), len(chosen_of(speaking, wanted))
        told: list[Trial] = list(track(tried, "trying", total, show=progress))
        figures = rate(told)
        TELLERS[format](told, figures, out, missed)
    return 0 if figures.sound else 1
