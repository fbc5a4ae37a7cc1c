"""What an adapter owes, tier by tier.

Rule of the folder: an obligation asserts what went over the wire, never that a method exists.
"""

from __future__ import annotations

from conformance.obligations import broken_streams, conformance, contract, e2e, errors, identity, mapping, unit
from conformance.obligations.registry import OBLIGATIONS, Bench, Obligation, obligation, owed

TIERS = (identity, mapping, unit, contract, errors, broken_streams, conformance, e2e)
"""The modules whose import declares all obligations."""

__all__ = ["OBLIGATIONS", "TIERS", "Bench", "Obligation", "obligation", "owed"]
