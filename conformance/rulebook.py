"""Rules: what the specification says, as small pure generators over a reading.

Rule of the file: a rule yields `Violation`s and does nothing else. It never raises for bad input, prints or reads.
The judge (`Rulebook.judge`) adds the rule's identity, decides whether it applies, and collects.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from msgspec import Struct

from conformance.model import JSON

if TYPE_CHECKING:
    from conformance.reading import Reading

Level: TypeAlias = Literal["MUST", "SHOULD", "INFO"]
"""The specification's keyword. MUST fails, SHOULD warns, INFO is only told."""


class Scope(StrEnum):
    """What a rule looks at, hence which exchanges it can judge."""

    REQUEST = "request"  # an exchange with a request body
    HEADERS = "headers"  # any exchange: method, URL, headers of either side
    REPLY = "reply"  # a 2xx answer that came whole
    STREAM = "stream"  # a 2xx answer that was streamed
    ANSWER = "answer"  # a 2xx answer of either kind
    ERROR = "error"  # a status of 400 and above
    ANY = "any"


class Violation(NamedTuple):
    """What a rule yields: one thing that is wrong, with its evidence."""

    message: str
    path: str | None = None
    """JSON path within the body or frame (`$.choices[0].delta`)."""
    frame: int | None = None
    """Number of the stream frame, from 0."""
    expected: JSON = None
    got: JSON = None


class Finding(Struct, frozen=True):
    """One violation of one rule, ready to report. `got` and `expected` are shortened JSON text."""

    rule: str
    level: Level
    message: str
    path: str | None = None
    frame: int | None = None
    expected: str | None = None
    got: str | None = None
    excused: str | None = None
    """Why a profile lowered this finding's level, when one did."""
    survived: str | None = None
    """Why the common clients read on in spite of it; None: some of them break."""


Check: TypeAlias = "Callable[[Reading], Iterable[Violation]]"


@dataclass(frozen=True, slots=True)
class Rule:
    """One sentence of the specification that a machine can judge."""

    id: str
    level: Level
    scope: Scope
    sentence: str
    source: str
    check: Check
    framing: bool = False
    """It judges bytes, not JSON values: not judged on a recording whose framing was rebuilt."""
    good: str = ""
    bad: str = ""
    why: str = ""
    """What breaks, and in which client, when the rule is broken."""
    survived: str = ""
    """Why the common clients read on when it is broken: then the compat verdict only warns."""

    def applies(self, reading: Reading) -> str | None:
        """None when the rule can judge this exchange, else the reason why not."""
        if reason := reading.outside[self.scope]:
            return reason
        if self.framing and reading.exchange.fidelity != "exact":
            return f"the recording is {reading.exchange.fidelity}: its framing is not the server's"
        return None


@dataclass(frozen=True, slots=True)
class Profile:
    """What one vendor is documented to do otherwise: rule id -> (new level or None for off, the reason).

    `OC-S04 $.choices[].finish_reason` in place of an id changes only what the rule finds at that path.
    """

    name: str = "strict"
    changes: Mapping[str, tuple[Level | None, str]] = field(default_factory=dict)

    def change(self, rule: str, path: str | None = None) -> tuple[Level | None, str] | None:
        """What changes for a rule, or for what it finds at a path; None when nothing does."""
        return self.changes.get(rule if path is None else f"{rule} {_NUMBER.sub('[]', path)}")


STRICT = Profile()
_NUMBER = re.compile(r"\[\d+\]")


@dataclass
class Rulebook:
    """The rules of one dialect (or of all): `book.rule(...)` declares, `book.judge(reading)` applies."""

    name: str
    rules: dict[str, Rule] = field(default_factory=dict)

    def rule(
        self,
        id: str,
        level: Level,
        scope: Scope,
        source: str,
        *,
        framing: bool = False,
        good: str = "",
        bad: str = "",
        why: str = "",
        survived: str = "",
    ) -> Callable[[Check], Check]:
        """Declare the decorated generator as a rule; its docstring is the sentence."""

        def declare(check: Check) -> Check:
            if id in self.rules:
                raise ValueError(f"rule {id} is declared twice in {self.name}")
            sentence = " ".join((check.__doc__ or "").split())
            if not sentence:
                raise ValueError(f"rule {id} states no sentence: give {check.__name__} a docstring")
            self.rules[id] = Rule(id, level, scope, sentence, source, check, framing, good, bad, why, survived)
            return check

        return declare

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.rules.values())

    def __len__(self) -> int:
        return len(self.rules)

    def judge(self, reading: Reading, profile: Profile = STRICT) -> Iterator[Finding]:
        """Apply every rule that can judge this reading; yield what was found."""
        for rule in self:
            if rule.applies(reading) is None:
                yield from findings(rule, reading, profile)


class WrittenIn(Rulebook):
    """The book named `BOOK` of a module, which is imported when somebody first looks at a rule: most runs need none."""

    def __init__(self, name: str, module: str) -> None:
        self.name = name
        self._module = module

    @cached_property
    def rules(self) -> dict[str, Rule]:  # type: ignore[override]
        found: Rulebook = import_module(self._module).BOOK
        return found.rules


def findings(rule: Rule, reading: Reading, profile: Profile = STRICT) -> Iterator[Finding]:
    """Apply one rule; a profile may lower or silence what it finds."""
    changed = profile.change(rule.id)
    if changed and changed[0] is None:
        return
    for one in rule.check(reading):
        level, excuse = changed or profile.change(rule.id, one.path or "") or (rule.level, None)
        if level is None:
            continue
        yield Finding(
            rule.id,
            level,
            one.message,
            one.path,
            one.frame,
            shorten(one.expected),
            shorten(one.got),
            excuse,
            rule.survived or None,
        )


def shorten(value: JSON, most: int = 200) -> str | None:
    """A value as short JSON text for a report; None stays None."""
    if value is None:
        return None
    import json

    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=repr)
    return text if len(text) <= most else f"{text[: most - 1]}…"
