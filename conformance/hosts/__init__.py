"""Hosts: what holds for one speaker beyond its language, and for the lists of models that most have. A file beside this
one is a book of such rules.

Rule of the folder: rules look at readings, as a dialect's do, those of a token's issuing among them; an adapter names
its book (`rules=BOOK`), and then they apply.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from conformance.hosts._listing import lister, lists_models
from conformance.hosts._where import book_at
from conformance.rulebook import Rulebook

__all__ = ["host_books", "lister", "lists_models", "rules_at"]


@cache
def host_books() -> dict[str, Rulebook]:
    """Every book of rules of a host, by the name of its file with dashes."""
    found = {}
    for module in pkgutil.iter_modules(__path__):
        if not module.name.startswith("_"):
            book = importlib.import_module(f"{__name__}.{module.name}").BOOK
            assert isinstance(book, Rulebook)
            found[module.name.replace("_", "-")] = book
    return found


def rules_at(url: str) -> Rulebook | None:
    """The rules of the host that an address is recognisably of; None where it is of none."""
    name = book_at(url)
    return host_books()[name] if name else None
