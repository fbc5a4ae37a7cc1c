"""Rules of anthropic-messages about the answer as a whole: its envelope, why it stopped, what it cost.

Rule of the file: where a rule holds for whole and streamed answers alike, it looks at the message that both make.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.dialects.anthropic_messages.rules_request import counts_tokens
from conformance.dialects.anthropic_messages.story import story
from conformance.dialects.anthropic_messages.words import count_of, said
from conformance.model import JSON
from conformance.reading import ABSENT, Reading
from conformance.rulebook import Rulebook, Scope, Violation

BOOK = Rulebook("anthropic-messages: reply")


def message_of(reading: Reading) -> dict[str, JSON]:
    """The finished message, whole or gathered from the stream; empty when there is none (an error, a cut stream)."""
    if counts_tokens(reading):
        return {}
    if not reading.streamed:
        whole = reading.reply
        return whole if isinstance(whole, dict) and "error" not in whole else {}
    told = story(reading)
    if told.failed or told.first("message_stop") is None:
        return {}
    message, usage = dict(told.message), dict(said(told.message.get("usage")))
    for step in told.all("message_delta"):
        message.update(step.object("delta"))
        usage.update(said(step.data.get("usage")))
    begun = message.get("content")
    blocks = [*(begun if isinstance(begun, list) else ()), *(block.content for block in told.blocks)]
    return {**message, "content": blocks, "usage": usage}


@BOOK.rule(
    "AM-R01",
    "MUST",
    Scope.REPLY,
    "anthropic SDK: types/message",
    good='{"type": "message", "role": "assistant", "id": …, "model": …, "content": […], "stop_reason": …, "usage": …}',
    bad='{"id": "msg_…", "content": "Hello"}',
    why="SDKs hand the object to the program unchecked: it fails at the field that is missing",
)
def envelope(reading: Reading) -> Iterator[Violation]:
    """A reply is a message of the assistant with id, model, a list of content, usage and a stop_reason."""
    body = reading.reply
    if counts_tokens(reading) or not isinstance(body, dict):
        return
    for key, wanted in (("type", "message"), ("role", "assistant")):
        if body.get(key) != wanted:
            yield Violation(f"{key} is not {wanted!r}", f"$.{key}", expected=wanted, got=body.get(key))
    for key, kind in (("id", str), ("model", str), ("content", list), ("usage", dict)):
        if not isinstance(body.get(key), kind) or body[key] == "":
            yield Violation(
                f"{key} is missing, empty or of a wrong type", f"$.{key}", expected=kind.__name__, got=body.get(key)
            )
    if "stop_reason" not in body:
        yield Violation("the key stop_reason is missing", "$.stop_reason")


@BOOK.rule(
    "AM-R02",
    "MUST",
    Scope.REPLY,
    "anthropic SDK: types/message, stop_reason",
    good='{"stop_reason": "end_turn"}',
    bad='{"stop_reason": null}',
    why="an agent loop that waits for a reason to stop never ends, or takes the answer for unfinished",
)
def stop_reason_is_said(reading: Reading) -> Iterator[Violation]:
    """A whole reply says why it stopped: any word, but not null or nothing."""
    reason = reading.reply.get("stop_reason", ABSENT) if isinstance(reading.reply, dict) else ABSENT
    if reason is not ABSENT and (not isinstance(reason, str) or not reason):
        yield Violation("stop_reason says nothing", "$.stop_reason", expected="a word", got=reason)


@BOOK.rule(
    "AM-R03",
    "MUST",
    Scope.ANSWER,
    "anthropic SDK: types/message, stop_sequence",
    good='{"stop_reason": "stop_sequence", "stop_sequence": "END"}',
    bad='{"stop_reason": "end_turn", "stop_sequence": "END"}',
    why="the program cannot tell a sequence that was met from an answer that ended",
)
def stop_sequence_fits(reading: Reading) -> Iterator[Violation]:
    """`stop_sequence` says something exactly when `stop_reason` is stop_sequence."""
    message = message_of(reading)
    reason, sequence = message.get("stop_reason"), message.get("stop_sequence")
    if reason is not None and (reason == "stop_sequence") != (sequence is not None):
        text = f"stop_sequence is {sequence!r} though stop_reason is {reason!r}"
        yield Violation(text, "$.stop_sequence", got=sequence)


@BOOK.rule(
    "AM-R04",
    "MUST",
    Scope.ANSWER,
    "platform.claude.com, handling stop reasons",
    good='stop_reason "tool_use" with a tool_use block',
    bad='stop_reason "tool_use" with text only',
    why="an agent loop runs no tool, sends nothing back and stands still",
)
def tool_use_has_a_call(reading: Reading) -> Iterator[Violation]:
    """An answer that stopped for a tool holds at least one `tool_use` block."""
    message = message_of(reading)
    content = message.get("content")
    kinds = [block.get("type") for block in content if isinstance(block, dict)] if isinstance(content, list) else []
    if message.get("stop_reason") == "tool_use" and "tool_use" not in kinds:
        yield Violation("stop_reason is tool_use, and no tool_use block is there", "$.content", got=kinds)


@BOOK.rule(
    "AM-U02",
    "SHOULD",
    Scope.ANSWER,
    "anthropic SDK: types/cache_creation",
    good='{"cache_creation_input_tokens": 10, "cache_creation": {"ephemeral_5m_input_tokens": 10, …: 0}}',
    bad='{"cache_creation_input_tokens": 10, "cache_creation": {"ephemeral_5m_input_tokens": 3, …: 0}}',
    why="the two are billed differently: the cost comes out wrong",
)
def cache_split_adds_up(reading: Reading) -> Iterator[Violation]:
    """The tokens written to the cache by time to live add up to all that were written."""
    for usage in usages_of(reading):
        split, total = _object(usage.get("cache_creation")), count_of(usage.get("cache_creation_input_tokens"))
        parts = [count for value in split.values() if (count := count_of(value)) is not None]
        if total is not None and parts and sum(parts) != total:
            text = f"the split adds up to {sum(parts)}, not to {total}"
            yield Violation(text, "$.usage.cache_creation", expected=total, got=split)


def usages_of(reading: Reading) -> list[dict[str, JSON]]:
    """Each usage by itself: a later one of a stream has new totals and may leave out the split."""
    if not reading.streamed:
        return [_object(message_of(reading).get("usage"))]
    told = story(reading)
    return [_object(told.message.get("usage")), *(step.object("usage") for step in told.all("message_delta"))]


@BOOK.rule(
    "AM-U03",
    "MUST",
    Scope.ANSWER,
    "anthropic SDK: types/output_tokens_details",
    good='{"output_tokens": 50, "output_tokens_details": {"thinking_tokens": 30}}',
    bad='{"output_tokens": 20, "output_tokens_details": {"thinking_tokens": 30}}',
    why="what is left for the answer comes out negative",
    survived="clients hand both counts on and subtract nothing",
)
def thinking_is_part_of_output(reading: Reading) -> Iterator[Violation]:
    """Tokens of thinking are among the output tokens, so never more than those."""
    usage = _object(message_of(reading).get("usage"))
    thought = count_of(_object(usage.get("output_tokens_details")).get("thinking_tokens"))
    output = count_of(usage.get("output_tokens"))
    if thought is not None and output is not None and thought > output:
        text = f"{thought} tokens of thinking among {output} of output"
        yield Violation(text, "$.usage.output_tokens_details.thinking_tokens", expected=f"<= {output}", got=thought)


def _object(value: JSON) -> dict[str, JSON]:
    return value if isinstance(value, dict) else {}
