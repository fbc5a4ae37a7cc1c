"""Faults of texts and summaries in a stream: their parts, indexes, deltas and wholes.

Rule of the file: one event or one key at a time; what comes of it in clients differs.
"""

from __future__ import annotations

from conformance.faults import kit
from conformance.faults.every.telling import Teller
from conformance.faults.openai_responses.changing import (
    DELTA,
    DONE,
    NAME,
    PART,
    PART_DONE,
    SUMMARY,
    TEXT,
    Events,
    again,
    each,
    lost,
    moved,
    nth,
    without,
)

_part, _text = Teller(NAME, "part"), Teller(NAME, "text")
_think = Teller(NAME, "summary", "thinking")
SUMMARY_ADDED, SUMMARY_DELTA = f"{SUMMARY}_part.added", f"{SUMMARY}_text.delta"
SUMMARY_TEXT, SUMMARY_DONE = f"{SUMMARY}_text.done", f"{SUMMARY}_part.done"


def _cumulative(told: Events) -> Events:
    said = ""
    for one in told:
        if one["type"] == DELTA:
            said += one["delta"]
            one["delta"] = said
    return told


FAULTS = (
    _part.fault("added-missing", "OR-S08", "A part is told and never added.", without(PART)),
    _part.fault("added-late", "OR-S08", "A part is added after its first delta.", moved(PART, 0, lambda at: at + 1)),
    _part.fault("done-early", "OR-S08", "A part is done before its text is.", moved(PART_DONE, 0, lambda at: at - 1)),
    _part.fault(
        "begins-full",
        "OR-S23",
        "An added part holds its text already.",
        each(PART, kit.set_at("part", text="Hello, dear reader, and welcome!")),
    ),
    _part.fault(
        "index-missing",
        "OR-S17",
        "Deltas have no content_index.",
        each(DELTA, kit.drop_at("", "content_index")),
    ),
    _part.fault(
        "index-null", "OR-S17", "The content_index of deltas is null.", each(DELTA, kit.set_at("", content_index=None))
    ),
    _part.fault(
        "index-string",
        "OR-S17",
        "The content_index of deltas is a string.",
        each(DELTA, kit.set_at("", content_index="0")),
    ),
    _part.fault(
        "index-other",
        "OR-S08",
        "Deltas name a part that there is not.",
        each(DELTA, kit.set_at("", content_index=1)),
        also=frozenset({"GN-11"}),
    ),
    _part.fault(
        "output-index-missing",
        "OR-S17",
        "Deltas have no output_index.",
        each(DELTA, kit.drop_at("", "output_index")),
    ),
    _part.fault(
        "text-object",
        "OR-S09",
        "The text of a part that is done is an object.",
        each(PART_DONE, kit.set_at("part", type="output_text", text={"value": "Hello"})),
    ),
    _text.fault(
        "done-differs",
        "OR-S09",
        "The text that is done is not the sum of its deltas.",
        each(TEXT, kit.set_at("", text="Hello!")),
    ),
    _text.fault("done-empty", "OR-S09", "The text that is done is empty.", each(TEXT, kit.set_at("", text=""))),
    _text.fault(
        "part-differs",
        "OR-S09",
        "The part that is done says something else.",
        each(PART_DONE, kit.set_at("part", text="Hello!")),
    ),
    _text.fault(
        "part-empty", "OR-S09", "The part that is done is empty.", each(PART_DONE, kit.set_at("part", text=""))
    ),
    _text.fault(
        "item-differs",
        "OR-S09",
        "The message that is done says something else.",
        each(DONE, kit.set_at("item.content[]", text="Hello!")),
        also=frozenset({"OR-S15"}),
    ),
    _text.fault("cumulative", "OR-S09", "Every delta holds all of the text so far.", kit.sequence(_cumulative)),
    _text.fault("delta-lost", "OR-S09", "One delta is lost.", lost(DELTA, 2)),
    _text.fault("delta-twice", "OR-S09", "One delta comes twice.", again(DELTA, 1)),
    _text.fault("deltas-swapped", "OR-S09", "Two deltas change places.", moved(DELTA, 1, lambda at: at + 1)),
    _text.fault(
        "delta-object",
        "JS-S",
        "A delta is an object.",
        each(DELTA, kit.swap_at("", "delta", lambda text: {"text": text})),
        also=frozenset({"OR-S09"}),
    ),
    _text.fault(
        "delta-null",
        "JS-S",
        "The delta of one event is null.",
        nth(DELTA, 1, kit.set_at("", delta=None)),
        also=frozenset({"OR-S09"}),
    ),
    _text.fault(
        "delta-missing",
        "JS-S",
        "Deltas are called text.",
        each(DELTA, lambda one: one.update(text=one.pop("delta"))),
        also=frozenset({"OR-S09"}),
    ),
    _text.fault(
        "trimmed", "OR-S09", "The blanks around deltas are lost.", each(DELTA, kit.swap_at("", "delta", str.strip))
    ),
    _text.fault("logprobs-missing", "OR-S18", "Deltas have no logprobs.", kit.chunks(kit.drop_at("", "logprobs"))),
    _text.fault(
        "logprobs-null",
        "OR-S18",
        "The logprobs of deltas are null.",
        each(DELTA, kit.set_at("", logprobs=None)),
        also=frozenset({"JS-S"}),
    ),
    _text.fault(
        "refusal-differs",
        "OR-S09",
        "A refusal that is done is not the sum of its deltas.",
        each("response.refusal.done", kit.set_at("", refusal="No.")),
        on="refusal",
    ),
    _think.fault("added-missing", "OR-S11", "A summary is told and never added.", without(SUMMARY_ADDED)),
    _think.fault(
        "done-early",
        "OR-S11",
        "The part of a summary is done before its text.",
        moved(SUMMARY_DONE, 0, lambda at: at - 1),
    ),
    _think.fault(
        "added-late", "OR-S11", "A summary is added after its first delta.", moved(SUMMARY_ADDED, 0, lambda at: at + 1)
    ),
    _think.fault(
        "index-missing",
        "OR-S17",
        "Deltas of a summary have no summary_index.",
        each(SUMMARY_DELTA, kit.drop_at("", "summary_index")),
    ),
    _think.fault("delta-lost", "OR-S25", "One delta of a summary is lost.", lost(SUMMARY_DELTA, 2)),
    _think.fault(
        "done-differs",
        "OR-S25",
        "The summary that is done is not the sum of its deltas.",
        each(SUMMARY_TEXT, kit.set_at("", text="Hm.")),
    ),
    _think.fault(
        "item-empty",
        "OR-S25",
        "The reasoning that is done has no summary.",
        each(DONE, lambda one: kit.set_at("item", summary=[])(one) if one["item"]["type"] == "reasoning" else None),
    ),
    _think.fault(
        "in-text",
        "OR-S07",
        "The reasoning is done as a message.",
        nth(DONE, 0, kit.set_at("item", type="message")),
        also=frozenset({"GN-11", "OR-S15"}),
    ),
)
