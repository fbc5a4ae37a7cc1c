"""Rules on the pieces of an answer: how it begins, what its deltas add, what it counts.

Rule of the file: an answer that failed owes no counts.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.dialects.repeating import grows
from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK, inside, number, usages
from .rules_answer import reason_of
from .story import Block, Step, story
from .words import FAILED


@BOOK.rule(
    "CO-S11",
    "MUST",
    Scope.STREAM,
    "SDK types: ChatMessageStartEvent",
    good='{"type":"message-start","id":"…","delta":{"message":{"role":"assistant",…}}}',
    bad='{"type":"message-start"}',
    why="the answer has no name that support could look for, and no role to be sent back with",
    survived="the SDK tells the same text and calls; the event has no id, or no role",
)
def starts_a_message(reading: Reading) -> Iterator[Violation]:
    """message-start has an id, and a message of role assistant."""
    for step in story(reading).all("message-start"):
        word, role = step.data.get("id"), step.said("role")
        if not isinstance(word, str) or not word:
            yield Violation("the answer has no id", "$.id", step.frame, "a string", word)
        if role != "assistant":
            yield Violation("the message is not the assistant's", "$.delta.message.role", step.frame, "assistant", role)


@BOOK.rule(
    "CO-S12",
    "MUST",
    Scope.STREAM,
    "guide to streaming: a delta is what is new",
    good='"Hel", "lo"',
    bad='"Hel", "Hello", "Hello world"',
    why="clients that join the deltas show every word again and again",
)
def deltas_are_new(reading: Reading) -> Iterator[Violation]:
    """A delta holds what is new, not the whole text so far."""
    for block in story(reading).of("content"):
        texts = [_text(step) for step in block.deltas]
        if grows(texts):
            yield Violation("every delta repeats the text so far", "$.delta", block.deltas[-1].frame, got=texts[-1])


def _text(step: Step) -> str:
    said = step.said("content")
    found = inside(said, "text") or inside(said, "thinking")
    return found if isinstance(found, str) else ""


@BOOK.rule(
    "CO-S13",
    "MUST",
    Scope.STREAM,
    "SDK types: ChatToolCallDeltaEventDeltaMessageToolCalls, ChatToolPlanDeltaEventDeltaMessage",
    good='{"tool_calls":{"function":{"arguments":"{\\"ci"}}}',
    bad='{"tool_calls":{"function":{"arguments":{"city":"Oslo"}}}}',
    why="clients append it to a string and raise",
)
def pieces_are_strings(reading: Reading) -> Iterator[Violation]:
    """What a delta adds to a call's arguments or to the plan is a string."""
    for block in story(reading).of("tool-call"):
        for step in block.deltas:
            yield from _no_text(step, inside(step.said("tool_calls"), "function", "arguments"), "tool_calls")
    for step in story(reading).all("tool-plan-delta"):
        yield from _no_text(step, step.said("tool_plan"), "tool_plan")


def _no_text(step: Step, piece: JSON, key: str) -> Iterator[Violation]:
    if not isinstance(piece, str):
        yield Violation("the piece is no string", f"$.delta.message.{key}", step.frame, "a string", piece)


@BOOK.rule(
    "CO-S14",
    "SHOULD",
    Scope.STREAM,
    "recorded streams: content starts empty",
    good='content-start {"text":""}, content-delta {"text":"Hello"}',
    bad='content-start {"text":"Hello"}, content-delta {"text":"Hello"}',
    why="programs that print the deltas never show it; where the deltas tell it again, others show it twice",
)
def content_starts_empty(reading: Reading) -> Iterator[Violation]:
    """Content starts empty: what it says comes in deltas."""
    for block in story(reading).of("content"):
        if block.deltas and (got := _begun(block)):
            yield Violation(
                "the content has begun before its first delta", "$.delta.message.content", block.start.frame, "", got
            )


def _begun(block: Block) -> str:
    return _text(block.start)


@BOOK.rule(
    "CO-U02",
    "SHOULD",
    Scope.ANSWER,
    "SDK types: UsageTokens",
    good='{"tokens":{"input_tokens":70,"output_tokens":4}}',
    bad='{"tokens":{"input_tokens":0,"output_tokens":4}}',
    why="cost and context come out as nothing",
)
def a_prompt_has_tokens(reading: Reading) -> Iterator[Violation]:
    """Where the tokens of the input are counted, there are some."""
    for frame, path, usage in usages(reading):
        if reason_of(reading) not in FAILED and inside(usage, "tokens", "input_tokens") == 0:
            yield Violation("a prompt of 0 tokens", f"{path}.tokens.input_tokens", frame, "> 0", 0)


@BOOK.rule(
    "CO-U03",
    "MUST",
    Scope.ANSWER,
    "SDK types: UsageTokens",
    good='{"tokens":{"input_tokens":70,"output_tokens":4}}',
    bad='{"tokens":{"prompt_tokens":70}}, or {"tokens":{"input_tokens":"70"}}',
    why="what the call cost is not told",
    survived="the SDK hands out the same message; only its counts hold None",
)
def tokens_are_counted(reading: Reading) -> Iterator[Violation]:
    """`tokens` counts input_tokens and output_tokens, as numbers."""
    for frame, path, usage in usages(reading):
        tokens = usage.get("tokens")
        for key in ("input_tokens", "output_tokens") if isinstance(tokens, dict) else ():
            if not number(got := inside(tokens, key)) and reason_of(reading) not in FAILED:
                yield Violation(f"{key} is no number", f"{path}.tokens.{key}", frame, "a number", got)


@BOOK.rule(
    "CO-U04",
    "SHOULD",
    Scope.REPLY,
    "SDK types: V2ChatResponse.usage",
    good='{"usage":{"tokens":{"input_tokens":70,"output_tokens":4}}}',
    bad='{"usage":{"prompt_tokens":70}}, or no usage',
    why="what the call cost is not told",
)
def whole_answers_count(reading: Reading) -> Iterator[Violation]:
    """A whole answer that did not fail counts its tokens."""
    tokens = inside(reading.reply, "usage", "tokens")
    if isinstance(reading.reply, dict) and reason_of(reading) not in FAILED and not isinstance(tokens, dict):
        yield Violation("no counts of tokens", "$.usage.tokens", expected="an object", got=reading.reply.get("usage"))
