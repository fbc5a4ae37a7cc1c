"""What looks odd in a request of this language and is legal.

Rule of the file: the virtual provider answers every one of them.
"""

from __future__ import annotations

from conformance.deviating import Bend
from conformance.faults import kit
from conformance.faults.anthropic_messages.steps import NAME
from conformance.faults.every.telling import Teller

_REQUEST = Teller(NAME, "request")

VARIATIONS = (
    _REQUEST.legal(
        "bearer",
        "The key travels as a bearer token.",
        Bend(),
        asks=lambda request: kit.asking_header("authorization", "Bearer conformance-virtual-key")(
            kit.asking_header("x-api-key", None)(request)
        ),
        source="anthropic SDK from 2.0 on",
    ),
    _REQUEST.legal(
        "older-version",
        "The older version is named, with a temperature.",
        Bend(),
        asks=lambda request: kit.asking_header("anthropic-version", "2023-06-01")(
            kit.asking(kit.set_at("", temperature=0.3))(request)
        ),
    ),
    _REQUEST.legal(
        "beta", "A beta is asked for.", Bend(), asks=kit.asking_header("anthropic-beta", "files-api-2025-04-14")
    ),
    _REQUEST.legal(
        "cached-system",
        "The system prompt is a list with marks for the cache.",
        Bend(),
        asks=kit.asking(
            kit.set_at("", system=[{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}])
        ),
    ),
    _REQUEST.legal(
        "same-role-twice",
        "Two messages of the user follow each other.",
        Bend(),
        asks=kit.asking(lambda told: told["messages"].insert(0, {"role": "user", "content": "Hello."})),
    ),
    _REQUEST.legal(
        "metadata",
        "Metadata and a tier are told.",
        Bend(),
        asks=kit.asking(kit.set_at("", metadata={"user_id": "u"}, service_tier="auto")),
    ),
)
