"""Faults and legal variations of openai-chat: what servers, gateways and clients get wrong, and what only looks so.

Rule of the folder: a module per part of an exchange; `telling` fills in what they share.
"""

from __future__ import annotations

from conformance.faults.form import Fault, Variation

from . import answers, calling, counting, deltas, endings, failing, heads, sentinels

FAULTS: tuple[Fault, ...] = (
    *heads.FAULTS,
    *deltas.FAULTS,
    *endings.FAULTS,
    *sentinels.FAULTS,
    *failing.FAULTS,
    *answers.FAULTS,
    *calling.FAULTS,
    *counting.FAULTS,
)
VARIATIONS: tuple[Variation, ...] = ()
UNREACHED: dict[str, str] = {}
"""Rules that no fault can break, and why."""
