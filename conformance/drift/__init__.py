"""Drift: what moved in shape between two recordings of one scenario.

Rule of the room: text, ids, times and counts are content, and so are the cuts between chunks.
What could not be looked at is told with its reason, and is never "no drift".
"""

from __future__ import annotations

from conformance.drift.comparing import compare, compare_all
from conformance.drift.pairing import Pair, pairs
from conformance.drift.values import SEVERITIES, Change, Comparison, Severity, in_words

__all__ = ["SEVERITIES", "Change", "Comparison", "Pair", "Severity", "compare", "compare_all", "in_words", "pairs"]
