"""Judge one exchange by every rule that holds for it: the universal rules and its dialect's own.

Rule of the file: what could not be judged is listed with its reason, never counted as passed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from conformance.dialects import Dialect, dialect
from conformance.exchange import Exchange
from conformance.reading import Reading
from conformance.rulebook import STRICT, Finding, Profile, Rule, findings


@dataclass(frozen=True)
class Judgement:
    """What came of judging one exchange."""

    exchange: Exchange
    findings: tuple[Finding, ...]
    judged: tuple[str, ...]
    """Ids of the rules that were applied."""
    not_judged: Mapping[str, str]
    """Rule id -> why it could not be applied here."""


def rules_for(language: Dialect) -> list[Rule]:
    """Every rule that an exchange of this dialect is judged by."""
    from conformance.rules import UNIVERSAL

    return [*UNIVERSAL, *language.rules]


def judge(exchange: Exchange, speaks: Dialect | None = None, profile: Profile = STRICT) -> Judgement:
    """Judge an exchange by all rules. Raises `UsageError` when its dialect is neither given nor known."""
    from conformance.decoding import dialect_of

    language = speaks or dialect_of(exchange)
    reading = Reading(exchange, language)
    found: list[Finding] = []
    judged: list[str] = []
    not_judged: dict[str, str] = {}
    for rule in rules_for(language):
        if reason := rule.applies(reading):
            not_judged[rule.id] = reason
        else:
            judged.append(rule.id)
            found += findings(rule, reading, profile)
    return Judgement(exchange, tuple(found), tuple(judged), not_judged)


def find_rule(id: str) -> Rule | None:
    """The rule of that id in any dialect (any case); None when there is none."""
    from conformance.dialects import dialect_names
    from conformance.rules import UNIVERSAL

    wanted = id.strip().upper()
    books = [UNIVERSAL, *(dialect(name).rules for name in dialect_names())]
    return next((book.rules[wanted] for book in books if wanted in book.rules), None)
