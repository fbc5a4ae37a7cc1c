"""Faults of what is said: an answer that is not what was asked for, or is counted otherwise.

Rule of the file: another reply is rendered as it should be, so the fault is the same in every dialect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec.structs import replace

from conformance.deviating import Bend
from conformance.dialects import Dialect
from conformance.faults import kit
from conformance.faults.every.telling import Teller
from conformance.faults.form import Bent
from conformance.model import Reply, Text, ToolCall, Usage

WITHOUT_STOPS = ("openai-responses",)
"""Dialects that have no stop sequences."""

WITHOUT_ZEROS = ("ollama",)
"""Dialects that leave a count of 0 out: it is legal, and says nothing."""

LONG = " ".join(f"and then the keeper of the lighthouse lit lamp number {number}" for number in range(40))


def of(language: Dialect) -> Iterator[Bent]:
    told = Teller(language.name, "answer")
    for twin in ("", "_whole"):
        yield from _ignoring(told, twin, language.name not in WITHOUT_STOPS)
        yield from _calling(told, twin)
    yield from _counting(told, language.name not in WITHOUT_ZEROS)


def text(change: Callable[[str], str]) -> Bend:
    """Another text is said; the calls stay."""

    def one(told: Reply) -> Reply:
        return replace(
            told, parts=tuple(Text(change(part.text)) if isinstance(part, Text) else part for part in told.parts)
        )

    return kit.reply(one)


def calls(change: Callable[[tuple[ToolCall, ...]], tuple[ToolCall, ...]]) -> Bend:
    """Other calls are made; what else is said stays."""

    def one(told: Reply) -> Reply:
        beside = tuple(part for part in told.parts if not isinstance(part, ToolCall))
        return replace(told, parts=(*beside, *change(told.tool_calls)))

    return kit.reply(one)


accented = text(lambda said: "Grüße aus Århus, señor")
"""A text whose letters Latin-1 knows."""


def _ignoring_stops(told: Teller, twin: str) -> Iterator[Bent]:
    yield told.fault(
        f"stop-ignored{twin}",
        "GN-22",
        "The text goes on after a stop sequence.",
        text(lambda said: said + "four, five, six, seven, eight, nine, ten"),
        on=f"stop_sequence{twin}",
    )
    yield told.fault(
        f"stop-included{twin}",
        "GN-22",
        "The text ends with the stop sequence.",
        text(lambda said: said + "four"),
        on=f"stop_sequence{twin}",
    )


def _ignoring(told: Teller, twin: str, stops: bool) -> Iterator[Bent]:
    yield from _ignoring_stops(told, twin) if stops else ()
    yield told.fault(
        f"limit-ignored{twin}",
        "GN-23",
        "The answer is longer than max_tokens allows.",
        kit.reply(lambda said: replace(said, parts=(Text(LONG),), stop="stop", usage=replace(said.usage, output=440))),
        on=f"max_tokens{twin}",
    )
    yield told.fault(
        f"limit-ignored-uncounted{twin}",
        "GN-23",
        "The answer is longer than max_tokens allows, and the usage says otherwise.",
        kit.reply(lambda said: replace(said, parts=(Text(LONG),))),
        on=f"max_tokens{twin}",
    )


def _calling(told: Teller, twin: str) -> Iterator[Bent]:
    on = f"tool_call_single{twin}"
    yield told.fault(
        f"call-unknown{twin}", "GN-21", "A tool is called that was not offered.", calls(_as("look_up_weather")), on=on
    )
    yield told.fault(
        f"call-without-arguments{twin}",
        "GN-21",
        "A call brings none of the arguments that its tool requires.",
        calls(lambda told: tuple(replace(one, arguments="{}") for one in told)),
        on=on,
    )
    yield told.fault(
        f"call-against-schema{twin}",
        "GN-21",
        "An argument has a type that the tool's schema forbids.",
        calls(lambda told: tuple(replace(one, arguments='{"city": 7}') for one in told)),
        on=on,
    )
    yield told.fault(
        f"call-other-word{twin}",
        "GN-21",
        "An argument is none of the words that the tool's schema lists.",
        calls(lambda told: tuple(replace(one, arguments='{"city": "Tokyo", "unit": "kelvin"}') for one in told)),
        on=on,
    )


def _as(name: str) -> Callable[[tuple[ToolCall, ...]], tuple[ToolCall, ...]]:
    return lambda told: tuple(replace(one, name=name) for one in told)


def _counting(told: Teller, zeros: bool) -> Iterator[Bent]:
    for twin in ("", "_whole"):
        uncounted = told.fault(
            f"output-uncounted{twin}",
            "GN-34",
            "No tokens are counted for the text that came.",
            kit.reply(lambda said: replace(said, usage=replace(said.usage, output=0))),
            on=f"simple_text{twin}",
        )
        yield from (uncounted,) if zeros else ()
        yield told.fault(
            f"output-miscounted{twin}",
            "GN-34",
            "Fewer tokens are counted than words came.",
            kit.reply(lambda said: replace(said, parts=(Text(LONG),), usage=Usage(24, 1))),
            on=f"simple_text{twin}",
        )
