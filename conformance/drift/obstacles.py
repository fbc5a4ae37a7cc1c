"""Why two exchanges cannot be compared at all.

Rule of the file: an answer that is an error says nothing of how answers look, so it is never "no drift".
"""

from __future__ import annotations

from conformance.dialects import dialect_names
from conformance.drift.outline import Outline
from conformance.exchange import Broken, Exchange
from conformance.model import Error


def obstacle(old: Exchange, new: Exchange) -> str | None:
    """The reason, None when there is none."""
    if told := _strangers(old, new):
        return told
    for one, age in ((old, "old"), (new, "new")):
        if one.fidelity == "body_only":
            return f"the {age} recording kept only what the body said, not how"
        if one.response.end != "eof":
            return f"the {age} recording broke off: {_end(one)}"
        if not one.response.body.strip():
            return f"the {age} answer is empty"
    return _one_failed(Outline(old), Outline(new))


def _strangers(old: Exchange, new: Exchange) -> str | None:
    """Why they are not two recordings of one thing."""
    if old.dialect is None or new.dialect is None:
        return f"nothing tells which language the {'old' if old.dialect is None else 'new'} one speaks"
    if unknown := {old.dialect, new.dialect} - set(dialect_names()):
        return f"the language {min(unknown)} is not known yet"
    if old.dialect != new.dialect:
        return f"the old one speaks {old.dialect}, the new one {new.dialect}"
    if old.scenario and new.scenario and old.scenario != new.scenario:
        return f"the old one is of the scenario {old.scenario}, the new one of {new.scenario}"
    return None


def _one_failed(old: Outline, new: Outline) -> str | None:
    """An error on one side only, unless the scenario asks for one."""
    if wants_error(new.exchange) or wants_error(old.exchange):
        return _transient(old, new)
    failed = [one.failed if one.reading.ok else f"HTTP {one.reading.status}" for one in (old, new)]
    if bool(failed[0]) == bool(failed[1]):
        return None
    age = "old" if failed[0] else "new"
    return f"the {age} answer is an error, the other one is not: {failed[0] or failed[1]}"


def _transient(old: Outline, new: Outline) -> str | None:
    """A server in trouble does not say what it thinks of a bad request."""
    for one, age in ((old, "old"), (new, "new")):
        other = new if one is old else old
        if one.reading.status != other.reading.status and one.reading.status in (429, 502, 503, 504, 529):
            return f"the {age} answer says HTTP {one.reading.status}: the server was busy"
    return None


def wants_error(one: Exchange) -> bool:
    """Does its scenario ask for an error?"""
    from conformance.scenarios import SCENARIOS

    known = SCENARIOS.get(one.scenario or "")
    return known is not None and isinstance(known.answer, Error)


def _end(one: Exchange) -> str:
    end = one.response.end
    return f"{end.error} {end.message}".strip() if isinstance(end, Broken) else "the client left early"
