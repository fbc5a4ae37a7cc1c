"""Rules of anthropic-messages about what each object of an answer must hold: the message, blocks, deltas, usage.

Rule of the file: blocks, deltas and fields that came into use after this file are never held against a server.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conformance.dialects.anthropic_messages.rules_request import counts_tokens
from conformance.dialects.anthropic_messages.story import story
from conformance.dialects.anthropic_messages.words import count_of
from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Rulebook, Scope, Violation

BOOK = Rulebook("anthropic-messages: shape")

_CALL: Mapping[str, type] = {"id": str, "name": str, "input": dict}
_HOLDS: Mapping[str, Mapping[str, type]] = {
    "text": {"text": str},
    "thinking": {"thinking": str, "signature": str},
    "redacted_thinking": {"data": str},
    "tool_use": _CALL,
    "server_tool_use": _CALL,
}
"""What a whole block of each type holds."""
_NAMES = ("id", "name", "signature", "data")
"""Of these an empty string is as good as none."""


@BOOK.rule(
    "AM-R08",
    "MUST",
    Scope.REPLY,
    "anthropic SDK: types/content_block",
    good='{"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {"city": "Oslo"}}',
    bad='{"type": "tool_use", "name": "get_weather", "input": "{\\"city\\": \\"Oslo\\"}"}',
    why="SDKs hand the block to the program unchecked: it fails where it runs the tool, or at the next turn",
)
def blocks_are_complete(reading: Reading) -> Iterator[Violation]:
    """A block of a whole reply has a type and holds what its type says, the input of a call as an object."""
    content = reading.reply.get("content") if isinstance(reading.reply, dict) else None
    for at, block in enumerate(content if isinstance(content, list) else ()):
        path = f"$.content[{at}]"
        kind = block.get("type") if isinstance(block, dict) else None
        if not isinstance(kind, str) or not kind:
            yield Violation("the block has no type", path, expected="an object with a type", got=block)
            continue
        for key, wanted in _HOLDS.get(kind, {}).items():
            got = block.get(key)
            if not isinstance(got, wanted) or (key in _NAMES and not got):
                text = f"{key} of a {kind} block is missing, empty or of a wrong type"
                yield Violation(text, f"{path}.{key}", expected=wanted.__name__, got=got)


@BOOK.rule(
    "AM-R10",
    "MUST",
    Scope.REPLY,
    "anthropic SDK: types/usage",
    good='{"usage": {"input_tokens": 5, "output_tokens": 9}}',
    bad='{"usage": {"prompt_tokens": 5, "completion_tokens": 9}}',
    why="programs add these two up without a look: they fail, or count nothing",
    survived="the SDK hands out the same message; only its usage holds None",
)
def usage_counts(reading: Reading) -> Iterator[Violation]:
    """The usage of a whole reply counts input_tokens and output_tokens."""
    usage = reading.reply.get("usage") if isinstance(reading.reply, dict) else None
    if not isinstance(usage, dict) or counts_tokens(reading):
        return
    for key in ("input_tokens", "output_tokens"):
        if count_of(usage.get(key)) is None:
            yield Violation(f"{key} is not an integer", f"$.usage.{key}", expected="an integer", got=usage.get(key))


@BOOK.rule(
    "AM-S20",
    "MUST",
    Scope.STREAM,
    "anthropic SDK: types/raw_message_start_event",
    good='{"type": "message_start", "message": {"id": …, "type": "message", "role": "assistant", "model": …, …}}',
    bad='{"type": "message_start", "message": {"content": []}}',
    why="the SDK takes this object for the answer and appends to its content: what is missing stays missing",
)
def starts_a_message(reading: Reading) -> Iterator[Violation]:
    """`message_start` holds a message of the assistant with id, model and a list of content."""
    for step in story(reading).all("message_start"):
        message = step.data.get("message")
        if not isinstance(message, dict):
            yield Violation("there is no message in it", "$.message", step.frame, "an object", message)
            continue
        for key, wanted in (("type", "message"), ("role", "assistant")):
            if message.get(key) != wanted:
                text = f"{key} is not {wanted!r}"
                yield Violation(text, f"$.message.{key}", step.frame, expected=wanted, got=message.get(key))
        for key, kind in (("id", str), ("model", str), ("content", list)):
            got = message.get(key)
            if not isinstance(got, kind) or (kind is str and not got):
                text = f"{key} is missing, empty or of a wrong type"
                yield Violation(text, f"$.message.{key}", step.frame, expected=kind.__name__, got=got)


@BOOK.rule(
    "AM-S21",
    "MUST",
    Scope.STREAM,
    "anthropic SDK: both are told apart by their type",
    good='{"index": 0, "delta": {"type": "text_delta", "text": "Hel"}}',
    bad='{"index": 0, "delta": {"text": "Hel"}}',
    why="SDKs leave out what they cannot tell apart, or fail at what is no object",
)
def blocks_have_types(reading: Reading) -> Iterator[Violation]:
    """A block begins with a `content_block` of a type, and each delta is an object of a type."""
    for kind, key in (("content_block_start", "content_block"), ("content_block_delta", "delta")):
        for step in story(reading).all(kind):
            word = step.object(key).get("type")
            if not isinstance(word, str) or not word:
                path = f"$.{key}.type" if isinstance(step.data.get(key), dict) else f"$.{key}"
                text = f"the {key} has no type"
                yield Violation(text, path, step.frame, expected="an object with a type", got=_brief(step.data, key))


def _brief(data: dict[str, JSON], key: str) -> JSON:
    return data.get(key, "nothing")


@BOOK.rule(
    "AM-S22",
    "SHOULD",
    Scope.STREAM,
    "recorded streams of the vendor",
    good='{"type": "text", "text": ""}, then deltas',
    bad='{"type": "text", "text": "Hello"}, then deltas',
    why="programs that print the deltas never show it; where the deltas tell it again, others show it twice",
)
def blocks_begin_empty(reading: Reading) -> Iterator[Violation]:
    """A block of text or thinking begins empty: what it says comes in deltas."""
    for block in story(reading).blocks:
        got = block.content.get(block.kind) if block.kind in ("text", "thinking") else None
        if isinstance(got, str) and got and block.deltas:
            text = f"the {block.kind} has begun before its first delta"
            yield Violation(text, f"$.content_block.{block.kind}", block.start.frame, expected="", got=got)
