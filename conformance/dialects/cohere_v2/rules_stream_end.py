"""Rules on the end of a stream: why it ended, what it counted.

Rule of the file: an answer that failed owes no counts.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK, inside, word_in
from .story import story
from .words import FAILED


@BOOK.rule(
    "CO-S08",
    "MUST",
    Scope.STREAM,
    "SDK types: ChatMessageEndEventDelta",
    good='{"finish_reason":"COMPLETE","usage":{"tokens":{"input_tokens":70,"output_tokens":4}}}',
    bad='{"finish_reason":""}',
    why="nobody knows whether the answer is complete, nor what it cost",
)
def the_end_tells_why(reading: Reading) -> Iterator[Violation]:
    """message-end has a reason, and after an answer that did not fail the counts of its tokens."""
    for step in story(reading).all("message-end"):
        reason = inside(step.data, "delta", "finish_reason")
        if not isinstance(reason, str) or not reason:
            yield Violation("no finish_reason", "$.delta.finish_reason", step.frame, got=reason)
        elif reason not in FAILED and not isinstance(tokens := inside(step.data, "delta", "usage", "tokens"), dict):
            yield Violation("no counts of tokens", "$.delta.usage.tokens", step.frame, got=tokens)


@BOOK.rule(
    "CO-S09",
    "MUST",
    Scope.STREAM,
    "OpenAPI: ChatFinishReason",
    good="tool-call-start …, finish_reason TOOL_CALL",
    bad="tool-call-start …, finish_reason COMPLETE",
    why="agents look at the reason to learn that it is their turn",
)
def reason_and_calls_agree(reading: Reading) -> Iterator[Violation]:
    """The reason is TOOL_CALL when there are calls and only then; a cut or failed answer may have them too."""
    told = story(reading)
    called, ends = bool(told.all("tool-call-start")), told.all("message-end")
    if not ends:
        return
    if told.reason == "TOOL_CALL" and not called:
        yield Violation("finish_reason is TOOL_CALL without a call", "$.delta.finish_reason", ends[-1].frame)
    if called and word_in(told.reason, ("COMPLETE", "STOP_SEQUENCE")):
        yield Violation("calls, but another reason", "$.delta.finish_reason", ends[-1].frame, "TOOL_CALL", told.reason)
