"""The rules that hold for every dialect.

Rule of the folder: nothing here knows a dialect; what differs between them is asked of `reading.dialect`.
"""

from __future__ import annotations

from conformance.rulebook import Rulebook

from .answers import BOOK as ANSWERS
from .asked import BOOK as ASKED
from .characters import BOOK as CHARACTERS
from .failing import BOOK as FAILING
from .frames import BOOK as FRAMES
from .schemas import BOOK as SCHEMAS
from .secrets import BOOK as SECRETS
from .timeline import BOOK as TIMELINE
from .transport import BOOK as TRANSPORT
from .usage import BOOK as USAGE
from .wholeness import BOOK as WHOLENESS

__all__ = ["UNIVERSAL"]

_BOOKS = (TRANSPORT, FRAMES, TIMELINE, USAGE, ANSWERS, ASKED, CHARACTERS, WHOLENESS, FAILING, SECRETS, SCHEMAS)

_RULES = [rule for book in _BOOKS for rule in book]

UNIVERSAL = Rulebook("universal", {rule.id: rule for rule in _RULES})

if len(UNIVERSAL) != len(_RULES):
    twice = sorted({rule.id for rule in _RULES if UNIVERSAL.rules[rule.id] is not rule})
    raise ValueError(f"declared twice among the universal rules: {', '.join(twice)}")
