"""Faults of usage, streamed and whole.

Rule of the file: a change to the usage object is told for both kinds of answer.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.deviating import Chunk
from conformance.faults import kit
from conformance.faults.form import Fault
from conformance.faults.kit import drop_at, moved, rename_at, set_at

from .telling import WHOLE, adds, counts, fault, like, lost

_COUNT = {"prompt_tokens": 24, "completion_tokens": 9, "total_tokens": 33}
_CHANGES = (
    (
        "prompt-uncounted",
        "OC-U05",
        "The prompt counts as nothing.",
        lambda told: [
            one.update(prompt_tokens=0, total_tokens=one["completion_tokens"]) for one in kit.at(told, "usage")
        ],
    ),
    ("all-zero", "OC-U05", "All counts are 0.", set_at("usage", prompt_tokens=0, completion_tokens=0, total_tokens=0)),
    ("floats", "OC-U01", "Counts have a fraction.", set_at("usage", completion_tokens=9.5)),
    ("null", "OC-U01", "A count is null.", set_at("usage", completion_tokens=None)),
    ("total-wrong", "OC-U01", "The total is not the sum.", set_at("usage", total_tokens=7)),
    ("total-missing", "OC-U01", "The total is missing.", drop_at("usage", "total_tokens")),
    ("negative", "OC-U01", "A count is negative.", set_at("usage", completion_tokens=-1)),
    ("text", "OC-U01", "A count is a string.", set_at("usage", prompt_tokens="24")),
    (
        "foreign-input",
        "OC-U01",
        "The prompt is called input_tokens.",
        rename_at("usage", "prompt_tokens", "input_tokens"),
    ),
    (
        "foreign-output",
        "OC-U01",
        "The completion is called output_tokens.",
        rename_at("usage", "completion_tokens", "output_tokens"),
    ),
    ("cached-exceed", "OC-U02", "More is cached than asked.", set_at("usage.prompt_tokens_details", cached_tokens=99)),
    (
        "reasoning-exceed",
        "OC-U02",
        "More tokens reason than were made.",
        set_at("usage.completion_tokens_details", reasoning_tokens=99),
    ),
    (
        "written-exceed",
        "OC-U03",
        "More is cached anew than asked.",
        set_at("usage.prompt_tokens_details", cache_write_tokens=99),
    ),
)


def _on_finish(told: list[Chunk]) -> list[Chunk]:
    return [*told[:-2], told[-2] | {"usage": told[-1]["usage"]}]


def _beside_choice(told: list[Chunk]) -> list[Chunk]:
    return [*told[:-1], like(told[-1], {})]


def _usage() -> Iterator[Fault]:
    for id, rule, sentence, change in _CHANGES:
        yield fault(f"usage.{id}", rule, sentence, kit.chunks(change, counts))
        yield fault(f"whole.usage-{id}", rule, sentence, kit.whole(change), on=WHOLE)
    yield fault("usage.missing", "OC-S13", "No usage comes although it is asked for.", lost(counts))
    yield fault(
        "usage.missing-before",
        "OC-S13",
        "The chunks before the last have no usage key.",
        kit.chunks(lambda told: told.pop("usage", None), adds),
    )
    for id, sentence, order in (
        ("on-finish", "Usage stands on the finish chunk, and no chunk follows.", _on_finish),
        (
            "on-finish-too",
            "Usage stands on the finish chunk, and on the last one.",
            lambda told: [*_on_finish(told), told[-1]],
        ),
        ("twice", "The usage chunk comes twice.", lambda told: [*told, told[-1]]),
        ("early", "The usage chunk comes before the finish chunk.", lambda told: moved(told, len(told) - 1, -1)),
        ("beside-choice", "The usage chunk has a choice that says nothing.", _beside_choice),
    ):
        yield fault(f"usage.{id}", "OC-S13", sentence, kit.sequence(order))
    yield fault(
        "usage.unasked",
        "OC-S14",
        "Usage comes unasked.",
        kit.sequence(lambda told: [*told, {**told[-1], "choices": [], "usage": dict(_COUNT)}]),
        asks=kit.asking(lambda body: body.pop("stream_options", None)),
    )
    yield fault(
        "whole.usage-missing",
        "OC-U04",
        "A whole answer says no usage.",
        kit.whole(lambda told: told.pop("usage", None)),
        on=WHOLE,
    )


FAULTS = tuple(_usage())
