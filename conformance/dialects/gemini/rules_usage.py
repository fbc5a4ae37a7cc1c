"""Rules on usage.

Rule of the file: proto JSON leaves out what is 0, so an absent count adds nothing; a total is judged only where it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK, chunks, whole
from .rules_stream import failed

SUMMANDS = ("promptTokenCount", "candidatesTokenCount", "thoughtsTokenCount", "toolUsePromptTokenCount")
ROUNDING = 1
"""Vertex AI's totals are at times one less than their sum: the token that ends the answer."""
TOTAL = "totalTokenCount"


def _usages(reading: Reading) -> Iterator[tuple[int | None, dict[str, JSON]]]:
    for chunk in chunks(reading):
        if isinstance(usage := chunk.data.get("usageMetadata"), dict):
            yield chunk.frame, usage


@BOOK.rule(
    "GM-S06",
    "SHOULD",
    Scope.STREAM,
    "google-genai SDK types; the Developer API has broken it, hence no MUST",
    good='"totalTokenCount":25, then "totalTokenCount":33',
    bad='"totalTokenCount":33, then at last "totalTokenCount":25',
    why="clients that keep the last usage reckon too little, those that add it up too much",
)
def cumulative(reading: Reading) -> Iterator[Violation]:
    """Usage is cumulative: the last chunk has a totalTokenCount, and none before it counted more.

    What stands between is an estimate: the Developer API moves tokens from the candidates to the thoughts as it goes.
    """
    usages = list(_usages(reading))
    totals = [(frame, found) for frame, usage in usages if whole(found := usage.get(TOTAL))]
    if totals and totals[-1][1] < (most := max(found for _, found in totals)):
        frame, last = totals[-1]
        yield Violation("an earlier total is higher", f"$.usageMetadata.{TOTAL}", frame, f"at least {most}", last)
    owed = chunks(reading) and not reading.partial and not failed(reading)
    if owed and not (usages and whole(usages[-1][1].get(TOTAL))):
        yield Violation(f"the last usage has no {TOTAL}", f"$.usageMetadata.{TOTAL}")


@BOOK.rule(
    "GM-U01",
    "MUST",
    Scope.ANSWER,
    "google-genai SDK types: total_token_count",
    good='"promptTokenCount":5,"candidatesTokenCount":2,"thoughtsTokenCount":4,"totalTokenCount":11',
    bad='"promptTokenCount":5,"candidatesTokenCount":6,"thoughtsTokenCount":4,"totalTokenCount":11',
    why="thoughts are billed twice, or not at all",
    survived="the SDK hands the counts on and adds nothing up",
)
def adds_up(reading: Reading) -> Iterator[Violation]:
    """totalTokenCount is the sum of prompt, candidates, thoughts and results of the server's tools."""
    for frame, usage in list(_usages(reading))[-1:]:
        total = usage.get("totalTokenCount")
        given = [usage[name] for name in SUMMANDS if whole(usage.get(name))]
        if whole(total) and whole(usage.get("promptTokenCount")) and abs(total - sum(given)) > ROUNDING:
            yield Violation(
                "totalTokenCount is not the sum", "$.usageMetadata.totalTokenCount", frame, sum(given), total
            )


@BOOK.rule(
    "GM-U02",
    "MUST",
    Scope.ANSWER,
    "google-genai SDK types: cached_content_token_count is part of the prompt",
    good='"promptTokenCount":100,"cachedContentTokenCount":80',
    bad='"promptTokenCount":20,"cachedContentTokenCount":80',
    why="the uncached part, which is billed in full, comes out negative",
    survived="the SDK hands both counts on and subtracts nothing",
)
def cache_within_prompt(reading: Reading) -> Iterator[Violation]:
    """cachedContentTokenCount is at most promptTokenCount."""
    for frame, usage in _usages(reading):
        cached, prompt = usage.get("cachedContentTokenCount"), usage.get("promptTokenCount")
        if whole(cached) and whole(prompt) and cached > prompt:
            where = "$.usageMetadata.cachedContentTokenCount"
            yield Violation("more is cached than was asked", where, frame, f"at most {prompt}", cached)
