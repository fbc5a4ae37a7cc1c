"""Faults and variations of anthropic-messages.

Rule of the folder: a module per idea; each tells `FAULTS`, `VARIATIONS` or both.
"""

from __future__ import annotations

from . import (
    blocks,
    calls,
    conversation,
    deltas,
    endings,
    errors,
    events,
    inputs,
    legal,
    legal_requests,
    legal_wholes,
    messages,
    options,
    requests,
    sent_content,
    thinking,
    usage,
    usage_parts,
    whole,
    whole_blocks,
)

FAULTS = (
    *events.FAULTS,
    *endings.FAULTS,
    *messages.FAULTS,
    *blocks.FAULTS,
    *deltas.FAULTS,
    *calls.FAULTS,
    *inputs.FAULTS,
    *thinking.FAULTS,
    *usage.FAULTS,
    *usage_parts.FAULTS,
    *whole.FAULTS,
    *whole_blocks.FAULTS,
    *errors.FAULTS,
    *requests.FAULTS,
    *options.FAULTS,
    *conversation.FAULTS,
    *sent_content.FAULTS,
)
VARIATIONS = (*legal.VARIATIONS, *legal_wholes.VARIATIONS, *legal_requests.VARIATIONS)

UNREACHED: dict[str, str] = {}
"""Rules of the dialect that no fault can break, and why."""
