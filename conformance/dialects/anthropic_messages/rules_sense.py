"""Rules of anthropic-messages about requests that are well formed and refused all the same.

Rule of the file: the facts stand in `sense`, where the server half finds them too; here they get their sentences.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.dialects.anthropic_messages import sense
from conformance.dialects.anthropic_messages.rules_request import violations
from conformance.reading import Reading
from conformance.rulebook import Rulebook, Scope, Violation

BOOK = Rulebook("anthropic-messages: sense")


@BOOK.rule(
    "AM-Q18",
    "MUST",
    Scope.REQUEST,
    "the server's 400: text content blocks must be non-empty",
    good='{"type": "text", "text": "Go on."}',
    bad='{"type": "text", "text": ""}',
    why="the vendor answers 400; other wires take an empty text, so translators send it on",
)
def no_empty_text(reading: Reading) -> Iterator[Violation]:
    """No text of a request is empty."""
    return violations(sense.empty_texts(reading.asked))


@BOOK.rule(
    "AM-Q19",
    "MUST",
    Scope.REQUEST,
    "platform.claude.com, extended thinking with tool use",
    good='{"thinking": {"type": "enabled", …}, "tool_choice": {"type": "auto"}}',
    bad='{"thinking": {"type": "enabled", …}, "tool_choice": {"type": "any"}}',
    why="the vendor answers 400",
)
def thinking_forces_nothing(reading: Reading) -> Iterator[Violation]:
    """While thinking is enabled, the tool choice demands no call."""
    return violations(sense.forced_while_thinking(reading.asked))


@BOOK.rule(
    "AM-Q20",
    "MUST",
    Scope.REQUEST,
    "the server's 400: each stop sequence must contain non-whitespace",
    good='{"stop_sequences": ["END"]}',
    bad='{"stop_sequences": ["\\n\\n"]}',
    why="the vendor answers 400",
)
def stops_show(reading: Reading) -> Iterator[Violation]:
    """A stop sequence holds more than blanks."""
    return violations(sense.blank_stops(reading.asked))


@BOOK.rule(
    "AM-Q21",
    "MUST",
    Scope.REQUEST,
    "the server's 400: tool names must be unique",
    good="tools get_weather and get_time",
    bad="two tools get_weather",
    why="the vendor answers 400; two servers of tools behind one agent bring the same name",
)
def tools_differ(reading: Reading) -> Iterator[Violation]:
    """No two tools have the same name."""
    return violations(sense.doubled_tools(reading.asked))


@BOOK.rule(
    "AM-Q22",
    "MUST",
    Scope.REQUEST,
    "the server's 400: extra inputs are not permitted",
    good='{"stop_sequences": ["END"]}, {"type": "image", "source": {…}}',
    bad='{"stop": ["END"]}, {"type": "image_url", …}, {"tool_calls": […]}',
    why="the vendor answers 400: a translator passed on what it did not know",
)
def no_foreign_words(reading: Reading) -> Iterator[Violation]:
    """Fields, blocks, calls and tools are told in this language, not in another."""
    return violations(sense.foreign_words(reading.asked))


@BOOK.rule(
    "AM-Q23",
    "MUST",
    Scope.REQUEST,
    "the server's 400: the image does not match its media type",
    good='{"media_type": "image/png", "data": "iVBORw0KGgo…"}',
    bad='{"media_type": "image/jpeg", "data": "iVBORw0KGgo…"}, {"data": "data:image/png;base64,…"}',
    why="the vendor looks at the bytes and answers 400",
)
def images_are_what_they_say(reading: Reading) -> Iterator[Violation]:
    """The data of an image is plain base64 of the kind that its media type says."""
    return violations(sense.mislabelled_images(reading.asked))
