"""`conformance serve`: the virtual provider on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from conformance.commands.choosing import SAID

if TYPE_CHECKING:
    from conformance.faults import Bent


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", "-p", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0: a free one.")
@click.option("--key", type=SAID, default=None, help="The API key that is accepted, instead of the well-known one.")
@click.option("--gap", type=click.FloatRange(min=0), default=0.0, help="Seconds between the frames of a stream.")
@click.option("--fault", "faults", multiple=True, metavar="ID", help="A fault in every answer; may be repeated.")
def command(host: str, port: int, key: str | None, gap: float, faults: tuple[str, ...]) -> int:
    """Serve the virtual provider until interrupted: every dialect at its own base URL, answers from the scenarios.

    Below /fault/ID stands all of it once more with that one fault in it, so one server offers them all; --fault puts
    one into every answer. `conformance list faults` tells which there are.
    """
    from conformance.faults.fitting import where_it_fits
    from conformance.virtual import VIRTUAL_KEY, serve

    accepted = key or VIRTUAL_KEY
    bent = [_known(id) for id in faults]
    bends = tuple(where_it_fits(one.bend) for one in bent)
    serve(host, port, gap=gap, key=accepted, bends=bends, ready=lambda origin: _announce(origin, accepted, bent))
    return 0


def _known(id: str) -> Bent:
    from conformance.commands.choosing import unknown
    from conformance.errors import UsageError
    from conformance.faults import faults, find_bent, variations

    found = find_bent(id)
    if found is None:
        raise unknown("fault", id, [one.id for one in (*faults(), *variations())])
    if found.by_client:
        raise UsageError(f"{id} is done by a client, not by a server", "choose another: conformance list faults")
    return found


def _announce(origin: str, key: str, bent: list[Bent]) -> None:
    click.echo("\n".join([*announcement(origin, key), *(f"In every answer: {one.id}: {one.sentence}" for one in bent)]))
    import sys

    sys.stdout.flush()  # whoever waits for this line through a pipe sees it now


def announcement(origin: str, key: str) -> Iterator[str]:
    """What is said once clients may come: a base URL for each dialect, the key, and a call to copy."""
    from conformance.dialects import dialect_names
    from conformance.virtual.doorkeeper import MODEL
    from conformance.virtual.routes import prefix_of

    names = dialect_names()
    yield f"The virtual provider listens on {origin} (Ctrl-C stops it)"
    for name in names:
        yield f"  {name + ':':{max(map(len, names)) + 1}} base URL {origin}{prefix_of(name)}"
    yield f"  API key: {key}"
    yield "Try:"
    yield f"  curl {origin}{prefix_of('openai-chat')}/chat/completions -H 'authorization: Bearer {key}' \\"
    yield "    -H 'content-type: application/json' \\"
    body = f'{{"model": "{MODEL}", "messages": [{{"role": "user", "content": "Say hello."}}]}}'
    yield f"    -d '{body}'"
