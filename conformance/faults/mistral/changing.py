"""The tools for faults of this language: changes to choices, deltas, messages; and the same fault streamed and whole.

Rule of the file: places in JSON have names here, so that a fault reads as what it does.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from conformance.deviating import Bend, Chunk
from conformance.faults import kit
from conformance.faults.every.telling import Teller
from conformance.faults.form import Asking, Fault
from conformance.model import Text, ToolCall

NAME = "mistral"
CHOICE, DELTA, MESSAGE = "choices[]", "choices[].delta", "choices[].message"
CALL, CALLED = "choices[].delta.tool_calls[]", "choices[].message.tool_calls[]"
ONE, TWO, TWICE = "tool_call_single", "tool_call_multiple", "tool_call_parallel"
Told = list[Chunk]


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


def asking(**fields: Any) -> Asking:
    """More is asked for."""
    return kit.asking(lambda body: body.update(fields))


def nth(number: int, change: kit.Change) -> Bend:
    """A change to one chunk of a stream: the first is 0, the last -1."""

    def one(told: Told) -> Told:
        change(told[number])
        return told

    return kit.sequence(one)


def own(key: str, *values: Any) -> Bend:
    """A key has another value on every chunk, one after the other."""
    return kit.sequence(lambda told: [one | {key: values[at % len(values)]} for at, one in enumerate(told)])
