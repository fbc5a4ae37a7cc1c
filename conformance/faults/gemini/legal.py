"""Variations of gemini: what looks odd, and is as legal as the rest.

Rule of the file: each was seen of a server that clients work with, or follows from proto JSON.
"""

from __future__ import annotations

from typing import Any

from conformance.faults import kit
from conformance.faults.every.telling import Teller
from conformance.faults.gemini.changing import CALL, NAME, ONE, PARTS, config, last, mode

_told = Teller(NAME, "legal")
Told = list[dict[str, Any]]


def _bare_finish(told: Told) -> Told:
    """The finish comes on a chunk of its own, without parts."""
    end = told[-1] | {"candidates": [{"content": {"role": "model"}, "finishReason": "STOP", "index": 0}]}
    kit.drop_at(ONE, "finishReason")(told[-1])
    return [*told, end]


def _no_content(told: Told) -> Told:
    *before, end = _bare_finish(told)
    kit.drop_at(ONE, "content")(end)
    return [*before, end]


def _letters(told: Told) -> Told:
    said = "".join(part["text"] for chunk in told for part in kit.at(chunk, PARTS))
    head = {key: value for key, value in told[-1].items() if key != "candidates"}
    parts = [{"content": {"role": "model", "parts": [{"text": letter}]}, "index": 0} for letter in said]
    parts[-1]["finishReason"] = "STOP"
    return [head | {"candidates": [one]} for one in parts]


VARIATIONS = (
    _told.legal(
        "bare-finish",
        "The finish comes on a chunk without parts.",
        kit.sequence(_bare_finish),
        source="Portkey-AI/gateway 1705",
    ),
    _told.legal("no-content", "The finish comes on a chunk without content.", kit.sequence(_no_content)),
    _told.legal("letters", "Every chunk holds one character.", kit.sequence(_letters)),
    _told.legal("index-left-out", "The index 0 is left out.", kit.both(kit.drop_at(ONE, "index")), source="Vertex AI"),
    _told.legal(
        "usage-at-end",
        "Only the last chunk has usage.",
        kit.sequence(
            lambda told: [
                *({key: value for key, value in one.items() if key != "usageMetadata"} for one in told[:-1]),
                told[-1],
            ]
        ),
    ),
    _told.legal(
        "usage-after-finish",
        "A chunk with usage alone follows the finish.",
        kit.sequence(lambda told: [*told, {key: value for key, value in told[-1].items() if key != "candidates"}]),
    ),
    _told.legal(
        "traffic-type",
        "Early usage holds the kind of traffic alone.",
        kit.sequence(
            lambda told: [*(one | {"usageMetadata": {"trafficType": "ON_DEMAND"}} for one in told[:-1]), told[-1]]
        ),
        source="Vertex AI",
    ),
    _told.legal(
        "empty-text-with-seal",
        "An empty text carries a signature.",
        last(kit.set_at(PARTS, text="", thoughtSignature="c2VhbA==")),
        source="corpus",
    ),
    _told.legal(
        "ratings",
        "Candidates carry safety ratings.",
        kit.both(
            kit.set_at(ONE, safetyRatings=[{"category": "HARM_CATEGORY_HARASSMENT", "probability": "NEGLIGIBLE"}])
        ),
    ),
    _told.legal(
        "grounding",
        "A candidate carries metadata that nobody knows.",
        kit.both(kit.set_at(ONE, turnToken="t", vendorMetadata={"a": 1})),
    ),
    _told.legal(
        "reason-as-number",
        "The finishReason is a number.",
        kit.both(kit.swap_at(ONE, "finishReason", lambda word: 1)),
        source="enum-encoding=int",
    ),
    _told.legal(
        "reason-new",
        "The finishReason is a new word.",
        kit.both(kit.swap_at(ONE, "finishReason", lambda word: "SERVER_BUDGET")),
    ),
    _told.legal(
        "total-one-less",
        "The total is one less than the sum.",
        last(kit.set_at("usageMetadata", totalTokenCount=32)),
        source="Vertex AI",
    ),
    _told.legal(
        "modalities",
        "Usage tells tokens by modality.",
        kit.both(kit.set_at("usageMetadata", promptTokensDetails=[{"modality": "TEXT", "tokenCount": 24}])),
    ),
    _told.legal(
        "forced-stops",
        "A call that was demanded ends with STOP.",
        kit.both(lambda told: None),
        on=CALL,
        asks=mode("ANY", "get_weather"),
    ),
    _told.legal(
        "two-candidates",
        "Two candidates come, as they were asked for.",
        kit.both(lambda told: None),
        asks=config(candidateCount=2),
    ),
    _told.legal(
        "blocked",
        "The prompt is blocked, in one chunk.",
        kit.sequence(
            lambda told: [
                {
                    "promptFeedback": {"blockReason": "PROHIBITED_CONTENT"},
                    **{key: told[0][key] for key in ("usageMetadata", "modelVersion", "responseId")},
                }
            ]
        ),
    ),
    _told.legal(
        "failed-midway",
        "A stream fails in its middle, and says why.",
        kit.sequence(
            lambda told: [
                told[0],
                {"error": {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}},
            ]
        ),
    ),
    _told.legal(
        "created",
        "The reply says when it was asked.",
        kit.both(kit.set_at("", createTime="2026-09-21T14:13:20.123456Z")),
        source="Vertex AI",
    ),
)
