"""Deviations that only add: keys of a vendor's own, which every client must pass over.

Rule of the file: nothing is excused, because unknown keys are legal.
"""

from __future__ import annotations

from conformance.deviating import Bend, Chunk, Deviation
from conformance.model import Reply

from .shaping import at_the_end, choices_of, each_choice, everywhere, streams_only, with_keys


def _routed(told: Chunk) -> None:
    told["provider"] = "Virtual"
    for choice in choices_of(told):
        choice["native_finish_reason"] = choice.get("finish_reason")


def _text_beside(chunks: list[Chunk], reply: Reply) -> list[Chunk]:
    for number, chunk in enumerate(chunks):
        for choice in choices_of(chunk):
            choice |= {"text": choice["delta"].get("content") or "", "token_id": 100 + number}
    return chunks


_TIMINGS = {"prompt_n": 24, "prompt_ms": 1.5, "predicted_n": 9, "predicted_ms": 4.5, "predicted_per_second": 2000.0}

EXTRAS = (
    Deviation(
        id="timings",
        sentence="The last chunk tells how long prompt and answer took.",
        source="source of llama.cpp's server",
        bend=at_the_end(with_keys(timings=_TIMINGS)),
    ),
    Deviation(
        id="time_info",
        sentence="The chunk with the usage tells how long the answer took.",
        source="recorded streams of cerebras",
        bend=at_the_end(with_keys(time_info={"queue_time": 0.0002, "completion_time": 0.004, "total_time": 0.006})),
    ),
    Deviation(
        id="base_resp",
        sentence="The last chunk tells a status of its own: 0 when all went well.",
        source="recorded answers of minimax",
        bend=at_the_end(with_keys(base_resp={"status_code": 0, "status_msg": ""})),
    ),
    Deviation(
        id="citations",
        sentence="Chunks and answers list the pages that were read.",
        source="perplexity's reference; recorded streams",
        bend=everywhere(with_keys(citations=["https://example.com/"], search_results=[])),
    ),
    Deviation(
        id="routed",
        sentence="Chunks and answers name who really answered, and the reason in that one's own words.",
        source="openrouter's reference; recorded streams",
        bend=everywhere(_routed),
    ),
    Deviation(
        id="choice_stop_reason",
        sentence="Choices have stop_reason and token_ids of their own.",
        source="source of vllm's server",
        bend=each_choice(with_keys(stop_reason=None, token_ids=None)),
    ),
    Deviation(
        id="text_beside_delta",
        sentence="Choices tell the text and its token beside the delta.",
        source="recorded streams of together",
        bend=streams_only(Bend(chunks=_text_beside)),
    ),
)
