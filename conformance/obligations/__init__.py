"""What an adapter owes, tier by tier: a file here is a tier.

Rule of the folder: an obligation asserts what went over the wire, never that a method exists.
"""

from __future__ import annotations

from conformance.obligations import conformance, contract, e2e, errors, mapping, unit
from conformance.obligations.registry import OBLIGATIONS, Bench, Obligation, obligation, owed

__all__ = [
    "OBLIGATIONS",
    "Bench",
    "Obligation",
    "conformance",
    "contract",
    "e2e",
    "errors",
    "mapping",
    "obligation",
    "owed",
    "unit",
]
