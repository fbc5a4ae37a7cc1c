"""What looks odd in a stream of text and is legal.

Rule of the file: each is allowed by the specification, or recorded of the vendor's own server; what vendors alone do
is a deviation, and belongs to their profiles.
"""

from __future__ import annotations

from conformance.deviating import Bend, Chunk
from conformance.faults import kit
from conformance.faults.choices import CHOICE, DELTA, asking
from conformance.faults.every.telling import Teller
from conformance.faults.form import Asking
from conformance.faults.kit import drop_at, set_at
from conformance.model import Text

from .telling import NAME, after, delta_of, ends, joined, like, opens, says

_told = Teller(NAME, "legal")
_UNASKED = kit.asking(lambda body: body.pop("stream_options", None))


def _letters(told: list[Chunk]) -> list[Chunk]:
    """Every delta is one character."""
    return [
        like(chunk, {"content": letter}) if says(chunk) else chunk
        for chunk in told
        for letter in (delta_of(chunk)["content"] if says(chunk) else "-")
    ]


def _at_once(told: list[Chunk]) -> list[Chunk]:
    """One delta brings the whole text."""
    text = "".join(delta_of(one)["content"] for one in filter(says, told))
    first = next(one for one in told if says(one))
    set_at(DELTA, content=text)(first)
    return [one for one in told if one is first or not says(one)]


def _empty_between(told: list[Chunk]) -> list[Chunk]:
    """Deltas that bring nothing stand between the others."""
    return [one for chunk in told for one in ([like(chunk, {"content": ""}), chunk] if says(chunk) else [chunk])]


def _counting(told: list[Chunk]) -> list[Chunk]:
    """Usage so far on every chunk."""
    for number, one in enumerate(told[:-1]):
        one["usage"] = {"prompt_tokens": 24, "completion_tokens": number, "total_tokens": 24 + number}
    return told


def _decorated(told: Chunk) -> None:
    """Keys that nobody knows."""
    for path in ("", CHOICE, DELTA):
        set_at(path, x_vendor={"a": 1})(told)


def _filtered(one: Chunk) -> Chunk:
    """What a filter found, and no choices."""
    return one | {"choices": [], "moderation": {"flagged": False}}


_STREAMS: tuple[tuple[str, str, Bend, Asking | None], ...] = (
    (
        "usage-null",
        "Usage is null on every chunk, and was not asked for.",
        kit.chunks(set_at("", usage=None)),
        _UNASKED,
    ),
    (
        "usage-continuous",
        "Usage so far stands on every chunk, as it was asked for.",
        kit.sequence(_counting),
        asking(stream_options={"include_usage": True, "continuous_usage_stats": True}),
    ),
    ("usage-refused", "No usage comes, as it was asked for.", Bend(), asking(stream_options={"include_usage": False})),
    (
        "role-null",
        "Later deltas say role: null.",
        kit.chunks(set_at(DELTA, role=None), lambda one: not opens(one)),
        None,
    ),
    ("content-null", "The first delta says content: null.", kit.chunks(set_at(DELTA, content=None), opens), None),
    (
        "content-unsaid",
        "The first delta tells the role alone.",
        kit.chunks(drop_at(DELTA, "content", "refusal"), opens),
        None,
    ),
    ("logprobs-unsaid", "Chunks have no logprobs key.", kit.chunks(drop_at(CHOICE, "logprobs")), None),
    ("refusal-null", "Every delta says refusal: null.", kit.chunks(set_at(DELTA, refusal=None)), None),
    ("letters", "Every delta is one character.", kit.sequence(_letters), None),
    ("at-once", "One delta brings the whole text.", kit.sequence(_at_once), None),
    ("empty-between", "Empty deltas stand between the others.", kit.sequence(_empty_between), None),
    ("empty-end", "The last delta says content: null.", kit.chunks(set_at(DELTA, content=None), ends), None),
    ("finish-with-text", "The finish chunk brings the last text.", joined(says), None),
    ("obfuscated", "Chunks carry padding.", kit.chunks(set_at("", obfuscation="a1B2c3")), None),
    ("fingerprint-null", "The fingerprint is null.", kit.chunks(set_at("", system_fingerprint=None)), None),
    ("unknown-keys", "Chunks, choices and deltas have keys that nobody knows.", kit.chunks(_decorated), None),
    ("moderated", "A chunk tells what a filter found, without choices.", after(ends, _filtered), None),
    ("same-words", "The model says one word again and again.", kit.says(Text("ha ha ha ha ha ha ha ha")), None),
    ("speaks-of-errors", "A text speaks of an error.", kit.says(Text("Errors are told by their status.")), None),
)

VARIATIONS = tuple(_told.legal(id, sentence, bend, asks=asks) for id, sentence, bend, asks in _STREAMS)
