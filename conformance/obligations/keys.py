"""Where an API key is in a request, and where it must not be.

Rule of the file: every part of a request has a place with a name; a key belongs to exactly one of them.
"""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from conformance.rulebook import Violation
from conformance.subjects.samples import KEY

if TYPE_CHECKING:
    from conformance.adapters import Adapter
    from conformance.exchange import Request


def key_faults(adapter: Adapter, sent: Request, key: str = KEY) -> Iterator[Violation]:
    """What is wrong with where the key is: missing at its place, or found elsewhere."""
    place = adapter.key_header
    if not any(key in value for value in places(sent)[place]):
        yield Violation(f"the key is not at {place}", place, got=[name for name, _ in sent.headers])
    for where, values in places(sent).items():
        if where != place and any(form in value for value in values for form in _forms(key)):
            yield Violation(f"the key is at {where}, where it does not belong", where)


def places(sent: Request) -> dict[str, list[str]]:
    """Everything of a request by its place: `path`, `body`, `query:<name>`, and each header by its name."""
    parts = urlsplit(sent.url)
    found: dict[str, list[str]] = defaultdict(list)
    found["path"] = [parts._replace(query="").geturl()]
    found["body"] = [sent.body.decode("utf-8", "replace")]
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        found[f"query:{name}"].append(value)
    for name, value in sent.headers:
        found[name.lower()].append(value)
    return found


def _forms(key: str) -> Iterator[str]:
    yield key
    yield base64.b64encode(key.encode()).decode().rstrip("=")
