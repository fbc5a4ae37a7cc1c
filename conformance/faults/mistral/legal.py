"""Variations of mistral: what looks odd, and is as legal as the rest.

Rule of the file: each was recorded of the vendor, or follows from its types.
"""

from __future__ import annotations

from conformance.faults import kit
from conformance.faults.choices import CALL, CALLED, CHOICE, DELTA, MESSAGE, ONE, TWO, asking
from conformance.faults.every.telling import Teller
from conformance.faults.mistral.calls import split
from conformance.faults.mistral.changing import NAME, Told, nth

_told = Teller(NAME, "legal")


def _letters(told: Told) -> Told:
    text = "".join(delta["content"] for chunk in told for delta in kit.at(chunk, DELTA))
    pieces = [told[1] | {"choices": [{"index": 0, "delta": {"content": one}, "finish_reason": None}]} for one in text]
    return [told[0], *pieces, told[-1]]


VARIATIONS = (
    _told.legal("padding", "Chunks carry padding.", kit.chunks(kit.set_at("", p="abcdefghijklmnop")), source="corpus"),
    _told.legal("letters", "Every delta is one character.", kit.sequence(_letters)),
    _told.legal(
        "role-repeated", "Every delta names its role.", kit.chunks(kit.set_at(DELTA, role="assistant")), source="corpus"
    ),
    _told.legal(
        "content-null",
        "A content is null beside a call.",
        nth(-1, kit.set_at(DELTA, content=None)),
        on=ONE,
        source="corpus",
    ),
    _told.legal(
        "call-without-index",
        "A whole call has no index.",
        kit.chunks(kit.drop_at(CALL, "index")),
        on=ONE,
        source="corpus",
    ),
    _told.legal("call-typed", "A call has its type.", kit.chunks(kit.set_at(CALL, type="function")), on=ONE),
    _told.legal("call-in-pieces", "Later fragments of a call have an empty name.", split(""), on=ONE, source="corpus"),
    _told.legal(
        "arguments-object",
        "The arguments of a call are an object.",
        kit.whole(kit.set_at(f"{CALLED}.function", arguments={"city": "Tokyo"})),
        on=f"{ONE}_whole",
        source="SDK types",
    ),
    _told.legal(
        "content-list",
        "The content is a list of parts.",
        kit.whole(kit.set_at(MESSAGE, content=[{"type": "text", "text": "Hello."}])),
        on="simple_text_whole",
    ),
    _told.legal(
        "part-of-tomorrow",
        "A part is of an unknown type.",
        kit.whole(kit.set_at(MESSAGE, content=[{"type": "hologram", "x": 1}, {"type": "text", "text": "Hello."}])),
        on="simple_text_whole",
    ),
    _told.legal(
        "model-length",
        "An answer ends because the context is full.",
        kit.whole(kit.set_at(CHOICE, finish_reason="model_length")),
        on="simple_text_whole",
    ),
    _told.legal(
        "audio",
        "Tokens of audio are counted in the total alone.",
        kit.whole(lambda told: kit.set_at("usage", total_tokens=99, prompt_audio_seconds=3)(told)),
        on="simple_text_whole",
    ),
    _told.legal(
        "forced-stops",
        "A call that was demanded ends with stop.",
        kit.both(kit.swap_at(CHOICE, "finish_reason", lambda word: word and "stop")),
        on=ONE,
        asks=asking(tool_choice="any"),
    ),
    _told.legal(
        "two-choices", "Two choices come, as they were asked for.", kit.both(lambda told: None), asks=asking(n=2)
    ),
    _told.legal(
        "unknown-keys", "Objects have keys that nobody knows.", kit.both(kit.set_at(CHOICE, vendor={"a": 1})), on=TWO
    ),
)
