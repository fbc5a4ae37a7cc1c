"""Rules of bedrock-converse about whole replies and about usage.

Rule of the file: one rule a sentence.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Rulebook, Scope, Violation

from .story import story
from .words import count_of, object_of

BOOK = Rulebook("bedrock-converse: reply")

_COUNTS = ("inputTokens", "outputTokens", "totalTokens")
_PROMPT = ("inputTokens", "cacheReadInputTokens", "cacheWriteInputTokens")


@BOOK.rule(
    "BR-R01",
    "MUST",
    Scope.REPLY,
    "bedrock-runtime 2023-09-30: ConverseResponse, required members",
    good='{"output": {"message": …}, "stopReason": "end_turn", "usage": …, "metrics": {"latencyMs": 9}}',
    bad='{"output": {"message": …}}',
    why="typed clients raise on the missing member; without stopReason an agent cannot tell a call from an end",
)
def has_what_is_required(reading: Reading) -> Iterator[Violation]:
    """A reply holds `output.message`, `stopReason`, `usage` and `metrics.latencyMs`."""
    body = reading.reply
    if not isinstance(body, dict):
        return
    found = {
        "$.output.message": isinstance(object_of(body.get("output")).get("message"), dict),
        "$.stopReason": isinstance(body.get("stopReason"), str),
        "$.usage": isinstance(body.get("usage"), dict),
        "$.metrics": isinstance(body.get("metrics"), dict),
    }
    if found["$.metrics"]:
        found["$.metrics.latencyMs"] = count_of(object_of(body["metrics"]).get("latencyMs")) is not None
    for path, there in found.items():
        if not there:
            yield Violation(f"the reply has no {path[2:]}", path, expected=path[2:], got=list(body))


@BOOK.rule(
    "BR-R02",
    "MUST",
    Scope.ANSWER,
    "bedrock-runtime 2023-09-30: TokenUsage, required members",
    good='{"inputTokens": 5, "outputTokens": 2, "totalTokens": 7}',
    bad='{"inputTokens": 5}',
    why="what the call cost is not told; SDKs in typed languages raise",
    survived="boto3 hands out the same message; only its usage lacks the count",
)
def counts(reading: Reading) -> Iterator[Violation]:
    """Usage counts inputTokens, outputTokens and totalTokens, as integers."""
    for frame, usage in _usages(reading):
        for key in _COUNTS:
            if count_of(usage.get(key)) is None:
                yield Violation(f"{key} is no integer", f"$.usage.{key}", frame, "an integer", usage.get(key))


@BOOK.rule(
    "BR-U01",
    "SHOULD",
    Scope.ANSWER,
    "docs.aws.amazon.com/bedrock: TokenUsage.totalTokens",
    good='{"inputTokens": 5, "outputTokens": 2, "totalTokens": 7}',
    bad='{"inputTokens": 5, "outputTokens": 2, "totalTokens": 5}',
    why="budgets that are kept by the total let too much through",
)
def total_holds_both(reading: Reading) -> Iterator[Violation]:
    """totalTokens is at least the sum of inputTokens and outputTokens."""
    for frame, usage in _usages(reading):
        fresh, output, total = (count_of(usage.get(key)) for key in _COUNTS)
        if fresh is not None and output is not None and total is not None and total < fresh + output:
            yield Violation("the total is too small", "$.usage.totalTokens", frame, f">= {fresh + output}", total)


@BOOK.rule(
    "BR-U02",
    "SHOULD",
    Scope.ANSWER,
    "bedrock-runtime 2023-09-30: TokenUsage",
    good='{"inputTokens": 5, …}, or {"inputTokens": 0, "cacheReadInputTokens": 9, …}',
    bad='{"inputTokens": 0, "outputTokens": 2, "totalTokens": 2}',
    why="cost and context come out as nothing",
)
def a_prompt_has_tokens(reading: Reading) -> Iterator[Violation]:
    """Where tokens of the prompt are counted, fresh, read from the cache or written to it, there are some."""
    for frame, usage in _usages(reading):
        parts = [count_of(usage.get(key)) for key in _PROMPT]
        if parts[0] is not None and not any(parts) and not _blocked(reading):
            yield Violation("a prompt of 0 tokens", "$.usage.inputTokens", frame, "> 0", 0)


@BOOK.rule(
    "BR-U03",
    "SHOULD",
    Scope.ANSWER,
    "docs.aws.amazon.com/bedrock: TokenUsage.totalTokens",
    good='{"inputTokens": 5, "outputTokens": 2, "totalTokens": 7}',
    bad='{"inputTokens": 5, "outputTokens": 2, "totalTokens": 70}',
    why="budgets that are kept by the total end too early",
)
def total_holds_no_more(reading: Reading) -> Iterator[Violation]:
    """totalTokens is no more than input, output and what the cache gave and took, together."""
    for frame, usage in _usages(reading):
        total, parts = count_of(usage.get("totalTokens")), [count_of(usage.get(key)) for key in (*_PROMPT, _COUNTS[1])]
        most = sum(part or 0 for part in parts)
        if total is not None and parts[0] is not None and parts[-1] is not None and total > most:
            yield Violation("the total is too large", "$.usage.totalTokens", frame, f"<= {most}", total)


def _blocked(reading: Reading) -> bool:
    """Did a guardrail answer? Then the model was not asked, and nothing was spent."""
    told = story(reading).stop_reason if reading.streamed else object_of(reading.reply).get("stopReason")
    return told == "guardrail_intervened"


def _usages(reading: Reading) -> Iterator[tuple[int | None, dict[str, JSON]]]:
    """Each usage that the answer tells, with its frame."""
    if reading.streamed:
        for step in story(reading).all("metadata"):
            if isinstance(step.data.get("usage"), dict):
                yield step.frame, step.data["usage"]
    elif isinstance(object_of(reading.reply).get("usage"), dict):
        yield None, reading.reply["usage"]
