"""Every rule of every book can be explained: why it matters, an example of either kind, and where it stands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from conformance.commands.books import rule_books
from conformance.rulebook import Rule

RULES = {rule.id: rule for book in rule_books().values() for rule in book}
NO_JSON_ON_PURPOSE = {"GN-30"}
"""The rules whose bad example is just that."""


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: str(rule.id))
def test_a_rule_says_why_and_shows_both_examples(rule: Rule) -> None:
    """Nothing is left empty, and the bad example is not the good one."""
    assert rule.sentence.endswith(".")
    assert all(told.strip() for told in (rule.why, rule.source, rule.good, rule.bad))
    assert rule.good.strip() != rule.bad.strip()


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: str(rule.id))
def test_the_json_of_an_example_parses(rule: Rule) -> None:
    """Each object in it, where the three dots stand for what is left out."""
    if rule.id not in NO_JSON_ON_PURPOSE:
        for text in (rule.good, rule.bad):
            for value in _objects(text):
                assert isinstance(json.loads(value), dict), value


def _objects(text: str) -> Iterator[str]:
    """The objects in a text that begins with one."""
    told = _filled(text.removeprefix("data: "))
    while told.startswith("{"):
        _, end = json.JSONDecoder().raw_decode(told)
        yield told[:end]
        told = told[end:].lstrip(" ,;")


def _filled(text: str) -> str:
    """The text with every … gone, or null where a value is due."""
    told = text.strip().replace("...", "…")
    told = re.sub(r",\s*…: 0", "", told)
    told = re.sub(r":\s*…", ": null", told)
    return re.sub(r",\s*…|…,\s*|(?<=[\[{])…(?=[\]}])", "", told)
