"""What an answer owes to the tools that were offered with its request, in languages with one answer to a request.

Rule of the file: an answer that was cut, filtered or refused owes no call. A dialect's rules say it in its own words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.model import Done, Opaque
from conformance.reading import Reading
from conformance.rulebook import Violation

MARKUP = re.compile(r"<tool_call>|<function=\w|\[TOOL_CALLS\]|<\|python_tag\|>|<｜tool▁call")
"""How model families write calls inside text; a server is there to parse them."""


def forced_calls(reading: Reading, path: str) -> Iterator[Violation]:
    """A call that was demanded, and none came."""
    last = reading.events[-1] if reading.events else None
    choice = reading.wanted.tool_choice if reading.wanted else None
    if isinstance(last, Done) and choice and choice.mode in ("required", "tool"):
        called = last.reply.tool_calls or any(part.kind.endswith("_call") for part in _others(last))
        if last.reason in ("stop", "tool_use") and not called:
            yield Violation("a call was demanded, and none came", path, None, choice.name or choice.mode, "no call")


def written_calls(reading: Reading, path: str) -> Iterator[Violation]:
    """A call that stands in the text as markup."""
    last = reading.events[-1] if reading.events else None
    if not isinstance(last, Done) or last.reply.tool_calls or not (reading.wanted and reading.wanted.tools):
        return
    text = last.reply.text
    if found := MARKUP.search(text):
        yield Violation("the text holds a call as markup", path, None, None, text[found.start() : found.start() + 80])


def _others(last: Done) -> Iterator[Opaque]:
    return (part for part in last.reply.parts if isinstance(part, Opaque))
