"""Faults of answers that fail: pages for errors, errors without a reason, no word on when to come back.

Rule of the file: the failure itself is due; how it is told is wrong.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from conformance.deviating import Bend
from conformance.dialects import Dialect
from conformance.exchange import Chunk, Headers
from conformance.faults import kit
from conformance.faults.every.telling import Teller
from conformance.faults.form import Bent

PAGE = b"<html><head><title>502 Bad Gateway</title></head><body><center>nginx</center></body></html>"

UNLIMITED = ("ollama",)
"""Dialects in which a negative limit is legal: they are asked something else that breaks the language."""

BODIES = (
    ("page", "An error is told as a page in HTML.", PAGE),
    ("empty", "An error has an empty body.", b""),
    ("text", "An error is told as plain text.", b"Internal Server Error"),
    ("list", "An error is told as a list.", b'[{"error":"no"}]'),
    ("string", "An error is told as a JSON string.", b'"unauthorized"'),
    ("null", "An error is told as null.", b"null"),
    ("cut", "The JSON of an error is cut short.", b'{"error":{"message":"the key'),
    ("stream", "An error is told as an event.", b'data: {"error":{"message":"no"}}\n\n'),
)


OF_ITS_FORM = {
    "anthropic-messages": "AM-E01",
    "bedrock-converse": "BR-E01",
    "cohere-v2": "CO-E01",
    "gemini": "GM-E01",
    "mistral": "MI-E01",
    "ollama": "OL-E01",
    "openai-chat": "OC-E01",
}
"""The rule that tells which keys an error lacks, in languages that have one; elsewhere their schema tells."""


def of(language: Dialect) -> Iterator[Bent]:
    told = Teller(language.name, "error", "error_auth_401")
    formless = OF_ITS_FORM.get(language.name, "JS-E")
    for name, sentence, body in BODIES:
        yield told.fault(name, "GN-08", sentence, said(body))
    yield told.fault("object-empty", formless, "An error is an empty object.", said(b"{}"))
    yield told.fault(
        "shape-foreign",
        formless,
        "An error is told as another framework does.",
        said(b'{"detail":[{"loc":["body"],"msg":"no"}]}'),
    )
    yield told.fault(
        "labelled-page", "GN-32", "An error in JSON is labelled as HTML.", kit.header("content-type", "text/html")
    )
    yield told.fault("labelled-none", "GN-32", "An error has no content type.", Bend(head=_unlabelled))
    busy = "error_rate_limit_429"
    yield told.fault("no-wait", "GN-09", "A 429 does not say when to come back.", _no_wait(), on=busy)
    for name, wait in (("words", "soon"), ("negative", "-5"), ("unit", "20s"), ("date", "2026-11-21 13:00:00")):
        sentence = f"A 429 says to come back in {wait!r}."
        yield told.fault(f"wait-{name}", "GN-09", sentence, kit.header("retry-after", wait), on=busy)
    yield told.fault(
        "server-fault",
        "GN-33",
        "A request that breaks the language is answered with 500.",
        kit.status(lambda told: 500),
        on="error_bad_request_400",
        asks=kit.asking(kit.set_at("", messages="Hi")) if language.name in UNLIMITED else None,
    )


def _unlabelled(status: int, headers: Headers) -> tuple[int, Headers]:
    """No label; another header stays, as in all that a server sends: an answer with none was recorded without them."""
    return status, (*(line for line in headers if line[0].lower() != "content-type"), ("server", "proxy"))


def said(body: bytes) -> Bend:
    """An error whose body is this."""
    return Bend(pieces=lambda told: [Chunk(0.0, body)])


def _no_wait() -> Bend:
    """No header says when, and neither does the body."""
    return Bend(
        head=kit.header("retry-after", None).head,
        pieces=lambda told: [Chunk(0.0, json.dumps(_without(json.loads(b"".join(one.data for one in told)))).encode())],
    )


def _without(value: object) -> object:
    """An error without the details that hold a wait."""
    if isinstance(value, dict):
        return {key: _without(inner) for key, inner in value.items() if key not in ("details", "retry_after")}
    return value
