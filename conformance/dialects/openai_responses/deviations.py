"""What speakers of openai-responses are known to do otherwise: `DEVIATIONS` holds all of it by id.

Rule of the file: a deviation names no vendor in code; which vendor deviates how stands in the presets.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from conformance.deviating import Bend, Chunk, Deviation
from conformance.model import Reply

ARGUMENTS = "response.function_call_arguments"


def _told_at_once(told: list[Chunk], reply: Reply) -> list[Chunk]:
    """Without the pieces of arguments; what is left is numbered anew."""
    left = [event for event in told if event["type"] != f"{ARGUMENTS}.delta"]
    return [event | {"sequence_number": at} for at, event in enumerate(left, told[0]["sequence_number"])]


DEVIATIONS: Mapping[str, Deviation] = MappingProxyType(
    {
        one.id: one
        for one in (
            Deviation(
                id="arguments_at_once",
                sentence="The arguments of a call come in its done event alone.",
                source="recorded streams of lmstudio",
                bend=Bend(chunks=_told_at_once),
                excuses={"OR-S10 $.arguments": (None, "the vendor tells arguments at once, without deltas")},
            ),
        )
    }
)
