"""Rules of anthropic-messages on what an answer holds beyond its shape: calls, the word for its end, a prompt's cost.

Rule of the file: words and blocks that came into use after this file are never held against a server.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.dialects.anthropic_messages.rules_reply import message_of, usages_of
from conformance.dialects.anthropic_messages.story import story
from conformance.dialects.anthropic_messages.words import STOP_REASONS, count_of
from conformance.dialects.elsewhere import foreign
from conformance.dialects.repeating import doubled, grows
from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Rulebook, Scope, Violation

BOOK = Rulebook("anthropic-messages: answer")

_PROMPT = ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")


@BOOK.rule(
    "AM-R05",
    "MUST",
    Scope.ANSWER,
    "platform.claude.com, tool use: tool_use_id names one call",
    good="two tool_use blocks with ids of their own",
    bad='two tool_use blocks with the id "toolu_1"',
    why="a result names its call by the id: one of the two is never answered, and the next request is refused",
)
def call_ids_differ(reading: Reading) -> Iterator[Violation]:
    """No two calls of an answer share an id."""
    calls = ((f"$.content[{at}].id", block) for at, block in _blocks(reading) if block.get("type") == "tool_use")
    for path, id in doubled((path, call.get("id")) for path, call in calls):
        yield Violation("two calls have the same id", path, got=id)


@BOOK.rule(
    "AM-R06",
    "SHOULD",
    Scope.ANSWER,
    "platform.claude.com, handling stop reasons",
    good='a tool_use block with stop_reason "tool_use"',
    bad='a tool_use block with stop_reason "end_turn"',
    why="an agent loop that looks at the reason ends without running the tool",
)
def calls_stop_the_turn(reading: Reading) -> Iterator[Violation]:
    """An answer that calls a tool does not say that the turn is over."""
    reason = message_of(reading).get("stop_reason")
    if reason == "end_turn" and any(block.get("type") == "tool_use" for _, block in _blocks(reading)):
        yield Violation("there is a call, but stop_reason is end_turn", "$.stop_reason", None, "tool_use", reason)


@BOOK.rule(
    "AM-R07",
    "SHOULD",
    Scope.ANSWER,
    "anthropic SDK: types/stop_reason",
    good='stop_reason "end_turn", or a word that is new',
    bad='stop_reason "stop" or "tool_calls"',
    why="programs compare with this language's words: a gateway that passes on another's is not understood",
)
def no_foreign_stop_word(reading: Reading) -> Iterator[Violation]:
    """`stop_reason` is no word of another language."""
    reason = message_of(reading).get("stop_reason")
    if isinstance(reason, str) and foreign(reason, STOP_REASONS):
        yield Violation(
            "stop_reason is a word of another language", "$.stop_reason", None, "end_turn, tool_use, …", reason
        )


@BOOK.rule(
    "AM-S19",
    "MUST",
    Scope.STREAM,
    "platform.claude.com, streaming: a delta is what is new",
    good='"Hel", "lo"',
    bad='"Hel", "Hello", "Hello world"',
    why="clients that join the deltas show every word again and again",
)
def deltas_are_new(reading: Reading) -> Iterator[Violation]:
    """A delta holds what is new, not the whole text so far."""
    for block in story(reading).blocks:
        pieces = block.pieces("text_delta", "text") or block.pieces("thinking_delta", "thinking")
        if grows(pieces):
            yield Violation("every delta repeats the text so far", "$.delta", block.deltas[-1].frame, got=pieces[-1])


@BOOK.rule(
    "AM-U04",
    "SHOULD",
    Scope.ANSWER,
    "anthropic SDK: types/usage",
    good='{"input_tokens": 5, …}, or {"input_tokens": 0, "cache_read_input_tokens": 9, …}',
    bad='{"input_tokens": 0, "output_tokens": 1} in message_start',
    why="cost and context come out as nothing; programs that read message_start never see the true count",
)
def a_prompt_has_tokens(reading: Reading) -> Iterator[Violation]:
    """Where tokens of the prompt are counted, fresh, read from the cache or written to it, there are some."""
    for usage in usages_of(reading):
        counts = [count_of(usage.get(key)) for key in _PROMPT]
        if counts[0] is not None and not any(counts):
            yield Violation("a prompt of 0 tokens", "$.usage.input_tokens", expected="> 0", got=0)


@BOOK.rule(
    "AM-U06",
    "SHOULD",
    Scope.STREAM,
    "anthropic SDK: types/message_delta_usage, cumulative counts",
    good="a prompt of 24 tokens in message_start, of 24 or more (tools of the server ran) in message_delta",
    bad="a prompt of 24 tokens in message_start, of 3 in message_delta",
    why="SDKs overwrite the count with the later one: tokens that were billed go uncounted",
)
def the_prompt_does_not_shrink(reading: Reading) -> Iterator[Violation]:
    """Where a `message_delta` counts the prompt again, it has no fewer tokens than before, the cache included."""
    told = story(reading)
    before = _prompt(usages_of(reading)[0])
    for step in told.all("message_delta"):
        now = _prompt(step.object("usage"))
        if before is not None and now is not None and now < before:
            yield Violation("the prompt shrinks", "$.usage", step.frame, f">= {before}", step.data.get("usage"))
        before = before if now is None else now


def _prompt(usage: dict[str, JSON]) -> int | None:
    """The tokens of the whole prompt; None where not all of its parts are told."""
    counts = [count_of(usage.get(key)) for key in _PROMPT]
    return None if counts[0] is None else sum(count or 0 for count in counts)


def _blocks(reading: Reading) -> Iterator[tuple[int, dict[str, JSON]]]:
    content = message_of(reading).get("content")
    for at, block in enumerate(content if isinstance(content, list) else ()):
        if isinstance(block, dict):
            yield at, block
