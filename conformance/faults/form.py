"""What a fault is: one thing done wrong on purpose, and the rule that says so; and a variation: other, and legal.

Rule of the file: values only, data and small functions; the virtual provider and the selftest apply them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from conformance.deviating import Bend
from conformance.exchange import Request

Asking: TypeAlias = Callable[[Request], Request]
"""Another request in place of the one that would be sent."""

NOTHING = Bend()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bent:
    """A good exchange made otherwise in one respect."""

    id: str
    """`<dialect>.<where>.<what>`: unique, stable, fit for a URL path."""
    dialect: str
    sentence: str
    """What is sent, in the present tense: "The second chunk has another id"."""
    source: str = ""
    """Who was seen doing it, or what says that it is legal."""
    on: str = "simple_text"
    """The scenario whose exchange shows it. Those that stream have a `_whole` twin."""
    asks: Asking | None = None
    """What the request must be for it to show; of a client's fault: what the client does wrong."""
    bend: Bend = NOTHING
    """What a server does to its answer."""

    @property
    def by_client(self) -> bool:
        """It is done by who sends the request: no server can be asked to do it."""
        return self.bend == NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault(Bent):
    """One that breaks a rule."""

    rule: str
    """The rule that finds it."""
    also: frozenset[str] = field(default_factory=frozenset)
    """Other rules that tell of it: all MUSTs that one cause breaks are named, of the SHOULDs those worth knowing."""
    excuse: str = ""
    """Why no rule can find it in an exchange: then the selftest lists it apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variation(Bent):
    """One that is legal: no rule may say more of it than INFO."""
