"""Every universal rule finds what breaks it, and lets pass what is only unusual."""

from __future__ import annotations

import gzip
import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

from conformance.exchange import Broken
from conformance.judging import find_rule, judge
from conformance.reading import Reading
from conformance.rulebook import Finding, Profile, findings
from conformance.rules import UNIVERSAL


def _cases() -> Any:
    """The tables beside this file (a folder of tests is no package)."""
    path = Path(__file__).with_name("universal_cases.py")
    spec = importlib.util.spec_from_file_location("universal_cases", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


CASES = _cases()
BAD = [pytest.param(id, bad, id=f"{id}-{at}") for id, bads in CASES.BAD.items() for at, bad in enumerate(bads)]
LEGAL = [pytest.param(id, one, id=f"{id}-{at}") for id, legal in CASES.LEGAL.items() for at, one in enumerate(legal)]


def found(exchange: Any, language: Any) -> list[Finding]:
    return list(UNIVERSAL.judge(Reading(exchange, language)))


@pytest.mark.parametrize(("id", "bad"), BAD)
def test_a_fault_is_found_by_its_rule_and_no_other(id: str, bad: Any) -> None:
    told = found(bad.exchange, bad.language)
    assert {one.rule for one in told} == {id} | bad.also, told
    assert any(bad.words in one.message for one in told if one.rule == id), told
    assert all(one.level == UNIVERSAL.rules[one.rule].level for one in told)


@pytest.mark.parametrize(("id", "exchange"), LEGAL)
def test_what_is_only_unusual_is_not_a_finding(id: str, exchange: Any) -> None:
    """The rule is applied, not skipped, and has nothing to say."""
    reading, rule = Reading(exchange, CASES.CHAT), UNIVERSAL.rules[id]
    assert rule.applies(reading) is None
    assert list(findings(rule, reading)) == []


def test_every_rule_has_both() -> None:
    assert sorted(CASES.BAD) == sorted(CASES.LEGAL) == sorted(UNIVERSAL.rules)


@pytest.mark.parametrize("rule", list(UNIVERSAL), ids=lambda rule: rule.id)
def test_every_rule_explains_itself(rule: Any) -> None:
    """`explain` has a sentence, a source, an example of either kind and who suffers to show."""
    assert find_rule(rule.id.lower()) is rule
    assert rule.sentence.endswith(".")
    assert all((rule.source, rule.good, rule.bad, rule.why))


def test_framing_rules_leave_rebuilt_recordings_alone() -> None:
    from msgspec.structs import replace

    rebuilt = replace(CASES.BAD["GN-07"][0].exchange, fidelity="reserialized")
    assert found(rebuilt, CASES.CHAT) == []
    assert "framing" in (UNIVERSAL.rules["GN-07"].applies(Reading(rebuilt, CASES.CHAT)) or "")


def test_like_faults_of_one_exchange_are_told_once() -> None:
    """A thousand frames with the same fault at the same place are one finding, with the first frame's number."""
    body = CASES.sse(CASES.FIRST, *[CASES.chunk({"content": at}) for at in range(1000)], "[DONE]")
    told = [one for one in found(CASES.exchange(body), CASES.CHAT) if one.rule == "JS-S"]
    assert [(one.frame, one.path, one.got) for one in told] == [(1, "$.choices[0].delta.content", "0")]


def test_a_secret_is_not_repeated_in_its_finding() -> None:
    for bad in CASES.BAD["GN-14"]:
        for one in found(bad.exchange, bad.language):
            assert len((one.got or "").partition("…")[0]) <= 4


def test_a_profile_lowers_what_a_vendor_is_known_for() -> None:
    known = Profile("known", {"GN-09": ("INFO", "the vendor sends x-ratelimit-reset instead"), "GN-15": (None, "")})
    reading = Reading(CASES.failure(429, CASES.JSON_TYPE[:2]), CASES.CHAT)
    assert [(one.rule, one.level) for one in UNIVERSAL.judge(reading, known)] == [("GN-09", "INFO")]


def test_a_schema_says_nothing_that_a_rule_of_the_dialect_says_better() -> None:
    """One defect is one finding where both name the same path; what the rules do not tell, the schema still does."""
    body = CASES.sse(CASES.FIRST, CASES.chunk({"content": 7}), CASES.STOP, "[DONE]")
    schema_alone = [one.rule for one in judge(CASES.exchange(body)).findings if one.path and "content" in one.path]
    assert schema_alone
    whole = judge(CASES.exchange(CASES.reply(object="completion"), asked=CASES.WHOLE)).findings
    assert [one.rule for one in whole if one.path == "$.object"] == ["OC-R01"]


def test_a_missing_key_is_told_by_the_rule_or_by_the_schema_and_not_by_both() -> None:
    """The schema names the place that lacks a key, a rule the key: that is one defect."""
    answer = CASES.reply()
    del answer["model"]
    exchange = CASES.exchange(answer, asked=CASES.WHOLE)
    assert [(one.rule, one.path) for one in judge(exchange).findings if one.path] == [("OC-R01", "$.model")]
    assert [(one.rule, one.path, one.expected) for one in found(exchange, CASES.CHAT)] == [("JS-R", "$", "model")]


GARBAGE, SEVEN = '{"id": ', CASES.chunk({"content": 7})
CUT = Broken("ReadError", "connection reset by peer")


def musts(one: Any) -> list[str]:
    """The MUST rules that an exchange breaks; the requests of the tables carry no key, which is OC-H01's."""
    told = [found.rule for found in judge(one).findings if found.level == "MUST" and found.rule != "OC-H01"]
    return list(dict.fromkeys(told))


@pytest.mark.parametrize(
    ("broken", "rules"),
    [
        (CASES.exchange(CASES.sse(CASES.FIRST, CASES.HELLO, CASES.STOP)), ["OC-S15"]),
        (CASES.exchange(CASES.sse(CASES.FIRST, CASES.HELLO)), ["OC-S10"]),
        (CASES.exchange(CASES.sse(CASES.FIRST, CASES.HELLO, CASES.STOP, "[done]")), ["OC-S15"]),
        (CASES.exchange(CASES.sse(CASES.FIRST, GARBAGE, CASES.STOP, "[DONE]")), ["GN-06"]),
        (CASES.exchange(CASES.sse(CASES.FIRST, CASES.HELLO, GARBAGE)), ["GN-06"]),
        (CASES.exchange(CASES.sse(CASES.FIRST, CASES.HELLO), end=CUT), ["GN-29"]),
        (CASES.exchange(gzip.compress(CASES.STREAM)), ["GN-30"]),
        (CASES.exchange(b'{"id"', headers=CASES.JSON_TYPE, asked=CASES.WHOLE, end=CUT), ["GN-29"]),
        (CASES.exchange(b"<html></html>", headers=(("content-type", "text/html"),), asked=CASES.WHOLE), ["JS-R"]),
        (CASES.exchange(CASES.reply(usage=CASES.USAGE | {"prompt_tokens": -5}), asked=CASES.WHOLE), ["OC-U01"]),
        (CASES.failure(404, body=b'{"detail": "not found"}'), ["OC-E01"]),
        (CASES.failure(404, body=b"[]"), ["GN-08"]),
    ],
    ids=["no-sentinel", "cut", "other-sentinel", "garbage-midway", "garbage-at-end", "reset", "gzip", "reset-whole",
         "page", "negative-count", "foreign-error", "error-list"],
)  # fmt: skip
def test_one_cause(broken: Any, rules: list[str]) -> None:
    assert musts(broken) == rules


@pytest.mark.parametrize(
    ("broken", "rules"),
    [
        (CASES.exchange(CASES.sse(CASES.FIRST, GARBAGE, CASES.STOP, CASES.STOP, "[DONE]")), ["GN-06", "OC-S10"]),
        (
            CASES.exchange(CASES.sse(CASES.FIRST, GARBAGE, CASES.chunk({"content": 7}), CASES.STOP, "[DONE]")),
            ["JS-S", "GN-06"],
        ),
        (CASES.exchange(CASES.sse(CASES.FIRST, CASES.HELLO, CASES.STOP, CASES.HELLO), end=CUT), ["GN-29", "OC-S11"]),
        (
            CASES.exchange(CASES.reply(id="", usage=CASES.USAGE | {"total_tokens": 9}), asked=CASES.WHOLE),
            ["OC-R01", "OC-U01"],
        ),
    ],
    ids=["a-second-finish", "a-chunk-of-another-form", "words-after-the-finish", "two-keys"],
)
def test_two_causes(broken: Any, rules: list[str]) -> None:
    """What came before, or beside, what was lost is judged as ever."""
    assert sorted(musts(broken)) == sorted(rules)
