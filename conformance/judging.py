"""Judge one exchange by every rule that holds for it: the universal rules and its dialect's own.

Rule of the file: what could not be judged is listed with its reason, never counted as passed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from conformance.dialects import Dialect, dialect
from conformance.exchange import Exchange
from conformance.reading import Reading
from conformance.rulebook import STRICT, Finding, Level, Profile, Rule, Rulebook, findings

UNIVERSALS = ("JS-", "GN-")
"""How the ids of the rules begin that hold for every dialect."""


@dataclass(frozen=True)
class Judgement:
    """What came of judging one exchange."""

    exchange: Exchange
    findings: tuple[Finding, ...]
    judged: tuple[str, ...]
    """Ids of the rules that were applied."""
    not_judged: Mapping[str, str]
    """Rule id -> why it could not be applied here."""


def rules_for(language: Dialect, host: Rulebook | None = None) -> list[Rule]:
    """Every rule that an exchange of this dialect, and of this host, is judged by."""
    from conformance.rules import UNIVERSAL

    return [*UNIVERSAL, *language.rules, *(host or ())]


def judge(
    exchange: Exchange, speaks: Dialect | None = None, profile: Profile = STRICT, host: Rulebook | None = None
) -> Judgement:
    """Judge an exchange by all rules, those of its `host` among them when they are given.

    Raises `UsageError` when its dialect is neither given nor known.
    """
    from conformance.decoding import dialect_of

    language = speaks or dialect_of(exchange)
    return judge_reading(Reading(exchange, language), rules_for(language, host), profile)


def judge_issuing(exchange: Exchange, speaks: Dialect, host: Rulebook | None) -> Judgement:
    """Judge an exchange in which a token was issued: it is in no dialect, so only its host's rules hold."""
    return judge_reading(Reading(exchange, speaks), list(host or ()), STRICT)


def judge_reading(reading: Reading, rules: list[Rule], profile: Profile = STRICT) -> Judgement:
    """Judge what has been read already, by these rules; the timeline that it decodes stays in the reading."""
    found: list[Finding] = []
    judged: list[str] = []
    not_judged: dict[str, str] = {}
    for rule in rules:
        if reason := rule.applies(reading):
            not_judged[rule.id] = reason
        else:
            judged.append(rule.id)
            found += findings(rule, reading, profile)
    return Judgement(reading.exchange, tuple(_told_once(found)), tuple(judged), not_judged)


def _told_once(found: list[Finding]) -> Iterator[Finding]:
    """All findings, but each place of an answer only by the rule that knows most of it, if that tells as loudly.

    A rule of the dialect knows why it matters and whom it breaks; one for every dialect (GN-…) knows what it is, a
    JSON Schema (JS-…) neither. The whole body of an answer (`$`) is no such place.
    """
    own = [one for one in found if not one.rule.startswith(UNIVERSALS)]
    spots = {(one.level, one.path, one.frame) for one in own}
    paths = {(one.level, one.path) for one in found if not one.rule.startswith("JS-")}
    for one in found:
        if one.rule.startswith("JS-"):
            known = _tells_of(one, paths)
        else:
            known = one.rule.startswith("GN-") and _is_place(one) and (one.level, one.path, one.frame) in spots
        if not known:
            yield one


def _tells_of(one: Finding, paths: set[tuple[Level, str | None]]) -> bool:
    """Whether what a schema found stands among these; of a missing key it tells where, and expects the key there.

    Errors are small, and requests one's own: there a rule that tells of what is around it, or inside, tells of it all.
    """
    here, missing = one.path or "$", f"{one.path}.{one.expected}"
    told = [path for level, path in paths if path and level == one.level]
    if one.rule == "JS-E" or (one.rule == "JS-Q" and here != "$"):
        return any(within(path, here) or within(here, path) for path in told if path != "$" or one.rule == "JS-E")
    if (one.rule == "JS-R" or _is_place(one)) and any(within(path, missing) for path in told):
        return True
    return missing in told or (here in told and _is_place(one))


def _is_place(one: Finding) -> bool:
    return one.path not in (None, "$") or (one.path is None and one.frame is not None)


def within(path: str, place: str) -> bool:
    """Whether a JSON path is a place, or lies within it."""
    return path.startswith(place) and path[len(place) : len(place) + 1] in ("", ".", "[")


def find_rule(id: str) -> Rule | None:
    """The rule of that id in any dialect or of any host (any case); None when there is none."""
    from conformance.dialects import dialect_names
    from conformance.hosts import host_books
    from conformance.rules import UNIVERSAL

    wanted = id.strip().upper()
    books = [UNIVERSAL, *(dialect(name).rules for name in dialect_names()), *host_books().values()]
    return next((book.rules[wanted] for book in books if wanted in book.rules), None)
