"""Faults of token counts, streamed and whole.

Rule of the file: the answer itself stays as it is.
"""

from __future__ import annotations

from typing import Any

from conformance.deviating import Bend
from conformance.faults import kit
from conformance.faults.cohere_v2.steps import END, NAME
from conformance.faults.every.telling import Teller
from conformance.faults.typed import change, dropping, setting

_USAGE = Teller(NAME, "usage")


def _counts(path: str, **keys: Any) -> Bend:
    return Bend(
        chunks=setting(END, f"delta.usage{path}", **keys).chunks,
        whole=kit.whole(kit.set_at(f"usage{path}", **keys)).whole,
    )


_COUNTS = tuple(
    _USAGE.fault(
        f"{id}{twin}",
        rule,
        sentence + (" in a whole answer." if twin else "."),
        bend,
        on=f"simple_text{twin}",
        also=also,
    )
    for twin in ("", "_whole")
    for id, rule, sentence, bend, also in (
        (
            "input-zero",
            "CO-U02",
            "A prompt of 0 tokens is counted",
            _counts(".tokens", input_tokens=0),
            frozenset[str](),
        ),
        (
            "input-text",
            "CO-U03",
            "Input tokens are a string",
            _counts(".tokens", input_tokens="24"),
            frozenset(),
        ),
        ("output-null", "CO-U03", "Output tokens are null", _counts(".tokens", output_tokens=None), frozenset()),
        (
            "output-negative",
            "GN-16",
            "Output tokens are negative",
            _counts(".tokens", output_tokens=-9),
            frozenset({"GN-34"}),
        ),
        (
            "of-openai",
            "CO-U03",
            "Tokens are named as in openai-chat",
            _counts("", tokens={"prompt_tokens": 24, "completion_tokens": 9}),
            frozenset(),
        ),
        ("cached-beyond", "CO-U01", "More tokens were cached than sent", _counts("", cached_tokens=99), frozenset()),
    )
)
_UNCOUNTED = (
    _USAGE.fault("absent", "CO-S08", "message-end tells no usage.", dropping(END, "delta", "usage")),
    _USAGE.fault("null", "CO-S08", "The usage of message-end is null.", setting(END, "delta", usage=None)),
    _USAGE.fault(
        "billed-only", "CO-S08", "message-end tells only what is billed.", dropping(END, "delta.usage", "tokens")
    ),
    _USAGE.fault(
        "outside",
        "CO-S08",
        "Usage stands beside delta.",
        change(END, lambda told: told.update(usage=told["delta"].pop("usage"))),
    ),
    _USAGE.fault(
        "absent_whole",
        "CO-U04",
        "A whole answer tells no usage.",
        kit.whole(kit.drop_at("", "usage")),
        on="simple_text_whole",
    ),
    _USAGE.fault(
        "of-openai-flat_whole",
        "CO-U04",
        "A whole answer counts as in openai-chat.",
        kit.whole(kit.set_at("", usage={"prompt_tokens": 24, "completion_tokens": 9})),
        on="simple_text_whole",
    ),
)

FAULTS = (
    *_COUNTS,
    *_UNCOUNTED,
)
