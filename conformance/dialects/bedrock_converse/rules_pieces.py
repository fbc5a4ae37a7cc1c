"""Rules of bedrock-converse about the pieces of a stream: what a delta adds, and where it may still come.

Rule of the file: deltas of unknown members are legal.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.dialects.repeating import grows
from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Rulebook, Scope, Violation

from .story import Block, Step, story
from .words import object_of

BOOK = Rulebook("bedrock-converse: pieces")

_BLOCKS = ("contentBlockStart", "contentBlockDelta", "contentBlockStop")


@BOOK.rule(
    "BR-S15",
    "MUST",
    Scope.STREAM,
    "recorded streams of the service",
    good="…, contentBlockStop, messageStop, metadata",
    bad="…, messageStop, contentBlockDelta",
    why="clients finish the message at messageStop: what comes later reaches nobody",
)
def nothing_after_the_stop(reading: Reading) -> Iterator[Violation]:
    """No event of a block comes after `messageStop`."""
    told = story(reading)
    for stop in told.all("messageStop")[:1]:
        for step in told.steps:
            if step.kind in _BLOCKS and step.frame > stop.frame:
                yield Violation(f"{step.kind} after messageStop", None, step.frame, "metadata", step.kind)


@BOOK.rule(
    "BR-S16",
    "MUST",
    Scope.STREAM,
    "bedrock-runtime 2023-09-30: ContentBlockDelta, ToolUseBlockDelta, ReasoningContentBlockDelta",
    good='{"delta": {"toolUse": {"input": "{\\"city\\":"}}}',
    bad='{"delta": {"toolUse": {"input": {"city": "Oslo"}}}}',
    why="clients append it to a string: they raise, or the arguments are Python's print of an object",
)
def pieces_are_strings(reading: Reading) -> Iterator[Violation]:
    """What a delta adds to text, reasoning or the input of a call is a string."""
    for step in story(reading).all("contentBlockDelta"):
        for path, piece in _pieces(step):
            if not isinstance(piece, str):
                yield Violation("the piece is no string", path, step.frame, "a string", piece)


def _pieces(step: Step) -> Iterator[tuple[str, JSON]]:
    delta = step.object("delta")
    if "text" in delta:
        yield "$.delta.text", delta["text"]
    if "toolUse" in delta:
        yield "$.delta.toolUse.input", object_of(delta["toolUse"]).get("input")
    thought = object_of(delta.get("reasoningContent"))
    for key in thought.keys() & {"text", "signature"}:
        yield f"$.delta.reasoningContent.{key}", thought[key]


@BOOK.rule(
    "BR-S17",
    "MUST",
    Scope.STREAM,
    "bedrock-runtime 2023-09-30: a delta is what is new",
    good='"Hel", "lo"',
    bad='"Hel", "Hello", "Hello world"',
    why="clients that join the deltas show every word again and again",
)
def deltas_are_new(reading: Reading) -> Iterator[Violation]:
    """A delta holds what is new, not the whole text so far."""
    for block in story(reading).blocks:
        texts = [piece for step in block.deltas for _, piece in _pieces(step) if isinstance(piece, str) and piece]
        if grows(texts):
            yield Violation("every delta repeats the text so far", "$.delta", block.deltas[-1].frame, got=texts[-1])


@BOOK.rule(
    "BR-S18",
    "MUST",
    Scope.STREAM,
    "bedrock-runtime 2023-09-30: a block is of one member of the union ContentBlock",
    good="toolUse start, toolUse deltas; or text deltas",
    bad="toolUse start, text deltas",
    why="accumulators keep the member that the block began with, and drop the rest",
)
def blocks_are_of_one_kind(reading: Reading) -> Iterator[Violation]:
    """All deltas of a block bring the same member, and that of its start."""
    for block in story(reading).blocks:
        kind = _begins(block)
        for step in block.deltas:
            brought = _member(step.object("delta"))
            kind = kind or brought
            if brought is not None and brought != kind:
                text = f"a delta of {brought} in a block of {kind}"
                yield Violation(text, "$.delta", step.frame, kind, step.data.get("delta"))


_KINDS = frozenset({"text", "toolUse", "reasoningContent", "toolResult", "image"})


def _begins(block: Block) -> str | None:
    """What the start of a block names, if it has one that names something."""
    return _member(block.start.object("start")) if block.start else None


def _member(told: dict[str, JSON]) -> str | None:
    """The first member that says something."""
    return next((key for key in told if key in _KINDS), None)
