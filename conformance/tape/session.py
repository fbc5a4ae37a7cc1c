"""An open tape: one cassette, played or recorded through explicit transports.

Rule of the file: playback loads no vcrpy; recording is vcrpy's, and reaches the disk through the vault only when the
block ends well.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from conformance.errors import InputError
from conformance.exchange import Exchange, Headers, Request, Response
from conformance.tape.coding import decoded
from conformance.tape.credentials import credentials_of
from conformance.tape.decks import PlayDeck, UnusedRecording
from conformance.tape.form import Provenance
from conformance.tape.matching import Match
from conformance.tape.modes import Mode, strict
from conformance.tape.origin import stamped
from conformance.tape.recording import read_raw
from conformance.tape.scrub import scrubbed_answer_headers, scrubbed_chunks, scrubbed_request
from conformance.tape.streams import Reel
from conformance.tape.transports import async_transport_class, transport_class

if TYPE_CHECKING:
    import httpx

    from conformance.tape.decks import Deck
    from conformance.tape.miss import CassetteMiss


class _Passed(NamedTuple):
    """One exchange that went through; the body of a recorded one may still be growing."""

    sent: Request
    status: int
    headers: Headers
    answer: Response | Reel

    def exchange(self, path: Path, number: int, found: Provenance) -> Exchange:
        """As it may be shown: secrets redacted, bodies plain."""
        secrets = credentials_of(self.sent.headers, self.sent.url)
        return Exchange(
            id=f"{path.stem}#{number}",
            request=scrubbed_request(self.sent, secrets),
            response=self._response(secrets),
            dialect=found.dialect,
            provider=found.provider,
            scenario=found.scenario,
            source=found.source,
            origin=f"{path}#{number}",
        )

    def _response(self, secrets: frozenset[str]) -> Response:
        if isinstance(self.answer, Response):
            return decoded(self.answer)
        plain = decoded(Response(self.status, self.headers, tuple(self.answer), self.answer.ended))
        headers = scrubbed_answer_headers(plain.headers, secrets)
        return Response(plain.status, headers, tuple(scrubbed_chunks(plain.chunks, secrets)), plain.end)


class Tape:
    """An open cassette. Hand its transports to clients; ask it afterwards what went through."""

    def __init__(self, path: Path, deck: Any, provenance: Provenance, inner: Any = None) -> None:
        self.path, self.provenance = path, provenance
        self._deck, self._inner = deck, inner
        self._passed: list[_Passed] = []

    def transport(self, library: ModuleType | str = "httpx") -> httpx.BaseTransport:
        """A sync transport for clients of httpx, or of the library given."""
        found: httpx.BaseTransport = transport_class(_library(library))(self._watching, self._inner)
        return found

    def async_transport(self, library: ModuleType | str = "httpx") -> httpx.AsyncBaseTransport:
        """An async transport for clients of httpx, or of the library given."""
        found: httpx.AsyncBaseTransport = async_transport_class(_library(library))(self._watching, self._inner)
        return found

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """What went through so far: requests as they were sent, secrets redacted; answers with plain bodies."""
        return tuple(one.exchange(self.path, number, self.provenance) for number, one in enumerate(self._passed))

    @property
    def misses(self) -> list[CassetteMiss]:
        """The requests that the cassette did not answer, also where the client swallowed the error."""
        found: list[CassetteMiss] = self._deck.misses
        return found

    @property
    def unused(self) -> list[Exchange]:
        """Recorded interactions that nobody asked for."""
        return self._deck.unused if isinstance(self._deck, PlayDeck) else []

    @property
    def _watching(self) -> Deck:
        return _Watching(self._deck, self._passed)


class _Watching:
    """A deck that notes what goes through another one."""

    def __init__(self, deck: Deck, passed: list[_Passed]) -> None:
        self.deck, self.passed, self.pace = deck, passed, deck.pace

    def take(self, sent: Request) -> Response | None:
        found = self.deck.take(sent)
        if found is not None:
            self.passed.append(_Passed(sent, found.status, found.headers, found))
        return found

    def refuse(self, sent: Request) -> CassetteMiss | None:
        return self.deck.refuse(sent)

    def keep(self, sent: Request, status: int, reason: str, headers: Headers) -> Reel:
        reel = self.deck.keep(sent, status, reason, headers)
        self.passed.append(_Passed(sent, status, headers, reel))
        return reel


@contextmanager
def open_tape(
    path: Path | str,
    *,
    mode: Mode = "playback",
    inner: Any = None,
    provenance: Provenance | None = None,
    pace: float = 0.0,
    match: Match = "exact",
) -> Iterator[Tape]:
    """Open a cassette to play it, or to record it through the `inner` transport (the network when None).

    `pace` 1.0 plays in the recorded rhythm, 0 as fast as it is read. `auto` plays a cassette that is there and
    records one that is not. A recording is written when the block ends; after an exception the old file stays.
    """
    place = Path(path)
    if mode == "record" or (mode == "auto" and not place.exists()):
        with _recording(place, inner, provenance) as tape:
            yield tape
        return
    recording = read_raw(place)
    deck = PlayDeck(str(place), recording, pace=pace, match=match)
    tape = Tape(place, deck, recording.provenance)
    yield tape
    if strict():
        _complain(tape)


def _complain(tape: Tape) -> None:
    """Raise for what a strict playback does not let pass."""
    if tape.misses:
        raise tape.misses[0]
    if unused := tape.unused:
        named = ", ".join(f"{one.request.method} {one.request.url}" for one in unused[:3])
        raise UnusedRecording(
            f"{tape.path}: {len(unused)} recorded interactions were not used: {named}",
            "record it again, or find out why the client asks for less",
        )


@contextmanager
def _recording(path: Path, inner: Any, provenance: Provenance | None) -> Iterator[Tape]:
    if path.is_dir():
        raise InputError(f"{path} is a directory, not a cassette", "name a file in it")
    from conformance.tape.recorder import recording_deck

    found = stamped(provenance) if provenance else None
    with recording_deck(path, found) as deck:
        tape = Tape(path, deck, found or Provenance(), inner)
        yield tape


def _library(library: ModuleType | str) -> ModuleType:
    return importlib.import_module(library) if isinstance(library, str) else library
