"""An answer alone, as `curl` saves it: the body of a stream or a whole one, or with `curl -i` the head as well.

Rule of the file: what was not saved is not made up; without a request nothing that was asked is judged.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator
from typing import Final

from conformance.errors import InputError
from conformance.exchange import Chunk, Exchange, Headers, Request, Response
from conformance.model import JSON
from conformance.tape.coding import decoded
from conformance.tape.traffic.shapes import spoken_in
from conformance.tape.traffic.source import Source

UNASKED: Final = Request("", "")
"""The request of an answer that came alone."""
_HEAD = re.compile(rb"HTTP/[0-9.]+ .*?\r?\n\r?\n", re.S)
_BLANK = b"\xef\xbb\xbf \t\r\n"


def is_event_stream(head: bytes) -> bool:
    """Does it begin with a message of AWS's event stream? The check sum of its first bytes tells."""
    return len(head) >= 12 and zlib.crc32(head[:8]).to_bytes(4, "big") == head[8:12]


def read(source: Source, dialect: str | None) -> Iterator[Exchange]:
    """The one exchange that a saved body stands for."""
    yield exchange_of(source.content(), source, dialect)


def exchange_of(body: bytes, source: Source, dialect: str | None) -> Exchange:
    """A body as the answer of an exchange of which nothing else is known."""
    language = dialect or spoken_in(body)
    labels: Headers = (("content-type", "application/x-ndjson"),) if _is_ndjson(body, language) else ()
    lacks = "it is the body of an error, and nothing tells its status" if _is_error(body, language) else ""
    return _exchange(source, language, Response(200, labels, (Chunk(0.0, body),)), lacks)


def read_dump(source: Source, dialect: str | None) -> Iterator[Exchange]:
    """The one exchange that a saved answer with its head stands for; heads before the last one are steps to it."""
    rest, response = source.content(), Response(0)
    while found := _HEAD.match(rest):
        response, rest = _head_of(found[0], source), rest[found.end() :]
    if not response.status:
        raise InputError(f"{source} begins with the head of an answer that does not end", "save it with curl -i")
    response = decoded(Response(response.status, response.headers, (Chunk(0.0, rest),) if rest else ()))
    yield _exchange(source, dialect or spoken_in(response.body), response)


def _head_of(head: bytes, source: Source) -> Response:
    first, *lines = head.decode("latin-1").splitlines()
    try:
        status = int(first.split()[1])
        pairs = [line.split(":", 1) for line in lines if line.strip()]
        return Response(status, tuple((name.strip(), value.strip()) for name, value in pairs))
    except (IndexError, ValueError) as fault:
        raise InputError(
            f"{source} begins with a head that is none of HTTP: {fault}", "save it with curl -i"
        ) from fault


def _exchange(source: Source, dialect: str | None, response: Response, lacks: str = "") -> Exchange:
    return Exchange(
        id=source.stem, request=UNASKED, response=response, dialect=dialect, origin=str(source), lacks=lacks
    )


def _is_ndjson(body: bytes, dialect: str | None) -> bool:
    from conformance.dialects import dialect as find

    lines = [line for line in body.lstrip(_BLANK)[:1_000_000].split(b"\n")[:2] if line.strip()]
    return dialect is not None and find(dialect).framing == "ndjson" and len(lines) > 1


def _is_error(body: bytes, dialect: str | None) -> bool:
    """Is it a whole body that says an error, and no answer?"""
    from conformance.dialects import dialect as find

    if dialect is None or body.lstrip(_BLANK)[:1] != b"{":
        return False
    try:
        value: JSON = json.loads(body)
    except (ValueError, RecursionError):
        return False
    try:
        find(dialect).reply(value)
    except ValueError:
        return find(dialect).error(400, (), body).kind not in ("protocol", "unknown") or _names_error(value)
    return False


def _names_error(value: JSON) -> bool:
    return isinstance(value, dict) and "error" in value
