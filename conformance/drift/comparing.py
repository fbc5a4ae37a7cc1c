"""Compare two exchanges of one scenario: what moved in shape, how much it matters, and what could not be looked at.

Rule of the file: pure; what cannot be compared is an entry of its own, never silence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from conformance.drift.events import end_changes, event_changes
from conformance.drift.excusing import Excuses, excuses
from conformance.drift.fields import Move, moves
from conformance.drift.heads import head_changes
from conformance.drift.obstacles import obstacle
from conformance.drift.outline import CHUNK, Outline
from conformance.drift.shape import Shape, name_of, vocabulary
from conformance.drift.values import SEVERITIES, Change, Comparison, Severity, Side
from conformance.drift.weighing import Scales
from conformance.exchange import Exchange
from conformance.model import Error

_ENDINGS = frozenset(
    {"stop", "length", "load", "end_turn", "max_tokens", "stop_sequence", "tool_use", "refusal", "pause_turn"}
)
"""Reasons to end, in languages whose schemas leave them open."""
_USUAL: Mapping[str, Severity] = {"lost": "notable", "new": "additive", "rarer": "additive", "retyped": "notable"}


def compare_all(name: str, old: Sequence[Exchange], new: Sequence[Exchange]) -> Comparison:
    """Compare two recordings exchange by exchange, in order."""
    found = [compare(was, now, name) for was, now in zip(old, new, strict=False)]
    missing = [f"{where} holds no exchange" for where, held in (("the old one", old), ("the new one", new)) if not held]
    if old and new and len(old) != len(new):
        missing.append(f"the old one holds {len(old)} exchanges, the new one {len(new)}: the rest has no counterpart")
    changes = {(one.kind, one.side, one.where, one.message): one for each in found for one in each.changes}
    told = dict.fromkeys([*(one for each in found for one in each.not_compared), *missing])
    return Comparison(
        name=name,
        old=old[0].origin if old else "",
        new=new[0].origin if new else "",
        changes=tuple(sorted(changes.values(), key=lambda one: SEVERITIES.index(one.severity))),
        not_compared=tuple(told),
    )


def compare(old: Exchange, new: Exchange, name: str = "") -> Comparison:
    """Compare two exchanges of one scenario."""
    told = Comparison(name=name or new.scenario or new.id, old=old.origin, new=new.origin)
    if reason := obstacle(old, new):
        return replace(told, not_compared=(reason,))
    was, now = Outline(old), Outline(new)
    apart = excuses(was, now)
    scales = Scales(was, now)
    found = [*head_changes(was, now), *_request_changes(was, now, scales)]
    if was.reading.streamed != now.reading.streamed:
        return replace(told, changes=_sorted(found), not_compared=("the bodies: one is a stream, one is not",))
    body = [*_body_changes(was, now, scales, apart), *event_changes(was, now, scales, apart)]
    misread = isinstance(now.last, Error) and not isinstance(was.last, Error)
    if misread or any(one.old is None and one.kind in ("field", "event", "word") for one in body):
        kept = [_graver(one) if _lost(one) and apart.for_lost(one.where) else one for one in body]
    else:
        kept = [one for one in body if not (_lost(one) and apart.for_lost(one.where))]
        told = replace(told, not_compared=tuple(apart.told()))
    return replace(told, changes=_sorted([*found, *kept, *end_changes(was, now)]))


def _lost(one: Change) -> bool:
    """Is something not there any more, or called otherwise?"""
    return one.new in (None, "null") or one.kind == "word"


def _graver(one: Change) -> Change:
    """What carried content that a client does not see any more."""
    return replace(one, severity="breaking")


def _sorted(found: Sequence[Change]) -> tuple[Change, ...]:
    return tuple(sorted(found, key=lambda one: SEVERITIES.index(one.severity)))


def _request_changes(old: Outline, new: Outline, scales: Scales) -> Iterator[Change]:
    for move in moves(old.request, new.request):
        yield from _weighed(move, "request", CHUNK, scales)


def _body_changes(old: Outline, new: Outline, scales: Scales, apart: Excuses) -> Iterator[Change]:
    """What moved in the bodies, kind by kind; a kind that only one has is told by its events."""
    counts = len(old.reading.frames) or 1, len(new.reading.frames) or 1
    seen: set[tuple[str, str, str | None]] = set()
    for kind, shape in old.families.items():
        for move in moves(shape, new.families.get(kind, Shape(frozenset())), counts) if kind in new.families else ():
            if (move.verb, move.path, move.new) in seen or _by_content(move, apart):
                continue
            seen.add((move.verb, move.path, move.new))
            yield from _weighed(move, "response", kind, scales)


def _by_content(move: Move, apart: Excuses) -> bool:
    """New because the new answer holds what the old one has not; a reason to end goes with what it ended."""
    if move.verb == "word":
        return apart.differ and ("reason" in name_of(move.path).lower() or apart.for_new(f"{move.path} {move.new}"))
    return move.verb == "new" and apart.for_new(move.path)


def _weighed(move: Move, side: Side, kind: str, scales: Scales) -> Iterator[Change]:
    severity, rule = scales.weigh(side, move.path, _usual(move, scales.language))
    if move.verb == "rarer" and not rule:
        return  # optional, hence content
    yield Change(
        kind={"retyped": "type", "emptied": "type", "word": "word"}.get(move.verb, "field"),  # type: ignore[arg-type]
        severity=severity,
        side=side,
        where=f"{kind} {move.path}".strip(),
        message=_sentence(move),
        old=move.old if move.verb != "word" else None,
        new=move.new,
        rule=rule,
    )


def _usual(move: Move, language: str) -> Severity:
    """What a move weighs where no rule speaks of it."""
    if move.verb == "word":
        return "additive" if move.new in vocabulary(language).get(name_of(move.path), _ENDINGS) else "notable"
    if move.verb == "emptied":
        return "notable" if move.old in ("object", "list") else "additive"
    return _USUAL[move.verb]


def _sentence(move: Move) -> str:
    match move.verb:
        case "lost":
            return f"the field is lost ({move.old})"
        case "new":
            return f"the field is new ({move.new})"
        case "rarer":
            return f"the field was always there, now {move.new}"
        case "emptied":
            return f"only null now, was {move.old}"
        case "retyped":
            return f"{move.new} now, was {move.old}"
    return f"new word {move.new}; there were {move.old or 'none'}"
