"""Faults of what was asked: a tool choice that is not kept, JSON that is none, answers that are too few.

Rule of the file: the request is legal in either language.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from conformance.deviating import Bend, Chunk, Said
from conformance.faults import kit
from conformance.faults.choices import CHOICE, ONE, TWICE, TWO, asking
from conformance.faults.every.forms import forms as json_forms
from conformance.faults.every.telling import Teller
from conformance.faults.form import Fault
from conformance.model import ChatRequest, Reply, Text, ToolCall

_NAMED = {"type": "function", "function": {"name": "get_weather"}}
_CALL = ToolCall("askedask1", "get_weather", '{"city": "Tokyo"}')
_CLOCK = ToolCall("askedask2", "get_time", '{"city": "Lima"}')
_PROSE = Text("Bergen lies in Norway.")


def demands(told: Teller) -> Iterator[Fault]:
    """A tool choice that is not kept, calls that come as text or several at a time."""
    for id, rule, sentence, bend, on, choice in (
        ("none-ignored", "GN-24", "A tool is called, though none may be.", kit.says(_CALL), ONE, "none"),
        ("any-ignored", "OC-A01", "A text comes, though a call was demanded.", kit.says(_PROSE), ONE, "required"),
        ("named-ignored", "OC-A01", "A text comes, though a tool was named.", kit.says(_PROSE), ONE, _NAMED),
        ("named-other", "GN-24", "Another tool is called than the one that was named.", kit.says(_CLOCK), TWO, _NAMED),
    ):
        yield from told.twins(id, rule, sentence, bend, on=on, asks=asking(tool_choice=choice))
    yield from told.twins(
        "parallel-ignored",
        "GN-25",
        "Two calls come, though one at a time was asked for.",
        kit.says(_CALL, replace(_CLOCK, name="get_weather")),
        on=TWICE,
        asks=asking(parallel_tool_calls=False),
    )


def markup(told: Teller, *texts: str) -> Iterator[Fault]:
    """Calls that come as a model writes them."""
    for number, text in enumerate(texts):
        sentence = f"A call comes as markup in the text: {text[:12]}…"
        yield from told.twins(f"call-as-markup{number or ''}", "OC-A02", sentence, kit.says(Text(text)), on=ONE)


def forms(told: Teller) -> Iterator[Fault]:
    """JSON that was asked for, and does not come, or not as its schema says."""
    return json_forms(told, asking(response_format={"type": "json_object"}))


def fewer(told: Teller) -> Iterator[Fault]:
    """Answers that are too few."""
    yield from told.twins(
        "choices-ignored",
        "OC-A03",
        "One choice comes, though two were asked for.",
        Bend(chunks=_first, whole=_only),
        asks=asking(n=2),
    )


def _first(told: list[Chunk], reply: Reply) -> list[Chunk]:
    """The chunks of the first choice, and those of none."""
    return [_only(one, reply) for one in told if not one["choices"] or any(not c["index"] for c in kit.at(one, CHOICE))]


def _only(told: Chunk, reply: Reply) -> Chunk:
    return told | {"choices": [one for one in kit.at(told, CHOICE) if not one["index"]]}


def cut(told: Teller) -> Iterator[Fault]:
    """An answer that the limit cut, and that does not say so."""
    sentence = "An answer that the limit cut ends with stop."
    yield from told.twins("cut-untold", "OC-A10", sentence, Bend(answer=_at_the_limit), on="max_tokens")


def _at_the_limit(asked: ChatRequest | None, said: Said) -> Said:
    """As many tokens as were allowed, words in the middle of a sentence, and nothing of the limit."""
    if not isinstance(said, Reply) or asked is None:
        return said
    usage = replace(said.usage, output=asked.max_tokens)
    return replace(said, parts=(Text("Far out on the reef there stood a tower of"),), stop="stop", usage=usage)
