"""Faults of whole answers, of what was asked, and of errors.

Rule of the file: one key, one value at a time.
"""

from __future__ import annotations

from conformance.faults import kit
from conformance.faults.choices import CALLED, CHOICE, MESSAGE, ONE, TWICE, asking
from conformance.faults.every.telling import Teller
from conformance.faults.mistral.changing import NAME

_reply, _call = Teller(NAME, "reply", "simple_text_whole"), Teller(NAME, "call", f"{ONE}_whole")
_usage = Teller(NAME, "usage", "simple_text_whole")


FAULTS = (
    _reply.fault("id-missing", "OC-R01", "The answer has no id.", kit.whole_drop("", "id")),
    _reply.fault(
        "object-other",
        "OC-R01",
        "The object is chat.completion.chunk.",
        kit.whole_set("", object="chat.completion.chunk"),
    ),
    _reply.fault("created-string", "OC-R01", "created is a string.", kit.whole_set("", created="1790000000")),
    _reply.fault(
        "created-milliseconds", "OC-R01", "created is in milliseconds.", kit.whole_set("", created=1790000000000)
    ),
    _reply.fault("model-missing", "OC-R01", "The answer names no model.", kit.whole_drop("", "model")),
    _reply.fault("choices-missing", "OC-R01", "There are no choices.", kit.whole_drop("", "choices")),
    _reply.fault(
        "choices-object",
        "OC-R01",
        "The choices are one object, in no list.",
        kit.whole(kit.swap_at("", "choices", lambda told: told[0])),
    ),
    _reply.fault(
        "error-under-200",
        "OC-R01",
        "An error comes with the status 200.",
        kit.whole(kit.become({"object": "error", "message": "no", "type": "t", "code": "1"})),
        also=frozenset({"MI-R02"}),
    ),
    _reply.fault("role-other", "MI-R01", "The role is `bot`.", kit.whole_set(MESSAGE, role="bot")),
    _reply.fault(
        "content-object", "MI-R01", "The content is an object.", kit.whole_set(MESSAGE, content={"text": "Hello"})
    ),
    _reply.fault(
        "part-untyped",
        "MI-R01",
        "A part of the content has no type.",
        kit.whole_set(MESSAGE, content=[{"text": "Hello"}]),
    ),
    _reply.fault(
        "thinking-string",
        "MI-R01",
        "Thinking is a string, in no list.",
        kit.whole_set(MESSAGE, content=[{"type": "thinking", "thinking": "Hm."}, {"type": "text", "text": "Hello"}]),
    ),
    _reply.fault("says-nothing", "OC-A06", "A finished answer says nothing.", kit.whole_set(MESSAGE, content="")),
    _reply.fault(
        "length-too-soon",
        "OC-A07",
        "The answer is cut by its length, far below the limit.",
        kit.whole_set(CHOICE, finish_reason="length"),
        asks=asking(max_tokens=900),
    ),
    _reply.fault("index-other", "MI-R03", "The index of the only choice is 1.", kit.whole_set(CHOICE, index=1)),
    _reply.fault("index-missing", "MI-R03", "A choice has no index.", kit.whole_drop(CHOICE, "index")),
    _reply.fault("message-missing", "MI-R03", "A choice has no message.", kit.whole_drop(CHOICE, "message")),
    _reply.fault("finish-null", "MI-R03", "The finish_reason is null.", kit.whole_set(CHOICE, finish_reason=None)),
    _reply.fault("finish-unknown", "MI-R03", "The finish_reason is `eos`.", kit.whole_set(CHOICE, finish_reason="eos")),
    _reply.fault(
        "stop-after-calls",
        "OC-R04",
        "An answer that calls a tool ends with stop.",
        kit.whole_set(CHOICE, finish_reason="stop"),
        on=f"{ONE}_whole",
    ),
    _reply.fault(
        "calls-without-call",
        "OC-R04",
        "The reason is tool_calls, and there is no call.",
        kit.whole_set(CHOICE, finish_reason="tool_calls"),
    ),
    _call.fault("id-missing_whole", "MI-R04", "A call has no id.", kit.whole_drop(CALLED, "id")),
    _call.fault(
        "name-missing_whole",
        "MI-R04",
        "A call has no name.",
        kit.whole_drop(f"{CALLED}.function", "name"),
        also=frozenset({"GN-21"}),
    ),
    _call.fault(
        "arguments-missing_whole",
        "MI-R04",
        "A call has no arguments.",
        kit.whole_drop(f"{CALLED}.function", "arguments"),
        also=frozenset({"GN-21"}),
    ),
    _call.fault(
        "arguments-list_whole",
        "MI-R04",
        "The arguments of a call are a list.",
        kit.whole_set(f"{CALLED}.function", arguments=["Tokyo"]),
    ),
    _call.fault(
        "arguments-cut_whole",
        "OC-R07",
        "The arguments of a call are cut short.",
        kit.whole_set(f"{CALLED}.function", arguments='{"city": "To'),
    ),
    _call.fault(
        "ids-same_whole", "OC-R07", "Two calls have one id.", kit.whole_set(CALLED, id="gSIMJiOkT"), on=f"{TWICE}_whole"
    ),
    _usage.fault("missing_whole", "MI-R02", "There is no usage.", kit.whole_drop("", "usage")),
    _usage.fault("null_whole", "MI-R02", "The usage is null.", kit.whole_set("", usage=None)),
    _usage.fault("sum_whole", "MI-R02", "The total is not the sum.", kit.whole_set("usage", total_tokens=99)),
    _usage.fault(
        "strings_whole",
        "MI-R02",
        "Counts are strings.",
        kit.whole(kit.swap_at("usage", "prompt_tokens", str)),
    ),
    _usage.fault(
        "cached-exceeds_whole",
        "OC-U02",
        "More tokens are cached than there are.",
        kit.whole_set("usage", prompt_tokens_details={"cached_tokens": 99}),
    ),
    _usage.fault(
        "cache-writes-exceed_whole",
        "OC-U03",
        "More tokens are read from and written to the cache than there are.",
        kit.whole_set("usage", prompt_tokens_details={"cached_tokens": 20, "cache_write_tokens": 20}),
    ),
)
