"""Faults and variations of bedrock-converse.

Rule of the folder: a module per idea; each tells `FAULTS`, `VARIATIONS` or both.
"""

from __future__ import annotations

from . import blocks, calls, counts, events, legal, messages, options, requests, signing, wholes

FAULTS = (
    *messages.FAULTS,
    *events.FAULTS,
    *blocks.FAULTS,
    *calls.FAULTS,
    *counts.FAULTS,
    *wholes.FAULTS,
    *signing.FAULTS,
    *requests.FAULTS,
    *options.FAULTS,
)
VARIATIONS = legal.VARIATIONS

UNREACHED: dict[str, str] = {}
"""Rules of the dialect that no fault can break, and why."""
