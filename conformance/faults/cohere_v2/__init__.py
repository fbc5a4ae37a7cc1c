"""Faults and variations of cohere-v2.

Rule of the folder: a module per idea; each tells `FAULTS`, `VARIATIONS` or both.
"""

from __future__ import annotations

from . import blocks, calls, counts, events, legal, requests, wholes

FAULTS = (*events.FAULTS, *counts.FAULTS, *blocks.FAULTS, *calls.FAULTS, *wholes.FAULTS, *requests.FAULTS)
VARIATIONS = legal.VARIATIONS

UNREACHED: dict[str, str] = {}
"""Rules of the dialect that no fault can break, and why."""
