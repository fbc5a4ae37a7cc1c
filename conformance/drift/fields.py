"""What moved between two shapes: new, lost, rarer, emptied and retyped fields, and new words.

Rule of the file: only the topmost of what came or went is told; what the other side had no chance to show is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple, TypeAlias

from conformance.drift.shape import Field, Shape, parent_of

Verb: TypeAlias = Literal["new", "lost", "rarer", "emptied", "retyped", "word"]

_EDGE = 3
"""So many frames at either end of a stream are never left out by chance."""
_CHANCE = 0.05
"""What is likelier than this to be missing by chance is no drift."""


class Move(NamedTuple):
    """One place that moved, before it is weighed."""

    verb: Verb
    path: str
    old: str | None
    new: str | None


def moves(old: Shape, new: Shape, frames: tuple[int, int] = (1, 1)) -> Iterator[Move]:
    """Everything that moved; `frames` is how many the streams have."""
    for path in (*old.fields, *(path for path in new.fields if path not in old.fields)):
        was, now = old.fields.get(path), new.fields.get(path)
        if was and now:
            yield from _within(path, was, now, old, new, frames[0])
        elif was and _comparable(path, was, old, new, frames[0]):
            yield Move("lost", path, _told(was), None)
        elif now and _comparable(path, now, new, old, frames[1]):
            yield Move("new", path, None, _told(now))


def _comparable(path: str, found: Field, here: Shape, there: Shape, frames: int) -> bool:
    """Whether its absence says something: its holder is there, of the same type, and chance is no excuse."""
    holder, parent = there.parent(path), here.parent(path)
    if holder is None or parent is None:
        return holder is None and parent is None
    if path.endswith("[]") or not holder.parts:
        return False  # an empty list, or no object: nothing tells what it would hold
    variants = there.fields.get(f"{parent_of(path)}.type")
    if variants and found.owners - {""} and not found.owners & variants.words:
        return False  # no object of that type is there: the type is what went, if anything did
    return not _by_chance(found.frames, parent, holder, frames)


def _by_chance(at: list[int], parent: Field, holder: Field, frames: int) -> bool:
    """What stands in some frames in the middle of a stream may be missing in a shorter one."""
    if len(at) >= parent.parts or any(one < _EDGE or one >= frames - _EDGE for one in at):
        return False
    return bool((1 - len(at) / parent.parts) ** holder.parts > _CHANCE)


def _within(path: str, was: Field, now: Field, old: Shape, new: Shape, frames: int) -> Iterator[Move]:
    before, after = old.parent(path), new.parent(path)
    if not was.owners & now.owners and not path.endswith(".type"):
        return  # they stand in objects of other types: nothing of them is alike but the name
    if was.real and not now.real:
        if before and after and _by_chance(was.told, before, after, frames):
            return
        yield Move("emptied", path, _told(was), "null")
    elif was.real and now.real - was.real:
        yield Move("retyped", path, _told(was), _told(now))
    for word in sorted(now.words - was.words):
        yield Move("word", path, ", ".join(sorted(was.words)) or None, word)
    if before and after and not path.endswith("[]") and 2 <= before.parts == was.seen and now.seen < after.parts:
        yield Move("rarer", path, "always", f"{now.seen} of {after.parts} times")


def _told(one: Field) -> str:
    return " or ".join(sorted(one.types))
