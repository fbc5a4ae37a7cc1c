"""The tools that faults of this language are made with: events picked by name, their payloads changed.

Rule of the file: a chunk is `{name: payload}`; a change is given the payload. Events are lost, added and moved by the
tools for any stream (`conformance.faults.typed`).
"""

from __future__ import annotations

from typing import Any

from conformance.deviating import Bend
from conformance.faults import kit, typed
from conformance.faults.typed import Where

NAME = "bedrock-converse"
START, DELTA, STOP = "contentBlockStart", "contentBlockDelta", "contentBlockStop"
BEGIN, END, COST = "messageStart", "messageStop", "metadata"


def event(*names: str) -> Where:
    """Events of these names."""
    return lambda chunk: not chunk.keys().isdisjoint(names)


def bringing(member: str) -> Where:
    """Deltas that bring this member."""
    return lambda chunk: DELTA in chunk and member in chunk[DELTA]["delta"]


def change(where: Where, told: kit.Change, at: int | None = None) -> Bend:
    """A change to the payload of every event that fits, or of one of them."""
    return typed.change(where, lambda chunk: [told(payload) for payload in chunk.values()], at)


def setting(where: Where, path: str, at: int | None = None, **keys: Any) -> Bend:
    """Keys of every event that fits, set otherwise."""
    return change(where, kit.set_at(path, **keys), at)


def dropping(where: Where, path: str, *keys: str) -> Bend:
    """Keys of every event that fits, left out."""
    return change(where, kit.drop_at(path, *keys))


def failing(frame: bytes, *, goes_on: bool = False) -> Bend:
    """After some events this frame comes, and nothing more; or all the rest."""
    return kit.frames(lambda told: [*told[:3], frame, *(told[3:] if goes_on else ())])
