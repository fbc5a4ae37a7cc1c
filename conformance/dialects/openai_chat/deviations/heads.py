"""Deviations in what every chunk and answer carries: object, created, role, and the keys of a message.

Rule of the file: the text of the answer is the same; only what stands around it differs.
"""

from __future__ import annotations

from conformance.deviating import Bend, Chunk, Deviation
from conformance.model import Reply

from .shaping import choices_of, each_choice, everywhere, saying, streams_only, without

NO_OBJECT = "the vendor sends no `object`"
NO_REFUSAL = "the vendor's messages have no refusal"


def _drift(chunks: list[Chunk], reply: Reply) -> list[Chunk]:
    for number, chunk in enumerate(chunks):
        chunk["created"] += number // 2
    return chunks


def _filter_head(chunks: list[Chunk], reply: Reply) -> list[Chunk]:
    """Azure's first chunk tells what its filter found in the prompt, and nothing else."""
    safe = {"hate": {"filtered": False, "severity": "safe"}}
    head: Chunk = {"id": "", "object": "", "created": 0, "model": "", "choices": []}
    filtered = [{"prompt_index": 0, "content_filter_results": safe}]
    for chunk in chunks:
        for choice in choices_of(chunk):
            choice["content_filter_results"] = safe if choice["delta"].get("content") else {}
    return [head | {"prompt_filter_results": filtered}, *chunks]


def _blank_ids(chunks: list[Chunk], reply: Reply) -> list[Chunk]:
    for chunk in chunks:
        chunk["id"] = ""
    return chunks


def _role(choice: Chunk) -> None:
    choice["delta"] = {"role": "assistant"} | choice["delta"]


HEADS = (
    Deviation(
        id="role_every_delta",
        sentence="Every delta tells the role again.",
        source="recorded streams of perplexity, zai and copilot",
        bend=streams_only(each_choice(_role)),
        excuses={"OC-S05": (None, "the vendor repeats the role on every delta")},
    ),
    Deviation(
        id="created_drifts",
        sentence="The time of creation moves on within a stream.",
        source="recorded streams of groq and xai",
        bend=Bend(chunks=_drift),
        excuses={"OC-S03": (None, "the vendor stamps each chunk with the time it was sent")},
    ),
    Deviation(
        id="object_missing",
        sentence="Chunks and answers do not say what kind of object they are.",
        source="recorded answers of zai and copilot",
        bend=everywhere(without("object")),
        excuses={
            "OC-S01 $.object": (None, NO_OBJECT),
            "OC-R01 $.object": (None, NO_OBJECT),
            "JS-S $": (None, NO_OBJECT),
            "JS-R $": (None, NO_OBJECT),
        },
    ),
    Deviation(
        id="ids_blank",
        sentence="Chunks bear an empty id.",
        source="recorded streams of snowflake",
        bend=Bend(chunks=_blank_ids),
        excuses={
            "OC-S01 $.id": (None, "the vendor's chunks have an empty id"),
            "JS-S $.id": (None, "the vendor's chunks have an empty id"),
        },
    ),
    Deviation(
        id="refusal_missing",
        sentence="Messages have no refusal key.",
        source="vendors' references: their messages have role, content and tool_calls",
        bend=each_choice(lambda choice: saying(choice).pop("refusal", None)),
        excuses={"OC-R03 $.choices[].message.refusal": (None, NO_REFUSAL)},
    ),
    Deviation(
        id="logprobs_missing",
        sentence="Choices have no logprobs key unless logprobs were asked for.",
        source="vendors' references and recorded answers",
        bend=each_choice(without("logprobs")),
        excuses={"OC-R05": (None, "the vendor sends logprobs only when asked")},
    ),
    Deviation(
        id="filter_head",
        sentence="A first chunk without choices, id and model tells what a filter found in the prompt.",
        source="Azure's documentation of content filtering; recorded streams",
        bend=Bend(chunks=_filter_head),
        excuses={
            "OC-S01 $.id": (None, "the filter's chunk has no id"),
            "OC-S01 $.model": (None, "the filter's chunk names no model"),
            "OC-S01 $.object": (None, "the filter's chunk names no object"),
            "OC-S13 $.choices": (None, "the filter's chunk counts nothing"),
            "JS-S $.id": (None, "the filter's chunk has no id"),
            "JS-S $.model": (None, "the filter's chunk names no model"),
            "JS-S $.object": (None, "the filter's chunk names no object"),
        },
    ),
)
