"""What looks odd in an answer of this language and is legal.

Rule of the file: nothing of it may be called wrong.
"""

from __future__ import annotations

from conformance.deviating import Bend, Chunk
from conformance.faults import kit
from conformance.faults.cohere_v2.steps import CALL, DELTA, END, NAME, SAID, STOP
from conformance.faults.every.telling import Teller
from conformance.faults.typed import before, setting, without

_EVENT, _BLOCK, _CALLS = Teller(NAME, "event"), Teller(NAME, "block"), Teller(NAME, "call", "tool_call_single")
_USAGE, _WHOLE, _REQUEST = Teller(NAME, "usage"), Teller(NAME, "whole", "simple_text_whole"), Teller(NAME, "request")

_CITED: tuple[Chunk, ...] = (
    {
        "type": "citation-start",
        "index": 0,
        "delta": {"message": {"citations": {"start": 0, "end": 5, "text": "Hello"}}},
    },
    {"type": "citation-end", "index": 0},
)


VARIATIONS = (
    _EVENT.legal(
        "done",
        "[DONE] follows message-end.",
        kit.frames(lambda told: [*told, b"data: [DONE]\n\n"]),
        source="recorded streams of the vendor",
    ),
    _EVENT.legal(
        "unnamed",
        "Events have no event line.",
        kit.each_frame(lambda frame: frame[frame.index(b"data:") :]),
        source="SDK: the type in the data decides",
    ),
    _EVENT.legal(
        "unknown-event", "An event of a new type comes.", before(STOP, {"type": "weather-report", "sky": "clear"})
    ),
    _EVENT.legal(
        "unknown-keys",
        "Every event has a new key.",
        kit.sequence(lambda told: [{**one, "x_new": {"of": "tomorrow"}} for one in told]),
    ),
    _EVENT.legal(
        "failed",
        "The answer failed, and says why.",
        setting(END, "delta", finish_reason="ERROR", error="no valid response generated", usage={}),
        source="recorded streams of the vendor",
    ),
    _EVENT.legal("stopped", "The answer met a stop sequence.", setting(END, "delta", finish_reason="STOP_SEQUENCE")),
    _BLOCK.legal("cited", "A citation stands between deltas.", before(STOP, *_CITED)),
    _BLOCK.legal("empty", "Content has no delta.", without(DELTA)),
    _BLOCK.legal("none", "The answer has no block.", without(lambda told: "index" in told)),
    _BLOCK.legal("delta-empty", "A delta is empty.", setting(DELTA, SAID, 0, text="")),
    _BLOCK.legal(
        "numbered-apart",
        "Text and thinking are counted apart.",
        kit.chunks(lambda told: told.update(index=0), lambda told: "index" in told),
        on="thinking",
        source="recorded streams of the vendor",
    ),
    _CALLS.legal(
        "planned",
        "A plan comes before the call.",
        before(CALL, {"type": "tool-plan-delta", "delta": {"message": {"tool_plan": "I will look."}}}),
    ),
    _USAGE.legal(
        "fractions",
        "Counts are written with a point.",
        setting(END, "delta.usage", tokens={"input_tokens": 24.0, "output_tokens": 9.0}),
    ),
    _USAGE.legal(
        "billed-less",
        "Less is billed than was read.",
        setting(END, "delta.usage", billed_units={"input_tokens": 3, "output_tokens": 9}, cached_tokens=16),
    ),
    _WHOLE.legal(
        "content-null",
        "The content is null beside calls.",
        kit.whole(kit.set_at("message", content=None)),
        on="tool_call_single_whole",
    ),
    _WHOLE.legal(
        "planned",
        "The answer tells its plan and its citations.",
        kit.whole(kit.set_at("message", tool_plan="I will look.", citations=[])),
        on="tool_call_single_whole",
    ),
    _WHOLE.legal("unknown-keys", "The answer has new keys.", kit.whole(kit.set_at("", x_new=1, logprobs=None))),
    _REQUEST.legal(
        "choice-none",
        "No call is wanted, and there are no tools.",
        Bend(),
        asks=kit.asking(kit.set_at("", tool_choice="NONE")),
        source="recorded requests that the vendor answered",
    ),
    _REQUEST.legal(
        "options",
        "Safety, priority and a seed are told.",
        Bend(),
        asks=kit.asking(kit.set_at("", safety_mode="CONTEXTUAL", priority=0, seed=7, p=0.99, k=0)),
    ),
)
