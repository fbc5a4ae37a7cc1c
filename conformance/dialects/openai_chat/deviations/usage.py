"""Deviations in where tokens are counted, and how.

Rule of the file: decoded, the counts are the same.
"""

from __future__ import annotations

from msgspec.structs import replace

from conformance.deviating import Bend, Chunk, Deviation
from conformance.dialects.openai_chat.serve import usage
from conformance.model import JSON, Reply, Usage

from .shaping import at_the_end, choices_of, everywhere, finish_of, last_with_usage

EARLY = "the vendor counts on other chunks than the one at the end"


def _split(chunks: list[Chunk], reply: Reply) -> tuple[list[Chunk], JSON]:
    """The chunks without the usage chunk, and what is to be counted, whether it was asked for or not."""
    return [chunk for chunk in chunks if chunk["choices"] or "usage" not in chunk], usage(reply.usage)


def _on_finish(chunks: list[Chunk], reply: Reply) -> list[Chunk]:
    others, counts = _split(chunks, reply)
    if counts:
        finish_of(others)["usage"] = counts
    return others


def _unasked(chunks: list[Chunk], reply: Reply) -> list[Chunk]:
    others, counts = _split(chunks, reply)
    told = {key: one for key, one in others[-1].items() if key not in ("choices", "usage")}
    return [*others, told | {"choices": [], "usage": counts}] if counts else others


def _in_choice(chunks: list[Chunk], reply: Reply) -> list[Chunk]:
    others, counts = _split(chunks, reply)
    for chunk in others:
        chunk.pop("usage", None)
    for choice in choices_of(finish_of(others)) if counts else ():
        choice["usage"] = counts
    return others


def _every_chunk(chunks: list[Chunk], reply: Reply) -> list[Chunk]:
    """Cumulative counts: each chunk tells what has been said so far, the last one all of it."""
    others, counts = _split(chunks, reply)
    for number, chunk in enumerate(others if counts else (), 1):
        prompt, output = counts["prompt_tokens"], counts["completion_tokens"] * number // len(others)
        so_far = {"prompt_tokens": prompt, "completion_tokens": output, "total_tokens": prompt + output}
        chunk["usage"] = counts if number == len(others) else so_far
    return others


def _without_reasoning(told: Chunk) -> None:
    counts = told.get("usage") or {}
    if reasoning := (counts.get("completion_tokens_details") or {}).get("reasoning_tokens"):
        told["usage"] = counts | {"completion_tokens": counts["completion_tokens"] - reasoning}


def _with_reasoning(said: Usage) -> Usage:
    if said.output is None or said.reasoning is None:
        return said
    return replace(said, output=said.output + said.reasoning)


def _hit_and_miss(told: Chunk) -> None:
    if counts := told.get("usage"):
        hit = (counts.get("prompt_tokens_details") or {}).get("cached_tokens", 0)
        split = {"prompt_cache_hit_tokens": hit, "prompt_cache_miss_tokens": counts["prompt_tokens"] - hit}
        told["usage"] = counts | split


def _cached_on_top(told: Chunk) -> None:
    if counts := told.get("usage"):
        told["usage"] = counts | {"cached_tokens": (counts.get("prompt_tokens_details") or {}).get("cached_tokens", 0)}


def _x_groq(chunks: list[Chunk], reply: Reply) -> list[Chunk]:
    chunks[0]["x_groq"] = {"id": "req_virtual"}
    counting = last_with_usage(chunks)
    finish_of(chunks)["x_groq"] = {"id": "req_virtual", "usage": counting.get("usage")}
    return chunks


def _x_groq_whole(told: Chunk, reply: Reply) -> Chunk:
    return told | {"x_groq": {"id": "req_virtual"}}


def _cost(told: Chunk) -> None:
    if counts := told.get("usage"):
        told["usage"] = counts | {"cost": 0.000021, "is_byok": False}


def _ticks(told: Chunk) -> None:
    if counts := told.get("usage"):
        told["usage"] = counts | {"cost_in_usd_ticks": 210_000}


_ASKED = {"OC-S13": (None, EARLY), "OC-S14": (None, EARLY)}

USAGE = (
    Deviation(
        id="usage_on_finish",
        sentence="Usage stands on the chunk with the finish reason; no usage chunk follows.",
        source="recorded streams of deepseek, groq and cerebras",
        bend=Bend(chunks=_on_finish),
        excuses=_ASKED,
    ),
    Deviation(
        id="usage_unasked",
        sentence="A chunk with the usage ends each stream, whether it was asked for or not.",
        source="recorded streams of xiaomi",
        bend=Bend(chunks=_unasked),
        excuses={"OC-S14": (None, "the vendor always counts")},
    ),
    Deviation(
        id="usage_every_chunk",
        sentence="Every chunk counts the tokens so far; the last count holds.",
        source="recorded streams of perplexity; siliconflow's reference",
        bend=Bend(chunks=_every_chunk),
        excuses=_ASKED,
    ),
    Deviation(
        id="usage_in_choice",
        sentence="Usage stands inside the last choice.",
        source="client sources for moonshot",
        bend=Bend(chunks=_in_choice),
        excuses={"OC-S13": (None, EARLY)},
    ),
    Deviation(
        id="output_excludes_reasoning",
        sentence="completion_tokens leaves reasoning out; the total counts prompt, completion and reasoning.",
        source="recorded streams of xai",
        bend=everywhere(_without_reasoning),
        counts=_with_reasoning,
        excuses={
            "OC-U01 $.usage.total_tokens": (None, "the vendor adds reasoning to the total, not to the completion"),
            "OC-U02 $.usage.completion_tokens_details.reasoning_tokens": (
                None,
                "reasoning is no part of completion here",
            ),
        },
    ),
    Deviation(
        id="prompt_cache_hit_miss",
        sentence="Usage tells the prompt's tokens as hits and misses of the cache, which add up to the prompt.",
        source="deepseek's reference of context caching; recorded streams",
        bend=everywhere(_hit_and_miss),
    ),
    Deviation(
        id="cached_tokens_on_top",
        sentence="Usage tells cached_tokens beside its other counts.",
        source="client sources for moonshot",
        bend=everywhere(_cached_on_top),
    ),
    Deviation(
        id="x_groq",
        sentence="The first chunk names the request in `x_groq`, the finish chunk counts there once more.",
        source="recorded streams of groq",
        bend=Bend(chunks=_x_groq, whole=_x_groq_whole),
    ),
    Deviation(
        id="usage_cost",
        sentence="Usage tells what the answer cost.",
        source="openrouter's reference of usage accounting",
        bend=at_the_end(_cost),
    ),
    Deviation(
        id="usage_cost_ticks",
        sentence="Usage tells the cost in fractions of a dollar.",
        source="recorded answers of xai",
        bend=at_the_end(_ticks),
    ),
)
