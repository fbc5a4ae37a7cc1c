"""vcrpy's cassettes, YAML and JSON, in all the shapes that its versions wrote.

Rule of the file: bodies come out plain; a recorder joined them, so they have one chunk and no timing.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any

from conformance.errors import InputError
from conformance.exchange import Chunk, Exchange, Headers, Request, Response
from conformance.model import JSON
from conformance.tape.recording import readable
from conformance.tape.traffic.detect import NoTraffic
from conformance.tape.traffic.source import Source

Body = str | bytes | Mapping[str, Any] | None


def looks_like(value: JSON) -> bool:
    """Is it a vcrpy cassette, not one of ours nor form 1.0?"""
    if not isinstance(value, dict) or "format" in value or value.get("version") == "1.0":
        return False
    found = value.get("interactions") or value.get("http_interactions")
    return isinstance(found, list) and not isinstance(value.get("version"), str)


def read_yaml(source: Source, dialect: str | None) -> Iterator[Exchange]:
    """The exchanges of a YAML cassette."""
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml is a hundred times faster
    try:
        value = yaml.load(source.content(), Loader=loader)
    except (yaml.YAMLError, ValueError, RecursionError) as fault:
        text = " ".join(str(fault).split())
        raise InputError(f"{source} is not readable YAML: {text}", "record the cassette again") from fault
    if not looks_like(value):
        raise NoTraffic(f"{source} is YAML but no vcrpy cassette: it has no list of interactions", "give a cassette")
    yield from read_document(value, source, dialect)


def read_document(value: JSON, source: Source, dialect: str | None) -> Iterator[Exchange]:
    """The exchanges of a cassette that has been parsed."""
    _not_ours(value, source)
    for number, one in enumerate(value.get("interactions") or value.get("http_interactions") or ()):
        try:
            found = _exchange(one, source, number, dialect)
        except (KeyError, TypeError, ValueError, AttributeError) as fault:
            raise InputError(
                f"{source}: interaction {number} is no recorded exchange: {type(fault).__name__}: {fault}",
                "record the cassette again",
            ) from fault
        yield readable(found)


def _not_ours(value: JSON, source: Source) -> None:
    """Bodies in chunks are our form: without its `format` nothing says which version, and vcrpy would see no body."""
    found = value.get("interactions") or ()
    answers = [one.get("response") for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    bodies = [one.get("body") for one in answers if isinstance(one, dict)]
    if any(isinstance(body, dict) and "chunks" in body for body in bodies):
        raise InputError(
            f'{source} has bodies in chunks, as our cassettes do, but no key "format"',
            'put back "format": "conformance-cassette" and its version, or record the cassette again',
        )


def _exchange(one: Mapping[str, Any], source: Source, number: int, dialect: str | None) -> Exchange:
    sent, came = one["request"], one["response"]
    status = came.get("status_code") or came.get("code") or came["status"]  # `code` is go-vcr's
    body = _answer_body(came)
    return Exchange(
        id=f"{source.stem}#{number}",
        request=Request(str(sent["method"]).upper(), _url(sent), _headers(sent.get("headers")), _request_body(sent)),
        response=Response(
            int(status["code"] if isinstance(status, Mapping) else status),
            _headers(came.get("headers")),
            (Chunk(0.0, body),) if body else (),
        ),
        dialect=dialect,
        origin=f"{source}#{number}",
    )


def _url(sent: Mapping[str, Any]) -> str:
    return str(sent["uri"] if "uri" in sent else sent["url"])


def _headers(found: Any) -> Headers:
    if not found:
        return ()
    pairs = found.items() if isinstance(found, Mapping) else found
    return tuple(
        (_text(name), _text(one))
        for name, value in pairs
        for one in (value if isinstance(value, list | tuple) else (value,))
    )


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _request_body(sent: Mapping[str, Any]) -> bytes:
    if "parsed_body" in sent:  # written by a serializer in common use that keeps JSON as a tree
        return _dumped(sent["parsed_body"])
    return _bytes(sent.get("body"))


def _answer_body(came: Mapping[str, Any]) -> bytes:
    if "parsed_body" in came:
        return _dumped(came["parsed_body"])
    return _bytes(came["content"] if "content" in came else came.get("body"))


def _bytes(body: Body) -> bytes:
    """The body in any of vcrpy's shapes: bytes, text, or a dict around either."""
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, bytes):
        return body
    if (coded := body.get("base64_string")) is not None:
        return base64.b64decode(coded)
    if "string" in body or "encoding" in body or not body:
        return _bytes(body.get("string"))
    return _dumped(body)


def _dumped(tree: JSON) -> bytes:
    """A body that was kept as a tree."""
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode()
