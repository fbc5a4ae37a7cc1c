"""Rules on answers of either kind, and on errors.

Rule of the file: an empty body is told by the universal rules alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.reading import ABSENT, Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK, answers, inside

RFC3339 = r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)"


@BOOK.rule(
    "OL-R01",
    "MUST",
    Scope.ANSWER,
    "server source: api.ChatResponse",
    good='{"model":"m","created_at":"2026-11-20T10:00:00Z","message":{"role":"assistant","content":"Hi"},"done":true}',
    bad='{"model":"m","response":"Hi","done":true}',
    why="typed clients raise, or find no text",
)
def answer_is_complete(reading: Reading) -> Iterator[Violation]:
    """Every object of an answer has model, created_at in RFC 3339, a message with role and content, and done."""
    for frame, value in answers(reading):
        if not isinstance(value.get("model"), str) or not value["model"]:
            yield Violation("no model", "$.model", frame, got=value.get("model"))
        made = value.get("created_at")
        if not isinstance(made, str) or not re.fullmatch(RFC3339, made):
            yield Violation("no time in RFC 3339", "$.created_at", frame, "2026-11-20T10:00:00Z", made)
        if (role := inside(value, "message", "role")) != "assistant":
            yield Violation("no message of the assistant", "$.message.role", frame, "assistant", role)
        if not reading.streamed and not isinstance(content := inside(value, "message", "content"), str):
            yield Violation("no content", "$.message.content", frame, got=content)
        if not isinstance(value.get("done"), bool):
            yield Violation("no done", "$.done", frame, got=value.get("done"))


@BOOK.rule(
    "OL-E01",
    "MUST",
    Scope.ANY,
    "server source: api.StatusError; errors within a stream",
    good='HTTP 404 {"error":"model \'m\' not found"}; or HTTP 200, lines, {"error":"…"} as the last line',
    bad='{"error":{"message":"model not found"}}; an error in the middle of a stream that goes on',
    why="the SDK shows the text of `error`; of an object nothing of use, and after an error it reads no more",
)
def error_shape(reading: Reading) -> Iterator[Violation]:
    """An error is an object whose `error` is a text; in a stream it is the last line, under HTTP 200."""
    if reading.status >= 400:
        if isinstance(reading.reply, dict) and not _is_text(reading.reply.get("error")):
            yield Violation("the error is no text", "$.error", got=reading.reply.get("error"))
        return
    for frame in reading.frames:
        if frame.json is ABSENT or not isinstance(frame.json, dict) or "error" not in frame.json:
            continue
        if not _is_text(frame.json["error"]):
            yield Violation("the error is no text", "$.error", frame.number, got=frame.json["error"])
        if frame is not reading.frames[-1]:
            yield Violation("the error is not the last line", None, frame.number)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)
