"""Rules of anthropic-messages about what stands in a request: sampling, documents, thinking, images.

Rule of the file: what a version forbids is judged only on a request that names that version.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from conformance.dialects.anthropic_messages.rules_request import violations
from conformance.dialects.anthropic_messages.turns import (
    Fault,
    assistant_documents,
    blocks_in,
    sampling,
    user_citations,
)
from conformance.dialects.anthropic_messages.words import IMAGE_TYPES, VERSION, count_of
from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Rulebook, Scope, Violation

BOOK = Rulebook("anthropic-messages: content")


def _now(reading: Reading, forbidden: Callable[[JSON], Iterable[Fault]]) -> Iterator[Violation]:
    """What the current version forbids, when the request names the current version."""
    if reading.exchange.request.header("anthropic-version") == VERSION:
        yield from violations(forbidden(reading.asked))


@BOOK.rule(
    "AM-Q03",
    "MUST",
    Scope.REQUEST,
    "platform.claude.com, migration to 2026-10-21",
    good="no temperature, top_p or top_k",
    bad='{"temperature": 1.0}',
    why="the vendor answers 400, even for the values that were the defaults",
)
def no_sampling(reading: Reading) -> Iterator[Violation]:
    """With version 2026-10-21 there are no sampling parameters."""
    return _now(reading, sampling)


@BOOK.rule(
    "AM-Q04",
    "MUST",
    Scope.REQUEST,
    "platform.claude.com, migration to 2026-10-21",
    good="a document block in a user message",
    bad="a document block in an assistant message",
    why="the vendor answers 400",
)
def no_assistant_documents(reading: Reading) -> Iterator[Violation]:
    """With version 2026-10-21 no `document` block stands directly in an assistant message."""
    return _now(reading, assistant_documents)


@BOOK.rule(
    "AM-Q05",
    "MUST",
    Scope.REQUEST,
    "platform.claude.com, migration to 2026-10-21",
    good='{"type": "text", "text": "…", "citations": []} of the user',
    bad='{"type": "text", "text": "…", "citations": [{…}]} of the user',
    why="the vendor answers 400",
)
def no_user_citations(reading: Reading) -> Iterator[Violation]:
    """With version 2026-10-21 text of the user, also inside a search result, carries no citations."""
    return _now(reading, user_citations)


@BOOK.rule(
    "AM-Q11",
    "MUST",
    Scope.REQUEST,
    "anthropic SDK: types/thinking_config_enabled_param",
    good='{"max_tokens": 4096, "thinking": {"type": "enabled", "budget_tokens": 2048}}',
    bad='{"max_tokens": 1024, "thinking": {"type": "enabled", "budget_tokens": 1024}}',
    why="the vendor answers 400",
)
def thinking_budget(reading: Reading) -> Iterator[Violation]:
    """A thinking budget is an integer of at least 1024 and less than `max_tokens`."""
    thinking, most = reading.asked.get("thinking"), count_of(reading.asked.get("max_tokens"))
    if not isinstance(thinking, dict) or thinking.get("type") != "enabled":
        return
    path, budget = "$.thinking.budget_tokens", count_of(thinking.get("budget_tokens"))
    if budget is None or budget < 1024:
        got = thinking.get("budget_tokens")
        yield Violation("the thinking budget is not an integer >= 1024", path, expected=">= 1024", got=got)
    elif most is not None and budget >= most:
        yield Violation("the thinking budget is not below max_tokens", path, expected=f"< {most}", got=budget)


@BOOK.rule(
    "AM-Q12",
    "MUST",
    Scope.REQUEST,
    "platform.claude.com, extended thinking",
    good='{"type": "thinking", "thinking": "…", "signature": "…"}',
    bad='{"type": "thinking", "thinking": "…"}',
    why="the vendor checks the signature of thinking that comes back, and answers 400 without one",
)
def thinking_is_signed(reading: Reading) -> Iterator[Violation]:
    """Thinking that is replayed keeps its `signature`, redacted thinking its `data`."""
    owed = {"thinking": "signature", "redacted_thinking": "data"}
    for placed in blocks_in(reading.asked):
        key = owed.get(placed.kind) if isinstance(placed.kind, str) else None
        if key and not (isinstance(placed.block.get(key), str) and placed.block[key]):
            yield Violation(f"{placed.kind} without its {key}", f"{placed.path}.{key}", got=placed.block.get(key))


@BOOK.rule(
    "AM-Q13",
    "MUST",
    Scope.REQUEST,
    "anthropic SDK: types/base64_image_source_param",
    good='{"type": "base64", "media_type": "image/png", "data": "…"}',
    bad='{"type": "base64", "media_type": "image/tiff", "data": "…"}',
    why="the vendor answers 400",
)
def image_types(reading: Reading) -> Iterator[Violation]:
    """An image given by its bytes is JPEG, PNG, GIF or WebP."""
    for placed in blocks_in(reading.asked):
        source = placed.block.get("source")
        if placed.kind == "image" and isinstance(source, dict) and source.get("type") == "base64":
            kind = source.get("media_type")
            if kind not in IMAGE_TYPES:
                path = f"{placed.path}.source.media_type"
                yield Violation("this kind of image is not taken", path, expected=list(IMAGE_TYPES), got=kind)
