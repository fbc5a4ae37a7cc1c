"""Issuers: where the virtual provider exchanges its key for the tokens that some vendors' calls carry.

Rule of the file: an issuer is what an adapter states of it; here the good key gets a token, and every other a refusal.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from conformance.adapters import Adapter, adapter, adapter_names
from conformance.auth.issuing import Issuer
from conformance.exchange import Headers, Request
from conformance.virtual.doorkeeper import VIRTUAL_KEY


@dataclass(frozen=True)
class Counter:
    """Where one adapter's tokens are fetched: method and path, from the origin on."""

    issuer: Issuer
    address: str

    @property
    def path(self) -> str:
        return urlsplit(self.address).path

    def answer(self, request: Request, settings: dict[str, str], key: str) -> tuple[int, Headers, bytes]:
        """A token for the good key, where its vendor wants it or as a bearer; else the vendor's refusal."""
        told = {request.header(self.issuer.key_header), request.header("authorization")}
        good = told & {self.issuer.credential(key, settings), f"Bearer {key}"}
        status, said = (200, self.issuer.sample(word_for(key))) if good else (401, self.issuer.refusal)
        return status, (("content-type", "application/json"),), json.dumps(said).encode()


def counters() -> Iterator[tuple[Counter, dict[str, str]]]:
    """One for each adapter that has an issuer, with its settings."""
    for one in map(adapter, adapter_names()):
        issuer, settings = getattr(one, "issuer", None), dict(getattr(one, "settings", {}))
        if issuer is not None:
            yield Counter(issuer, issuer.address(settings)), settings


def good_key(one: Adapter, key: str = VIRTUAL_KEY) -> str:
    """What this adapter's calls must carry: the token issued for the key, or the key itself."""
    issuer: Issuer | None = getattr(one, "issuer", None)
    return issuer.issued(word_for(key)) if issuer else key


def word_for(key: str) -> str:
    """What a token for a key is made of: always the same, and not the key."""
    return hashlib.sha256(key.encode()).hexdigest()[:24]
