"""Rules on whole answers, on token counts, and on failed replies.

Rule of the file: an empty body is told by the universal rules alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK, inside, number, usages, word_in
from .words import FAILED


@BOOK.rule(
    "CO-R01",
    "MUST",
    Scope.REPLY,
    "SDK types: V2ChatResponse",
    good='{"id":"…","finish_reason":"COMPLETE","message":{"role":"assistant","content":[…]}}',
    bad='{"finish_reason":"stop","message":{"content":[]}}',
    why="the SDK hands None to code that reads the answer",
)
def reply_is_named(reading: Reading) -> Iterator[Violation]:
    """An answer has an id, a reason why it ended, and a message of role assistant."""
    if not isinstance(reading.reply, dict):
        return
    for key in ("id", "finish_reason"):
        if not isinstance(reading.reply.get(key), str) or not reading.reply[key]:
            yield Violation(f"{key} is missing", f"$.{key}", got=reading.reply.get(key))
    if (role := inside(reading.reply, "message", "role")) != "assistant":
        yield Violation("the message is not the assistant's", "$.message.role", expected="assistant", got=role)


@BOOK.rule(
    "CO-R02",
    "MUST",
    Scope.REPLY,
    "SDK types: AssistantMessageResponse.content",
    good='"content":[{"type":"thinking","thinking":"…"},{"type":"text","text":"…"}]',
    bad='"content":"Hello"',
    why="code that joins the texts of the parts goes through single letters",
)
def content_is_a_list(reading: Reading) -> Iterator[Violation]:
    """The content of an answer, where it is there, is a list of parts of text or thinking."""
    content = inside(reading.reply, "message", "content")
    if content is None:
        return
    if not isinstance(content, list):
        yield Violation("the content is no list", "$.message.content", got=content)
        return
    for at, part in enumerate(content):
        kind = inside(part, "type")
        if not word_in(kind, ("text", "thinking")) or not isinstance(part.get(kind), str):
            yield Violation("neither text nor thinking", f"$.message.content[{at}]", got=part)


@BOOK.rule(
    "CO-U01",
    "MUST",
    Scope.ANSWER,
    "recorded answers: cached tokens are part of the input",
    good='{"tokens":{"input_tokens":70,"output_tokens":4},"cached_tokens":64}',
    bad='{"tokens":{"input_tokens":6,"output_tokens":4},"cached_tokens":64}',
    why="the part that was not cached comes out negative",
    survived="the SDK hands both counts on and subtracts nothing",
)
def cached_fit(reading: Reading) -> Iterator[Violation]:
    """Cached tokens are no more than the tokens of the input."""
    for frame, path, usage in usages(reading):
        cached, most = usage.get("cached_tokens"), inside(usage, "tokens", "input_tokens")
        if number(cached) and number(most) and cached > most:
            yield Violation("more tokens were cached than sent", f"{path}.cached_tokens", frame, most, cached)


@BOOK.rule(
    "CO-E01",
    "MUST",
    Scope.ERROR,
    "OpenAPI: error responses",
    good='{"id":"…","message":"invalid api token"}',
    bad='{"error":{"message":"invalid api token"}}',
    why="the SDK's error shows no reason",
)
def error_shape(reading: Reading) -> Iterator[Violation]:
    """A failed reply is an object with a message; its id, where it has one, is a string."""
    if not isinstance(reading.reply, dict):
        return  # the universal rules tell of it
    if not isinstance(reading.reply.get("message"), str) or not reading.reply["message"]:
        yield Violation("the error has no message", "$.message", got=reading.reply.get("message"))
    if not isinstance(reading.reply.get("id", ""), str):
        yield Violation("the id is no string", "$.id", got=reading.reply["id"])


@BOOK.rule(
    "CO-E02",
    "MUST",
    Scope.STREAM,
    "SDK types: ChatMessageEndEventDelta.error",
    good='{"type":"message-end","delta":{"finish_reason":"ERROR","error":"no valid response generated"}}',
    bad='{"type":"message-end","delta":{"finish_reason":"ERROR"}}',
    why="nobody can tell why the answer failed",
)
def failures_say_why(reading: Reading) -> Iterator[Violation]:
    """An ending with ERROR or TIMEOUT says in `error` what happened."""
    for frame in reading.chunks:
        reason, said = inside(frame.json, "delta", "finish_reason"), inside(frame.json, "delta", "error")
        if word_in(reason, tuple(FAILED)) and (not isinstance(said, str) or not said):
            yield Violation("the failure has no words", "$.delta.error", frame.number, got=said)
