"""What looks odd in any dialect and is legal.

Rule of the file: each names what allows it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from conformance.deviating import Bend
from conformance.dialects import Dialect
from conformance.exchange import Chunk
from conformance.faults import kit
from conformance.faults.every.telling import Teller, in_the_middle
from conformance.faults.form import Bent

WHATWG = "WHATWG HTML 9.2, server-sent events"
JSON_TEXT = "RFC 8259"
HTTP = "RFC 9110"


def of(language: Dialect) -> Iterator[Bent]:
    if language.framing == "sse":
        yield from _sse(Teller(language.name, "sse"))
    yield from _http(Teller(language.name, "http"))
    if language.framing != "eventstream":
        yield from _pieces(Teller(language.name, "pieces", "unicode_text"))
    yield from _json(Teller(language.name, "json", "unicode_text_whole"))


def _sse(told: Teller) -> Iterator[Bent]:
    yield told.legal(
        "crlf", "Lines end with CR LF.", kit.each_frame(lambda frame: frame.replace(b"\n", b"\r\n")), source=WHATWG
    )
    yield told.legal(
        "cr", "Lines end with CR.", kit.each_frame(lambda frame: frame.replace(b"\n", b"\r")), source=WHATWG
    )
    yield told.legal(
        "comments",
        "Comments keep the connection alive.",
        kit.each_frame(lambda frame: b": keep-alive\n\n" + frame),
        source=WHATWG,
    )
    yield told.legal(
        "comment-in-event",
        "A comment stands inside of an event.",
        in_the_middle(lambda frame: b":\n" + frame),
        source=WHATWG,
    )
    yield told.legal(
        "no-space",
        "No space follows the colon.",
        kit.each_frame(lambda frame: frame.replace(b": ", b":", 1)),
        source=WHATWG,
    )
    yield told.legal(
        "more-blank-lines",
        "Several blank lines part events.",
        kit.each_frame(lambda frame: frame + b"\n\n"),
        source=WHATWG,
    )
    yield told.legal(
        "byte-order-mark",
        "The stream begins with a byte order mark.",
        kit.frames(lambda told: [b"\xef\xbb\xbf" + told[0], *told[1:]]),
        source=WHATWG,
    )
    yield told.legal(
        "id-and-retry",
        "Events have ids, and the stream says when to come back.",
        kit.each_frame(lambda frame: b"id: 7\nretry: 3000\n" + frame),
        source=WHATWG,
    )
    yield told.legal(
        "json-over-data-lines",
        "The JSON of an event goes over several data lines.",
        in_the_middle(_over_lines),
        source=WHATWG,
    )
    yield told.legal(
        "unknown-field",
        "An event has a field that nobody knows.",
        in_the_middle(lambda frame: b"trace: 7\n" + frame),
        source=WHATWG,
    )


def _over_lines(frame: bytes) -> bytes:
    head, mark, data = frame.partition(b"data: ")
    if not data.startswith(b"{"):
        return frame
    lines = json.dumps(json.loads(data), indent=1).encode().split(b"\n")
    return head + b"".join(mark + line + b"\n" for line in lines) + b"\n"


def _http(told: Teller) -> Iterator[Bent]:
    for twin in ("", "_whole"):
        on = f"simple_text{twin}"
        yield told.legal(
            f"more-headers{twin}",
            "The answer carries headers that nobody asked for.",
            kit.header("x-served-by", "cache-7"),
            on=on,
            source=HTTP,
        )
        yield told.legal(
            f"capital-headers{twin}",
            "The names of headers are in capitals.",
            Bend(head=lambda status, told: (status, tuple((name.upper(), value) for name, value in told))),
            on=on,
            source=HTTP,
        )
        yield told.legal(
            f"label-with-charset{twin}",
            "The content type has capitals and names its charset.",
            Bend(head=lambda status, told: (status, tuple(map(_with_charset, told)))),
            on=on,
            source=HTTP,
        )


def _with_charset(line: tuple[str, str]) -> tuple[str, str]:
    name, value = line
    kind = value.partition(";")[0]
    return (name, f'{kind.title()};charset="UTF-8"') if name.lower() == "content-type" else line


def _pieces(told: Teller) -> Iterator[Bent]:
    yield told.legal(
        "at-once", "The whole stream comes in one piece.", kit.pieces(lambda told: [_joined(told)]), source=HTTP
    )
    yield told.legal("bytes", "Pieces end inside of characters.", kit.pieces(_cut), source=HTTP)
    yield told.legal(
        "empty",
        "Empty pieces come between others.",
        kit.pieces(lambda told: [one for piece in told for one in (Chunk(0.0, b""), piece)]),
        source=HTTP,
    )


def _joined(told: list[Chunk]) -> Chunk:
    return Chunk(0.0, b"".join(one.data for one in told))


def _cut(told: list[Chunk]) -> list[Chunk]:
    body = _joined(told).data
    return [Chunk(0.0, body[at : at + 3]) for at in range(0, len(body), 3)]


def _json(told: Teller) -> Iterator[Bent]:
    yield told.legal(
        "indented",
        "The JSON is indented.",
        kit.body(lambda body: json.dumps(json.loads(body), indent=2, ensure_ascii=False).encode()),
        source=JSON_TEXT,
    )
    yield told.legal(
        "escaped",
        "Characters are escaped.",
        kit.body(lambda body: json.dumps(json.loads(body)).encode()),
        source=JSON_TEXT,
    )
    yield told.legal(
        "slashes",
        "Slashes and quotes are escaped.",
        kit.body(lambda body: re.sub(rb"/", rb"\\/", body)),
        source=JSON_TEXT,
    )
    yield told.legal(
        "blanks",
        "Blank lines stand around the JSON.",
        kit.body(lambda body: b"\n\n \r\n" + body + b"\n"),
        source=JSON_TEXT,
    )
    yield told.legal(
        "turned",
        "The keys of objects stand in reverse order.",
        kit.body(lambda body: json.dumps(_turned(json.loads(body))).encode()),
        source=JSON_TEXT,
    )


def _turned(value: object) -> object:
    if isinstance(value, dict):
        return {key: _turned(value[key]) for key in reversed(value)}
    return [_turned(one) for one in value] if isinstance(value, list) else value
