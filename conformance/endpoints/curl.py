"""The command that sends a request again, for people: the key as a variable, never as itself.

Rule of the file: what is shown is what was sent; only the credential differs.
"""

from __future__ import annotations

import json
from contextlib import suppress
from shlex import quote

from conformance.endpoints.endpoint import WRONG_KEY, Endpoint
from conformance.exchange import Request
from conformance.tape.credentials import REDACTED

_LEFT_OUT = frozenset({"host", "connection", "content-length", "user-agent", "accept-encoding", "x-amz-date"})


def curl_of(request: Request, endpoint: Endpoint, *, good: bool = True) -> str:
    """One line for a shell."""
    parts = ["curl", "-sS", "-N", "-i"]
    if request.method != ("POST" if request.body else "GET"):
        parts += ["-X", request.method]
    parts.append(_worded(request.url, endpoint, good))
    for name, value in request.headers:
        if name.lower() in _LEFT_OUT:
            continue
        if value.startswith("AWS4-HMAC-SHA256"):
            parts += ["--aws-sigv4", "aws:amz", "--user", '"$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"']
            continue
        parts += ["-H", _worded(f"{name}: {value}", endpoint, good)]
    piped = _bytes(request.body)
    if request.body:
        parts += ["--data-binary", "@-" if piped else _text(request.body)]
    return piped + " ".join(parts)


def _worded(text: str, endpoint: Endpoint, good: bool) -> str:
    """A word of the command; where a credential was masked, the variable stands in double quotes."""
    if REDACTED not in text:
        return quote(text)
    if not good:
        return quote(text.replace(REDACTED, WRONG_KEY))
    safe = text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$").replace("`", "\\`")
    return f'"{safe.replace(REDACTED, f"${endpoint.key_env}")}"'


def _text(body: bytes) -> str:
    """The body for a shell: JSON in ASCII, which is the same JSON; other text as it is."""
    text = body.decode()
    if not text.isascii() or not text.isprintable():
        with suppress(ValueError):
            text = json.dumps(json.loads(text), separators=(",", ":"))
    return quote(text)


def _bytes(body: bytes) -> str:
    """What goes before the command for a body that is no text, which no word of a shell can hold: a pipe."""
    try:
        body.decode()
    except UnicodeDecodeError:
        return "printf " + quote("".join(f"\\{byte:03o}" for byte in body)) + " | "
    return ""
