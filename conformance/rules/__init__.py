"""The rules that hold for every dialect.

Rule of the folder: nothing here knows a dialect; what differs between them is asked of `reading.dialect`.
"""

from __future__ import annotations

from conformance.rulebook import Rulebook

from . import frames, schemas, secrets, timeline, transport, usage

UNIVERSAL = Rulebook(
    "universal",
    {
        rule.id: rule
        for book in (transport.BOOK, frames.BOOK, timeline.BOOK, usage.BOOK, secrets.BOOK, schemas.BOOK)
        for rule in book
    },
)
