"""`conformance record`: write cassettes."""

from __future__ import annotations

from typing import Literal

import click

from conformance.commands.choosing import SAID, among


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option(
    "--from",
    "source",
    type=click.Choice(["live", "virtual"]),
    default="live",
    show_default=True,
    help="live: the vendor, with your key; virtual: the kit's own provider on this machine.",
)
@click.option("--scenario", "-s", "scenarios", multiple=True, metavar="NAME", help="Only this one; may be repeated.")
@click.option(
    "--folder", type=SAID, metavar="DIR", default=None, help="Where to write, instead of the installed folder."
)
@click.option(
    "--rate", type=click.IntRange(1), default=60, show_default=True, metavar="N", help="Requests a minute to a vendor."
)
@click.option("--all", "everyone", is_flag=True, help="Record every provider that is installed.")
def command(
    names: tuple[str, ...],
    source: Literal["live", "virtual"],
    scenarios: tuple[str, ...],
    folder: str | None,
    rate: int,
    everyone: bool,
) -> int:
    """Record cassettes of providers, from the vendor or from the virtual provider.

    A recording replaces its cassette only when its answer holds what the scenario expects. Secrets are masked, and
    nothing is written that still holds one. A vendor that is at its limit or down is asked again a few times, then
    left in peace: what remains fails at once.
    """
    from pathlib import Path

    from conformance.adapters import adapter, adapter_names, find_adapter
    from conformance.commands.choosing import unknown
    from conformance.commands.recording import record_plan
    from conformance.errors import UsageError
    from conformance.scenarios import AGENT_LOOP, SCENARIOS

    if not names and not everyone:
        raise UsageError("no provider is named", f"name one of {', '.join(adapter_names())}, or say --all")
    for name in names:
        if find_adapter(name) is None:
            raise unknown("provider", name, adapter_names())
    if folder is not None and Path(folder).exists() and not Path(folder).is_dir():
        raise UsageError(f"the cassette folder {folder} is not a folder", "name a folder to write to")
    chosen = among("scenario", scenarios, [*SCENARIOS, AGENT_LOOP]) or None
    speakers = dict.fromkeys(adapter(name).name for name in (adapter_names() if everyone else names))
    record_plan(dict.fromkeys(speakers, chosen), source, Path(folder) if folder else None, click.echo, rate=rate)
    return 0
