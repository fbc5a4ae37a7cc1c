"""The tools for faults of this language: changes to the candidates of every chunk, and of a whole reply, which is one.

Rule of the file: a whole reply and a chunk have one form, so a change fits both.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from conformance.deviating import Bend
from conformance.faults import kit
from conformance.faults.every.telling import Teller
from conformance.faults.form import Asking, Fault
from conformance.model import Reply, Text, ToolCall

NAME = "gemini"
ONE, PARTS = "candidates[]", "candidates[].content.parts[]"
CALL, TWO, TWICE = "tool_call_single", "tool_call_multiple", "tool_call_parallel"


def last(change: kit.Change) -> Bend:
    """A change to the last chunk of a stream."""

    def one(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
        change(told[-1])
        return told

    return kit.sequence(one)


def twins(
    told: Teller, id: str, rule: str, sentence: str, bend: Bend, on: str = "simple_text", asks: Asking | None = None
) -> tuple[Fault, ...]:
    """The same fault, streamed and whole."""
    return tuple(
        told.fault(f"{id}{twin}", rule, sentence, bend, on=f"{on}{twin}", asks=asks) for twin in ("", "_whole")
    )


def says(*parts: Text | ToolCall) -> Bend:
    """This is said in place of what is due."""
    stop = "tool_use" if any(isinstance(part, ToolCall) for part in parts) else "stop"
    return kit.reply(lambda told: replace(told, parts=parts, stop=stop))


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
