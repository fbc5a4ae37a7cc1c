"""Rules about token counts.

Rule of the file: only what is there is judged; a count that was not sent is unknown, not 0.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from conformance.model import JSON, Done, Usage
from conformance.reading import ABSENT, Reading
from conformance.rulebook import Rulebook, Scope, Violation
from conformance.wire import tail_of

BOOK = Rulebook("universal: usage")

_PLACES = ("usage", "usageMetadata", "x_groq", "message", "response", "delta", "metadata", "meta")
"""Keys below which vendors report usage."""
_FLAT = re.compile(r"(^|_)eval_count$")
"""Counts that stand beside the message, in no object of their own."""
_COUNT = re.compile(r"tokens?(_?count)?$|(^|_)eval_count$", re.IGNORECASE)
_NAMES = ("usage", "usageMetadata")


@BOOK.rule(
    "GN-16",
    "MUST",
    Scope.ANSWER,
    "vendor SDKs: token counts are typed as integers",
    good='"usage": {"prompt_tokens": 5, "completion_tokens": 2}',
    bad='"usage": {"prompt_tokens": -1}',
    why="bills and budgets are added up from these numbers",
)
def counts_are_counts(reading: Reading) -> Iterator[Violation]:
    """Token counts are finite integers, 0 or more; what was not reported is not reported as 0."""
    bodies = [(frame.number, frame.json) for frame in reading.kinds] if reading.streamed else [(None, reading.reply)]
    reported = False
    for number, body in bodies:
        for path, usage in _usages(body, "$"):
            reported = True
            for at, wrong in _wrong_counts(usage, path):
                yield Violation("a token count is no integer of 0 or more", at, number, got=wrong)
    last = reading.events[-1] if reading.events else None
    whole = not reading.streamed or not (reading.partial or tail_of(reading.framing, reading.exchange.response.body))
    if not reported and whole and isinstance(last, Done) and last.usage != Usage():
        yield Violation("no usage was sent, yet the decoded answer has one", got=repr(last.usage))


@BOOK.rule(
    "GN-34",
    "SHOULD",
    Scope.ANSWER,
    "vendors' API references: what is counted is what was generated; no MUST, for api.openai.com has told 0 of a call",
    good="40 words, 52 output tokens",
    bad="40 words, 0 output tokens; or 1",
    why="bills, budgets and rates come out at nothing, and nobody notices",
)
def words_are_counted(reading: Reading) -> Iterator[Violation]:
    """An answer that counts its output counts a token at least for each word of its text; a filter's words are free."""
    last = reading.events[-1] if reading.events else None
    if not isinstance(last, Done) or last.usage.output is None or last.reply.stop == "content_filter":
        return  # what a filter says in place of the answer was not generated
    told, words = last.usage.output, len(last.reply.text.split())
    if told < 1 and (words or last.reply.tool_calls):
        yield Violation("no output tokens are counted for what came", None, None, "1 or more", told)
    elif words > told + told // 4 + 1:
        yield Violation("fewer tokens are counted than words came", None, None, f"{words} or more", told)


def _usages(body: JSON, path: str) -> Iterator[tuple[str, dict[str, JSON]]]:
    """Every usage object of a body or frame, wherever vendors put it."""
    if body is ABSENT or not isinstance(body, dict):
        return
    if flat := {key: value for key, value in body.items() if _FLAT.search(key)}:
        yield path, flat
    for key in _PLACES:
        inner = body.get(key)
        if isinstance(inner, dict):
            if key in _NAMES:
                yield f"{path}.{key}", inner
            else:
                yield from _usages(inner, f"{path}.{key}")
    choices = body.get("choices")
    for at, choice in enumerate(choices if isinstance(choices, list) else ()):
        yield from _usages(choice, f"{path}.choices[{at}]")


def _wrong_counts(value: dict[str, JSON], path: str) -> Iterator[tuple[str, JSON]]:
    for key, inner in value.items():
        if isinstance(inner, dict):
            yield from _wrong_counts(inner, f"{path}.{key}")
        elif inner is not None and not isinstance(inner, list) and _COUNT.search(key) and not _is_count(inner):
            yield f"{path}.{key}", inner


def _is_count(value: JSON) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) and value >= 0 and value == int(value)
