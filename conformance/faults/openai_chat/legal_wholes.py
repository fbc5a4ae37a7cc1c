"""What looks odd in whole answers, in what was asked for and in errors, and is legal.

Rule of the file: each is allowed by the specification, or recorded of the vendor's own server.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from conformance.deviating import Bend, Chunk
from conformance.faults import kit
from conformance.faults.choices import CHOICE, MESSAGE, asking
from conformance.faults.every.telling import Teller
from conformance.faults.form import Variation
from conformance.faults.kit import drop_at, set_at

from .telling import NAME, WHOLE

_told = Teller(NAME, "legal")


def _in_turns(told: list[Chunk]) -> list[Chunk]:
    """The chunks of two choices take turns."""
    half = (len(told) - 1) // 2
    return [one for pair in zip(told[:half], told[half:-1], strict=True) for one in pair] + told[-1:]


def _wholes() -> tuple[Variation, ...]:
    return tuple(
        _told.legal(id, sentence, kit.whole(change), on=WHOLE)
        for id, sentence, change in (
            ("whole-without-logprobs", "A choice has no logprobs key.", drop_at(CHOICE, "logprobs")),
            ("whole-of-2024", "An answer of early 2024 knows no refusal.", _older),
            ("whole-unknown-keys", "Objects have keys that nobody knows.", set_at(CHOICE, x_vendor={"a": 1})),
            ("whole-tier", "The service tier is told.", set_at("", service_tier="default")),
            (
                "whole-annotated",
                "The message has annotations, and audio: null.",
                set_at(MESSAGE, annotations=[], audio=None),
            ),
            (
                "whole-details-null",
                "The details of usage are null.",
                set_at("usage", prompt_tokens_details=None, completion_tokens_details=None),
            ),
            (
                "whole-nothing-cached",
                "Zeros stand in the details of usage.",
                set_at("usage", prompt_tokens_details={"cached_tokens": 0, "audio_tokens": 0}),
            ),
        )
    )


def _older(told: dict[str, Any]) -> None:
    told["created"] = 1_708_000_000
    drop_at(MESSAGE, "refusal", "annotations")(told)


def _asked() -> tuple[Variation, ...]:
    two, stop = asking(n=2), asking(stop=["is"])
    nothing = kit.reply(lambda told: replace(told, parts=(), usage=replace(told.usage, output=2)))
    return (
        *_told.legal_twins("two-choices", "Two choices come, as they were asked for.", Bend(), asks=two),
        _told.legal("two-in-turns", "The chunks of two choices take turns.", kit.sequence(_in_turns), asks=two),
        *_told.legal_twins(
            "likelihood",
            "Log probabilities come, as they were asked for.",
            Bend(),
            asks=asking(logprobs=True, top_logprobs=2),
        ),
        *_told.legal_twins(
            "stopped-at-once",
            "The first words are the stop sequence, so nothing is said.",
            nothing,
            asks=stop,
        ),
        _told.legal("refused", "The model refuses, and ends with stop.", Bend(), on="refusal"),
        _told.legal(
            "error-more",
            "An error has keys that nobody knows.",
            kit.failure(set_at("error", status=401, details=[])),
            on="error_auth_401",
        ),
        _told.legal(
            "error-code-null",
            "The code of an error is null.",
            kit.failure(set_at("error", code=None)),
            on="error_auth_401",
        ),
    )


VARIATIONS = (*_wholes(), *_asked())
