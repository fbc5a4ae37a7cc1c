"""Rules about the body of an answer: it comes to its end, and it is JSON as every reader understands JSON.

Rule of the file: how a recorder wrote a body down is not what the server sent.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from conformance.exchange import Broken
from conformance.model import JSON
from conformance.reading import COMPRESSED, Reading
from conformance.rulebook import Rulebook, Scope, Violation
from conformance.wire import shown

BOOK = Rulebook("universal: wholeness")

_MARKS = {b"\xef\xbb\xbf": "a byte order mark", b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16", COMPRESSED: "gzip"}
_FRAMES = 48
"""Frames of a stream that are looked at for keys told twice: who does it does it in all."""


@BOOK.rule(
    "GN-29",
    "MUST",
    Scope.ANY,
    "RFC 9112 sections 6.3 and 8: an incomplete message is no answer",
    good="the body ends where its length or its last chunk says",
    bad="the connection is reset in the middle of the body",
    why="SDKs raise a connection error after half an answer was shown, and the request is paid for twice",
)
def body_comes_whole(reading: Reading) -> Iterator[Violation]:
    """The connection stays up until the body has ended."""
    end = reading.exchange.response.end
    if isinstance(end, Broken):
        got = len(reading.exchange.response.body)
        yield Violation(f"the connection broke after {got} bytes of the body", got=f"{end.error}: {end.message}")


@BOOK.rule(
    "GN-30",
    "MUST",
    Scope.ANSWER,
    "RFC 8259 sections 6 and 8.1; RFC 9110 section 8.4",
    framing=True,
    good='{"score": null} in UTF-8',
    bad='{"score": NaN}, a byte order mark before the brace, or a compressed body that no header announces',
    why="strict parsers (Go, Rust, JavaScript) refuse the whole answer that Python reads",
)
def body_is_plain_json(reading: Reading) -> Iterator[Violation]:
    """A body is UTF-8 as RFC 8259 has it: no byte order mark, no other encoding, no NaN, not compressed unsaid."""
    body = reading.exchange.response.body
    if kind := not_plain(reading):
        yield Violation(f"the body begins with {kind}", got=shown(body))
    elif not reading.streamed and (b"NaN" in body or b"Infinity" in body) and (name := no_number(body)):
        yield Violation(f"{name} is no JSON number", "$", got=name)


@BOOK.rule(
    "GN-35",
    "SHOULD",
    Scope.ANSWER,
    "RFC 8259 section 4: names within an object should be unique",
    framing=True,
    good='{"id": "a"}',
    bad='{"id": "a", "id": "b"}',
    why="which of the values counts depends on the parser",
)
def keys_are_told_once(reading: Reading) -> Iterator[Violation]:
    """No object of an answer has the same key twice."""
    bodies: list[tuple[int | None, bytes]] = [(frame.number, frame.data) for frame in reading.kinds[:_FRAMES]]
    if not reading.streamed and isinstance(reading.reply, dict):
        bodies = [(None, reading.exchange.response.body)]
    for number, body in bodies:
        if key := _twice(body):
            yield Violation(f"an object has the key {key!r} twice", "$", number, got=key)
            return


def not_plain(reading: Reading) -> str | None:
    """What a body begins with that is no plain JSON; None where that is not the server's doing, too."""
    body = reading.exchange.response.body if reading.exchange.fidelity == "exact" else b""
    kind = next((kind for mark, kind in _MARKS.items() if body.startswith(mark)), None)
    return None if kind == "a byte order mark" and reading.streamed else kind


def no_number(data: bytes) -> str | None:
    """The first word of some JSON that stands for a number and is none."""
    found: list[str] = []
    try:
        json.loads(data, parse_constant=found.append)
    except (ValueError, RecursionError):
        return None
    return found[0] if found else None


def _twice(data: bytes) -> str | None:
    found: list[str] = []

    def pairs(told: list[tuple[str, JSON]]) -> dict[str, JSON]:
        made = dict(told)
        if len(made) < len(told):
            names = [name for name, _ in told]
            found.append(next(name for name in names if names.count(name) > 1))
        return made

    try:
        json.loads(data, object_pairs_hook=pairs)
    except (ValueError, RecursionError):
        return None
    return found[0] if found else None
