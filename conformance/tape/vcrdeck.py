"""A deck over vcrpy's own `Cassette`: its matchers, its record modes, its bookkeeping.

Rule of the file: vcrpy decides; this only translates between its dicts and our values.
"""

from __future__ import annotations

from typing import Any

from vcr.request import Request as VcrRequest

from conformance.exchange import Headers, Request, Response
from conformance.tape.credentials import credentials_of
from conformance.tape.form import Provenance
from conformance.tape.miss import CassetteMiss, Shelved
from conformance.tape.streams import Reel, reel_of


class VcrDeck:
    """What the engine needs of a vcrpy cassette; one for each cassette, kept on it."""

    def __init__(self, cassette: Any, *, pace: float = 0.0) -> None:
        self.cassette, self.pace = cassette, pace
        self.misses: list[CassetteMiss] = []

    @classmethod
    def of(cls, cassette: Any) -> VcrDeck:
        """The deck of a cassette, made on first use."""
        known = cassette.__dict__.get("conformance_deck")
        if known is None:
            known = cassette.__dict__["conformance_deck"] = cls(cassette)
        found: VcrDeck = known
        return found

    def take(self, sent: Request) -> Response | None:
        wanted = vcr_request(sent)
        if not self.cassette.can_play_response_for(wanted):
            return None
        stored = self.cassette.play_response(wanted)
        reel = reel_in(stored)
        headers = tuple((name, value) for name, values in stored["headers"].items() for value in values)
        return Response(stored["status"]["code"], headers, tuple(reel), reel.ended)

    def refuse(self, sent: Request) -> CassetteMiss | None:
        if not self.cassette.write_protected:
            return None
        wanted = self.cassette.filter_request(vcr_request(sent))
        if wanted is None:  # an ignored host: vcrpy lets it pass, even in playback
            return None
        miss = CassetteMiss(request_of(wanted), self.shelved())
        self.misses.append(miss)
        return miss

    def keep(self, sent: Request, status: int, reason: str, headers: Headers) -> Reel:
        lists: dict[str, list[str]] = {}
        for name, value in headers:
            lists.setdefault(name, []).append(value)
        reel = Reel()
        reel.secrets = credentials_of(sent.headers, sent.url)
        answer = {"status": {"code": status, "message": reason}, "headers": lists, "body": {"chunks": reel}}
        self.cassette.append(vcr_request(sent), answer)
        return reel

    def shelved(self) -> Shelved:
        """The cassette as a miss shows it."""
        counts = self.cassette.play_counts
        stored = self.cassette.requests
        found = next((reel.provenance for one in self.cassette.responses if (reel := reel_in(one)).provenance), None)
        return Shelved(
            str(self.cassette.path),
            tuple(request_of(one) for one in stored),
            tuple(counts[number] > 0 for number in range(len(stored))),
            found or Provenance(),
        )


def vcr_request(sent: Request) -> VcrRequest:
    return VcrRequest(sent.method, sent.url, sent.body, dict(sent.headers))


def request_of(stored: VcrRequest) -> Request:
    body = stored.body_bytes
    plain = body.encode() if isinstance(body, str) else body
    return Request(stored.method, stored.uri, tuple(stored.headers.items()), plain or b"")


def reel_in(stored: dict[str, Any]) -> Reel:
    """The body of a vcrpy response dict, also of one that another of its stubs has made."""
    body = stored["body"]
    found = body.get("chunks")
    return found if isinstance(found, Reel) else reel_of(body.get("string"))
