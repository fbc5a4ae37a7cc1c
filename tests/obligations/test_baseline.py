"""The baseline: a known failure is shown and passes, a stale entry fails, and nothing else is excused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.baseline import STALE, Baseline, baseline_of, read_baseline, updated
from conformance.cases import Case, NotJudged
from conformance.errors import InputError
from conformance.rulebook import Finding

ENTRY = '[[known]]\ncase = "acme/conformance/simple_text"\nrule = "OC-S13"\nreason = "it says no null"\n'
KNOWN = baseline_of(ENTRY)


def case(*findings: Finding) -> Case:
    """A case that finds these."""
    return Case("acme/conformance/simple_text", "acme", "conformance", "a text", lambda: findings)


def test_a_known_failure_is_a_warning_with_its_reason() -> None:
    """It stays visible: lowered to a warning, with why it is known."""
    verdict = KNOWN.over(case(Finding("OC-S13", "MUST", "usage is missing"))).judge()
    (told,) = verdict.findings
    assert verdict.outcome == "pass"
    assert (told.level, told.excused) == ("SHOULD", "known failure: it says no null")


def test_another_failure_of_the_same_case_still_fails() -> None:
    """An entry excuses one rule of one case."""
    both = (Finding("OC-S13", "MUST", "usage is missing"), Finding("OC-S15", "MUST", "no [DONE]"))
    assert KNOWN.over(case(*both)).judge().outcome == "fail"


def test_a_stale_entry_fails() -> None:
    """Once the cause is mended the entry must go."""
    verdict = KNOWN.over(case()).judge()
    assert verdict.outcome == "fail"
    assert [one.rule for one in verdict.findings] == [STALE]
    assert "OC-S13" in verdict.findings[0].message


def test_what_was_not_judged_is_not_stale() -> None:
    """A case that could not be judged says nothing of its known failures."""

    def work() -> Iterator[Finding]:
        raise NotJudged("no recording")

    judged = KNOWN.over(Case("acme/conformance/simple_text", "acme", "conformance", "a text", work)).judge()
    assert judged.outcome == "not_judged"


def test_a_case_that_is_not_listed_is_left_alone() -> None:
    """The very same case comes back."""
    other = Case("acme/unit/auth", "acme", "unit", "a key", lambda: [])
    assert KNOWN.over(other) is other


def test_an_entry_of_no_case_is_told() -> None:
    """A case that was renamed does not keep its excuses."""
    with pytest.raises(InputError, match="no case acme/conformance/simple_text"):
        KNOWN.check({"acme/unit/auth"})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (ENTRY.replace('reason = "it says no null"\n', ""), "entry 1 needs case, rule and reason"),
        (ENTRY.replace("it says no null", " "), "entry 1 needs case, rule and reason"),
        (ENTRY + ENTRY, "lists OC-S13 twice"),
        ("known = 3", "something else"),
        ("[[other]]", "something else"),
        ("known = [", "is no TOML"),
    ],
)
def test_what_is_no_baseline_is_told(text: str, told: str) -> None:
    """One clear sentence for a file that is wrong."""
    with pytest.raises(InputError, match=told):
        baseline_of(text)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """The path is named."""
    with pytest.raises(InputError, match=r"cannot read the baseline .*nowhere\.toml"):
        read_baseline(tmp_path / "nowhere.toml")


def test_an_empty_baseline_knows_nothing() -> None:
    """It is legal to have nothing to excuse."""
    assert baseline_of("") == Baseline({})


CASE = "acme/conformance/simple_text"
DAY = "2026-11-21"


def test_an_update_keeps_what_still_fails_word_by_word_and_explains_what_is_new() -> None:
    """Old reasons and comments stay; a new entry has the reason that was said."""
    old = baseline_of(f"# Known failures.\n\n# asked the vendor\n{ENTRY}")
    found = case(
        Finding("OC-S13", "MUST", "no usage"), Finding("OC-S15", "MUST", "no [DONE]"), Finding("X", "SHOULD", "")
    )
    text = updated(old, [found.judge()], 'the "vendor" says 🙂 \\ no', DAY)
    assert text.startswith(old.text)
    assert baseline_of(text).known == {CASE: {"OC-S13": "it says no null", "OC-S15": 'the "vendor" says 🙂 \\ no'}}


def test_what_nobody_explains_is_told_as_such() -> None:
    """An entry is never without words, and says when it came."""
    text = updated(Baseline({}), [case(Finding("OC-S15", "MUST", "no [DONE]")).judge()], "", DAY)
    assert baseline_of(text).known == {CASE: {"OC-S15": "recorded 2026-11-21, not explained"}}


def test_an_update_drops_what_does_not_fail_with_its_comment() -> None:
    """The head of the file stays, the entry goes."""
    old = baseline_of(f"# Known failures.\n\n# asked the vendor\n{ENTRY}")
    assert updated(old, [case().judge()], "", DAY) == "# Known failures.\n"


@pytest.mark.parametrize("judged", [True, False])
def test_an_update_leaves_what_was_not_judged(judged: bool) -> None:
    """Entries of other cases, and of a case that could not be judged, are as they were."""

    def work() -> Iterator[Finding]:
        raise NotJudged("no recording")

    verdicts = [] if judged else [Case(CASE, "acme", "conformance", "a text", work).judge()]
    assert updated(KNOWN, verdicts, "", DAY) == ENTRY


def test_entries_in_another_form_are_written_anew() -> None:
    """TOML has other ways to say the same; none is lost."""
    old = baseline_of(f'known = [{{case = "{CASE}", rule = "OC-S13", reason = "why"}}]')
    text = updated(old, [case(Finding("OC-S13", "MUST", "")).judge()], "", DAY)
    assert baseline_of(text) == old
    assert "[[known]]" in text


def test_an_update_of_what_was_updated_changes_nothing() -> None:
    """Twice is once."""
    verdicts = [case(Finding("OC-S13", "MUST", ""), Finding("OC-S15", "MUST", "")).judge()]
    once = updated(KNOWN, verdicts, "", DAY)
    assert updated(baseline_of(once), verdicts, "", "2027-01-01") == once


def test_a_verdict_is_settled_as_its_case_would_have_been() -> None:
    """Over the case or over its verdict: the same comes of it."""
    for one in (case(), case(Finding("OC-S13", "MUST", "")), case(Finding("OC-S15", "MUST", ""))):
        settled, over = KNOWN.settled(one.judge()), KNOWN.over(one).judge()
        assert (settled.outcome, settled.findings) == (over.outcome, over.findings)
