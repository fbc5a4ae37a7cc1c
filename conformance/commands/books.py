"""Every rulebook that there is: what holds for all, the dialects', the hosts'.

Rule of the file: nothing is listed by hand; a book that is found is a book that is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.rulebook import Rulebook

UNIVERSAL = "every dialect"


def rule_books() -> Mapping[str, Rulebook]:
    """All rulebooks by whom they hold for: every dialect, one dialect, one host."""
    from conformance.dialects import dialect, dialect_names
    from conformance.hosts import host_books
    from conformance.rules import UNIVERSAL as universal

    hosts = {f"host {name}": book for name, book in host_books().items()}
    return {UNIVERSAL: universal, **{name: dialect(name).rules for name in dialect_names()}, **hosts}
