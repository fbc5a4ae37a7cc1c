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
    from conformance.adapters import Adapter, KeySample
    from conformance.exchange import Request
    from conformance.subjects.canned import Heard


def all_key_faults(adapter: Adapter, heard: Heard, key: str = KEY) -> Iterator[Violation]:
    """What is wrong with where the key is in all that was sent; where it is exchanged, with where the token is.

    The key goes to the issuer and to nobody else, the token to the model.
    """
    from conformance.subjects.adapter import issuer_of
    from conformance.subjects.canned import token_of

    if not heard.requests:
        yield Violation("no request was sent")
    issuer, token = issuer_of(adapter), token_of(adapter, key)
    if issuer and not heard.asking:
        yield Violation("the key is not exchanged for a token", issuer.key_header)
    for sent in heard.requests:
        yield from key_faults(sent, adapter.key_header, token)
        if issuer:
            yield from strays(sent, key, "the key that was exchanged")
    for asked in heard.asking:
        yield from key_faults(asked, issuer.key_header if issuer else adapter.key_header, key)


def key_faults(sent: Request, place: str, key: str = KEY) -> Iterator[Violation]:
    """What is wrong with where the key is: missing at its place, or found elsewhere."""
    if not any(key in value for value in places(sent)[place]):
        yield Violation(f"the key is not at {place}", place, got=[name for name, _ in sent.headers])
    yield from strays(sent, key, "the key", place)


def sample_faults(sample: KeySample, heard: Heard) -> Iterator[Violation]:
    """What is wrong with where the parts of a key that signs are."""
    for sent in heard.requests:
        for place, part in sample.shown.items():
            if not any(part in value for value in places(sent)[place]):
                yield Violation("what names the key is not at its place", place, got=[name for name, _ in sent.headers])
            yield from strays(sent, part, "what names the key", place)
        for part in sample.hidden:
            yield from strays(sent, part, "the secret that signs")
    if not heard.requests:
        yield Violation("no request was sent")


def strays(sent: Request, key: str, what: str, place: str = "") -> Iterator[Violation]:
    """Each part of a request that holds the key, but for its own place."""
    for where, values in places(sent).items():
        if where != place and any(form in value for value in values for form in _forms(key)):
            yield Violation(f"{what} is at {where}, where it does not belong", where)


def places(sent: Request) -> dict[str, list[str]]:
    """Everything of a request by its place: `path`, `body`, `query:<name>`, and each header by its name."""
    parts = urlsplit(sent.url)
    found: dict[str, list[str]] = defaultdict(list)
    found["path"] = [parts._replace(query="").geturl()]
    found["body"] = [sent.body.decode("utf-8", "replace")]
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        found[f"query:{name}"].append(value)
    for name, value in sent.headers:
        found[name.lower()].append(_plain(value))
    return found


def _plain(value: str) -> str:
    """The value of a header, basic auth undone: what was coded can be read by anyone."""
    scheme, _, coded = value.partition(" ")
    if scheme.lower() != "basic":
        return value
    try:
        return f"{scheme} {base64.b64decode(coded, validate=True).decode()}"
    except ValueError:
        return value


def _forms(key: str) -> Iterator[str]:
    yield key
    yield base64.b64encode(key.encode()).decode().rstrip("=")
