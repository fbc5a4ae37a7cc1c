"""Keep keys out of what is said: known secrets are masked in texts, secret names in facts, and URLs lose their query.

Rule of the file: it masks what is secret by knowledge or by name; what tells a secret by its looks is `tape.scrub`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from msgspec.structs import replace

from conformance.exchange import Headers
from conformance.model import Error

REDACTED = "[REDACTED]"
SHORTEST = 7
"""Texts up to here are no keys, such as `Bearer`; masking them would hit ordinary words."""

_SECRET_NAME = re.compile(
    r"authorization|cookie|password|passwd|secret|credential|api[_-]?key|private[_-]?key|(^|[_-])key$"
    r"|(^|[_-])(access|refresh|id|auth|session|bearer|private)?[_-]?token$|^token$",
    re.I,
)


def is_secret_name(name: str) -> bool:
    """Whether what bears this name is secret: `access_token` is, `max_tokens` is not."""
    return bool(_SECRET_NAME.search(name))


def concealed(text: str, secrets: Collection[str]) -> str:
    """The text with each of the secrets masked, longest first."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) > SHORTEST:
            text = text.replace(secret, REDACTED)
    return text


def hidden(found: Error, secrets: Collection[str]) -> Error:
    """The error with each of the secrets masked, wherever in it a server quotes them."""
    code = found.code and concealed(found.code, secrets)
    return replace(found, message=concealed(found.message, secrets), code=code)


def parts_of(key: str) -> frozenset[str]:
    """A key as it may be quoted: as it is, as it stands in an address, and each part of one that has parts."""
    parts = [] if key.lstrip().startswith("{") else key.split(":")
    return frozenset(one for part in (key, *parts) for one in (part, quote(part, safe="")) if len(part) > SHORTEST)


def plain_url(url: str) -> str:
    """The address without what may be secret in it: user, password, query, fragment."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "an address that is none"
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def secrets_of(headers: Headers, url: str) -> frozenset[str]:
    """The credentials that a request carries, as they may be quoted by whoever got it: without blanks and escapes."""
    from conformance.tape.credentials import carried_by

    found = carried_by(headers, url) | {value for name, value in headers if is_secret_name(name)}
    return found | {part for value in found for part in _printable(value)}


def _printable(secret: str) -> list[str]:
    """The parts of a secret that no repr writes otherwise."""
    return [part for part in re.split(r"[^\x21-\x5b\x5d-\x7e]+", secret) if len(part) > SHORTEST]


def redacted(value: Any, name: str = "") -> Any:
    """A copy in which everything that bears a secret name is masked, at any depth."""
    if name and is_secret_name(name):
        return REDACTED
    if isinstance(value, Mapping):
        return {key: redacted(one, str(key)) for key, one in value.items()}
    return [redacted(one) for one in value] if isinstance(value, list | tuple) else value
