"""What moved in a stream as a whole: kinds of events that came or went, their order, and how it ends.

Rule of the file: how often an event repeats is content; that it came before another is shape.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

from conformance.drift.excusing import Excuses
from conformance.drift.outline import CHUNK, Outline
from conformance.drift.shape import parent_of
from conformance.drift.values import Change, Severity
from conformance.drift.weighing import Scales
from conformance.model import Done, Error

Places = Mapping[str, list[int]]
"""Where in the stream each thing stood: numbers of frames, in order."""
_MOST = 5


def event_changes(old: Outline, new: Outline, scales: Scales, apart: Excuses) -> Iterator[Change]:
    """New and lost kinds of events, and a changed order."""
    if not old.reading.streamed:
        return
    yield from _kinds(old, new, scales, apart)
    for places in (lambda one: one.kinds, _told_in_chunks):
        yield from _order(places(old), places(new), scales)


def _kinds(old: Outline, new: Outline, scales: Scales, apart: Excuses) -> Iterator[Change]:
    final = next(reversed(old.kinds), None)
    for kind in old.kinds.keys() - new.kinds.keys():
        severity, rule = scales.weigh_stream("breaking" if kind == final else "notable")
        yield _event("event", severity, kind, "no such event now", kind or "chunk", None, rule)
    for kind in new.kinds.keys() - old.kinds.keys():
        if not apart.for_new(kind):
            severity, rule = scales.weigh_stream("additive")
            yield _event("event", severity, kind, "an event that was not there", None, kind or "chunk", rule)


def _told_in_chunks(one: Outline) -> Places:
    """Where the fields of chunks that have no names of their own held something."""
    shape = one.families.get(CHUNK)
    return {path: field.told for path, field in shape.fields.items() if field.told} if shape else {}


def _order(old: Places, new: Places, scales: Scales) -> Iterator[Change]:
    swapped = [pair for pair in combinations([one for one in old if one in new], 2) if _swapped(*pair, old, new)]
    outer = [pair for pair in swapped if not any(_inside(pair, other) for other in swapped if other != pair)]
    for first, second in outer[:_MOST]:
        if old[first][0] > old[second][0]:
            first, second = second, first
        severity, rule = scales.weigh_stream("notable")
        yield _event(
            "order", severity, f"{first}, {second}", "their order changed", f"{first} first", f"{second} first", rule
        )


def _swapped(one: str, other: str, old: Places, new: Places) -> bool:
    """Did one begin before the other, or end before it, and is that the other way round now?"""
    return any((old[one][at] - old[other][at]) * (new[one][at] - new[other][at]) < 0 for at in (0, -1))


def _inside(pair: tuple[str, str], other: tuple[str, str]) -> bool:
    """Is a pair told already by one that holds it?"""
    return all(mine == its or parent_of(mine).startswith(its) for mine, its in zip(pair, other, strict=True))


def end_changes(old: Outline, new: Outline) -> Iterator[Change]:
    """A stream or answer that a client of the language no longer takes for complete, or now does."""
    was, now = old.last, new.last
    if isinstance(was, Done) == isinstance(now, Done):
        return
    told = [one.kind if isinstance(one, Error) else "complete" for one in (was, now)]
    severity: Severity = "breaking" if isinstance(was, Done) else "additive"
    message = now.message if isinstance(now, Error) else "the answer is complete now"
    yield _event("end", severity, "end", message, told[0], told[1], "")


def _event(
    kind: str, severity: Severity, where: str, message: str, old: str | None, new: str | None, rule: str
) -> Change:
    return Change(
        kind=kind,  # type: ignore[arg-type]
        severity=severity,
        side="response",
        where=where or "chunk",
        message=message,
        old=old,
        new=new,
        rule=rule,
    )
