"""Faults and legal variations of ollama.

Rule of the folder: a module per part of the wire; each gives a tuple.
"""

from __future__ import annotations

from conformance.faults.ollama import asked, calls, legal, replies, requests, stream

_MODULES = (stream, calls, replies, asked, requests)

FAULTS = tuple(fault for module in _MODULES for fault in module.FAULTS)
VARIATIONS = legal.VARIATIONS
UNREACHED: dict[str, str] = {}
"""Rules that no fault can break, and why."""
