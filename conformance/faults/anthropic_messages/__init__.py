"""Faults and variations of anthropic-messages.

Rule of the folder: a module per idea; each tells `FAULTS`, `VARIATIONS` or both.
"""

from __future__ import annotations

from . import (
    blocks,
    calls,
    conversation,
    errors,
    events,
    legal,
    messages,
    requests,
    thinking,
    usage,
    whole,
)

FAULTS = (
    *events.FAULTS,
    *messages.FAULTS,
    *blocks.FAULTS,
    *calls.FAULTS,
    *thinking.FAULTS,
    *usage.FAULTS,
    *whole.FAULTS,
    *errors.FAULTS,
    *requests.FAULTS,
    *conversation.FAULTS,
)
VARIATIONS = legal.VARIATIONS

UNREACHED: dict[str, str] = {}
"""Rules of the dialect that no fault can break, and why."""
