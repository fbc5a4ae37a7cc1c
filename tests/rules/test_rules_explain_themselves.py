"""Every rule of every book can be explained: why it matters, an example of either kind, and where it stands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from conformance.commands.books import rule_books
from conformance.rulebook import Rule

BOOKS = pytest.mark.parametrize("book", rule_books())
NO_JSON_ON_PURPOSE = {"GN-30"}
"""The rules whose bad example is just that."""


@BOOKS
def test_a_rule_says_why_and_shows_both_examples(book: str) -> None:
    """Nothing is left empty, and the bad example is not the good one."""
    assert [rule.id for rule in rule_books()[book] if not rule.sentence.endswith(".")] == []
    assert [rule.id for rule in rule_books()[book] if not all(_told(rule))] == []
    assert [rule.id for rule in rule_books()[book] if rule.good.strip() == rule.bad.strip()] == []


@BOOKS
def test_the_json_of_an_example_parses(book: str) -> None:
    """Each object in it, where the three dots stand for what is left out."""
    rules = [rule for rule in rule_books()[book] if rule.id not in NO_JSON_ON_PURPOSE]
    assert {rule.id: wrong for rule in rules if (wrong := [*_broken(rule.good), *_broken(rule.bad)])} == {}


def _told(rule: Rule) -> list[str]:
    return [text.strip() for text in (rule.why, rule.source, rule.good, rule.bad)]


def _broken(text: str) -> Iterator[str]:
    """The objects in a text that are no JSON, each with the reason."""
    try:
        yield from (value for value in _objects(text) if not isinstance(json.loads(value), dict))
    except ValueError as fault:
        yield f"{text}: {fault}"


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
