"""Look at requests and recordings: a header in any case, a body as JSON, how much is recorded.

Rule of the file: our `Request`, httpx's and plain header lists are alike; what is missing is never an empty string.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from conformance.errors import InputError
from conformance.model import JSON


def request_header(request: Any, name: str) -> str | None:
    """The first header of that name, in any case; None when absent.

    `request` is a `Request` of ours or of httpx, a mapping, or a list of (name, value).

    >>> request_header([("X-API-Key", "k")], "x-api-key")
    'k'
    >>> request_header({}, "x-api-key") is None
    True
    """
    headers = getattr(request, "headers", request)
    pairs: Iterable[tuple[str, str]] = headers.items() if isinstance(headers, Mapping) else headers
    return next((value for key, value in pairs if key.lower() == name.lower()), None)


def request_body_json(request: Any) -> JSON:
    """The request body as JSON. Raises `InputError` when it is empty or not JSON.

    >>> from conformance.exchange import Request
    >>> request_body_json(Request("POST", "https://a.example", (), b'{"model": "m"}'))
    {'model': 'm'}
    """
    body = request if isinstance(request, bytes | str) else getattr(request, "body", None)
    if body is None:
        body = request.content if hasattr(request, "content") else request.read()
    try:
        return json.loads(body)
    except ValueError as fault:
        what = f"not JSON: {fault}" if body else "empty"
        raise InputError(f"the request body is {what}", "look at what the adapter's `body` returns") from fault


def count_recordings(provider: str, folder: Path | None = None) -> int:
    """How many cassettes of this provider there are: parsed, its own by what they say, not by their names."""
    from conformance.tape import read_cassette, shelf

    name = provider.strip().lower()
    found = sorted((folder or shelf()).glob(f"verify_{name}_*.json"))
    return sum(read_cassette(path).provenance.provider == name for path in found)
