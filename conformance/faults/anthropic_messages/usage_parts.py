"""Faults of the parts of token counts: what was cached, what was thought.

Rule of the file: the answer itself stays as it is.
"""

from __future__ import annotations

from typing import Any

from conformance.faults import kit
from conformance.faults.anthropic_messages.steps import (
    NAME,
    kit_object,
    usage,
)
from conformance.faults.every.telling import Teller
from conformance.faults.typed import (
    of,
    setting,
)

_TOLD = Teller(NAME, "usage")
_DELTA = of("message_delta")


def _counted_twice(told: dict[str, Any]) -> None:
    for holder in (told, kit_object(told, "message")):
        counts = kit_object(holder, "usage")
        if "input_tokens" in counts:
            counts["input_tokens"] += counts.get("cache_read_input_tokens", 0)


FAULTS = (
    _TOLD.fault(
        "thinking-beyond-output",
        "AM-U03",
        "There are more tokens of thinking than of output.",
        usage(output_tokens_details={"thinking_tokens": 90}),
        on="thinking",
    ),
    _TOLD.fault(
        "thinking-beyond-output-whole",
        "AM-U03",
        "There are more tokens of thinking than of output in a whole answer.",
        usage(output_tokens_details={"thinking_tokens": 90}),
        on="thinking_whole",
    ),
    _TOLD.fault(
        "split-too-small",
        "AM-U02",
        "The tokens written to the cache do not add up.",
        usage(
            cache_creation_input_tokens=10,
            cache_creation={"ephemeral_5m_input_tokens": 3, "ephemeral_1h_input_tokens": 0},
        ),
    ),
    _TOLD.fault(
        "split-too-small-whole",
        "AM-U02",
        "The tokens written to the cache do not add up in a whole answer.",
        usage(
            cache_creation_input_tokens=10,
            cache_creation={"ephemeral_5m_input_tokens": 3, "ephemeral_1h_input_tokens": 0},
        ),
        on="simple_text_whole",
    ),
    _TOLD.fault(
        "cache-negative", "GN-16", "Tokens read from the cache are negative.", usage(cache_read_input_tokens=-5)
    ),
    _TOLD.fault(
        "input-moves",
        "AM-U06",
        "message_delta tells another prompt than message_start.",
        setting(_DELTA, "usage", input_tokens=3),
    ),
    _TOLD.fault(
        "cache-counted-twice",
        "AM-U06",
        "Tokens of the cache are counted inside the input and beside it.",
        kit.both(_counted_twice),
        on="cached_prompt",
        source="envoyproxy/ai-gateway 2239",
        excuse="both counts may be true of another prompt; only the vendor's own count of it would show",
    ),
)
