"""Faults and legal variations of openai-chat: what servers, gateways and clients get wrong, and what only looks so.

Rule of the folder: a module per part of an exchange; `telling` fills in what they share.
"""

from __future__ import annotations

from conformance.faults.form import Fault, Variation

from . import (
    answers,
    asked,
    calling,
    calling_wholes,
    changes,
    counting,
    deltas,
    endings,
    failing,
    heads,
    legal,
    legal_calls,
    legal_wholes,
    likely,
    options,
    refusing,
    requests,
    sentinels,
)

FAULTS: tuple[Fault, ...] = (
    *heads.FAULTS,
    *changes.FAULTS,
    *deltas.FAULTS,
    *endings.FAULTS,
    *sentinels.FAULTS,
    *failing.FAULTS,
    *refusing.FAULTS,
    *asked.FAULTS,
    *answers.FAULTS,
    *calling.FAULTS,
    *calling_wholes.FAULTS,
    *counting.FAULTS,
    *requests.FAULTS,
    *options.FAULTS,
    *likely.FAULTS,
)
VARIATIONS: tuple[Variation, ...] = (
    *legal.VARIATIONS,
    *legal_calls.VARIATIONS,
    *legal_wholes.VARIATIONS,
    *likely.VARIATIONS,
)
UNREACHED = {
    "OC-R05": "it only informs: the vendor's own server leaves the key out for some models",
    "OC-S21": "it only informs: no text of the vendor forbids it",
}
"""Rules that no fault can break, and why."""
