"""How servers write: JSON as bytes, texts in pieces.

Rule of the file: no language is known here.
"""

from __future__ import annotations

import json

from conformance.model import JSON


def json_bytes(value: JSON) -> bytes:
    """Compact JSON in UTF-8; half a surrogate pair, which UTF-8 cannot say, travels escaped."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()


def pieces_of(text: str, most: int = 16) -> list[str]:
    """A text in pieces of up to `most` characters, at least two of them when it has two characters."""
    step = min(most, max(1, -(-len(text) // 2)))
    return [text[at : at + step] for at in range(0, len(text), step)]


def proxy_page(status: int, message: str) -> bytes:
    """The page that a proxy answers with in place of the vendor's error."""
    return f"<html><head><title>{status}</title></head><body>{message}</body></html>".encode()
