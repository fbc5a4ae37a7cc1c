"""How much a change matters, from the language's view: does the new recording break a rule there that the old one kept?

Rule of the file: the rules decide what is breaking; where they are silent the kind of change has a usual weight.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from conformance.drift.outline import Outline
from conformance.drift.shape import name_of, parent_of
from conformance.drift.values import Severity, Side
from conformance.judging import rules_for
from conformance.rulebook import Level, Scope, findings
from conformance.schema import problems

_NUMBER = re.compile(r"\[\d+\]")
_MISSING = re.compile(r"'([^']*)' is missing")
_REQUEST = frozenset({Scope.REQUEST, Scope.HEADERS})
_WEIGHT: Mapping[Level, Severity] = {"MUST": "breaking", "SHOULD": "notable", "INFO": "additive"}


class Complaint(NamedTuple):
    """What the language says against one side of an exchange, without its evidence."""

    rule: str
    level: Level
    side: Side
    path: str
    message: str


def complaints(one: Outline) -> set[Complaint]:
    """Everything that rules and schemas have against an exchange."""
    found = set(_of_schemas(one))
    for rule in rules_for(one.reading.dialect):
        if rule.id.startswith("JS-") or rule.applies(one.reading) is not None:
            continue
        side: Side = "request" if rule.scope in _REQUEST else "response"
        for told in findings(rule, one.reading):
            found.add(Complaint(rule.id, told.level, side, _NUMBER.sub("[]", told.path or ""), told.message))
    return found


def _of_schemas(one: Outline) -> Iterator[Complaint]:
    schemas, reading = one.reading.dialect.schemas, one.reading
    role, id = (
        ("error", "JS-E") if reading.status >= 400 else ("event", "JS-S") if reading.streamed else ("reply", "JS-R")
    )
    values = [frame.json for frame in reading.chunks] if reading.streamed and reading.ok else [reading.reply]
    sides: list[tuple[Side, str, str, list[object]]] = [
        ("request", "request", "JS-Q", [reading.asked] if reading.asked else []),
        ("response", role, id, values),
    ]
    for side, role, id, told in sides:
        for value in told if role in schemas else ():
            for fault in problems(schemas[role], value):
                yield Complaint(id, "MUST", side, _NUMBER.sub("[]", fault.path or ""), fault.message)


class Scales:
    """Weighs changes by what is held against the new exchange and was not against the old one."""

    def __init__(self, old: Outline, new: Outline) -> None:
        self.language = new.reading.dialect.name
        fresh = complaints(new) - complaints(old)
        self._fresh = sorted(fresh, key=lambda one: (list(_WEIGHT).index(one.level), one.rule))

    def weigh(self, side: Side, path: str, usual: Severity) -> tuple[Severity, str]:
        """The severity of a change at a place, and the rule that says so."""
        return self._worst(side, usual, lambda one: _touches(one, path))

    def weigh_stream(self, usual: Severity) -> tuple[Severity, str]:
        """The severity of a change in which events there are, or in their order."""
        return self._worst("response", usual, lambda one: not one.rule.startswith("JS-"))

    def _worst(self, side: Side, usual: Severity, fits: Callable[[Complaint], bool]) -> tuple[Severity, str]:
        for one in self._fresh:
            if one.side == side and one.level != "INFO" and fits(one):
                worse = _WEIGHT[one.level]
                return (worse if worse == "breaking" or usual != "breaking" else usual), one.rule
        return usual, ""


def _touches(one: Complaint, path: str) -> bool:
    """Is it said of this place, of something in it, or that this very field is missing?"""
    if one.path == path or one.path.startswith((f"{path}.", f"{path}[")):
        return one.path != "$" or path == "$"
    missing = _MISSING.match(one.message)
    return bool(missing) and one.path == parent_of(path) and missing[1] == name_of(path)  # type: ignore[index]
