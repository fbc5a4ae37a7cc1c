"""Variations of openai-responses: what looks odd, and is as legal as the rest.

Rule of the file: each was seen of a server that clients work with, or follows from the specification.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.deviating import Chunk
from conformance.faults import kit
from conformance.faults.every.telling import Teller
from conformance.faults.openai_responses.changing import (
    ARGUMENTS,
    COMPLETED,
    CREATED,
    DELTA,
    NAME,
    PROGRESS,
    Events,
    after,
    each,
    events,
    without,
)

_told = Teller(NAME, "legal")
_KEEPALIVE: Chunk = {"type": "keepalive"}


def _letters(told: Events) -> Iterator[Chunk]:
    """Every delta in pieces of one character."""
    for one in told:
        if one["type"] in (DELTA, ARGUMENTS):
            yield from (one | {"delta": letter} for letter in one["delta"])
        else:
            yield one


def _joined(told: Events) -> Iterator[Chunk]:
    """All deltas as one."""
    text = "".join(one["delta"] for one in told if one["type"] == DELTA)
    known = False
    for one in told:
        if one["type"] != DELTA:
            yield one
        elif not known:
            known = True
            yield one | {"delta": text}


def _numbered_on(told: Events) -> Events:
    return [one | {"sequence_number": one["sequence_number"] + 100} for one in told]


def _empty_first(told: Events) -> Iterator[Chunk]:
    for one in told:
        if one["type"] == DELTA:
            yield one | {"delta": ""}
        yield one


def _failed(last: Chunk, number: int, message: str) -> Chunk:
    """response.failed in place of the last event."""
    told: Chunk = {
        "status": "failed",
        "usage": None,
        "output": [],
        "error": {"code": "server_error", "message": message},
    }
    return last | {"sequence_number": number, "type": "response.failed", "response": last["response"] | told}


VARIATIONS = (
    _told.legal("letters", "Every delta is one character.", events(lambda told: [*_letters(told)])),
    _told.legal(
        "letters-of-arguments",
        "Arguments come letter by letter.",
        events(lambda told: [*_letters(told)]),
        on="tool_call_single",
    ),
    _told.legal("one-delta", "The whole text comes in one delta.", events(lambda told: [*_joined(told)])),
    _told.legal("empty-deltas", "Empty deltas come between others.", events(lambda told: [*_empty_first(told)])),
    _told.legal(
        "obfuscation", "Deltas carry obfuscation.", each(DELTA, kit.set_at("", obfuscation="x7Kq")), source="OpenAPI"
    ),
    _told.legal(
        "unknown-event",
        "An event of an unknown type comes, in number.",
        after(CREATED, {"type": "response.rate_limits.updated"}),
        source="OR-S19",
    ),
    _told.legal(
        "keepalive",
        "Keep-alive events without a number come.",
        kit.sequence(lambda told: [told[0], _KEEPALIVE, *told[1:]]),
        source="corpus",
    ),
    _told.legal(
        "ping-after-end",
        "A ping follows the terminal event.",
        kit.sequence(lambda told: [*told, {"type": "ping"}]),
        source="corpus, a gateway",
    ),
    _told.legal("no-progress", "No response.in_progress comes.", without(PROGRESS)),
    _told.legal(
        "queued",
        "The response is queued first.",
        kit.sequence(lambda told: [told[0] | {"response": told[0]["response"] | {"status": "queued"}}, *told[1:]]),
    ),
    _told.legal("number-from-hundred", "The numbers begin at 100.", kit.sequence(_numbered_on)),
    _told.legal(
        "keys-in-response",
        "The response has keys that nobody knows.",
        kit.chunks(kit.set_at("response", billing={"payer": "developer"})),
    ),
    _told.legal(
        "service-tier-null", "The service tier is null.", kit.chunks(kit.set_at("response", service_tier=None))
    ),
    _told.legal(
        "time-with-fraction",
        "created_at has a fraction.",
        kit.chunks(kit.set_at("response", created_at=1790000000.25)),
        source="OpenAPI: number",
    ),
    _told.legal(
        "usage-with-more", "Usage counts what nobody knows.", kit.chunks(kit.set_at("response.usage", cost_in_ticks=12))
    ),
    _told.legal(
        "sealed-anew",
        "Reasoning is sealed anew in the final output.",
        each(COMPLETED, kit.set_at("response.output[]", encrypted_content="YW5ldw==")),
        on="thinking",
    ),
    _told.legal(
        "failed-midway",
        "A stream fails in its middle, and says why.",
        kit.sequence(
            lambda told: [
                *told[:6],
                _failed(told[-1], 6, "The model failed."),
            ]
        ),
    ),
    _told.legal(
        "error-then-failed",
        "An error comes, then response.failed.",
        kit.sequence(
            lambda told: [
                *told[:6],
                {
                    "type": "error",
                    "sequence_number": 6,
                    "error": {"type": "server_error", "code": "server_error", "message": "No.", "param": None},
                },
                _failed(told[-1], 7, "No."),
            ]
        ),
        source="wire reference, recorded",
    ),
)
