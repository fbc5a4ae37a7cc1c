"""Faults and legal variations of openai-responses.

Rule of the folder: a module per part of the wire; each gives a tuple.
"""

from __future__ import annotations

from conformance.faults.openai_responses import (
    asked,
    calls,
    closing,
    ends,
    errors,
    items,
    legal,
    replies,
    requests,
    stream,
    texts,
    usage,
)

_MODULES = (stream, ends, items, texts, closing, calls, replies, usage, asked, errors, requests)

FAULTS = tuple(fault for module in _MODULES for fault in module.FAULTS)
VARIATIONS = legal.VARIATIONS
UNREACHED: dict[str, str] = {}
"""Rules that no fault can break, and why."""
