"""Faults of usage, whole and streamed.

Rule of the file: the answer itself is sound.
"""

from __future__ import annotations

from conformance.faults import kit
from conformance.faults.every.telling import Teller
from conformance.faults.openai_responses.changing import NAME

_usage = Teller(NAME, "usage", "simple_text_whole")


_CHAT_NAMES = {"prompt_tokens": 24, "completion_tokens": 9, "total_tokens": 33}
_CACHED = {"cached_tokens": 99, "cache_write_tokens": 0}

FAULTS = (
    _usage.fault("missing_whole", "OR-U01", "There is no usage.", kit.whole_drop("", "usage")),
    _usage.fault("null_whole", "OR-U01", "usage is null.", kit.whole_set("", usage=None)),
    _usage.fault(
        "chat-names_whole",
        "OR-U02",
        "Usage has the names of openai-chat.",
        kit.whole_set("", usage=_CHAT_NAMES),
    ),
    _usage.fault("total_whole", "OR-U02", "total_tokens is not the sum.", kit.whole_set("usage", total_tokens=99)),
    _usage.fault(
        "total-missing_whole",
        "OR-U02",
        "There is no total_tokens.",
        kit.whole_drop("usage", "total_tokens"),
    ),
    _usage.fault(
        "details-missing_whole",
        "OR-U02",
        "Usage has no details.",
        kit.whole_drop("usage", "input_tokens_details", "output_tokens_details"),
    ),
    _usage.fault(
        "details-null_whole",
        "OR-U02",
        "The details of usage are null.",
        kit.whole_set("usage", input_tokens_details=None),
        also=frozenset({"JS-R"}),
    ),
    _usage.fault(
        "cached-exceeds_whole",
        "OR-U02",
        "More tokens are cached than there are.",
        kit.whole_set("usage", input_tokens_details=_CACHED),
    ),
    _usage.fault(
        "reasoning-exceeds_whole",
        "OR-U02",
        "More tokens are of reasoning than came.",
        kit.whole_set("usage", output_tokens_details={"reasoning_tokens": 99}),
    ),
    _usage.fault(
        "strings_whole",
        "OR-U02",
        "Counts are strings.",
        kit.whole(kit.swap_at("usage", "input_tokens", str)),
    ),
    _usage.fault(
        "negative_whole",
        "GN-16",
        "A count is negative.",
        kit.whole_set("usage", output_tokens=-1, total_tokens=23),
        also=frozenset({"GN-34", "OR-U02"}),
    ),
    _usage.fault(
        "fraction_whole",
        "OR-U02",
        "A count has a fraction.",
        kit.whole_set("usage", input_tokens=23.5, total_tokens=32.5),
        also=frozenset({"GN-16"}),
    ),
    _usage.fault(
        "cache-write-missing_whole",
        "OR-U03",
        "The tokens written to the cache are not counted.",
        kit.whole_drop("usage.input_tokens_details", "cache_write_tokens"),
    ),
    _usage.fault(
        "missing",
        "OR-U01",
        "response.completed has no usage.",
        kit.chunks(kit.drop_at("response", "usage")),
        on="simple_text",
    ),
    _usage.fault(
        "null",
        "OR-U01",
        "The usage of response.completed is null.",
        kit.chunks(kit.set_at("response", usage=None)),
        on="simple_text",
        source="diegosouzapw/OmniRoute 8210",
    ),
    _usage.fault(
        "beside",
        "OR-U01",
        "Usage stands beside the response.",
        kit.chunks(lambda one: one.update(usage=one["response"].pop("usage")) if "response" in one else None),
        on="simple_text",
    ),
    _usage.fault(
        "total",
        "OR-U02",
        "total_tokens is not the sum.",
        kit.chunks(kit.set_at("response.usage", total_tokens=1)),
        on="simple_text",
    ),
    _usage.fault(
        "chat-names",
        "OR-U02",
        "Usage has the names of openai-chat.",
        kit.chunks(
            lambda one: [told.update(usage=_CHAT_NAMES) for told in kit.at(one, "response") if told.get("usage")]
        ),
        on="simple_text",
    ),
    _usage.fault(
        "cached-exceeds",
        "OR-U02",
        "More tokens are cached than there are.",
        kit.chunks(kit.set_at("response.usage", input_tokens_details=_CACHED)),
        on="simple_text",
    ),
)
