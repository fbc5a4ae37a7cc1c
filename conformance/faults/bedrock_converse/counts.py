"""Faults of token counts, streamed and whole.

Rule of the file: the answer itself stays as it is.
"""

from __future__ import annotations

from typing import Any

from conformance.deviating import Bend
from conformance.faults import kit
from conformance.faults.bedrock_converse.steps import COST, NAME, dropping, event, setting
from conformance.faults.every.telling import Teller

_COST = Teller(NAME, "usage")


def _usage(**keys: Any) -> Bend:
    return Bend(
        chunks=setting(event(COST), "usage", **keys).chunks,
        whole=kit.whole(kit.set_at("usage", **keys)).whole,
    )


FAULTS = tuple(
    _COST.fault(
        f"{id}{twin}",
        rule,
        sentence + (" in a whole answer." if twin else "."),
        bend,
        on=f"simple_text{twin}",
        also=also,
    )
    for twin in ("", "_whole")
    for id, rule, sentence, bend, also in (
        ("total-small", "BR-U01", "The total is less than input and output", _usage(totalTokens=10), frozenset[str]()),
        ("total-zero", "BR-U01", "The total is 0", _usage(totalTokens=0), frozenset()),
        ("total-large", "BR-U03", "The total is more than all of its parts", _usage(totalTokens=99), frozenset()),
        ("input-zero", "BR-U02", "A prompt of 0 tokens is counted", _usage(inputTokens=0, totalTokens=9), frozenset()),
        ("output-text", "BR-R02", "Output tokens are a string", _usage(outputTokens="9"), frozenset()),
        ("output-null", "BR-R02", "Output tokens are null", _usage(outputTokens=None), frozenset()),
        ("output-negative", "GN-16", "Output tokens are negative", _usage(outputTokens=-9), frozenset({"BR-U03"})),
        (
            "total-absent",
            "BR-R02",
            "The total is absent",
            Bend(
                chunks=dropping(event(COST), "usage", "totalTokens").chunks,
                whole=kit.whole(kit.drop_at("usage", "totalTokens")).whole,
            ),
            frozenset(),
        ),
        (
            "snake-names",
            "BR-R02",
            "Counts are named input_tokens and output_tokens",
            Bend(
                chunks=setting(event(COST), "", usage={"input_tokens": 24, "output_tokens": 9}).chunks,
                whole=kit.whole(kit.set_at("", usage={"input_tokens": 24, "output_tokens": 9})).whole,
            ),
            frozenset(),
        ),
    )
)
