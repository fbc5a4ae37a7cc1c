"""Chunks that go on as one before them: one more piece of text, or of the arguments of a call.

Rule of the file: what a chunk here adds is all that the long way of `fold.py` would add; most of a stream is such.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from conformance.model import JSON
from conformance.reading import Frame

from .book import objects, whole
from .told import Choice, Fold, Fragment, Piece


class GoingOn(NamedTuple):
    """What every chunk like the first of its kind adds to its choice."""

    choice: Choice
    take: Callable[[int, JSON], None]
    """Given the chunk's number and what it says."""


def begun(fold: Fold, frame: Frame) -> GoingOn | None:
    """How chunks like this one are taken; None when they say more than one piece of text, or of a call's arguments."""
    said = next((one for _, one in objects(frame.json, "choices")), {})
    delta = said.get("delta")
    if not isinstance(delta, dict) or said.get("finish_reason") is not None or said.get("error"):
        return None
    if frame.json["choices"] != [said]:
        return None
    choice = fold.choices[said["index"] if whole(said.get("index")) else 0]
    told = [key for key in ("role", "audio", "refusal", "content", "tool_calls") if delta.get(key) not in (None, "")]
    if told == ["content"]:
        return GoingOn(choice, _text_to(choice.texts))
    if told == ["tool_calls"] and (of_call := _call_of(choice, delta["tool_calls"])):
        return GoingOn(choice, _arguments_to(choice.fragments, of_call))
    return None


def _call_of(choice: Choice, calls: JSON) -> list[Fragment]:
    """The fragments of the call that gets more arguments, and nothing but those; none when it is not so."""
    call = calls[0] if isinstance(calls, list) and len(calls) == 1 else None
    if not isinstance(call, dict) or set(call) != {"index", "function"} or not whole(call["index"]):
        return []
    only = isinstance(call["function"], dict) and set(call["function"]) == {"arguments"}
    return choice.of_call(call["index"]) if only else []


def _text_to(texts: list[Piece]) -> Callable[[int, JSON], None]:
    def take(number: int, said: JSON) -> None:
        texts.append(Piece(number, "$.choices[0].delta.content", said["choices"][0]["delta"]["content"]))

    return take


def _arguments_to(fragments: list[Fragment], of_call: list[Fragment]) -> Callable[[int, JSON], None]:
    def take(number: int, said: JSON) -> None:
        call = said["choices"][0]["delta"]["tool_calls"][0]
        fragment = Fragment(number, "$.choices[0].delta.tool_calls[0]", call)
        fragments.append(fragment)
        of_call.append(fragment)

    return take
