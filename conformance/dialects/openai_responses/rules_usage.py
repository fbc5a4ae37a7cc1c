"""Rules on usage and on failures inside a stream.

Rule of the file: what is unknown is not 0; a count that is absent is told, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK, finals, inside, whole
from .story import story

DETAILS = (
    ("input_tokens", "input_tokens_details", "cached_tokens"),
    ("output_tokens", "output_tokens_details", "reasoning_tokens"),
)

CACHE_WRITES_SINCE = 1_783_900_800
"""2026-07-13: the first answers of api.openai.com that count them; those of June do not."""


def _usages(reading: Reading) -> Iterator[tuple[str, int | None, dict[str, JSON]]]:
    for path, frame, response in finals(reading):
        if isinstance(response.get("usage"), dict):
            yield f"{path}.usage", frame, response["usage"]


@BOOK.rule(
    "OR-U01",
    "MUST",
    Scope.ANSWER,
    "SDK types: Response.usage; every recorded response.completed has it",
    good='"status":"completed","usage":{"input_tokens":5,…}',
    bad='"status":"completed","usage":null',
    why="the cost of the call is unknown; nothing else says it",
)
def usage_present(reading: Reading) -> Iterator[Violation]:
    """A completed response has usage."""
    for path, frame, response in finals(reading):
        if response.get("status") == "completed" and not isinstance(response.get("usage"), dict):
            yield Violation("usage is missing", f"{path}.usage", frame, "an object", response.get("usage"))


@BOOK.rule(
    "OR-U02",
    "MUST",
    Scope.ANSWER,
    "SDK types: ResponseUsage",
    good='"input_tokens":5,"input_tokens_details":{"cached_tokens":0},"output_tokens":2,…,"total_tokens":7',
    bad='"input_tokens":5,"output_tokens":2,"total_tokens":9',
    why="costs are reckoned wrongly; typed clients fail on absent details",
)
def usage_adds_up(reading: Reading) -> Iterator[Violation]:
    """Usage counts input, output, cached and reasoning tokens; parts do not exceed their wholes, total is the sum."""
    for path, frame, usage in _usages(reading):
        for name, details, part in DETAILS:
            count, of_it = usage.get(name), inside(usage, details, part)
            if not whole(count):
                yield Violation(f"{name} is no integer", f"{path}.{name}", frame, "an integer", count)
            if not whole(of_it):
                yield Violation(f"{part} is no integer", f"{path}.{details}.{part}", frame, "an integer", of_it)
            elif whole(count) and of_it > count:
                yield Violation(f"{part} exceeds {name}", f"{path}.{details}.{part}", frame, f"at most {count}", of_it)
        given, made, total = (usage.get(name) for name in ("input_tokens", "output_tokens", "total_tokens"))
        if whole(given) and whole(made) and total != given + made:
            yield Violation("total_tokens is not the sum", f"{path}.total_tokens", frame, given + made, total)


@BOOK.rule(
    "OR-U03",
    "SHOULD",
    Scope.ANSWER,
    "SDK types: ResponseUsage.input_tokens_details.cache_write_tokens",
    good='"input_tokens_details":{"cached_tokens":0,"cache_write_tokens":0}',
    bad='"input_tokens_details":{"cached_tokens":0}',
    why="what was paid for writing the cache is unknown",
)
def cache_writes(reading: Reading) -> Iterator[Violation]:
    """Usage counts the tokens that were written to the cache, in responses that were made since this is counted."""
    for path, frame, response in finals(reading):
        made, details = response.get("created_at"), inside(response, "usage", "input_tokens_details")
        if not isinstance(details, dict) or (whole(made) and made < CACHE_WRITES_SINCE):
            continue
        if not whole(found := details.get("cache_write_tokens")):
            yield Violation("cache_write_tokens is missing", f"{path}.usage.input_tokens_details", frame, got=found)


@BOOK.rule(
    "OR-E01",
    "MUST",
    Scope.STREAM,
    "SDK types: ResponseErrorEvent (flat); official server (nested)",
    good='{"type":"error","code":null,"message":"Overloaded","param":null,"sequence_number":3}',
    bad='{"type":"error"}',
    why="the user learns that it failed, but not why",
)
def error_event_says_why(reading: Reading) -> Iterator[Violation]:
    """An error in a stream holds its message, flat or nested under `error`."""
    for step in story(reading).errors:
        nested = step.data.get("error")
        said = inside(nested, "message") if isinstance(nested, dict) else step.data.get("message") or nested
        if not isinstance(said, str) or not said:
            yield Violation("the error has no message", "$.message", step.frame, "a string", step.data)


@BOOK.rule(
    "OR-E02",
    "MUST",
    Scope.STREAM,
    "SDK types: ResponseError",
    good='{"type":"response.failed","response":{…,"error":{"code":"server_error","message":"…"}}}',
    bad='{"type":"response.failed","response":{…,"error":null}}',
    why="programs branch on the code; without it nothing is retried rightly",
)
def failed_has_a_code(reading: Reading) -> Iterator[Violation]:
    """response.failed holds response.error with a code that is not empty."""
    for step in story(reading).terminals:
        if step.kind == "response.failed":
            code = inside(step.object("response"), "error", "code")
            if not isinstance(code, str) or not code:
                yield Violation("error.code is missing", "$.response.error.code", step.frame, "a string", code)
