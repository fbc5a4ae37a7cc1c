"""The lists of models: which vendor's client asks, and what that vendor's list holds.

Rule of the file: several vendors list at one path, so what the request says beside it tells them apart.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.dialects import dialect, dialect_names
from conformance.dialects.manners import Listing
from conformance.exchange import Headers
from conformance.model import JSON
from conformance.virtual.doorkeeper import known_models, knows


def listings() -> Iterator[Listing]:
    """One list for each path that there is."""
    yield from {one.path: one for one in (dialect(name).manners.listing for name in dialect_names())}.values()


def speaker(headers: Headers, target: str = "") -> str:
    """The dialect whose words an answer outside of a call must use; `target` is the path with its query."""
    names = dialect_names()
    asking = (name for name in names if dialect(name).manners.listing.asks(headers, target))
    return next(asking, None) or next(name for name in names if dialect(name).manners.listing.anyone)


def models(speaks: str) -> JSON:
    """The list, in the form of this dialect's vendor."""
    listing = dialect(speaks).manners.listing
    return listing.page([listing.item(name) for name in sorted(known_models())])


def model(name: str, speaks: str) -> JSON:
    """One model in the form of this dialect's vendor; None when it does not exist."""
    return dialect(speaks).manners.listing.item(name) if knows(name) else None
