"""Faults of whole bodies: what is no JSON, or only nearly.

Rule of the file: what the answer says stays the same where anything of it comes.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator

from conformance.deviating import Bend
from conformance.dialects import Dialect
from conformance.faults import kit
from conformance.faults.every.answers import accented
from conformance.faults.every.telling import Teller
from conformance.faults.form import Bent

PAGE = b"<!doctype html><html><head><title>Welcome</title></head><body>Please sign in.</body></html>"

Told = tuple[str, str, str, Callable[[bytes], bytes]]

NO_LINES = "OL-S01"
"""The rule that finds what is no stream of lines: by its bytes it may be a stream, hence no whole answer."""

NO_JSON: tuple[Told, ...] = (
    ("cut", "JS-R", "The JSON of an answer is cut short.", lambda body: body[: len(body) * 2 // 3]),
    ("rest", "JS-R", "A second brace follows the JSON of an answer.", lambda body: body + b"}"),
    ("two", "JS-R", "Two answers stand in one body.", lambda body: body + b"\n" + body),
    (
        "string",
        "JS-R",
        "The JSON is encoded twice: a string that holds JSON.",
        lambda body: json.dumps(body.decode()).encode(),
    ),
    ("list", "JS-R", "The answer is wrapped in a list.", lambda body: b"[" + body + b"]"),
    ("null", "JS-R", "The body is null.", lambda body: b"null"),
    ("object", "JS-R", "The body is an empty object.", lambda body: b"{}"),
    ("page", "JS-R", "A page in HTML comes with the status 200.", lambda body: PAGE),
    ("python", "JS-R", "The object is told as Python prints it.", lambda body: repr(json.loads(body)).encode()),
    ("event", "GN-27", "The whole answer stands in a data line.", lambda body: b"data: " + body + b"\n\n"),
    ("empty", "GN-18", "The body is empty.", lambda body: b""),
    ("gzip", "GN-30", "The body is compressed, and no header says so.", gzip.compress),
)
NEARLY_JSON: tuple[Told, ...] = (
    ("bom", "GN-30", "A byte order mark stands before the JSON.", lambda body: b"\xef\xbb\xbf" + body),
    ("utf-16", "GN-30", "The body is in UTF-16.", lambda body: body.decode().encode("utf-16")),
    ("nan", "GN-30", "A number is told as NaN.", lambda body: body.rstrip()[:-1] + b',"score":NaN}'),
    (
        "key-twice",
        "GN-35",
        "An object has the same key twice.",
        lambda body: body.rstrip()[:-1] + b"," + body.lstrip()[1:],
    ),
)


LACKING = {
    "anthropic-messages": "AM-R01",
    "bedrock-converse": "BR-R01",
    "cohere-v2": "CO-R01",
    "gemini": "GM-R01",
    "mistral": "OC-R01",
    "ollama": "OL-R01",
    "openai-chat": "OC-R01",
    "openai-responses": "OR-R01",
}
"""The rule that tells every key which an answer lacks, in languages that have one; elsewhere their schema tells."""


def of(language: Dialect) -> Iterator[Bent]:
    told = Teller(language.name, "body", "simple_text_whole")
    otherwise = _otherwise(language)
    for id, rule, sentence, change in (*NO_JSON, *NEARLY_JSON):
        yield told.fault(id, otherwise.get(id, rule), sentence, kit.body(change))
    yield told.fault("latin-1", "JS-R", "The body is in Latin-1.", Bend(answer=accented.answer, body=_latin))
    yield told.fault("stream-empty", "GN-18", "A stream is empty.", Bend(frames=lambda told: []), on="simple_text")
    yield told.fault(
        "stream-page",
        otherwise.get("stream-page", "JS-R"),
        "A page in HTML comes in place of a stream.",
        Bend(frames=lambda told: [PAGE]),
        on="simple_text",
    )
    yield told.fault(
        "stream-gzip", "GN-30", "A stream is compressed, and no header says so.", kit.frames(_pressed), on="simple_text"
    )


def _otherwise(language: Dialect) -> dict[str, str]:
    """The faults that another rule finds in a dialect, and which, because its streams look otherwise."""
    found = {} if language.framing == "sse" else {"event": "JS-R"}  # a data line begins no stream of the dialect
    if language.framing == "ndjson":
        found["stream-page"] = NO_LINES
    if language.name in LACKING:
        found["object"] = LACKING[language.name]
    if language.array_streams:
        found["list"] = "GN-27"  # a list of one answer is a stream that was not asked for
    return found


def _latin(body: bytes) -> bytes:
    return body.decode().encode("latin-1", "replace")


def _pressed(frames: list[bytes]) -> list[bytes]:
    return [gzip.compress(b"".join(frames))]
