"""The leak gate: nothing that looks like a credential gets past it to the disk.

Rule of the file: it never mends, it refuses. It looks at the text as it would be written, at each body joined, and at
what a compressed body holds; for each secret plain, URL-encoded, JSON-escaped and base64-encoded at every alignment.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Collection, Iterable, Iterator
from urllib.parse import quote

from conformance.errors import SecretLeak
from conformance.tape.scrub import TOKEN, scrubbed_body

_ESCAPE = re.compile(rb"\\+(?:u00([2-7][0-9a-fA-F])|/)")
"""What JSON may write for a character of a credential, also in JSON inside a JSON string."""
_GZIP = b"\x1f\x8b\x08"

_SEALED = frozenset({"application/vnd.amazon.eventstream"})
"""Types of bodies whose messages carry checksums."""


def check_text(text: bytes, secrets: Collection[str], where: str) -> None:
    """Raise `SecretLeak` when the text holds a secret in any shape."""
    _search(text, secrets, where)
    plain = _ESCAPE.sub(lambda hit: bytes([int(hit[1], 16)]) if hit[1] else b"/", text)
    if plain != text:
        _search(plain, secrets, where)


def _search(text: bytes, secrets: Collection[str], where: str) -> None:
    for secret in secrets:
        for name, shape in shapes(secret):
            if shape in text:
                raise _leak(where, f"a known credential ({name}, {len(secret)} characters)")
    if hit := TOKEN.search(text):
        raise _leak(where, f"what looks like a credential ({hit[0][:6].decode()}…, {len(hit[0])} bytes)")


def check_bodies(bodies: Iterable[tuple[str | None, bytes]], secrets: Collection[str], where: str) -> None:
    """Raise `SecretLeak` for bodies, each joined and with its content-encoding undone."""
    from conformance.tape.coding import undone

    for coding, body in bodies:
        check_text(body, secrets, where)
        if body.startswith(_GZIP):
            coding = coding or "gzip"  # compressed, and its label lost
        if not coding or coding == "identity" or not body:
            continue
        plain = undone(coding, [body])
        if plain is None:
            raise _leak(where, f"a body in {coding!r}, which cannot be looked into")
        if scrubbed_body(plain[0], secrets) != plain[0]:
            raise _leak(where, f"a credential inside a {coding} body, where it cannot be masked")
        check_text(plain[0], secrets, where)


def check_sealed(label: str | None, came: bytes, kept: bytes, where: str) -> None:
    """Raise `SecretLeak` when a body was masked that carries checksums: it would be broken, so it is not kept."""
    if came != kept and (label or "").partition(";")[0].strip().lower() in _SEALED:
        raise _leak(where, f"a credential inside a body of {label}, where no mask fits its checksums")


def shapes(secret: str) -> Iterator[tuple[str, bytes]]:
    """The ways in which a secret may stand in a text."""
    raw = secret.encode()
    yield "plain", raw
    yield "URL-encoded", quote(secret, safe="").encode()
    yield "JSON-escaped", json.dumps(secret)[1:-1].encode()
    for pad in range(3):  # base64 of a longer text that holds it: three alignments, without the edges that mix
        coded = base64.b64encode(b"\0" * pad + raw)
        first = (pad * 8 + 5) // 6
        last = ((pad + len(raw)) * 8) // 6
        yield "base64", coded[first:last]
        yield "base64", coded[first:last].translate(bytes.maketrans(b"+/", b"-_"))


def _leak(where: str, what: str) -> SecretLeak:
    return SecretLeak(
        f"{where} was not written: it would hold {what}",
        "the file is as it was; take the secret out of what is sent, or revoke it if the server sent it",
    )
