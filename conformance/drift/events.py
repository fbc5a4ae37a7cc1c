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
    found: dict[str, list[int]] = {}
    for path, field in shape.fields.items() if shape else ():
        if field.told and not field.real & {"object", "list"}:
            while (holder := shape and shape.parent(path)) and holder.told == field.told:
                path = parent_of(path)  # all that is told together moves together
            found[path] = field.told
    return found


def _order(old: Places, new: Places, scales: Scales) -> Iterator[Change]:
    swapped = [pair for pair in combinations([one for one in old if one in new], 2) if _swapped(*pair, old, new)]
    inner = [pair for pair in swapped if not any(_inside(other, pair) for other in swapped if other != pair)]
    for first, second in inner[:_MOST]:
        if old[first][0] > old[second][0]:
            first, second = second, first
        severity, rule = scales.weigh_stream("notable")
        yield _event(
            "order", severity, f"{first}, {second}", "their order changed", f"{first} first", f"{second} first", rule
        )


def _swapped(one: str, other: str, old: Places, new: Places) -> bool:
    """Was one over before the other began, or does one that comes once stand on the other side of the other now?

    Where they come more or less often than they did, the answers have other parts, and so another order.
    """
    apart = [_apart(places[one], places[other]) for places in (old, new)]
    if apart[0] * apart[1] < 0:
        return True
    alike = all(len(old[which]) == len(new[which]) for which in (one, other))
    once = alike and 1 in (len(old[one]), len(old[other]))
    return once and any((old[one][at] - old[other][at]) * (new[one][at] - new[other][at]) < 0 for at in (0, -1))


def _apart(one: list[int], other: list[int]) -> int:
    """-1 when all of one comes before all of the other, 1 when it comes after, 0 when they mingle."""
    return -1 if one[-1] < other[0] else 1 if other[-1] < one[0] else 0


def _inside(pair: tuple[str, str], other: tuple[str, str]) -> bool:
    """Does a pair say the same as another more exactly?"""
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
