"""What a finding's id stands for: the sentence and the source of a rule or an obligation.

Rule of the file: an id that nothing knows is no error here; its finding speaks for itself.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple


class Sentence(NamedTuple):
    """What is asked, and where that stands."""

    text: str = ""
    source: str = ""


@cache
def sentence_of(id: str) -> Sentence:
    """The sentence behind a rule id or an obligation id; empty when unknown."""
    from conformance.endpoints.promises import PROMISES

    if promise := PROMISES.get(id):
        return Sentence(promise.sentence, promise.source)
    from conformance.judging import find_rule  # which looks through all dialects

    if rule := find_rule(id):
        return Sentence(rule.sentence, rule.source)
    if id == "GN-13":  # a rule on two exchanges stands in no rulebook, whose rules look at one
        from conformance.rules.pairs import twins_differ

        told = (twins_differ.__doc__ or "").partition("\n")[0].partition(": ")[2]
        return Sentence(f"{told[:1].upper()}{told[1:]}", "wire/RULES.md")
    from conformance.obligations import OBLIGATIONS

    owed = OBLIGATIONS.get(id)
    return Sentence(getattr(owed, "sentence", ""), getattr(owed, "source", "")) if owed else Sentence()
