"""Decode an exchange: its bytes in, the canonical timeline out, whatever the bytes are.

Rule of the file: never raises for what a server sent; whatever goes wrong on the wire is an `Error` event.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from msgspec.structs import replace

from conformance.dialects import Dialect, Framing, dialect
from conformance.errors import UsageError
from conformance.exchange import Exchange, Response
from conformance.model import Error, Event, error, replay

_STREAM_TYPES = ("text/event-stream", "application/x-ndjson", "application/vnd.amazon.eventstream")

_BEGINS: Mapping[Framing, tuple[bytes, ...]] = {
    "sse": (b"data:", b"event:", b"id:", b"retry:", b":"),
    "eventstream": (b"\0",),  # the length of the first message, which is under 16 MiB
}
"""By framing: how a stream begins that no whole answer begins like."""


def decode(exchange: Exchange, speaks: Dialect | None = None, *, strict: bool = False) -> list[Event]:
    """The canonical timeline of the answer: the last event is `Done` (with `.reply`) or `Error`.

    `speaks` stands in for `exchange.dialect`. `strict` decodes as a careful client does, which refuses a
    2xx answer whose content type is missing or wrong; without it the bytes alone decide.
    Raises `UsageError` when the dialect is neither given nor known.
    """
    language = speaks or dialect_of(exchange)
    response = exchange.response
    if response.status >= 400:
        return [http_error(response, language)]
    if not 200 <= response.status < 300:
        return [error("protocol", f"HTTP {response.status}: neither an answer nor an error", status=response.status)]
    asked_stream = language.streams(exchange.request.url, exchange.request.json())
    if strict and (wrong := content_type_fault(response, language, asked_stream)):
        return [error("protocol", wrong, status=response.status)]
    if came_streamed(exchange, language):
        return _decode_stream(response, language)
    return decode_whole(response, language)


def http_error(response: Response, language: Dialect) -> Error:
    """The error that a reply of status >= 400 says; its message always names the status."""
    found = language.error(response.status, response.headers, response.body)
    words = f"HTTP {response.status}"
    return found if words in found.message else replace(found, message=f"{words}: {found.message}")


def _decode_stream(response: Response, language: Dialect) -> list[Event]:
    decoder = language.decoder()
    events: list[Event] = []
    for chunk in response.chunks:
        events += decoder.feed(chunk.data)
    events += decoder.close(response.end)
    return events


def decode_whole(response: Response, language: Dialect) -> list[Event]:
    """The timeline of a 2xx answer that came whole."""
    body = response.body
    if response.end != "eof":
        return [error("truncated", f"the body broke off after {len(body)} bytes", status=response.status)]
    if not body.strip():
        return [error("truncated", "the body is empty", status=response.status)]
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as fault:
        kind = "an HTML page" if body.lstrip()[:1] == b"<" else f"not JSON: {fault}"
        return [error("protocol", f"cannot parse the body as JSON: it is {kind}", status=response.status)]
    try:
        reply = language.reply(value)
    except ValueError as fault:
        found = language.error(response.status, response.headers, body)
        return [found if found.kind != "protocol" else error("protocol", str(fault), status=response.status)]
    return list(replay(reply))


def content_type_fault(response: Response, language: Dialect, streamed: bool) -> str | None:
    """What is wrong with the content type of a 2xx answer; None when it is right."""
    wanted = language.label_of(language.framing_of(response.body)) if streamed else "application/json"
    found = response.header("content-type")
    if not found:
        return f"protocol error: missing content-type, expected {wanted}"
    if found.partition(";")[0].strip().lower() != wanted:
        return f"protocol error: content-type is {found!r}, expected {wanted}"
    return None


def came_streamed(exchange: Exchange, language: Dialect) -> bool:
    """Whether the answer is a stream: its first bytes decide, then its label, then what was asked."""
    response = exchange.response
    head = b"".join(chunk.data for chunk in response.chunks[:64])[:65536].lstrip(b"\xef\xbb\xbf \t\r\n")
    asked = language.streams(exchange.request.url, exchange.request.json())
    if head and (begins := _BEGINS.get(language.framing)):
        if head.startswith(begins):
            return True
        if head[:1] in b"{[<":
            return language.framing_of(head) == "json-array"
    label = (response.header("content-type") or "").partition(";")[0].strip().lower()
    if label in _STREAM_TYPES:
        return True
    return asked


def dialect_of(exchange: Exchange) -> Dialect:
    if exchange.dialect is None:
        raise UsageError(
            f"exchange {exchange.id!r} names no dialect and none could be told from its request",
            "say which one it speaks, e.g. --dialect openai-chat",
        )
    return dialect(exchange.dialect)
