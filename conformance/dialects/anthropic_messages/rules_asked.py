"""Rules of anthropic-messages that hold an answer against its request: demanded calls, stop sequences, markup.

Rule of the file: what every language owes its request stands among the universal rules; an answer that was cut, paused
or refused owes no call.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.dialects.anthropic_messages.rules_reply import message_of
from conformance.dialects.openai_chat.rules_asked import MARKUP
from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Rulebook, Scope, Violation

BOOK = Rulebook("anthropic-messages: asked")

_OWN_MARKUP = re.compile(r"<(?:antml:)?(?:function_calls|invoke name=|tool_use>)")
_ENDED = ("end_turn", "tool_use", "stop_sequence")


@BOOK.rule(
    "AM-A01",
    "MUST",
    Scope.ANSWER,
    "platform.claude.com, tool use: forcing tool use",
    good='tool_choice {"type": "any"}, a tool_use block',
    bad='tool_choice {"type": "any"}, text and stop_reason end_turn',
    why="structured output by a forced call fails without an error",
)
def forced_calls_come(reading: Reading) -> Iterator[Violation]:
    """An answer to a tool choice that demands a call holds one, unless it was cut, paused or refused."""
    choice, message = reading.asked.get("tool_choice"), message_of(reading)
    demanded = isinstance(choice, dict) and choice.get("type") in ("any", "tool") and reading.asked.get("tools")
    kinds = [str(block.get("type")) for block in _blocks(message)]
    if demanded and message.get("stop_reason") in _ENDED and not any(kind.endswith("tool_use") for kind in kinds):
        yield Violation("a call was demanded, and none came", "$.content", expected=choice, got=kinds)


@BOOK.rule(
    "AM-A02",
    "SHOULD",
    Scope.ANSWER,
    "platform.claude.com, tool use: a call is a block",
    good="a call in a tool_use block",
    bad='<tool_call>{"name": "f"}</tool_call> in a block of text',
    why="the call is shown to the user instead of being made",
)
def calls_are_no_text(reading: Reading) -> Iterator[Violation]:
    """A call is a block, not markup in the text."""
    if not reading.asked.get("tools") or any(block.get("type") == "tool_use" for block in _blocks(message_of(reading))):
        return
    last = reading.events[-1] if reading.events else None
    text = getattr(getattr(last, "reply", None), "text", "")
    if found := MARKUP.search(text) or _OWN_MARKUP.search(text):
        yield Violation("the text holds a call as markup", "$.content", got=text[found.start() : found.start() + 80])


@BOOK.rule(
    "AM-R09",
    "MUST",
    Scope.ANSWER,
    "anthropic SDK: types/message, stop_sequence: which of the custom sequences was met",
    good='stop_sequences ["END"], {"stop_reason": "stop_sequence", "stop_sequence": "END"}',
    bad='stop_sequences ["END"], {"stop_reason": "stop_sequence", "stop_sequence": "</s>"}',
    why="programs that wait for one of several sequences take the wrong branch",
)
def stop_sequence_was_asked_for(reading: Reading) -> Iterator[Violation]:
    """The `stop_sequence` that was met is one of those of the request."""
    met, asked = message_of(reading).get("stop_sequence"), reading.asked.get("stop_sequences")
    known = asked if isinstance(asked, list) else []
    if "messages" in reading.asked and isinstance(met, str) and met not in known:
        yield Violation("no such stop sequence was asked for", "$.stop_sequence", expected=known, got=met)


def _blocks(message: dict[str, JSON]) -> Iterator[dict[str, JSON]]:
    content = message.get("content")
    yield from (block for block in content if isinstance(block, dict)) if isinstance(content, list) else ()
