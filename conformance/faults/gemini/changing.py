"""The tools for faults of this language: changes to the candidates of every chunk, and of a whole reply, which is one.

Rule of the file: a whole reply and a chunk have one form, so a change fits both.
"""

from __future__ import annotations

from typing import Any

from conformance.deviating import Bend
from conformance.faults import kit
from conformance.faults.form import Asking
from conformance.model import Reply

NAME = "gemini"
ONE, PARTS = "candidates[]", "candidates[].content.parts[]"
CALL, TWO, TWICE = "tool_call_single", "tool_call_multiple", "tool_call_parallel"


def last(change: kit.Change) -> Bend:
    """A change to the last chunk of a stream."""

    def one(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
        change(told[-1])
        return told

    return kit.sequence(one)


def silent() -> Bend:
    """Nothing is said."""
    return kit.reply(lambda told: Reply(id=told.id, model=told.model, usage=told.usage))


def config(**fields: object) -> Asking:
    """More is asked for in generationConfig."""
    return kit.asking(lambda body: body.setdefault("generationConfig", {}).update(fields))


def mode(word: str, *names: str) -> Asking:
    """The mode of calling functions is asked for."""
    wanted: dict[str, Any] = {"mode": word} | ({"allowedFunctionNames": list(names)} if names else {})
    return kit.asking(lambda body: body.update(toolConfig={"functionCallingConfig": wanted}))
