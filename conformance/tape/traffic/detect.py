"""Which form a source of traffic has, told by its first bytes.

Rule of the file: a table of forms, the most telling first; reading is the readers' business.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TypeAlias

from conformance.errors import InputError
from conformance.exchange import Exchange
from conformance.tape.traffic.source import Source

Reader: TypeAlias = Callable[[Source, str | None], Iterator[Exchange]]

_YAML = rb"(\s*(#[^\n]*)?\n)*(---[^\n]*\n)?\s*(interactions|version|http_interactions|recorded_with)\s*:"


class NoTraffic(InputError):
    """A file that can be read and holds no traffic in any form that we know."""


def reader_of(source: Source) -> Reader:
    """The reader for a source. Raises `InputError` when no reader knows such a thing."""
    from conformance.tape.traffic import bare, har, lines, vcrfiles, whole

    forms: tuple[tuple[re.Pattern[bytes], Reader], ...] = (
        (re.compile(rb'\s*\{[^\n]*("request_json"|"request_text"|"response_body_b64")'), lines.read),
        (re.compile(rb'\s*\{\s*"log"\s*:\s*\{'), har.read),
        (re.compile(rb"\s*[{\[]"), whole.read),
        (re.compile(rb"HTTP/[0-9.]+ [0-9]{3}"), bare.read_dump),
        (re.compile(rb"\s*(data|event|id|retry)?:"), bare.read),
        (re.compile(_YAML), vcrfiles.read_yaml),
    )
    head = source.head()
    if not head.strip():
        raise InputError(f"{source} is empty", "give a file with recorded traffic")
    if bare.is_event_stream(head):
        return bare.read
    for form, reader in forms:
        if form.match(head):
            return reader
    raise NoTraffic(
        f"{source} is no traffic that can be read: it begins with {head[:24]!r}",
        "give a cassette (ours or vcrpy's, YAML or JSON), a HAR file, JSON lines, or the body of an answer",
    )
