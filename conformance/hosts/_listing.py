"""Lists of models: which request asks for one, in whose form it is answered, what stands on it.

Rule of the file: forms and looks, no judgement; what cannot be a list of chat models is taken for none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from conformance.dialects import dialect, dialect_names
from conformance.dialects.manners import Form
from conformance.exchange import Exchange, host_of, path_of
from conformance.model import JSON
from conformance.rulebook import Violation

if TYPE_CHECKING:
    from conformance.reading import Reading


_PATH = re.compile(r"(?:^|/)(?:v1|v1beta)/models$|^/models$")
_HOSTS = (
    (re.compile(r"(?:.*\.)?anthropic\.com"), "anthropic-messages"),
    (re.compile(r"generativelanguage\.googleapis\.com"), "gemini"),
    (re.compile(r"api\.cohere\.(?:com|ai)"), "cohere-v2"),
)


def form_of(reading: Reading) -> Form:
    """The form in which the language lists."""
    return reading.dialect.manners.listing.form


def lists_models(one: Exchange) -> bool:
    """Was a list of models asked for, and answered? At a bare `/models` other things are listed too, in no object."""
    sent, came = one.request, one.response
    path = path_of(sent.url)
    if sent.method.upper() != "GET" or not 200 <= came.status < 300 or not _PATH.search(path):
        return False
    return path != "/models" or isinstance(came.json(), dict)


def lister(one: Exchange) -> str:
    """The language whose list was asked for: told by host, headers and path, else OpenAI's, whom most follow."""
    host, sent = host_of(one.request.url), one.request
    for pattern, name in _HOSTS:
        if pattern.fullmatch(host):
            return name
    target = path_of(sent.url) + "?" + _query(sent.url)
    listings = ((name, dialect(name).manners.listing) for name in dialect_names())
    here = (name for name, one in listings if one.path.endswith("/models") and one.asks(sent.headers, target))
    return next(here, "openai-chat")


def items(reading: Reading) -> Iterator[tuple[str, dict[str, JSON]]]:
    """The models of a list, each with its path."""
    place = form_of(reading).place
    found = reading.reply.get(place) if isinstance(reading.reply, dict) else None
    for at, item in enumerate(found if isinstance(found, list) else ()):
        yield f"$.{place}[{at}]", item if isinstance(item, dict) else {}


def each(reading: Reading, key: str, wanted: str, fits: Callable[[JSON], bool]) -> Iterator[Violation]:
    """A violation for the first model whose value is not what is wanted, telling how many are so."""
    wrong = [(path, item.get(key)) for path, item in items(reading) if not fits(item.get(key))]
    for path, got in wrong[:1]:
        yield Violation(f"{key} is not {wanted}, of {len(wrong)} model(s)", f"{path}.{key}", None, wanted, got)


def asked_page(reading: Reading) -> str | None:
    """Which page was asked for; None for the first."""
    cursor = form_of(reading).cursor
    return parse_qs(_query(reading.exchange.request.url)).get(cursor, [None])[0] if cursor else None


def _query(url: str) -> str:
    try:
        return urlsplit(url).query
    except ValueError:
        return ""
