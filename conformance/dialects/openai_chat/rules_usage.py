"""Rules on usage, in whole and in streamed answers.

Rule of the file: usage that is null or absent is judged by one rule, and passed over by the others.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK, inside, whole
from .fold import folded
from .rules_reply import is_reply

COUNTS = ("prompt_tokens", "completion_tokens", "total_tokens")


def usages(reading: Reading) -> Iterator[tuple[int | None, dict[str, JSON]]]:
    """Every usage object of an answer, with its frame."""
    pairs: list[tuple[int | None, JSON]]
    if reading.streamed:
        pairs = [(chunk.number, chunk.json.get("usage")) for chunk in folded(reading).kinds]
    else:
        pairs = [(None, inside(reading.reply, "usage"))]
    yield from ((frame, usage) for frame, usage in pairs if isinstance(usage, dict))


@BOOK.rule(
    "OC-U01",
    "MUST",
    Scope.ANSWER,
    "OpenAPI: CompletionUsage",
    good='{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7}',
    bad='{"input_tokens":5,"output_tokens":2}',
    why="bills and context budgets come out as zero or wrong",
    survived="the SDK hands out the same answer; only its counts are wrong, or None",
)
def counts(reading: Reading) -> Iterator[Violation]:
    """Usage counts prompt, completion and total as integers, and the total is their sum."""
    for frame, usage in usages(reading):
        wrong = [key for key in COUNTS if not whole(usage.get(key)) or usage[key] < 0]
        for key in wrong:
            yield Violation(f"{key} is no count", f"$.usage.{key}", frame, got=usage.get(key))
        if not wrong and usage["total_tokens"] != usage["prompt_tokens"] + usage["completion_tokens"]:
            added = usage["prompt_tokens"] + usage["completion_tokens"]
            yield Violation("the total is not the sum", "$.usage.total_tokens", frame, added, usage["total_tokens"])


@BOOK.rule(
    "OC-U02",
    "MUST",
    Scope.ANSWER,
    "OpenAPI: usage details are parts of their counts",
    good='{"prompt_tokens":5,"prompt_tokens_details":{"cached_tokens":4},…}',
    bad='{"prompt_tokens":5,"prompt_tokens_details":{"cached_tokens":9},…}',
    why="the uncached part, which is billed, comes out negative",
    survived="the SDK hands both counts on and subtracts nothing",
)
def details_fit(reading: Reading) -> Iterator[Violation]:
    """Cached tokens are part of the prompt, reasoning tokens part of the completion."""
    for frame, usage in usages(reading):
        for part, of in (
            (("prompt_tokens_details", "cached_tokens"), "prompt_tokens"),
            (("completion_tokens_details", "reasoning_tokens"), "completion_tokens"),
        ):
            most, found = usage.get(of), inside(usage, *part)
            if whole(most) and whole(found) and found > most >= 0:
                yield Violation(f"{part[1]} exceeds {of}", f"$.usage.{'.'.join(part)}", frame, most, found)


@BOOK.rule(
    "OC-U03",
    "SHOULD",
    Scope.ANSWER,
    "SDK types: PromptTokensDetails.cache_write_tokens",
    good="cached 3 and written 2 of a prompt of 5",
    bad="cached 3 and written 4 of a prompt of 5",
    why="the part that was neither read nor written comes out negative",
)
def cache_fits(reading: Reading) -> Iterator[Violation]:
    """Tokens read from and written to the cache are together no more than the prompt."""
    for frame, usage in usages(reading):
        details = usage.get("prompt_tokens_details")
        read, written = inside(details, "cached_tokens"), inside(details, "cache_write_tokens")
        most = usage.get("prompt_tokens")
        if whole(written) and whole(most) and (read if whole(read) else 0) + written > most:
            yield Violation(
                "cache reads and writes exceed the prompt", "$.usage.prompt_tokens_details", frame, most, details
            )


@BOOK.rule(
    "OC-U05",
    "SHOULD",
    Scope.ANSWER,
    "OpenAPI: prompt_tokens is the number of tokens in the prompt",
    good='{"prompt_tokens":5,…} for a question',
    bad='{"prompt_tokens":0,…} for a question',
    why="the cost of the prompt, mostly the larger part, comes out as nothing",
)
def prompts_are_counted(reading: Reading) -> Iterator[Violation]:
    """A request with a message counts at least one prompt token where its answer counts."""
    for frame, usage in list(usages(reading))[-1:]:
        if usage.get("prompt_tokens") == 0 and reading.asked.get("messages"):
            yield Violation("no token is counted for the prompt", "$.usage.prompt_tokens", frame, "1 or more", 0)


@BOOK.rule(
    "OC-U04",
    "SHOULD",
    Scope.REPLY,
    "OpenAPI: usage of a whole answer; the official server always sends it",
    good='{"choices":[…],"usage":{"prompt_tokens":5,…}}',
    bad='{"choices":[…]}',
    why="the cost of the call is unknown, and budgets that add up usage count it as nothing",
)
def whole_answers_count(reading: Reading) -> Iterator[Violation]:
    """A whole answer says its usage."""
    if is_reply(reading) and reading.reply.get("usage") is None:
        yield Violation("the answer says no usage", "$.usage")
