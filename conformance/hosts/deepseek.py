"""Rules of DeepSeek: how its usage adds up, and what it wants back of its thinking.

Rule of the file: as its vendor documents it, and as every recorded answer of its has it.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.dialects.openai_chat.book import inside, objects, whole
from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Rulebook, Scope, Violation

BOOK = Rulebook("deepseek")

_HIT, _MISS = "prompt_cache_hit_tokens", "prompt_cache_miss_tokens"


@BOOK.rule(
    "CT-09",
    "MUST",
    Scope.ANSWER,
    "api-docs.deepseek.com: context caching, usage",
    good='"prompt_tokens":20,"prompt_cache_hit_tokens":16,"prompt_cache_miss_tokens":4',
    bad='"prompt_tokens":20,"prompt_cache_hit_tokens":16,"prompt_cache_miss_tokens":16',
    why="hits cost a tenth of misses: the bill is reckoned from these two",
    survived="the openai SDK hands the counts on and adds nothing up",
)
def cache_adds_up(reading: Reading) -> Iterator[Violation]:
    """Hits and misses of the cache add up to the prompt's tokens, and the hits are its cached_tokens."""
    bodies = [(one.number, one.json) for one in reading.chunks] if reading.streamed else [(None, reading.reply)]
    for frame, body in bodies:
        hit, missed, prompt = (inside(body, "usage", name) for name in (_HIT, _MISS, "prompt_tokens"))
        if not whole(hit) or not whole(missed):
            continue
        if whole(prompt) and hit + missed != prompt:
            yield Violation("hits and misses are not the prompt", f"$.usage.{_MISS}", frame, prompt - hit, missed)
        cached = inside(body, "usage", "prompt_tokens_details", "cached_tokens")
        if cached not in (None, hit):
            place = "$.usage.prompt_tokens_details.cached_tokens"
            yield Violation("cached_tokens are not the hits", place, frame, hit, cached)


@BOOK.rule(
    "CT-22",
    "MUST",
    Scope.REQUEST,
    "api-docs.deepseek.com: thinking mode, tool calls",
    good='{"role":"assistant","tool_calls":[…],"reasoning_content":"…"}',
    bad='{"role":"assistant","tool_calls":[…]} in thinking mode',
    why="the server answers 400: it takes the turn up again where its thinking broke off",
)
def thoughts_come_back(reading: Reading) -> Iterator[Violation]:
    """In thinking mode a turn with calls is sent back with its reasoning_content, which may be empty."""
    if not _thinks(reading.asked):
        return
    for at, message in objects(reading.asked, "messages"):
        if message.get("role") == "assistant" and message.get("tool_calls") and "reasoning_content" not in message:
            yield Violation("the thinking is not sent back", f"$.messages[{at}].reasoning_content")


def _thinks(asked: dict[str, JSON]) -> bool:
    """Whether the request says that the model shall think, or names one that always does. Unsaid, models differ."""
    told = inside(asked, "thinking", "type")
    return told == "enabled" or (told is None and asked.get("model") == "deepseek-reasoner")
