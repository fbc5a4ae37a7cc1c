"""Issuers: who exchanges a key for a token, and in which words. Facts that an adapter states.

Rule of the file: the same facts make the flow that fetches a token, the canned issuer of the tests and the virtual one,
so none of them knows a vendor by name.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.auth.tokens import Ask, Terms, Token, exchanged
from conformance.exchange import Headers
from conformance.model import JSON

if TYPE_CHECKING:
    import httpx


@dataclass(frozen=True, kw_only=True)
class Issuer:
    """Where and how a key becomes a token."""

    url: str
    """May hold `{names}` of the adapter's settings."""
    read: Callable[[JSON, float], Token]
    """The token in an answer, given the time. Raises `ValueError`, which names fields and no values."""
    credential: Callable[[str, Mapping[str, str]], str]
    """The value of the key's header, from the key and the settings."""
    sample: Callable[[str], JSON]
    """An answer as the issuer gives it, around a token made of the given word."""
    refusal: JSON
    """What it says to a key that is not good, with status 401."""
    method: str = "POST"
    key_header: str = "authorization"
    """Where the key is on the wire, lower case."""
    headers: Headers = ()
    body: bytes = b""
    movable: str = ""
    """The base URL in place of which an issuer may name another one."""
    settings: Callable[[str], Mapping[str, str]] = lambda key: {}
    """The settings that a key itself tells, where it is more than one word."""

    def address(self, settings: Mapping[str, str]) -> str:
        """The URL for these settings."""
        return self.url.format_map(settings)

    def issued(self, word: str) -> str:
        """The token that `sample` holds."""
        return self.read(self.sample(word), 0.0).value

    def ask(self, key: str, settings: Mapping[str, str]) -> Ask:
        """The request for a token."""
        known = {**settings, **self.settings(key)}
        lines = (*self.headers, (self.key_header, self.credential(key, known)))
        return Ask(method=self.method, url=self.address(known), headers=lines, body=self.body)

    def auth(
        self,
        key: str,
        wear: Callable[[str], httpx.Auth],
        settings: Mapping[str, str],
        clock: Callable[[], float] = time.time,
    ) -> httpx.Auth:
        """The flow for calls with this key; `wear` puts the issued token on them."""

        def ask() -> Ask:
            return self.ask(key, settings)

        return exchanged(Terms(ask=ask, read=self.read, wear=wear, movable=self.movable, clock=clock))


def said(told: JSON, name: str, kind: type = str) -> JSON:
    """A field that an answer must hold, not empty. Raises `ValueError`."""
    found = told.get(name) if isinstance(told, Mapping) else None
    if not isinstance(found, kind) or isinstance(found, bool) or found == "":
        raise ValueError(f"{name} is {'missing' if found is None else 'empty or of another type'}")
    return found
