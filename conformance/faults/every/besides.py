"""What else the faults of every dialect break in one of them, for the same cause.

Rule of the file: ids of faults without the dialect, then ids of rules; only what their dialect cannot help to find.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from conformance.faults.form import Bent, Fault

_OPEN = ("sse.last-line-open", "sse.last-line-unended")  # its last event is lost, by the standard

BESIDES: Mapping[str, Mapping[str, frozenset[str]]] = {
    "anthropic-messages": {
        **dict.fromkeys(_OPEN, frozenset({"AM-S14"})),
        "body.event": frozenset({"AM-S01", "AM-S02", "AM-S14"}),
        "error.server-fault": frozenset({"AM-E02"}),
    },
    "bedrock-converse": {"body.stream-gzip": frozenset({"BR-S01"})},
    "cohere-v2": {
        **dict.fromkeys(_OPEN, frozenset({"CO-S01"})),
        "body.event": frozenset({"CO-S01", "CO-S02"}),
    },
    "gemini": {
        **dict.fromkeys(_OPEN, frozenset({"GM-S03"})),
        "sse.json-over-lines": frozenset({"GN-17"}),
        "error.server-fault": frozenset({"GM-E01", "GM-E02"}),
    },
    "mistral": {
        "body.object": frozenset({"MI-R02"}),
        "body.event": frozenset({"MI-S04", "OC-S01", "OC-S04"}),
        "sse.json-over-lines": frozenset({"GN-17"}),
    },
    "ollama": {
        "body.stream-gzip": frozenset({"OL-S01"}),
        "http.whole-labelled-stream": frozenset({"OL-S01"}),
    },
    "openai-chat": {
        "body.event": frozenset({"OC-S01", "OC-S04", "OC-S14", "OC-S15"}),
        "sse.json-over-lines": frozenset({"GN-17"}),
    },
    "openai-responses": {
        **dict.fromkeys(_OPEN, frozenset({"OR-S13"})),
        "body.event": frozenset({"JS-S", "OR-S13"}),
    },
}


def completed(one: Bent) -> Bent:
    """The fault with all that it breaks in its dialect."""
    more = BESIDES.get(one.dialect, {}).get(one.id.partition(".")[2])
    return replace(one, also=one.also | more) if more and isinstance(one, Fault) else one
