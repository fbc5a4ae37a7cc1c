"""Changes and comparisons: what drift consists of, as values.

Rule of the file: a comparison without changes is "same" only when everything could be looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

Severity: TypeAlias = Literal["breaking", "notable", "additive"]
"""breaking: clients of the language stop working. notable: some may. additive: a tolerant client does not notice."""
SEVERITIES: tuple[Severity, ...] = ("breaking", "notable", "additive")

Kind: TypeAlias = Literal["status", "header", "framing", "field", "type", "word", "event", "order", "end", "address"]
Side: TypeAlias = Literal["request", "response"]
Outcome: TypeAlias = Literal["same", "drift", "not_compared"]


class Change(Struct, frozen=True, kw_only=True):
    """One thing that moved in shape."""

    kind: Kind
    severity: Severity
    side: Side
    where: str
    """The JSON path with array indexes folded (behind the kind of event), the header, or the part of the exchange."""
    message: str
    old: str | None = None
    new: str | None = None
    rule: str = ""
    """The rule that the new recording breaks by it and the old one did not."""


class Comparison(Struct, frozen=True, kw_only=True):
    """What came of comparing two recordings."""

    name: str
    old: str
    """Where the older exchange stands."""
    new: str
    changes: tuple[Change, ...] = ()
    not_compared: tuple[str, ...] = ()
    """What could not be looked at, each with its reason."""

    @property
    def outcome(self) -> Outcome:
        if self.changes:
            return "drift"
        return "not_compared" if self.not_compared else "same"

    def down_to(self, lowest: Severity) -> Comparison:
        """The same without the changes that are milder."""
        shown = SEVERITIES[: SEVERITIES.index(lowest) + 1]
        kept = tuple(one for one in self.changes if one.severity in shown)
        return replace(self, changes=kept)


def in_words(changes: Iterable[Change]) -> str:
    """All changes in a few words: `+2 fields, 1 header lost (breaking)`."""
    counted: Counter[str] = Counter()
    worst: dict[str, Severity] = {}
    for one in changes:
        name = _named(one)
        counted[name] += 1
        worst[name] = min(worst.get(name, one.severity), one.severity, key=SEVERITIES.index)
    return ", ".join(_counted(name, number, worst[name]) for name, number in counted.items())


def _named(one: Change) -> str:
    verb = "+" if one.old is None else " lost" if one.new is None else " changed"
    noun = f"{one.side} {one.kind}" if one.side == "request" else one.kind
    return f"{noun}{verb}"


def _counted(name: str, number: int, severity: Severity) -> str:
    noun, plus, _ = name.partition("+")
    verb = "" if plus else f" {noun.rpartition(' ')[2]}"
    noun = noun if plus else noun.rpartition(" ")[0]
    told = f"{'+' if plus else ''}{number} {noun}{'s' * (number > 1)}{verb}"
    return told if severity == "additive" else f"{told} ({severity})"
