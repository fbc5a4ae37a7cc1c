"""Rules on whether an answer of either kind says something, and was cut where it says that it was.

Rule of the file: what cannot be told from the exchange (a stop string at once, a full context) is never a violation.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK, objects, whole
from .fold import folded
from .rules_reply import choices
from .rules_usage import usages

SMALL_CONTEXT = 2000
"""Prompt and answer of fewer tokens fit every context window that is served."""


@BOOK.rule(
    "OC-A06",
    "SHOULD",
    Scope.ANSWER,
    "OpenAPI: content is null only beside calls, a refusal or audio; recorded official answers",
    good='"content":"Hi" and finish_reason stop',
    bad='"content":null without a call and finish_reason stop, completion_tokens 2',
    why="the user is shown nothing, and an empty turn goes into the history, which servers then refuse",
)
def answers_say_something(reading: Reading) -> Iterator[Violation]:
    """An answer that ends with stop says something, unless no token was made or a stop string was asked for."""
    made = [usage.get("completion_tokens") for _, usage in usages(reading)]
    if reading.asked.get("stop") or made[-1:] == [0]:
        return
    for reason, path, said in _said(reading):
        if reason == "stop" and not said:
            yield Violation("a finished answer says nothing", path)


def _said(reading: Reading) -> Iterator[tuple[JSON, str, bool]]:
    """Of every choice: its reason, where it stands, whether it says anything but its role."""
    if not reading.streamed:
        for where, choice in choices(reading):
            message = choice.get("message")
            if isinstance(message, dict):
                yield choice.get("finish_reason"), f"{where}.message", _speaks(message)
        return
    fold = folded(reading)
    if not fold.judged_to_the_end or fold.audio:
        return
    told: set[int] = set()
    for chunk in fold.kinds:
        for _, choice in objects(chunk.json, "choices"):
            said = (choice.get("delta"), choice.get("message"), {"text": choice.get("text")})
            if any(isinstance(one, dict) and _speaks(one) for one in said):
                told.add(index if whole(index := choice.get("index")) else 0)
    yield from ((one.reason, "$.choices[].delta", one.index in told) for one in fold.choices.values())


def _speaks(message: dict[str, JSON]) -> bool:
    """Whether it says anything beside its role; blanks are nothing."""
    return any(value.strip() if isinstance(value, str) else value for key, value in message.items() if key != "role")


@BOOK.rule(
    "OC-A07",
    "SHOULD",
    Scope.ANSWER,
    "OpenAPI: finish_reason length is for the maximum number of tokens of the request, or a full context",
    good="max_completion_tokens 500, completion_tokens 500 and finish_reason length",
    bad="max_completion_tokens 500, completion_tokens 9 and finish_reason length",
    why="clients ask for the rest of an answer that is whole, or throw it away",
)
def cut_at_the_limit(reading: Reading) -> Iterator[Violation]:
    """An answer that ends with length used most of the tokens that it was allowed, or filled a context."""
    asked = reading.asked
    limit = asked.get("max_completion_tokens") or asked.get("max_tokens")
    reasons = (reason for reason, _, _ in _said(reading))
    if not whole(limit) or "length" not in reasons:
        return
    for frame, usage in list(usages(reading))[-1:]:
        made, read, total = (usage.get(f"{key}_tokens") for key in ("completion", "prompt", "total"))
        if not (whole(made) and whole(read) and whole(total)):
            continue
        if max(made, total - read) * 2 < limit and max(total, made + read) < SMALL_CONTEXT:
            path = "$.usage.completion_tokens"
            yield Violation("finish_reason is length far below the limit", path, frame, limit, made)
