"""The rule that a recording holds no credential.

Rule of the file: evidence never repeats the secret: it names the place and shows four characters at most.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

from conformance.exchange import Headers
from conformance.reading import Reading
from conformance.rulebook import Rulebook, Scope, Violation

BOOK = Rulebook("universal: secrets")

_HEADERS = frozenset({
    "authorization", "proxy-authorization", "api-key", "x-api-key", "x-goog-api-key", "private-token",
    "x-amz-security-token", "cookie", "set-cookie",
})  # fmt: skip
_QUERY_KEYS = frozenset({"key", "api_key", "api-key", "apikey", "access_token", "token", "x-amz-security-token"})
_MASK = re.compile(
    r"redact|\*{3}|x{4}|X{4}|mask|scrub|filter|sanit|fake|dummy|placeholder|example|test|mock|virtual|secret|hidden"
    r"|wrong|invalid|your[-_ ]|[<\[{]",
    re.IGNORECASE,
)
_PREFIXES = (
    b"sk-",
    b"xai-",
    b"gsk_",
    b"AIza",
    b"glpat-",
    b"hf_",
    b"ya29.",
)
_OF_GITHUB = re.compile(rb"gh[pousr]_")
_LIVE = re.compile(
    rb"(?<![A-Za-z0-9_-])(?:"
    rb"sk-(?:ant-|proj-|or-v1-|svcacct-)?[A-Za-z0-9_-]{32,}|xai-[A-Za-z0-9]{40,}|gsk_[A-Za-z0-9]{40,}"
    rb"|AIza[A-Za-z0-9_-]{35}|gh[pousr]_[A-Za-z0-9]{36,}|glpat-[A-Za-z0-9_-]{20,}|hf_[A-Za-z0-9]{30,}|ya29\.[A-Za-z0-9_-]{40,}"
    rb")"
)


@BOOK.rule(
    "GN-14",
    "MUST",
    Scope.ANY,
    "the kit's own contract",
    good="authorization: Bearer [redacted]",
    bad="authorization: Bearer sk-… with a real key",
    why="cassettes are committed: a key in one is a key on the internet (of another tool's recording, a browser's HAR "
    "say, it is only advice: its protocol is none the worse)",
)
def recording_holds_no_secret(reading: Reading) -> Iterator[Violation]:
    """Credentials are masked in a recorded exchange: in headers, in the URL and in bodies."""
    request, response = reading.exchange.request, reading.exchange.response
    yield from _in_headers(request.headers, "request")
    yield from _in_headers(response.headers, "response")
    for key, value in parse_qsl(_query(request.url)):
        if key.lower() in _QUERY_KEYS and _looks_live(value):
            yield Violation(f"the URL's {key!r} holds what looks like a credential", got=_hint(value))
    for side, body in (("request", request.body), ("response", response.body)):
        if secret := _in_body(body):
            yield Violation(f"the {side} body holds what looks like a credential", got=_hint(secret))


def _in_headers(headers: Headers, side: str) -> Iterator[Violation]:
    for name, value in headers:
        if name.lower() not in _HEADERS:
            continue
        for secret in value.split("; ") if "cookie" in name.lower() else [value]:
            if _looks_live(secret.rpartition(" ")[2].rpartition("=")[2] or secret):
                yield Violation(f"the {side} header {name} holds what looks like a credential", got=_hint(secret))
                break


def _in_body(body: bytes) -> str | None:
    """The first credential in a body; the search for its beginning alone is much the faster."""
    if not any(prefix in body for prefix in _PREFIXES) and not _OF_GITHUB.search(body):
        return None
    return next((found for hit in _LIVE.finditer(body) if _looks_live(found := hit[0].decode())), None)


def _looks_live(value: str) -> bool:
    """Long, varied, and free of the words that masks and test keys are made of."""
    return len(value) >= 16 and len(set(value)) >= 10 and not _MASK.search(value)


def _hint(secret: str) -> str:
    return f"{secret[:4]}… ({len(secret)} characters)"


def _query(url: str) -> str:
    try:
        return urlsplit(url).query
    except ValueError:
        return url.partition("?")[2]
