"""`conformance serve`: the virtual provider on this machine."""

from __future__ import annotations

from collections.abc import Iterator

import click

from conformance.commands.choosing import SAID


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", "-p", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0: a free one.")
@click.option("--key", type=SAID, default=None, help="The API key that is accepted, instead of the well-known one.")
@click.option("--gap", type=click.FloatRange(min=0), default=0.0, help="Seconds between the frames of a stream.")
def command(host: str, port: int, key: str | None, gap: float) -> int:
    """Serve the virtual provider until interrupted: every dialect at its own base URL, answers from the scenarios."""
    from conformance.virtual import VIRTUAL_KEY, serve

    accepted = key or VIRTUAL_KEY
    serve(host, port, gap=gap, key=accepted, ready=lambda origin: _announce(origin, accepted))
    return 0


def _announce(origin: str, key: str) -> None:
    click.echo("\n".join(announcement(origin, key)))
    import sys

    sys.stdout.flush()  # whoever waits for this line through a pipe sees it now


def announcement(origin: str, key: str) -> Iterator[str]:
    """What is said once clients may come: a base URL for each dialect, the key, and a call to copy."""
    from conformance.dialects import dialect_names
    from conformance.virtual.doorkeeper import MODEL_PREFIX
    from conformance.virtual.routes import prefix_of

    names = dialect_names()
    yield f"The virtual provider listens on {origin} (Ctrl-C stops it)"
    for name in names:
        yield f"  {name + ':':{max(map(len, names)) + 1}} base URL {origin}{prefix_of(name)}"
    yield f"  API key: {key}"
    yield "Try:"
    yield f"  curl {origin}{prefix_of('openai-chat')}/chat/completions -H 'authorization: Bearer {key}' \\"
    yield "    -H 'content-type: application/json' \\"
    body = f'{{"model": "{MODEL_PREFIX}model", "messages": [{{"role": "user", "content": "Say hello."}}]}}'
    yield f"    -d '{body}'"
