"""Rules that hold an answer against what only this language can ask for.

Rule of the file: an answer that was cut, filtered or refused owes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.dialects.demands import forced_calls, written_calls
from conformance.model import Done
from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK, asked, candidates, chunks, inside, parts, whole


@BOOK.rule(
    "GM-A01",
    "MUST",
    Scope.ANSWER,
    "google-genai SDK types: FunctionCallingConfigMode.ANY",
    good='"mode":"ANY", a functionCall',
    bad='"mode":"ANY", a text',
    why="structured output by forced call fails without an error",
)
def forced_calls_come(reading: Reading) -> Iterator[Violation]:
    """An answer to the mode ANY holds a call, unless it was cut or filtered."""
    yield from forced_calls(reading, "$.candidates[0].content.parts")


@BOOK.rule(
    "GM-A02",
    "SHOULD",
    Scope.ANSWER,
    "google-genai SDK types: FunctionCall; a model may write so too, hence no MUST",
    good='{"functionCall":{…}}',
    bad='{"text":"<tool_call>{…}</tool_call>"}',
    why="the call is shown to the user instead of being made",
)
def calls_are_no_text(reading: Reading) -> Iterator[Violation]:
    """A call is a call, not markup in the text."""
    yield from written_calls(reading, "$.candidates[0].content.parts")


@BOOK.rule(
    "GM-A03",
    "MUST",
    Scope.ANSWER,
    "google-genai SDK types: GenerationConfig.candidate_count",
    good='"candidateCount":2, candidates of index 0 and 1',
    bad='"candidateCount":2, one candidate',
    why="programs that choose among answers have nothing to choose from",
)
def all_candidates_come(reading: Reading) -> Iterator[Violation]:
    """As many candidates come as were asked for."""
    wanted = inside(asked(reading), "generationConfig", "candidateCount")
    last = reading.events[-1] if reading.events else None
    found = {repr(one.get("index") or 0) for chunk in chunks(reading) for _, one in candidates(chunk)}
    owed = whole(wanted) and wanted > 1 and isinstance(last, Done) and last.reason != "content_filter"
    if owed and len(found) != wanted:
        yield Violation("not as many candidates came as were asked for", "$.candidates", None, wanted, len(found))


@BOOK.rule(
    "GM-A04",
    "SHOULD",
    Scope.ANSWER,
    "google-genai SDK types: GenerationConfig.response_logprobs",
    good='"responseLogprobs":true, "logprobsResult":{…}',
    bad='"responseLogprobs":true, no logprobsResult',
    why="programs that weigh an answer by its likelihood fail, or take it for certain",
)
def logprobs_come(reading: Reading) -> Iterator[Violation]:
    """Where log probabilities are asked for, the candidates have them."""
    if inside(asked(reading), "generationConfig", "responseLogprobs") is not True:
        return
    told = [one for chunk in chunks(reading) for _, one in candidates(chunk)]
    if told and not any(one.get("logprobsResult") for one in told):
        yield Violation("log probabilities were asked for", "$.candidates[0].logprobsResult", None, "an object")


@BOOK.rule(
    "GM-A05",
    "SHOULD",
    Scope.ANSWER,
    "google-genai SDK types: ThinkingConfig.include_thoughts",
    good='without "includeThoughts":true no part is a thought',
    bad='{"text":"Hm.","thought":true} that nobody asked for',
    why="clients that do not know thoughts show them as the answer",
)
def thoughts_were_asked_for(reading: Reading) -> Iterator[Violation]:
    """Thoughts come only when includeThoughts was asked for."""
    if not reading.asked or inside(asked(reading), "generationConfig", "thinkingConfig", "includeThoughts"):
        return
    for chunk in chunks(reading):
        for path, part in parts(chunk):
            if part.get("thought") is True and part.get("text"):
                yield Violation("a thought comes unasked", f"{path}.thought", chunk.frame)
                return
