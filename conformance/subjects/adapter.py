"""The adapter as subject: a scenario performed by playback, through tape and call layer, as in production.

Rule of the file: it performs and hands over evidence; it judges nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from conformance.exchange import Exchange
from conformance.subjects.samples import KEY

if TYPE_CHECKING:
    from conformance.adapters import Adapter
    from conformance.auth.issuing import Issuer
    from conformance.model import Event
    from conformance.tape import Provenance


@dataclass(frozen=True)
class Performance:
    """What there is to judge of one scenario."""

    exchange: Exchange
    events: tuple[Event, ...]
    provenance: Provenance
    streamed: bool
    """A stream was asked for and answered with 2xx."""
    unused: int = 0
    """Recorded exchanges that playback never asked for."""
    issuing: tuple[Exchange, ...] = ()
    """The exchanges in which a token was fetched, in order. Where none was issued, the last is `exchange` too."""


def perform(adapter: Adapter, name: str, folder: Path | None = None) -> Performance:
    """Play a scenario back. Raises `CassetteMiss` when the recording does not answer what is sent."""
    import httpx

    from conformance.calls import CallOptions, stream
    from conformance.scenarios import for_model, scenario
    from conformance.tape import cassette_path, open_tape, read_cassette

    path = cassette_path(adapter.name, name, folder)
    recording = read_cassette(path)
    request = for_model(scenario(name), adapter.model)
    options = CallOptions(api_key=KEY)
    with open_tape(path) as tape, httpx.Client(transport=tape.transport()) as client:
        events = tuple(stream(adapter, request, options, client))
        unused, exchanges = len(tape.unused), tape.exchanges
    known = {"dialect": adapter.dialect.name, "provider": adapter.name, "source": recording.provenance.source}
    all_played = [replace(one, scenario=name, **known) for one in exchanges]
    played = all_played[-1]
    issuing = tuple(one for one in all_played if issued_by(adapter, one.request.url))
    answered = 200 <= played.response.status < 300
    return Performance(played, events, recording.provenance, request.stream and answered, unused, issuing)


def issuer_of(adapter: Adapter) -> Issuer | None:
    """Who exchanges the adapter's key for a token; an adapter of one's own need not know of such a thing."""
    found: Issuer | None = getattr(adapter, "issuer", None)
    return found


def issued_by(adapter: Adapter, url: str) -> bool:
    """Is it the address where the adapter's tokens are fetched, whatever its query?"""
    issuer = issuer_of(adapter)
    address = issuer.address(getattr(adapter, "settings", {})) if issuer else ""
    return issuer is not None and url.partition("?")[0] == address.partition("?")[0]
