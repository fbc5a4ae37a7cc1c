"""One request to an endpoint and what came of it: the evidence that every case looks at.

Rule of the file: facts, decoded and measured at the first look. A failed transport is a fact too.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from conformance.endpoints.asking import Ask
from conformance.endpoints.endpoint import Endpoint
from conformance.endpoints.timing import Timing, timing_of
from conformance.exchange import Broken, Exchange, Request, Response
from conformance.model import Done, Error, Event, Reply


@dataclass(frozen=True)
class Performed:
    """One request and what came of it."""

    ask: Ask
    endpoint: Endpoint
    request: Request
    """As it travelled, the key masked."""
    response: Response | None
    """None when no response came; `failure` says why."""
    head: float = 0.0
    """Seconds until the head was there."""
    failure: str = ""

    @cached_property
    def exchange(self) -> Exchange:
        assert self.response is not None, "there is no exchange without a response"
        return Exchange(
            id=self.ask.name,
            request=self.request,
            response=self.response,
            dialect=self.endpoint.dialect.name,
            provider=self.endpoint.speaker.name,
            scenario=self.ask.scenario or None,
            source="live",
        )

    @cached_property
    def events(self) -> tuple[Event, ...]:
        from conformance.decoding import decode

        return tuple(decode(self.exchange, self.endpoint.dialect)) if self.response else ()

    @property
    def reply(self) -> Reply | None:
        """The finished answer; None when there is none."""
        last = self.events[-1] if self.events else None
        return last.reply if isinstance(last, Done) else None

    @property
    def error(self) -> Error | None:
        last = self.events[-1] if self.events else None
        return last if isinstance(last, Error) else None

    @property
    def said(self) -> str:
        """What the server says of its refusal."""
        return self.error.message[:300] if self.error else f"HTTP {self.status}"

    @property
    def status(self) -> int:
        return self.response.status if self.response else 0

    @property
    def cut(self) -> Broken | None:
        """How the body broke off; None when it came to its end."""
        return self.response.end if self.response and isinstance(self.response.end, Broken) else None

    @property
    def hung(self) -> bool:
        """Was it given up because nothing came any more?"""
        return "imeout" in self.cut.error if self.cut else not self.response and "imeout" in self.failure

    @property
    def dropped(self) -> bool:
        """Was the connection closed before anything came?"""
        return not self.response and any(name in self.failure for name in ("RemoteProtocolError", "ReadError"))

    @property
    def took(self) -> float:
        """Seconds from sending to the last byte."""
        return self.head + (sum(chunk.gap for chunk in self.response.chunks) if self.response else 0.0)

    @cached_property
    def timing(self) -> Timing | None:
        """The times of a streamed answer; None of any other."""
        if not self.ask.streamed or self.response is None or not 200 <= self.status < 300:
            return None
        return timing_of(self.response, self.head, self.endpoint.dialect)
