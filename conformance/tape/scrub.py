"""Take the secrets out of what is kept: allow-lists for headers and queries, masks of equal length for bodies.

Rule of the file: idempotent, and blind to the rest of the world but for the environment's own secrets. Masks keep the
length, so that chunk boundaries and content-length stay true. Whether it sufficed is for `gate` to say.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import quote

from conformance.exchange import Chunk, Headers, Request
from conformance.tape.credentials import REDACTED, credentials_of

_KEEP_SENT = re.compile(
    r"accept|content-type|anthropic-(version|beta)|openai-beta|x-amz-target|x-initiator|openai-intent"
    r"|editor-(plugin-)?version|copilot-(integration-id|vision-request)|x-github-api-version"
)
_NAME_SENT = re.compile(
    r"authorization|proxy-authorization|(x-)?api-key|x-goog-api-key|x-amz-(security-token|date)|cookie"
    r"|openai-(organization|project)|private-token|ai-resource-group|x-gitlab-[a-z-]+"
)
"""Kept by name, with the value redacted: that they were sent is evidence."""
_KEEP_CAME = re.compile(
    r"content-(type|encoding|length)|(x-)?request-id|retry-after(-ms)?|x-should-retry|(anthropic|x)-ratelimit-.*"
    r"|anthropic-version|openai-(version|model|processing-ms)|www-authenticate|x-amzn-.*|allow"
)
_KEEP_QUERY = {"alt", "api-version", "beta", "stream", "limit", "model"}

TOKEN = re.compile(
    rb"\b(?:sk|pk|rk|xai|gsk|pplx|csk|fw|nvapi|glpat|r8|key|co)[-_](?=[A-Za-z_\-]*\d)[A-Za-z0-9_\-]{16,}"
    rb"|\bhf_[A-Za-z0-9]{30,}|\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_\w{20,}|\bAIza[\w\-]{35}"
    rb"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\beyJ[\w\-]{8,}\.[\w\-]{8,}\.[\w\-]*|\bya29\.[\w\-]{20,}"
    rb"|\btid=[\w\-]{8,};[^\s\"\\]*"
    rb"|\b(?:org|proj|user|acct)[-_](?=[A-Za-z]*\d)[A-Za-z0-9]{20,}|\bBearer\s+(?=[A-Za-z_.\-]*\d)[\w\-.=]{16,}"
)
"""Credentials and account ids of known vendors. Each wants a digit or a length that no JSON key or word has."""
_SECRET_FIELD = (
    rb"(?:api[_-]?key|(?:access|refresh|id|auth|session)[_-]?token|client[_-]?secret|secret(?:[_-]?(?:access[_-]?)?key)?"
    rb"|private[_-]?key|password|authorization)"
)
_TOKEN_FIELD = re.compile(rb'((?<!\\)\\?"token\\?"\s*:\s*\\?")((?=[^"]*\d)(?=[^"]*[A-Za-z])[^"\s\\*]{20,})', re.I)
"""A field `token` is secret when its value looks it: of a word's logarithmic probability it holds the word."""
_FIELDS = (
    _TOKEN_FIELD,
    re.compile(rb'((?<!\\)"' + _SECRET_FIELD + rb'"\s*:\s*")((?:[^"\\]|\\.)+)', re.I | re.S),
    re.compile(
        rb'((?<!\\)\\"' + _SECRET_FIELD + rb'\\"\s*:\s*\\")((?:[^"\\]|\\[^"\\]|\\\\(?:\\.|[^\\]))+)', re.I | re.S
    ),
)
"""JSON fields that are secret by name (`max_tokens` is none of them): in JSON, and in JSON inside a JSON string."""


def scrubbed_headers(headers: Headers, secrets: Collection[str] = ()) -> Headers:
    """Request header lines: what is harmless, and the names of what carried a credential."""
    return tuple(line for line in (_sent(name, value, secrets) for name, value in headers) if line)


def _sent(name: str, value: str, secrets: Collection[str]) -> tuple[str, str] | None:
    low = name.lower()
    if _NAME_SENT.fullmatch(low):
        return name, redacted(value)
    clean = scrubbed_body(value.encode(), secrets).decode(errors="replace")
    if _KEEP_SENT.fullmatch(low):
        return name, clean
    return (name, REDACTED) if clean != value or value == REDACTED else None


def redacted(value: str) -> str:
    """The value of an auth header without its secret: the scheme stays, and emptiness stays visible."""
    scheme, space, secret = value.partition(" ")
    if space and scheme.isalnum():
        return f"{scheme} {REDACTED}" if secret.strip() else value
    return REDACTED if value else value


def scrubbed_answer_headers(headers: Headers, secrets: Collection[str] = ()) -> Headers:
    """Response header lines: only those that tell of the protocol."""
    return tuple(
        (name, scrubbed_body(value.encode(), secrets).decode(errors="replace"))
        for name, value in headers
        if _KEEP_CAME.fullmatch(name.lower())
    )


def scrubbed_url(url: str, secrets: Collection[str] = ()) -> str:
    """The URL without user information, query values that are not known to be harmless, and known secrets."""
    base, mark, query = url.partition("?")
    base = re.sub(r"^(\w+://)[^/@]*@", r"\1", base)
    base = scrubbed_body(base.encode(), secrets).decode(errors="replace")
    if not mark:
        return base
    return f"{base}?{'&'.join(_pair(part) for part in query.split('&'))}"


def _pair(part: str) -> str:
    name, equals, value = part.partition("=")
    return part if not equals or not value or name in _KEEP_QUERY else f"{name}={REDACTED}"


def scrubbed_body(data: bytes, secrets: Collection[str] = ()) -> bytes:
    """The bytes with every known secret, token and secret field masked, each at its own length."""
    for secret in secrets:
        for shape in {secret, quote(secret, safe="")}:
            raw = shape.encode()
            if raw in data:
                data = data.replace(raw, b"*" * len(raw))
    data = TOKEN.sub(lambda hit: hit[0][:3] + b"*" * (len(hit[0]) - 3), data)
    for field in _FIELDS:
        data = field.sub(lambda hit: hit[1] + b"*" * len(hit[2]), data)
    return data


def scrubbed_request(sent: Request, secrets: Collection[str] | None = None) -> Request:
    """The request as it may be kept. Without `secrets`: those of the environment, and what it carries itself."""
    known = credentials_of(sent.headers, sent.url) if secrets is None else secrets
    return Request(
        sent.method,
        scrubbed_url(sent.url, known),
        scrubbed_headers(sent.headers, known),
        scrubbed_body(sent.body, known),
    )


def scrubbed_chunks(chunks: Collection[Chunk], secrets: Collection[str] = ()) -> list[Chunk]:
    """The chunks masked on their joined bytes and cut again where they were cut: a secret may straddle a cut."""
    whole, at, out = scrubbed_body(b"".join(chunk.data for chunk in chunks), secrets), 0, []
    for gap, data in chunks:
        out.append(Chunk(gap, whole[at : at + len(data)]))
        at += len(data)
    return out
