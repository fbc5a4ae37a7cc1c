"""Faults and legal variations of openai-responses.

Rule of the folder: a module per part of the wire; each gives a tuple.
"""

from __future__ import annotations

from conformance.faults.openai_responses import (
    asked,
    calls,
    calls_whole,
    closing,
    ends,
    errors,
    histories,
    items,
    legal,
    legal_wholes,
    replies,
    requests,
    stream,
    texts,
    usage,
)

_MODULES = (stream, ends, items, texts, closing, calls, calls_whole, replies, usage, asked, errors, requests, histories)

FAULTS = tuple(fault for module in _MODULES for fault in module.FAULTS)
VARIATIONS = (*legal.VARIATIONS, *legal_wholes.VARIATIONS)
UNREACHED: dict[str, str] = {}
"""Rules that no fault can break, and why."""
