"""The book of this language: openai-chat's rules that hold here unchanged, and its own, written in the modules beside.

Rule of the file: a rule that is shared is the very same rule, id and all; the ledger tells why the others are not.
"""

from __future__ import annotations

from conformance.dialects.openai_chat.rules import BOOK as OPENAI_CHAT
from conformance.rulebook import Rulebook

SHARED = (
    "OC-H01 OC-Q01 OC-Q02 OC-Q05 OC-Q07 OC-Q13 OC-Q14 OC-Q15 OC-R01 OC-R04 OC-R07 OC-S01 OC-S02 OC-S03 OC-S04 "
    "OC-S11 OC-S12 OC-S16 OC-S17 OC-S19 OC-S20 OC-S22 OC-A01 OC-A02 OC-A03 OC-A06 OC-A07 OC-A09 OC-A10 OC-U02 OC-U03 "
    "OC-U05"
).split()
"""What both languages demand alike."""

BOOK = Rulebook("mistral", {id: OPENAI_CHAT.rules[id] for id in SHARED})
