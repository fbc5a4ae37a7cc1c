"""The rules that hold for every dialect.

Rule of the folder: nothing here knows a dialect; what differs between them is asked of `reading.dialect`.
"""

from __future__ import annotations

from conformance.rulebook import Rulebook

from .answers import BOOK as ANSWERS
from .asked import BOOK as ASKED
from .characters import BOOK as CHARACTERS
from .frames import BOOK as FRAMES
from .schemas import BOOK as SCHEMAS
from .secrets import BOOK as SECRETS
from .timeline import BOOK as TIMELINE
from .transport import BOOK as TRANSPORT
from .usage import BOOK as USAGE

__all__ = ["UNIVERSAL"]

_BOOKS = (TRANSPORT, FRAMES, TIMELINE, USAGE, ANSWERS, ASKED, CHARACTERS, SECRETS, SCHEMAS)

UNIVERSAL = Rulebook(
    "universal",
    {rule.id: rule for book in _BOOKS for rule in book},
)
