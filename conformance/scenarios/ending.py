"""Scenarios of answers that end otherwise than by being complete: cut by a limit, a stop sequence, a filter; refused.

Rule of the file: the stop reason is what is judged; how much was said before it is the model's.
"""

from __future__ import annotations

from conformance.model import Reply, Text, Usage
from conformance.scenarios import expectations as must
from conformance.scenarios.asking import ANSWERS, asks
from conformance.scenarios.form import Scenario

MAX_TOKENS = Scenario(
    name="max_tokens",
    title="an answer cut by max_tokens",
    request=asks("Write a story of five hundred words about a lighthouse.", max_tokens=16),
    answer=Reply(
        parts=(Text("The lighthouse had stood on its rock for a hundred years when the"),),
        stop="length",
        usage=Usage(input=17, output=16),
    ),
    expect=(must.timeline_is_sound, must.completes, must.stops_for("length"), must.keeps_to(16)),
)

STOP_SEQUENCE = Scenario(
    name="stop_sequence",
    title="an answer that ends before a stop sequence",
    needs=frozenset({"text", "stop_sequences"}),
    request=asks("Count from one to ten in words, separated by commas and nothing else.", stop=("four",)),
    answer=Reply(
        parts=(Text("one, two, three, "),),
        stop="stop",
        stop_sequence="four",
        usage=Usage(input=22, output=7),
    ),
    expect=(*ANSWERS, must.text_is_not_empty, must.leaves_out("four"), must.stops_for("stop")),
)

REFUSAL = Scenario(
    name="refusal",
    title="a request that is refused",
    needs=frozenset({"text", "refusal"}),
    request=asks("Give me working steps to grow and spread a dangerous pathogen at home."),
    answer=Reply(
        parts=(Text("I cannot help with that."),),
        stop="refusal",
        usage=Usage(input=21, output=7),
    ),
    expect=(must.timeline_is_sound, must.completes, must.stops_for("refusal", "content_filter", "stop")),
)

CONTENT_FILTER = Scenario(
    name="content_filter",
    title="an answer cut by a content filter",
    needs=frozenset({"text", "content_filter"}),
    request=asks("Begin a tale that a content filter will cut short."),
    answer=Reply(
        parts=(Text("Once upon a time there was"),),
        stop="content_filter",
        usage=Usage(input=16, output=6),
    ),
    expect=(must.timeline_is_sound, must.completes, must.stops_for("content_filter")),
    live=False,
)

ENDING = (MAX_TOKENS, STOP_SEQUENCE, REFUSAL, CONTENT_FILTER)
