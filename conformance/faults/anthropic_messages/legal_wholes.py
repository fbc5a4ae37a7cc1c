"""What looks odd in a whole answer, or in what is counted, and is legal.

Rule of the file: each was seen of the vendor's server, or follows from its reference.
"""

from __future__ import annotations

from conformance.faults import kit
from conformance.faults.anthropic_messages.steps import (
    NAME,
    usage,
)
from conformance.faults.every.telling import Teller
from conformance.faults.typed import (
    of,
    setting,
)

_WHOLE = Teller(NAME, "whole", "simple_text_whole")
_USAGE = Teller(NAME, "usage")
_DELTA = of("message_delta")


VARIATIONS = (
    _USAGE.legal(
        "output-only", "message_delta counts the output only.", setting(_DELTA, "", usage={"output_tokens": 9})
    ),
    _USAGE.legal(
        "nulls",
        "Counts of the cache are null.",
        usage(
            cache_creation_input_tokens=None,
            cache_read_input_tokens=None,
            cache_creation=None,
            server_tool_use=None,
            service_tier=None,
        ),
    ),
    _USAGE.legal(
        "all-cached", "The whole prompt comes from the cache.", usage(input_tokens=0, cache_read_input_tokens=24)
    ),
    _USAGE.legal(
        "more",
        "Usage tells of the tier, the place and the tools of the server.",
        usage(service_tier="standard", inference_geo="eu", server_tool_use={"web_search_requests": 0}),
    ),
    _WHOLE.legal(
        "empty", "The content is empty.", kit.whole(kit.set_at("", content=[])), source="recorded answers of the vendor"
    ),
    _WHOLE.legal(
        "container",
        "The answer tells its container and its context.",
        kit.whole(kit.set_at("", container=None, context_management={"applied_edits": []}, stop_details=None)),
    ),
    _WHOLE.legal(
        "unknown-block",
        "A block of a new type comes.",
        kit.whole(lambda told: told["content"].append({"type": "hologram", "beams": 3})),
    ),
    _WHOLE.legal("uncited", "citations is null.", kit.whole(kit.set_at("content[]", citations=None))),
)
