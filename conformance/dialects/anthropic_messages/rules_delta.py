"""Rules of anthropic-messages about what a stream says of the message: why it stopped, what it cost.

Rule of the file: an `error` ends a stream early, and then nothing is owed.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.dialects.anthropic_messages.story import story
from conformance.dialects.anthropic_messages.words import count_of
from conformance.reading import Reading
from conformance.rulebook import Rulebook, Scope, Violation

BOOK = Rulebook("anthropic-messages: message_delta")


@BOOK.rule(
    "AM-S04",
    "MUST",
    Scope.STREAM,
    "anthropic SDK: types/usage",
    good='message_start with {"usage": {"input_tokens": 5, "output_tokens": 1}}',
    bad="message_start without usage",
    why="SDKs add to these numbers: a null raises, and what the prompt cost is never told",
)
def starts_with_usage(reading: Reading) -> Iterator[Violation]:
    """The message of `message_start` counts input_tokens and output_tokens."""
    for step in story(reading).all("message_start"):
        usage = step.object("message").get("usage")
        for key in ("input_tokens", "output_tokens"):
            got = usage.get(key) if isinstance(usage, dict) else None
            if count_of(got) is None:
                path = f"$.message.usage.{key}"
                yield Violation(f"{key} is not an integer", path, step.frame, expected="an integer", got=got)


@BOOK.rule(
    "AM-S12",
    "MUST",
    Scope.STREAM,
    "platform.claude.com, streaming",
    good='…, content_block_stop, message_delta {"stop_reason": "end_turn"}, message_stop',
    bad="…, content_block_stop, message_stop",
    why="stop_reason stays null: an agent loop cannot tell a call from an end",
)
def says_why_it_stops(reading: Reading) -> Iterator[Violation]:
    """After all blocks a `message_delta` comes, and the last one says the stop_reason."""
    told = story(reading)
    stop, deltas = told.first("message_stop"), told.all("message_delta")
    if stop is None or told.failed:
        return
    if not deltas:
        yield Violation("no message_delta before message_stop", frame=stop.frame, expected="message_delta")
        return
    last = deltas[-1]
    reason = last.object("delta").get("stop_reason")
    if not isinstance(reason, str) or not reason:
        path, text = "$.delta.stop_reason", "the last message_delta has no stop_reason"
        yield Violation(text, path, last.frame, expected="a word", got=reason)
    for block in told.blocks:
        if block.start.frame > last.frame:
            yield Violation("a block starts after the last message_delta", frame=block.start.frame)


@BOOK.rule(
    "AM-S13",
    "SHOULD",
    Scope.STREAM,
    "recorded streams of the vendor",
    good="one message_delta",
    bad="two of them",
    why="clients that add up usage count it twice",
)
def one_message_delta(reading: Reading) -> Iterator[Violation]:
    """A stream has one `message_delta`."""
    for step in story(reading).all("message_delta")[1:]:
        yield Violation("one more message_delta", frame=step.frame)


@BOOK.rule(
    "AM-S15",
    "MUST",
    Scope.STREAM,
    "anthropic SDK: types/message_delta_usage, cumulative counts",
    good="output_tokens 1 in message_start, 9 in message_delta",
    bad="output_tokens 10 in message_start, 3 in message_delta",
    why="SDKs overwrite the count with the later one: output that was billed goes uncounted",
)
def usage_grows(reading: Reading) -> Iterator[Violation]:
    """Each `message_delta` counts output_tokens, all of them so far, so never fewer than before."""
    told = story(reading)
    before = _output(told.message)
    for step in told.all("message_delta"):
        path, now = "$.usage.output_tokens", _output(step.data)
        if now is None:
            yield Violation("output_tokens is not counted", path, step.frame, "an integer", step.data.get("usage"))
        elif before is not None and now < before:
            yield Violation("output_tokens shrinks", path, step.frame, expected=f">= {before}", got=now)
        before = now if now is not None else before


def _output(holder: dict[str, object]) -> int | None:
    usage = holder.get("usage")
    return count_of(usage.get("output_tokens")) if isinstance(usage, dict) else None
