"""HAR 1.2, as browsers, proxies and test tools write it.

Rule of the file: a text stands in for bytes, so its framing is the recorder's; base64 is the bytes themselves. What the
recorder did not keep is said and not judged.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from msgspec.structs import replace

from conformance.errors import InputError
from conformance.exchange import Broken, Chunk, End, Exchange, Fidelity, Headers, Request, Response
from conformance.model import JSON
from conformance.tape.coding import without_coding
from conformance.tape.recording import readable
from conformance.tape.traffic.source import Source

Tree = Mapping[str, Any]

_BINARY = "application/vnd.amazon.eventstream"
_LEFT = ("net::ERR_ABORTED", "NS_BINDING_ABORTED")
"""What browsers say when their page went away."""


def looks_like(value: JSON) -> bool:
    """Is it a HAR document?"""
    return isinstance(value, dict) and isinstance(value.get("log"), dict) and "entries" in value["log"]


def read(source: Source, dialect: str | None) -> Iterator[Exchange]:
    """The exchanges of a HAR file."""
    try:
        value: Any = json.loads(source.content())
    except (ValueError, RecursionError) as fault:
        raise InputError(f"{source} is not JSON: {fault}", "export the HAR file again") from fault
    yield from read_document(value, source, dialect)


def read_document(value: JSON, source: Source, dialect: str | None) -> Iterator[Exchange]:
    """The exchanges of a HAR document that has been parsed."""
    entries = value["log"].get("entries") if looks_like(value) else None
    if not isinstance(entries, list):
        raise InputError(f"{source} is no HAR file: its log has no list of entries", "export it again")
    for number, one in enumerate(entries):
        try:
            found = _exchange(one, source, number, dialect)
        except (KeyError, TypeError, ValueError, AttributeError) as fault:
            raise InputError(
                f"{source}: entry {number} is no recorded exchange: {type(fault).__name__}: {fault}",
                "export the HAR file again",
            ) from fault
        yield found


def _exchange(one: Tree, source: Source, number: int, dialect: str | None) -> Exchange:
    sent, came = one["request"], one["response"]
    content = came.get("content") or {}
    body, fidelity = _body(content, source)
    status = int(came.get("status") or 0)
    found = Exchange(
        id=f"{source.stem}#{number}",
        request=Request(str(sent["method"]).upper(), str(sent["url"]), _headers(sent), _posted(sent.get("postData"))),
        response=Response(status, _headers(came), (Chunk(0.0, body),) if body else (), _end(came)),
        dialect=dialect,
        origin=f"{source}#{number}",
        fidelity=fidelity,
        lacks=_lacks(status, came, content, body),
    )
    plain = readable(found)  # some recorders keep the body as it travelled, in its coding
    return replace(plain, response=replace(plain.response, headers=without_coding(plain.response.headers)))


def _headers(side: Tree) -> Headers:
    """Header lines; HTTP/2's own (`:authority`) are no header lines."""
    found = [(str(one["name"]), str(one["value"])) for one in side.get("headers") or ()]
    return tuple((name, value) for name, value in found if not name.startswith(":"))


def _posted(data: Tree | None) -> bytes:
    if not data:
        return b""
    text = data.get("text")
    if text is None:
        return urlencode([(one["name"], one.get("value", "")) for one in data.get("params") or ()]).encode()
    if "base64" in (data.get("encoding"), data.get("_encoding")):
        return base64.b64decode(text)
    return _bytes(text)


def _body(content: Tree, source: Source) -> tuple[bytes, Fidelity]:
    text = content.get("text")
    if text is None:
        return _beside(content.get("_file"), source), "exact"
    if content.get("encoding") == "base64":
        return base64.b64decode(text), "exact"
    if raw := _each_a_character(text, content):
        return raw, "exact"
    return _bytes(text), "reserialized"


def _each_a_character(text: str, content: Tree) -> bytes:
    """The bytes of a recorder that took each for a character, as mitmproxy does where no label names a charset.

    The size tells: it is that of the text in latin-1, and not in UTF-8. Empty where the text may stand for itself.
    """
    if content.get("size") != len(text) or text.isascii():
        return b""
    try:
        raw = text.encode("latin-1")
        raw.decode()
    except UnicodeEncodeError:
        return b""
    except UnicodeDecodeError:  # no text at all, or text whose size was counted in characters
        return raw if _BINARY in str(content.get("mimeType")) else b""
    return raw


def _bytes(text: str) -> bytes:
    """Text in UTF-8; half a surrogate pair, which some recorders leave, as the sign for what cannot be read."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def _beside(name: str | None, source: Source) -> bytes:
    """The body that a recorder put into a file beside the HAR."""
    if not name or "/" in name or "\\" in name or name.startswith("."):
        return b""
    try:
        return source.file.with_name(name).read_bytes()
    except OSError:
        return b""


def _end(came: Tree) -> End:
    told = came.get("_error") or came.get("_failureText")
    if not told:
        return "eof"
    return "closed" if told in _LEFT else Broken("ReadError", str(told))


def _lacks(status: int, came: Tree, content: Tree, body: bytes) -> str:
    """What the recorder did not keep; empty when nothing is missing."""
    if status < 100:
        return f"no answer was recorded: {came.get('_error') or came.get('_failureText') or 'its status is 0'}"
    size = content.get("size") or 0
    if not body and (size > 0 or (200 <= status < 300 and content.get("text") is None)):
        return "the recorder did not keep the body of the answer"
    return ""
