"""Faults of the choices and messages of whole answers.

Rule of the file: heads, calls and usage have modules of their own.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.faults import kit
from conformance.faults.form import Fault
from conformance.faults.kit import drop_at, set_at

from .telling import WHOLE, fault

PIECE, MESSAGE = "choices[]", "choices[].message"


def _answers() -> Iterator[Fault]:
    for id, rule, sentence, change in (
        ("index-one", "OC-R02", "The index of the only choice is 1.", set_at(PIECE, index=1)),
        ("index-missing", "OC-R02", "The choice has no index.", drop_at(PIECE, "index")),
        ("finish-null", "OC-R02", "The finish reason is null.", set_at(PIECE, finish_reason=None)),
        ("finish-missing", "OC-R02", "The finish reason is missing.", drop_at(PIECE, "finish_reason")),
        ("finish-foreign", "OC-R02", "The finish reason is end_turn.", set_at(PIECE, finish_reason="end_turn")),
        ("message-missing", "OC-R02", "The choice has no message.", drop_at(PIECE, "message")),
        ("role-missing", "OC-R03", "The message has no role.", drop_at(MESSAGE, "role")),
        ("role-model", "OC-R03", "The role is model.", set_at(MESSAGE, role="model")),
        ("content-missing", "OC-R03", "The message has no content.", drop_at(MESSAGE, "content")),
        ("content-list", "OC-R03", "The content is a list.", set_at(MESSAGE, content=[{"type": "text", "text": "a"}])),
        ("refusal-missing", "OC-R03", "The message has no refusal key.", drop_at(MESSAGE, "refusal")),
    ):
        yield fault(f"whole.{id}", rule, sentence, kit.whole(change), on=WHOLE)


FAULTS = tuple(_answers())
