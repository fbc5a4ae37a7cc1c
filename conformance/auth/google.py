"""Google's keys: an OAuth access token as it is, or a service account's key file, exchanged for one.

Rule of the file: google-auth signs, and nothing else of it is used; the exchange is a flow like any other.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from conformance.auth import bearer
from conformance.auth.issuing import said
from conformance.auth.tokens import MARGIN, Ask, Terms, Token, exchanged
from conformance.errors import MissingExtra, UsageError
from conformance.model import JSON

if TYPE_CHECKING:
    import httpx

SCOPE = "https://www.googleapis.com/auth/cloud-platform"
GOOGLES_OWN = "https://oauth2.googleapis.com/token"
"""Source: https://developers.google.com/identity/protocols/oauth2/service-account"""
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_LIFE = 3600


def google(key: str, clock: Callable[[], float] = time.time) -> httpx.Auth:
    """Bearer auth with an access token, or with those that the JSON text of a service account's key file is good for.

    Raises `MissingExtra` for a key file when google-auth is not installed, `UsageError` for one that is none.
    """
    if not key.lstrip().startswith("{"):
        return bearer(key)
    account = _account(key)
    signer = _signer(account)
    address = account["token_uri"]

    def ask() -> Ask:
        body = urlencode({"grant_type": _GRANT, "assertion": _assertion(account, signer, int(clock()))})
        lines = (("content-type", "application/x-www-form-urlencoded"),)
        return Ask(method="POST", url=address, headers=lines, body=body.encode())

    return exchanged(Terms(ask=ask, read=_token, wear=bearer, clock=clock))


def token_address(key: str) -> str | None:
    """Where the key is exchanged: what a key file says, nowhere for an access token, Google's own for a key unknown."""
    if not key:
        return GOOGLES_OWN
    return _account(key)["token_uri"] if key.lstrip().startswith("{") else None


def _account(key: str) -> dict[str, str]:
    """The key file; a fault names the field and never quotes it."""
    try:
        told = json.loads(key)
    except (ValueError, RecursionError):
        told = None
    for name in ("client_email", "private_key", "token_uri"):
        if not isinstance(told, dict) or not isinstance(told.get(name), str):
            raise UsageError(
                f"the key is no service account's key file: it lacks {name}",
                "give an access token (gcloud auth print-access-token) or the JSON text of a key file",
            )
    found: dict[str, str] = told
    return found


def _signer(account: dict[str, str]) -> Any:
    try:
        from google.auth.crypt import RSASigner
    except ImportError:
        raise MissingExtra(
            "a service account's key needs google-auth, which is not installed",
            "pip install 'provider-conformance[vertex]', or give an access token as the key",
        ) from None
    try:
        return RSASigner.from_string(account["private_key"], account.get("private_key_id"))  # type: ignore[no-untyped-call]
    except Exception:  # whichever error its crypto library has; its message may hold parts of the key
        raise UsageError("the service account's private_key is no RSA key in PEM form") from None


def _assertion(account: dict[str, str], signer: Any, now: int) -> str:
    from google.auth import jwt

    address = account["token_uri"]
    claims = {"iss": account["client_email"], "scope": SCOPE, "aud": address, "iat": now, "exp": now + _LIFE}
    signed: bytes = jwt.encode(signer, claims)  # type: ignore[no-untyped-call]
    return signed.decode("ascii")


def _token(told: JSON, now: float) -> Token:
    return Token(value=said(told, "access_token"), until=now + said(told, "expires_in", int) - MARGIN)
