"""Obligations: what every adapter owes, as small functions with the sentence as docstring.

Rule of the file: an obligation yields what is wrong, or raises `NotJudged`. Declaring one is all there is to do:
the plan, the reports and the meta-test find it here.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from conformance.cases import NotJudged, Tier
from conformance.errors import ConformanceError, UnsupportedError
from conformance.rulebook import Finding, Violation, shorten

if TYPE_CHECKING:
    from conformance.adapters import Adapter
    from conformance.subjects.adapter import Performance

Check: TypeAlias = "Callable[[Adapter, Bench], Iterable[Violation | Finding]]"

Each: TypeAlias = Literal["adapter", "scenario", "twins"]
"""What it is applied to: the adapter once; each recorded scenario; each pair of a streamed and a whole recording."""


@dataclass(frozen=True)
class Bench:
    """Where an adapter is examined: the cassette folder, and the scenario when one is looked at."""

    folder: Path | None = None
    scenario: str = ""
    _played: dict[str, Performance] = field(default_factory=dict, compare=False, repr=False)

    def play(self, adapter: Adapter, scenario: str = "") -> Performance:
        """The scenario, performed by playback; done once, however many obligations look at it."""
        from conformance.subjects.adapter import perform

        name = scenario or self.scenario
        if name not in self._played:
            self._played[name] = perform(adapter, name, self.folder)
        return self._played[name]


@dataclass(frozen=True, slots=True)
class Obligation:
    """One thing that every adapter owes."""

    id: str
    """`<tier>.<what>`: the `rule` of its findings."""
    tier: Tier
    what: str
    sentence: str
    check: Check
    why: str = ""
    """What goes wrong for users when it is not met."""
    each: Each = "adapter"

    @property
    def title(self) -> str:
        """The sentence without its full stop, for tables."""
        return self.sentence.partition(". ")[0].removesuffix(".")

    def apply(self, adapter: Adapter, bench: Bench) -> Iterator[Finding]:
        """Examine one adapter. What the adapter raises is a finding; what stops the kit passes through."""
        try:
            for one in self.check(adapter, bench):
                yield one if isinstance(one, Finding) else self._finding(one)
        except UnsupportedError as refusal:
            yield self._finding(Violation(f"the adapter refuses what the obligation needs: {refusal}"))
        except (ConformanceError, NotJudged):
            raise
        except Exception as crash:  # an adapter is anyone's code: a crash of it is evidence, not a traceback
            yield self._finding(Violation(f"{type(crash).__name__} was raised: {crash}", got=_where(crash)))

    def _finding(self, one: Violation) -> Finding:
        return Finding(self.id, "MUST", one.message, one.path, one.frame, shorten(one.expected), shorten(one.got))


def _where(crash: Exception) -> str:
    last = traceback.extract_tb(crash.__traceback__)[-1]
    return f"{Path(last.filename).name}:{last.lineno} in {last.name}"


OBLIGATIONS: dict[str, Obligation] = {}
"""Every obligation by id, in the order of its declaration."""


def obligation(tier: Tier, id: str, *, why: str = "", each: Each = "adapter") -> Callable[[Check], Check]:
    """Declare the decorated generator as an obligation; its docstring is the sentence."""

    def declare(check: Check) -> Check:
        full = f"{tier}.{id}"
        sentence = " ".join((check.__doc__ or "").split())
        if full in OBLIGATIONS:
            raise ValueError(f"obligation {full} is declared twice")
        if not sentence:
            raise ValueError(f"obligation {full} states no sentence: give {check.__name__} a docstring")
        OBLIGATIONS[full] = Obligation(full, tier, id, sentence, check, why, each)
        return check

    return declare


def owed(tier: Tier, each: Each = "adapter") -> tuple[Obligation, ...]:
    """The obligations of one tier that are applied to `each`."""
    return tuple(one for one in OBLIGATIONS.values() if one.tier == tier and one.each == each)
