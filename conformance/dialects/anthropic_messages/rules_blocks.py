"""Rules of anthropic-messages about the content blocks of a stream.

Rule of the file: blocks and deltas of unknown types are legal; a block that an error cut off owes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from conformance.dialects.anthropic_messages.story import Block, Story, story
from conformance.reading import Reading
from conformance.rulebook import Rulebook, Scope, Violation

BOOK = Rulebook("anthropic-messages: blocks")

_INPUT = frozenset({"input_json_delta"})
_FIT = {
    "text": frozenset({"text_delta", "citations_delta"}),
    "tool_use": _INPUT,
    "server_tool_use": _INPUT,
    "mcp_tool_use": _INPUT,
    "thinking": frozenset({"thinking_delta", "signature_delta"}),
    "redacted_thinking": frozenset[str](),
    "compaction": frozenset({"compaction_delta"}),
}
"""Which deltas each type of block takes."""

_DELTAS = frozenset().union(*_FIT.values())
_CUT = ("max_tokens", "model_context_window_exceeded", "refusal", "pause_turn")
"""Stop reasons that may cut a call in the middle of its input."""


@BOOK.rule(
    "AM-S05",
    "MUST",
    Scope.STREAM,
    "anthropic SDK: appends a block at its start, then finds it by index",
    good="blocks 0, 1, 2",
    bad="blocks 1, 2",
    why="SDK: IndexError at the first delta",
)
def indexes_count_up(reading: Reading) -> Iterator[Violation]:
    """Blocks are numbered from 0, each one more than the one before."""
    told = story(reading)
    begun = told.message.get("content")
    first = len(begun) if isinstance(begun, list) and told.blocks and told.blocks[0].index == len(begun) else 0
    for wanted, block in enumerate(told.blocks, first):
        if block.index != wanted or type(block.index) is not int:
            yield Violation("the block's index is out of order", "$.index", block.start.frame, wanted, block.index)


@BOOK.rule(
    "AM-S06",
    "MUST",
    Scope.STREAM,
    "recorded streams of the vendor",
    good="start 0, delta 0, stop 0, start 1, …",
    bad="start 0, start 1, delta 0, …",
    why="clients keep one current block: the pieces of two blocks are mixed up",
)
def one_block_at_a_time(reading: Reading) -> Iterator[Violation]:
    """One block is open at a time; deltas and stops name that one."""
    for step, what in story(reading).disorder:
        yield Violation(what, "$.index", step.frame, got=step.data.get("index"))


@BOOK.rule(
    "AM-S07",
    "MUST",
    Scope.STREAM,
    "anthropic SDK: the accumulator leaves out a delta that does not fit",
    good="text_delta in a text block",
    bad="text_delta in a tool_use block",
    why="SDKs leave the piece out without a word",
)
def deltas_fit(reading: Reading) -> Iterator[Violation]:
    """A delta is of a type that its block takes."""
    for block in story(reading).blocks:
        fit = frozenset[str]() if block.kind.endswith("_tool_result") else _FIT.get(block.kind)
        for step in block.deltas if fit is not None else ():
            kind = step.object("delta").get("type")
            if isinstance(kind, str) and kind in _DELTAS and kind not in fit:  # type: ignore[operator]
                text = f"a {block.kind} block takes no {kind}"
                yield Violation(text, "$.delta.type", step.frame, expected=sorted(fit or ()), got=kind)


@BOOK.rule(
    "AM-S08",
    "MUST",
    Scope.STREAM,
    "recorded streams of the vendor",
    good="content_block_start, …, content_block_stop, message_delta",
    bad="content_block_start, …, message_delta",
    why="clients that act at content_block_stop (run the tool, show the text) never do",
)
def blocks_are_closed(reading: Reading) -> Iterator[Violation]:
    """Each block is closed before the first `message_delta`, or without one before `message_stop`."""
    told = story(reading)
    end = told.first("message_delta") or told.first("message_stop")
    for block in told.blocks if end and not told.failed else ():
        if end and block.start.frame < end.frame and (block.stop is None or block.stop.frame > end.frame):
            text = f"block {block.index} is still open at {end.kind}"
            yield Violation(text, None, end.frame, expected="content_block_stop")


@BOOK.rule(
    "AM-S09",
    "MUST",
    Scope.STREAM,
    "recorded streams of the vendor; anthropic SDK: types/tool_use_block",
    good='{"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {}}',
    bad='{"type": "tool_use", "name": "get_weather", "input": "{}"}',
    why="the result of the call cannot name it, or its input is doubled by the deltas",
)
def calls_begin_empty(reading: Reading) -> Iterator[Violation]:
    """A `tool_use` of the model begins with id, name and an empty `input`; one of a program brings its input."""
    for block in story(reading).blocks:
        if block.kind != "tool_use":
            continue
        for key in ("id", "name"):
            if not isinstance(block.content.get(key), str) or not block.content[key]:
                yield Violation(f"the call has no {key}", f"$.content_block.{key}", block.start.frame)
        given = block.content.get("input")
        if given != {} and not (_by_program(block) and isinstance(given, dict)):
            text = "the call's input is not empty at its start"
            yield Violation(text, "$.content_block.input", block.start.frame, expected={}, got=given)


def _by_program(block: Block) -> bool:
    caller = block.content.get("caller")
    return isinstance(caller, dict) and caller.get("type") != "direct"


@BOOK.rule(
    "AM-S10",
    "MUST",
    Scope.STREAM,
    "anthropic SDK: parses the pieces as one JSON value",
    good='"{\\"city\\":" and "\\"Oslo\\"}"',
    bad='"{\\"city\\":" and "Oslo"',
    why="the SDK raises, or hands the tool what was never meant",
)
def input_is_an_object(reading: Reading) -> Iterator[Violation]:
    """The pieces of a call's input make one JSON object, or nothing (the empty object)."""
    told = story(reading)
    for block in told.blocks:
        if block.kind not in ("tool_use", "server_tool_use", "mcp_tool_use") or _cut_off(told, block):
            continue
        joined = "".join(block.pieces("input_json_delta", "partial_json"))
        try:
            sound = not joined or isinstance(json.loads(joined), dict)
        except (ValueError, RecursionError):
            sound = False
        if not sound:
            text = f"the input of call {block.content.get('id')} is no JSON object"
            yield Violation(text, "$.delta.partial_json", block.start.frame, expected="a JSON object", got=joined)


def _cut_off(told: Story, block: Block) -> bool:
    """Whether the block may lack its end: it was never closed, or it is the last and the answer was cut there."""
    return block.stop is None or (block is told.blocks[-1] and told.stop_reason in _CUT)


@BOOK.rule(
    "AM-S11",
    "MUST",
    Scope.STREAM,
    "anthropic SDK: types/signature_delta; recorded streams of the vendor",
    good="thinking_delta, thinking_delta, signature_delta, content_block_stop",
    bad="thinking_delta, content_block_stop",
    why="the thinking cannot be sent back: the next turn of a tool loop is refused",
)
def thinking_is_signed(reading: Reading) -> Iterator[Violation]:
    """A thinking block has one `signature_delta`, its last delta."""
    told = story(reading)
    for block in told.blocks:
        if block.kind != "thinking" or _cut_off(told, block):
            continue
        kinds = [step.object("delta").get("type") for step in block.deltas]
        signed = kinds.count("signature_delta")
        if signed != 1:
            text = f"block {block.index} has {signed} signatures, not one"
            yield Violation(text, None, block.start.frame, expected="one signature_delta", got=signed)
        elif kinds[-1] != "signature_delta":
            text = f"the signature of block {block.index} is not its last delta"
            yield Violation(text, None, block.start.frame, expected="signature_delta", got=kinds[-1])
        elif not block.pieces("signature_delta", "signature")[0]:
            yield Violation(
                f"the signature of block {block.index} is empty", "$.delta.signature", block.deltas[-1].frame
            )
