"""`conformance diff`: what moved in shape between two recordings of one scenario."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from conformance.commands.choosing import SAID, format_option, output_option

if TYPE_CHECKING:
    from conformance.drift import Comparison


@click.command()
@click.argument("old", type=SAID, metavar="OLD")
@click.argument("new", type=SAID, metavar="[NEW]", required=False)
@click.option(
    "--live", is_flag=True, help="Compare OLD with a recording that is made now, from the vendor with your key."
)
@click.option(
    "--rate",
    type=click.IntRange(1),
    default=60,
    show_default=True,
    metavar="N",
    help="With --live: requests a minute to a vendor.",
)
@click.option("--virtual", is_flag=True, help="Compare OLD with a recording of the virtual provider.")
@click.option(
    "--severity",
    type=click.Choice(["breaking", "notable", "additive"]),
    default="additive",
    show_default=True,
    help="The mildest change that is told and that counts.",
)
@format_option("text", "json")
@output_option()
def command(
    old: str,
    new: str | None,
    live: bool,
    rate: int,
    virtual: bool,
    severity: Literal["breaking", "notable", "additive"],
    format: str,
    output: str | None,
) -> int:
    """Compare two recordings of one scenario, or two folders of them, by shape.

    Told are fields, words, events, their order, headers and framing that are new, lost or changed. Text, ids, times,
    counts and the cuts between chunks are content. Exit code 1: there is drift; 2: something could not be compared.
    """
    from conformance.errors import UsageError
    from conformance.report.drift_report import write_drift
    from conformance.report.outlet import outlet
    from conformance.report.progress import track

    if [bool(new), live, virtual].count(True) != 1:
        raise UsageError("name one thing to compare with", "conformance diff OLD NEW, or OLD --live, or OLD --virtual")
    with outlet(output) as out:
        if new:
            from conformance.drift import pairs

            told: Iterable[Comparison] = (one.compared() for one in pairs(Path(old), Path(new)))
        else:
            told = _with_new(Path(old), "live" if live else "virtual", rate)
        return write_drift(out, format, [one.down_to(severity) for one in track(told, "comparing")])


def _with_new(old: Path, source: Literal["live", "virtual"], rate: int) -> Iterator[Comparison]:
    """Each cassette compared with what is recorded now; keys that are missing are told before anything is sent."""
    from tempfile import TemporaryDirectory

    from conformance.calls.recording import require_keys
    from conformance.drift import Pair
    from conformance.errors import InputError
    from conformance.tape import traffic_files

    if not old.exists():
        raise InputError(f"there is no recording {old}", "check the name, or record it: conformance record")
    files = list(traffic_files([old]))
    asked = {file: _asked(file) for file in files}
    if source == "live":
        require_keys(_plan(asked.values()))
    with TemporaryDirectory(prefix="conformance-diff-") as scratch:
        for file in files:
            fresh, reason = _recorded(*asked[file], source, Path(scratch), rate)
            pair = Pair(file.name, file, fresh)
            yield pair.not_compared(reason) if reason else pair.compared()


def _asked(file: Path) -> tuple[str, str]:
    """Whose recording a cassette is, and of which scenario."""
    from conformance.adapters import find_adapter
    from conformance.errors import InputError
    from conformance.tape import read_provenance

    told = read_provenance(file)
    if not told.provider or not told.scenario or find_adapter(told.provider) is None:
        raise InputError(
            f"{file} does not say of which provider and scenario it is, so it cannot be recorded anew",
            "name the other recording: conformance diff OLD NEW",
        )
    return told.provider, told.scenario


def _plan(asked: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    plan: dict[str, list[str]] = {}
    for provider, scenario in asked:
        plan.setdefault(provider, []).append(scenario)
    return plan


def _recorded(
    provider: str, scenario: str, source: Literal["live", "virtual"], folder: Path, rate: int
) -> tuple[Path, str]:
    """Where the new recording lies, and why there is none."""
    from conformance.calls.caution import with_rate
    from conformance.calls.recording import record
    from conformance.subjects.story import tell

    careful = with_rate(rate)
    (made,) = record([provider], source=source, scenarios=[scenario], folder=folder, agent=tell, caution=careful)
    if made.outcome == "recorded":
        return made.path, ""
    return made.path, f"nothing to compare with: {made.outcome}: {made.reason}"
