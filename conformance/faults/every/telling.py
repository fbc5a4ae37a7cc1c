"""How the faults of every dialect are told: the dialect's name stands before the id, the rest is as written.

Rule of the file: a `Teller` makes values; what is told stands in the modules of the layers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from conformance.deviating import Bend
from conformance.faults import kit
from conformance.faults.form import NOTHING, Asking, Fault, Variation


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells faults of one layer for one dialect."""

    dialect: str
    layer: str
    """The part of the wire; empty where each id brings its own."""
    on: str = "simple_text"

    def _named(self, id: str) -> str:
        return ".".join(part for part in (self.dialect, self.layer, id) if part)

    def fault(
        self,
        id: str,
        rule: str,
        sentence: str,
        bend: Bend = NOTHING,
        *,
        on: str = "",
        asks: Asking | None = None,
        source: str = "",
        also: frozenset[str] = frozenset(),
        excuse: str = "",
    ) -> Fault:
        return Fault(
            id=self._named(id),
            dialect=self.dialect,
            rule=rule,
            sentence=sentence,
            bend=bend,
            on=on or self.on,
            asks=asks,
            source=source,
            also=also,
            excuse=excuse,
        )

    def twins(
        self,
        id: str,
        rule: str,
        sentence: str,
        bend: Bend,
        *,
        on: str = "",
        asks: Asking | None = None,
        source: str = "",
        also: frozenset[str] = frozenset(),
    ) -> tuple[Fault, ...]:
        """The same fault, streamed and whole."""
        return tuple(
            self.fault(
                f"{id}{twin}", rule, sentence, bend, on=f"{on or self.on}{twin}", asks=asks, source=source, also=also
            )
            for twin in ("", "_whole")
        )

    def sent(
        self, id: str, rule: str, sentence: str, asks: Asking, on: str = "", also: frozenset[str] = frozenset()
    ) -> Fault:
        """A fault of the client: what it sends is not as it should be."""
        return self.fault(id, rule, sentence, NOTHING, on=on, asks=asks, also=also)

    def body(
        self, id: str, rule: str, sentence: str, change: kit.Change, on: str = "", also: frozenset[str] = frozenset()
    ) -> Fault:
        """A fault of the client: the JSON that it sends is not as it should be."""
        return self.sent(id, rule, sentence, kit.asking(change), on, also)

    def legal(
        self, id: str, sentence: str, bend: Bend, *, on: str = "", asks: Asking | None = None, source: str = ""
    ) -> Variation:
        return Variation(
            id=self._named(id),
            dialect=self.dialect,
            sentence=sentence,
            bend=bend,
            on=on or self.on,
            asks=asks,
            source=source,
        )

    def legal_twins(
        self, id: str, sentence: str, bend: Bend, *, on: str = "", asks: Asking | None = None
    ) -> tuple[Variation, ...]:
        """The same variation, streamed and whole."""
        return tuple(
            self.legal(f"{id}{twin}", sentence, bend, on=f"{on or self.on}{twin}", asks=asks) for twin in ("", "_whole")
        )


def in_the_middle(change: Callable[[bytes], bytes | list[bytes]]) -> Bend:
    """A change to the bytes of one frame in the middle of a stream; several frames may stand in its place."""

    def one(told: list[bytes]) -> list[bytes]:
        at = len(told) // 2
        changed = change(told[at])
        return [*told[:at], *(changed if isinstance(changed, list) else [changed]), *told[at + 1 :]]

    return Bend(frames=one)


def at_the_end(change: Callable[[bytes], bytes]) -> Bend:
    """A change to the bytes of a stream's last frame."""
    return Bend(frames=lambda told: [*told[:-1], change(told[-1])])
