"""Rules of OpenRouter: its errors' codes, and the typed details of what a model thought.

Rule of the file: as its vendor documents it, and as every recorded answer of its has it.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.dialects.openai_chat.book import objects
from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Rulebook, Scope, Violation

BOOK = Rulebook("openrouter")

DETAILS = ("reasoning.text", "reasoning.summary", "reasoning.encrypted")
"""The kinds of reasoning details that there are."""


@BOOK.rule(
    "CT-12",
    "MUST",
    Scope.ERROR,
    "openrouter.ai/docs: errors",
    good='HTTP 429 with {"error":{"code":429,"message":"…"}}',
    bad='HTTP 429 with {"error":{"code":502,"message":"…"}}',
    why="clients that look at the code alone try again what cannot succeed, or give up what could",
    survived="the SDKs tell errors apart by the HTTP status",
)
def code_is_the_status(reading: Reading) -> Iterator[Violation]:
    """The code of an error is its HTTP status, as a number."""
    error = reading.reply.get("error") if isinstance(reading.reply, dict) else None
    if isinstance(error, dict) and (error.get("code") != reading.status or isinstance(error["code"], bool)):
        yield Violation("the code is not the status", "$.error.code", None, reading.status, error.get("code"))


@BOOK.rule(
    "CT-15",
    "MUST",
    Scope.ANY,
    "openrouter.ai/docs: reasoning tokens, reasoning_details",
    good='"reasoning_details":[{"type":"reasoning.text","text":"…","index":0}]',
    bad='"reasoning_details":[{"type":"thinking","text":"…"}]',
    why="clients keep what they know and lose the rest: the model does not get its signed thoughts back and refuses",
    survived="the openai SDK hands the details on unread",
)
def details_are_typed(reading: Reading) -> Iterator[Violation]:
    """Reasoning details, in answers and sent back, are each a text, a summary or something sealed."""
    yield from _untyped(_said(reading.asked, "messages", ""), None)
    if reading.ok:
        bodies = [(one.number, one.json) for one in reading.chunks] if reading.streamed else [(None, reading.reply)]
        for frame, body in bodies:
            yield from _untyped(_said(body, "choices", "delta" if reading.streamed else "message"), frame)


def _said(body: JSON, list_: str, within: str) -> Iterator[tuple[str, JSON]]:
    """Every reasoning detail of what a body says, with its path."""
    for at, one in objects(body, list_):
        spoken = one.get(within) if within else one
        place = f"$.{list_}[{at}].{within}." if within else f"$.{list_}[{at}]."
        details = spoken.get("reasoning_details") if isinstance(spoken, dict) else None
        for number, detail in enumerate(details if isinstance(details, list) else ()):
            yield f"{place}reasoning_details[{number}]", detail


def _untyped(details: Iterator[tuple[str, JSON]], frame: int | None) -> Iterator[Violation]:
    for path, detail in details:
        kind = detail.get("type") if isinstance(detail, dict) else None
        if kind not in DETAILS:
            yield Violation("a reasoning detail has no known type", f"{path}.type", frame, list(DETAILS), kind)
