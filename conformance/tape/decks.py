"""Decks: where an answer is looked up, or a new one is taped.

Rule of the file: no vcrpy here. Its import costs more than a hundred replays, so plain playback through explicit
transports decides alone, by vcrpy's own rules (each interaction once, the first unplayed match wins; a differential
test holds the two together). Recording and patched clients use vcrpy's `Cassette`, in `vcrdeck`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from conformance.errors import ConformanceError
from conformance.exchange import Exchange, Headers, Request, Response
from conformance.tape.matching import Match, matches
from conformance.tape.recording import Recording
from conformance.tape.scrub import scrubbed_request
from conformance.tape.streams import Reel

if TYPE_CHECKING:
    from conformance.tape.miss import CassetteMiss


class UnusedRecording(ConformanceError):
    """A strict playback left recorded interactions unused."""


class Deck(Protocol):
    """What the engine needs: an answer, a complaint, or a reel to tape on."""

    @property
    def pace(self) -> float: ...
    def take(self, sent: Request) -> Response | None:
        """The recorded answer, used up by this; None when there is none left."""
        ...

    def refuse(self, sent: Request) -> CassetteMiss | None:
        """The miss to raise when nothing may be recorded; None when the request may go out."""
        ...

    def keep(self, sent: Request, status: int, reason: str, headers: Headers) -> Reel:
        """Record an answer whose body is still to come."""
        ...


class PlayDeck:
    """Plays one recording, each interaction once."""

    def __init__(self, path: str, recording: Recording, *, pace: float = 0.0, match: Match = "exact") -> None:
        self.path, self.pace, self.match = path, pace, match
        self.provenance = recording.provenance
        self.recorded: Sequence[Exchange] = recording.exchanges
        self.requests = [one.request for one in recording.exchanges]
        self.played = [False] * len(self.requests)
        self.misses: list[CassetteMiss] = []

    def take(self, sent: Request) -> Response | None:
        number = self._find(sent, self.requests)
        if number is None:  # what is kept was scrubbed; what is sent need not look like it
            number = self._find(scrubbed_request(sent), self._scrubbed)
        if number is None:
            return None
        self.played[number] = True
        return self.recorded[number].response

    @cached_property
    def _scrubbed(self) -> Sequence[Request]:
        return [scrubbed_request(one) for one in self.requests]

    def _find(self, wanted: Request, recorded: Sequence[Request]) -> int | None:
        """The first interaction not played yet that matches."""
        for number, old in enumerate(recorded):
            if not self.played[number] and matches(wanted, old, self.match):
                return number
        return None

    def refuse(self, sent: Request) -> CassetteMiss:
        from conformance.tape.miss import CassetteMiss, Shelved

        found = Shelved(self.path, tuple(self._scrubbed), tuple(self.played), self.provenance)
        miss = CassetteMiss(scrubbed_request(sent), found, self.match)
        self.misses.append(miss)
        return miss

    def keep(self, sent: Request, status: int, reason: str, headers: Headers) -> Reel:
        raise AssertionError("a playback deck records nothing")

    @property
    def unused(self) -> list[Exchange]:
        return [one for one, played in zip(self.recorded, self.played, strict=True) if not played]
