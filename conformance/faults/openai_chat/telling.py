"""How the faults of openai-chat are told, and the chunks that they look for.

Rule of the file: a place is a function of one chunk; a change is applied to what the bend owns.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from conformance.deviating import Bend, Chunk
from conformance.faults import kit
from conformance.faults.every.telling import Teller
from conformance.faults.kit import Change

Place: TypeAlias = Callable[[Chunk], bool]
NAME = "openai-chat"
WHOLE = "simple_text_whole"
CALL, CALL_WHOLE = "tool_call_single", "tool_call_single_whole"
CALLS, CALLS_WHOLE = "tool_call_parallel", "tool_call_parallel_whole"


fault = Teller(NAME, "").fault
"""Tells a fault whose id brings its layer."""


# ------------------------------------------------------------------ places


def choice_of(chunk: Chunk) -> dict[str, Any]:
    """The first choice of a chunk; an empty one when it has none."""
    choices: Any = chunk.get("choices")
    return choices[0] if choices else {}


def delta_of(chunk: Chunk) -> dict[str, Any]:
    return choice_of(chunk).get("delta") or {}


def opens(chunk: Chunk) -> bool:
    """It tells the role."""
    return "role" in delta_of(chunk)


def says(chunk: Chunk) -> bool:
    """It brings text."""
    return bool(delta_of(chunk).get("content"))


def calls(chunk: Chunk) -> bool:
    """It brings a fragment of a call."""
    return bool(delta_of(chunk).get("tool_calls"))


def begins(chunk: Chunk) -> bool:
    """It brings the first fragment of a call."""
    return calls(chunk) and bool(delta_of(chunk)["tool_calls"][0].get("id"))


def goes_on(chunk: Chunk) -> bool:
    """It brings a later fragment of a call."""
    return calls(chunk) and not begins(chunk)


def ends(chunk: Chunk) -> bool:
    """It tells the finish reason."""
    return choice_of(chunk).get("finish_reason") is not None


def counts(chunk: Chunk) -> bool:
    """It tells the usage."""
    return isinstance(chunk.get("usage"), dict)


def adds(chunk: Chunk) -> bool:
    """It has choices."""
    return bool(chunk.get("choices"))


# ------------------------------------------------------------------ changes


def nth(change: Change, where: Place, number: int = 1) -> Bend:
    """A change to the chunk of that number (from 0) among those that fit; the last one when there are fewer."""

    def one(told: list[Chunk]) -> list[Chunk]:
        found = [chunk for chunk in told if where(chunk)]
        if found:
            change(found[min(number, len(found) - 1)])
        return told

    return kit.sequence(one)


def after(where: Place, make: Callable[[Chunk], Chunk]) -> Bend:
    """Another chunk follows the last one that fits."""

    def one(told: list[Chunk]) -> list[Chunk]:
        at = max((number for number, chunk in enumerate(told) if where(chunk)), default=-1)
        return [*told[: at + 1], make(told[at]), *told[at + 1 :]] if at >= 0 else told

    return kit.sequence(one)


def lost(where: Place, number: int | None = None) -> Bend:
    """Chunks that fit are lost: all, or the one of that number."""

    def one(told: list[Chunk]) -> list[Chunk]:
        found = [at for at, chunk in enumerate(told) if where(chunk)]
        gone = set(found if number is None else found[number : number + 1])
        return [chunk for at, chunk in enumerate(told) if at not in gone]

    return kit.sequence(one)


def like(chunk: Chunk, delta: Any, reason: str | None = None) -> Chunk:
    """A chunk with the same head that adds something else."""
    return {**chunk, "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}]}


def counter(start: int = 0) -> Callable[[], int]:
    """Numbers that count up with each call."""
    box = [start - 1]

    def one() -> int:
        box[0] += 1
        return box[0]

    return one


def joined(where: Place) -> Bend:
    """The last chunk that fits and the finish chunk are one."""

    def one(told: list[Chunk]) -> list[Chunk]:
        last = [chunk for chunk in told if where(chunk)][-1]
        finish = next(chunk for chunk in told if ends(chunk))
        choice_of(finish)["delta"] = choice_of(last)["delta"]
        return [chunk for chunk in told if chunk is not last]

    return kit.sequence(one)
