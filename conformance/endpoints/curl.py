"""The command that sends a request again, for people: the key as a variable, never as itself.

Rule of the file: what is shown is what was sent; only the credential differs.
"""

from __future__ import annotations

import json
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
    if request.body:
        parts += ["--data-binary", _body(request.body)]
    return " ".join(parts)


def _worded(text: str, endpoint: Endpoint, good: bool) -> str:
    """A word of the command; where a credential was masked, the variable stands in double quotes."""
    if REDACTED not in text:
        return quote(text)
    if not good:
        return quote(text.replace(REDACTED, WRONG_KEY))
    safe = text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$").replace("`", "\\`")
    return f'"{safe.replace(REDACTED, f"${endpoint.key_env}")}"'


def _body(body: bytes) -> str:
    """The body for a shell: JSON in ASCII, which is the same JSON; other bytes as they are."""
    try:
        text = body.decode()
        if not text.isascii() or not text.isprintable():
            text = json.dumps(json.loads(text), separators=(",", ":"))
        return quote(text)
    except ValueError:  # no text, or no JSON: byte by byte
        return "$'" + "".join(f"\\x{byte:02x}" for byte in body) + "'"
