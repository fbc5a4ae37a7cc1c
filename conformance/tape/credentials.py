"""Which texts are secret: credentials of the environment, and those that a request itself carries.

Rule of the file: it only finds. Short texts are left out: masking them would hit ordinary words.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
from urllib.parse import parse_qsl, unquote, urlsplit

from conformance.exchange import Headers

REDACTED = "<redacted>"
SHORTEST = 8

_NAMES = re.compile(r"(^|_)(API_?KEY|KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?)(_|$)", re.I)
_AUTH = re.compile(
    r"(proxy-)?authorization|(x-)?api-key|x-goog-api-key|x-amz-security-token|private-token|cookie", re.I
)
_QUERY = re.compile(
    r"(api[_-]?)?key|(access[_-]?)?token|sig|signature|secret|x-amz-(signature|credential|security-token)", re.I
)


def environment_secrets() -> frozenset[str]:
    """Values of variables that are named like credentials and do not look like a word."""
    return frozenset(
        value
        for name, value in os.environ.items()
        if _NAMES.search(name) and len(value) >= SHORTEST and (len(value) >= 20 or re.search(r"\d", value))
    )


def carried_by(headers: Headers, url: str) -> frozenset[str]:
    """The credentials that a request carries in its header lines and in its query."""
    found: set[str] = set()
    for name, value in headers:
        if _AUTH.fullmatch(name):
            found |= _of_header(value)
    if "?" in url:
        found |= {value for name, value in parse_qsl(urlsplit(url).query) if _QUERY.fullmatch(name)}
    if "@" in url and (password := urlsplit(url).password):
        found.add(unquote(password))
    return frozenset(value for value in found if len(value) >= SHORTEST and REDACTED not in value)


def _of_header(value: str) -> set[str]:
    scheme, space, secret = value.partition(" ")
    if not space:
        return {value}
    if scheme.lower() != "basic":
        return {secret.strip()}
    try:
        user_and_password = base64.b64decode(secret, validate=True).decode()
    except (binascii.Error, ValueError):
        return {secret}
    return {secret, user_and_password.partition(":")[2]}


def credentials_of(headers: Headers, url: str) -> frozenset[str]:
    """Everything known to be secret about a request: its own credentials and the environment's."""
    return environment_secrets() | carried_by(headers, url)
