"""`conformance show`: a recording as a readable timeline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from conformance.commands.choosing import SAID, format_option, output_option

if TYPE_CHECKING:
    from conformance.exchange import Exchange
    from conformance.tape import Provenance


@click.command()
@click.argument("cassette", type=SAID, metavar="CASSETTE")
@click.option(
    "--folder", type=SAID, metavar="DIR", default=None, help="The cassette folder, instead of the installed one."
)
@click.option("--verbose", "-v", is_flag=True, help="Show whole bodies and every chunk as it came.")
@format_option("text", "json")
@output_option()
def command(cassette: str, folder: str | None, verbose: bool, format: str, output: str | None) -> int:
    """Tell a CASSETTE (a file, or PROVIDER/SCENARIO) as a timeline: request, chunks with their times, events, findings.

    Other recordings that `lint` reads (vcrpy, JSONL) can be shown too.
    """
    from conformance.report.document import write_json
    from conformance.report.outlet import outlet
    from conformance.report.paper import paper
    from conformance.report.timeline import document_of, write_exchange, write_provenance

    path = _path_of(cassette, folder)
    provenance, exchanges = _read(path)
    with outlet(output) as out:
        if format == "json":
            write_json(out, {"file": str(path), "exchanges": [document_of(one) for one in exchanges]})
            return 0
        page = paper(out)
        page.line(str(path), "bold")
        if provenance:
            write_provenance(page, provenance)
        for number, one in enumerate(exchanges):
            page.line()
            write_exchange(page, one, number, verbose=verbose)
    return 0


def _path_of(cassette: str, folder: str | None) -> Path:
    """The file that is meant. Names are looked up when there is no such file."""
    from conformance.adapters import adapter_names, find_adapter
    from conformance.commands.choosing import unknown
    from conformance.commands.recorded_check import cassette_folder
    from conformance.errors import InputError
    from conformance.scenarios import AGENT_LOOP, SCENARIOS
    from conformance.tape import cassette_path

    if Path(cassette).is_dir():
        raise InputError(f"{cassette} is a directory, not a cassette", "name one file in it")
    provider, slash, scenario = cassette.partition("/")
    if Path(cassette).exists() or not slash or "/" in scenario or Path(cassette).suffix:
        return Path(cassette)
    found = find_adapter(provider)
    if found is None:
        raise unknown("provider", provider, adapter_names())
    if scenario not in (*SCENARIOS, AGENT_LOOP):
        raise unknown("scenario", scenario, (*SCENARIOS, AGENT_LOOP))
    return cassette_path(found.name, scenario, cassette_folder(folder))


def _read(path: Path) -> tuple[Provenance | None, list[Exchange]]:
    from conformance.errors import InputError
    from conformance.tape import read_cassette, read_traffic

    exchanges = list(read_traffic(path))
    if not exchanges:
        raise InputError(f"{path} holds no exchange", "record it again")
    try:
        return read_cassette(path).provenance, exchanges
    except InputError:  # a recording of another tool: it says nothing of its origin
        return None, exchanges
