"""Rules on the blocks of a stream: content and calls.

Rule of the file: blocks whose order is broken are judged as far as they go; their order is another rule's business.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK, inside, word_in
from .story import Block, story
from .words import FAILED


@BOOK.rule(
    "CO-S04",
    "MUST",
    Scope.STREAM,
    "SDK types: ChatContentStartEventDeltaMessageContent",
    good='start {"content":{"type":"text","text":""}}, delta {"content":{"text":"Hel"}}',
    bad='start {"content":[{"type":"text"}]}; or a text block with thinking in its delta',
    why="the SDK reads `content.text` of an object; from a list it gets nothing",
)
def content_keeps_its_kind(reading: Reading) -> Iterator[Violation]:
    """Content starts with an object of type text or thinking, and its deltas hold that key alone."""
    for block in story(reading).of("content"):
        start = block.start.said("content")
        kind = inside(start, "type")
        if not word_in(kind, ("text", "thinking")):
            yield Violation("content of no known type", "$.delta.message.content", block.start.frame, got=start)
            continue
        for step in block.deltas:
            piece = step.said("content")
            if not isinstance(inside(piece, kind), str):
                yield Violation(f"no {kind} in a delta of {kind}", "$.delta.message.content", step.frame, got=piece)


@BOOK.rule(
    "CO-S05",
    "MUST",
    Scope.STREAM,
    "recorded streams: indexes count up from 0",
    good="content 0, content 1, tool-call 0, tool-call 1",
    bad="content 0, tool-call 1",
    why="clients that keep blocks in lists write beyond their end",
)
def indexes_count_up(reading: Reading) -> Iterator[Violation]:
    """Indexes of content count 0, 1, …, or do so for text and thinking apart; those of calls count by themselves."""
    told, met = story(reading), Counter[str]()
    for due, block in enumerate(told.of("content")):
        kind = str(inside(block.start.said("content"), "type"))
        if block.index not in (due, met[kind]):  # reasoning models are recorded with both ways to count
            yield Violation("content out of count", "$.index", block.start.frame, due, block.index)
        met[kind] += 1
    for due, block in enumerate(told.of("tool-call")):
        if block.index != due:
            yield Violation("a call out of count", "$.index", block.start.frame, due, block.index)


@BOOK.rule(
    "CO-S06",
    "MUST",
    Scope.STREAM,
    "SDK types: ChatToolCallStartEventDeltaMessage.tool_calls",
    good='{"tool_calls":{"id":"f_1","type":"function","function":{"name":"f","arguments":""}}}',
    bad='{"tool_calls":[{"id":"f_1",…}]}',
    why="the SDK types it as one object; from a list it gets neither id nor name",
)
def call_starts_whole(reading: Reading) -> Iterator[Violation]:
    """The start of a call is one object with its id, type function and the name of the function."""
    for block in story(reading).of("tool-call"):
        call, where = block.start.said("tool_calls"), "$.delta.message.tool_calls"
        if not isinstance(call, dict):
            yield Violation("the call is no object", where, block.start.frame, got=call)
            continue
        for key, value in (("id", call.get("id")), ("function.name", inside(call, "function", "name"))):
            if not isinstance(value, str) or not value:
                yield Violation(f"the call has no {key}", f"{where}.{key}", block.start.frame, got=value)
        if (kind := call.get("type")) != "function":
            yield Violation("the call is of another type", f"{where}.type", block.start.frame, "function", kind)


@BOOK.rule(
    "CO-S07",
    "MUST",
    Scope.STREAM,
    "guide to tool use: arguments are a JSON object in text",
    good='"{\\"city\\":" and "\\"Oslo\\"}"; or no delta at all',
    bad='"{\\"city\\":" and the end',
    why="the arguments do not parse, and the call cannot be made",
)
def arguments_are_an_object(reading: Reading) -> Iterator[Violation]:
    """The arguments of a finished call, put together, are nothing or a JSON object."""
    told = story(reading)
    if word_in(told.reason, (*FAILED, "MAX_TOKENS")):
        return  # what was cut off is not judged
    for block in told.of("tool-call"):
        joined = _arguments(block)
        if block.closed and joined and not _is_object(joined):
            yield Violation("the arguments are no JSON object", None, block.start.frame, got=joined)


def _arguments(block: Block) -> str:
    said = [inside(step.said("tool_calls"), "function", "arguments") for step in (block.start, *block.deltas)]
    return "".join(one for one in said if isinstance(one, str))


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
