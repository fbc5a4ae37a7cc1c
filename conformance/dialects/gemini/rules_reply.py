"""Rules on answers, whole or streamed: what every one of them must hold.

Rule of the file: proto JSON leaves defaults out, so absent content is legal; a wrong one is not.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK, candidates, chunks, inside, objects


@BOOK.rule(
    "GM-R01",
    "MUST",
    Scope.REPLY,
    "google-genai SDK: response.text reads candidates[0]",
    good='{"candidates":[{…}]} or {"promptFeedback":{"blockReason":"SAFETY"}}',
    bad='{"usageMetadata":{…}}',
    why="clients find no answer and no reason why there is none",
)
def answer_or_block(reading: Reading) -> Iterator[Violation]:
    """A whole reply has a candidate, or says why the prompt was blocked."""
    if not isinstance(reading.reply, dict):
        return
    if not any(objects(reading.reply, "candidates")) and not inside(reading.reply, "promptFeedback", "blockReason"):
        yield Violation("neither a candidate nor a blockReason", "$.candidates", got=sorted(reading.reply))


@BOOK.rule(
    "GM-R02",
    "MUST",
    Scope.ANSWER,
    "every recorded answer; the SDK appends the content to the history",
    good='"content":{"role":"model","parts":[{"text":"Hi"}]}',
    bad='"content":{"role":"assistant","parts":[{"text":"Hi"}]}',
    why="clients send the content back as it came, and the server refuses the role",
)
def role(reading: Reading) -> Iterator[Violation]:
    """The content of a candidate, where it says something, is of role model."""
    for chunk in chunks(reading):
        for path, one in candidates(chunk):
            content = one.get("content")
            if isinstance(content, dict) and content.get("parts") and content.get("role") != "model":
                yield Violation(
                    "the role is not model", f"{path}.content.role", chunk.frame, "model", content.get("role")
                )
                return


@BOOK.rule(
    "GM-R03",
    "MUST",
    Scope.REPLY,
    "google-genai SDK types: Candidate.finish_reason, absent while the model goes on",
    good='{"content":{…},"finishReason":"STOP"}',
    bad='{"content":{…}}',
    why="clients cannot tell a complete answer from a cut one",
)
def finished(reading: Reading) -> Iterator[Violation]:
    """Each candidate of a whole reply has a finishReason."""
    for chunk in chunks(reading):
        for path, one in candidates(chunk):
            if not one.get("finishReason"):
                yield Violation("finishReason is missing", f"{path}.finishReason", got=one.get("finishReason"))
