"""Faults and legal variations of gemini.

Rule of the folder: a module per part of the wire; each gives a tuple.
"""

from __future__ import annotations

from conformance.faults.gemini import asked, calls, histories, legal, replies, requests, stream, texts

_MODULES = (stream, texts, replies, calls, asked, requests, histories)

FAULTS = tuple(fault for module in _MODULES for fault in module.FAULTS)
VARIATIONS = legal.VARIATIONS
UNREACHED: dict[str, str] = {}
"""Rules that no fault can break, and why."""
