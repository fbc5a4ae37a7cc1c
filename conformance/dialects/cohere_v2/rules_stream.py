"""Rules on the order of a stream: its first and last event, and the events between.

Rule of the file: what is missing because the consumer left, or because the answer failed, is not missed.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.reading import ABSENT, Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK
from .story import story


@BOOK.rule(
    "CO-S01",
    "MUST",
    Scope.STREAM,
    "guide to streaming: message-start, message-end",
    good="message-start … message-end, and perhaps [DONE]",
    bad="content-start first; or two message-end",
    why="clients that wait for message-end wait for ever, or take the answer twice",
)
def one_start_one_end(reading: Reading) -> Iterator[Violation]:
    """A stream begins with its one message-start and ends with its one message-end."""
    told = story(reading)
    if told.left:
        return
    for kind, place in (("message-start", 0), ("message-end", -1)):
        found = told.all(kind)
        if len(found) != 1:
            yield Violation(f"{len(found)} events {kind}, one is due")
        elif told.steps[place] is not found[0]:
            yield Violation(f"{kind} is not the {'first' if place == 0 else 'last'} event", None, found[0].frame)


@BOOK.rule(
    "CO-S02",
    "MUST",
    Scope.STREAM,
    "OpenAPI: StreamedChatResponseV2, discriminator type",
    good='event: content-delta, data: {"type":"content-delta",…}',
    bad="event: content-delta, data without a type",
    why="the SDK tells events by `type` in the data, and skips in silence what it cannot tell",
)
def events_are_typed(reading: Reading) -> Iterator[Violation]:
    """The data of every event has a type, and its event line, where there is one, says the same."""
    for frame in reading.frames:
        if frame.json is ABSENT or not isinstance(frame.json, dict):
            continue  # [DONE], or what the universal rules tell of
        kind = frame.json.get("type")
        if not isinstance(kind, str) or not kind:
            yield Violation("the data has no type", "$.type", frame.number, got=kind)
        elif frame.event and frame.event != kind:
            yield Violation("the event line says another type", "$.type", frame.number, frame.event, kind)


@BOOK.rule(
    "CO-S03",
    "MUST",
    Scope.STREAM,
    "guide to streaming: start, delta, end",
    good="content-start 0, content-delta 0, content-end 0",
    bad="content-delta 0 before content-start 0; an index that is missing",
    why="clients that collect by index lose the piece or crash",
)
def blocks_are_bracketed(reading: Reading) -> Iterator[Violation]:
    """Events of content, calls and citations carry an integer index; their deltas stand between start and end."""
    yield from (
        Violation(what, "$.index", step.frame, got=step.data.get("index")) for step, what in story(reading).disorder
    )


@BOOK.rule(
    "CO-S10",
    "SHOULD",
    Scope.STREAM,
    "recorded streams: the plan comes before the calls",
    good="tool-plan-delta, tool-call-start",
    bad="tool-call-start, tool-plan-delta",
    why="a plan that is shown after its calls explains nothing",
)
def plan_comes_first(reading: Reading) -> Iterator[Violation]:
    """The plan is told before the first call."""
    calls = story(reading).all("tool-call-start")
    for step in story(reading).all("tool-plan-delta"):
        if calls and step.frame > calls[0].frame:
            yield Violation("a piece of the plan after a call", None, step.frame)
