"""How a provider is taken on: as an adapter of its own or as a row, what it then owes, and the forms of its keys.

Rule of the file: values only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias

Onboarding: TypeAlias = Literal["native", "preset"]


class ProviderTestObligations(NamedTuple):
    """Which tiers of tests an adapter owes. A native adapter owes all of them unless it says otherwise."""

    unit: bool = True
    contract: bool = True
    conformance: bool = True
    e2e: bool = True


TEST_REQUIRED = ProviderTestObligations()
CASSETTES_ONLY = ProviderTestObligations(unit=False, contract=False, conformance=True, e2e=False)
"""What a preset owes: cassettes for simple_text, tool_call_single and error_auth_401."""


class KeySample(NamedTuple):
    """A key of another form that opens nothing, and where its parts must be on the wire."""

    key: str
    shown: Mapping[str, str]
    """By the name of a header, in lower case: the part of the key that it carries. Nowhere else may it be."""
    hidden: tuple[str, ...]
    """The parts that never travel: what signs is not sent."""
