"""Rules of bedrock-converse about the blocks of a stream: their order, their parts, the calls among them.

Rule of the file: a failure ends a stream early, and then nothing is owed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from conformance.reading import Reading
from conformance.rulebook import Rulebook, Scope, Violation

from .story import Block, story
from .words import object_of

BOOK = Rulebook("bedrock-converse: blocks")

_UNION = frozenset({"text", "toolUse", "toolResult", "reasoningContent", "citation", "image"})


@BOOK.rule(
    "BR-S05",
    "MUST",
    Scope.STREAM,
    "recorded streams of the service",
    good="delta 0, delta 0, stop 0, delta 1, stop 1",
    bad="delta 0, delta 1, stop 0, stop 1",
    why="accumulators that keep one block at a time mix the texts of two",
)
def blocks_in_order(reading: Reading) -> Iterator[Violation]:
    """Blocks count from 0 without gaps, and each is over before the next begins."""
    for step, what in story(reading).disorder:
        yield Violation(what, "$.contentBlockIndex", step.frame)


@BOOK.rule(
    "BR-S06",
    "MUST",
    Scope.STREAM,
    "bedrock-runtime 2023-09-30: ToolUseBlockStart, required members",
    good='contentBlockStart {"start": {"toolUse": {"toolUseId": "t1", "name": "get_weather"}}}',
    bad="contentBlockDelta with toolUse, and no start before it",
    why="nobody knows which tool is called: name and id come in the start only",
)
def calls_are_named(reading: Reading) -> Iterator[Violation]:
    """A call begins with a contentBlockStart that tells its toolUseId and name; other blocks need no start."""
    for block in story(reading).blocks:
        if not block.is_call:
            continue
        call = object_of(block.call)
        for key in ("toolUseId", "name"):
            if not isinstance(call.get(key), str) or not call[key]:
                yield Violation(
                    f"a call without {key}", f"$.start.toolUse.{key}", block.frame, "a string", call.get(key)
                )


@BOOK.rule(
    "BR-S07",
    "MUST",
    Scope.STREAM,
    "bedrock-runtime 2023-09-30: ContentBlockDelta (a union)",
    good='{"delta": {"text": "Hel"}}',
    bad='{"delta": {"text": "Hel", "toolUse": {"input": ""}}}',
    why="SDKs take one member of a union and drop the other, or raise",
)
def one_member(reading: Reading) -> Iterator[Violation]:
    """A delta has exactly one key that says what it brings."""
    for step in story(reading).all("contentBlockDelta"):
        delta = step.data.get("delta")
        keys = [key for key in object_of(delta) if key in _UNION]
        if len(keys) > 1 or not object_of(delta):
            yield Violation("a delta has not exactly one key", "$.delta", step.frame, "one key", delta)


@BOOK.rule(
    "BR-S08",
    "MUST",
    Scope.STREAM,
    "recorded streams of the service",
    good="delta 0, contentBlockStop 0, messageStop",
    bad="delta 0, messageStop",
    why="clients that act on a finished block never act on this one",
)
def blocks_are_stopped(reading: Reading) -> Iterator[Violation]:
    """Every block that began gets its contentBlockStop."""
    told = story(reading)
    if told.failed or not told.all("messageStop"):
        return
    for block in told.blocks:
        if block.stop is None:
            yield Violation(f"block {block.index} has no contentBlockStop", None, block.frame, "contentBlockStop")


@BOOK.rule(
    "BR-S09",
    "MUST",
    Scope.STREAM,
    "recorded streams of the service: fragments of one JSON text",
    good='"{\\"city\\":" and "\\"Oslo\\"}"',
    bad='"{\\"city\\":" alone',
    why="the call cannot be made: its arguments do not parse",
)
def inputs_are_json(reading: Reading) -> Iterator[Violation]:
    """The fragments of a call's input together are empty or a JSON object."""
    told = story(reading)
    for block in told.blocks:
        if block.stop is None or not block.is_call or told.stop_reason == "max_tokens":
            continue  # a call that was cut off owes nothing
        if block.input and not _is_object(block.input):
            yield Violation(
                "the input is no JSON object", "$.delta.toolUse.input", block.frame, "a JSON object", block.input
            )


@BOOK.rule(
    "BR-S14",
    "MUST",
    Scope.STREAM,
    "recorded streams of the service",
    good="reasoning text, reasoning text, signature",
    bad="signature, reasoning text",
    why="the signature seals the text before it; text that comes later is not sealed, and its replay is refused",
)
def signature_seals(reading: Reading) -> Iterator[Violation]:
    """The signature of reasoning comes after all text of its block."""
    for block in story(reading).blocks:
        yield from _unsealed(block)


def _unsealed(block: Block) -> Iterator[Violation]:
    signed = False
    for step in block.deltas:
        thought = object_of(step.object("delta").get("reasoningContent"))
        if signed and thought.get("text"):
            yield Violation("text after its signature", "$.delta.reasoningContent", step.frame, "the signature last")
        signed = signed or "signature" in thought


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
