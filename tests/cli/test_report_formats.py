"""The reports for machines, read by parsers that are not ours: JUnit by junitparser, Markdown by markdown-it."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from click.testing import Result
from junitparser import Error, Failure, JUnitXml, Skipped
from markdown_it import MarkdownIt

from conformance.cases import Verdict
from conformance.errors import InputError
from conformance.report import Style, listener
from conformance.rulebook import Finding

Run: TypeAlias = Callable[..., Result]
NASTY = 'a\x1b[2J\x00\ud800<x a="1">&amp;]]>\u2028 ```\n# \'|` 日本 \ufffe'


def verdict(case: str, outcome: Any = "pass", *found: Finding, **more: Any) -> Verdict:
    subject = more.pop("subject", "one")
    return Verdict(
        case=f"{subject}/unit/{case}", subject=subject, tier="unit", title="t", outcome=outcome, findings=found, **more
    )


def told(kind: Any, format: str, *verdicts: Verdict, style: Style | None = None, trouble: bool = False) -> str:
    out = io.StringIO()
    to = listener(kind, format, out, style or Style())
    for one in verdicts:
        to.verdict(one)
    if trouble:
        to.trouble(InputError(f"{NASTY} is not JSON", "mend it"))
    to.close()
    return out.getvalue()


def junit(text: str) -> JUnitXml:
    return JUnitXml.fromstring(text.encode())


@pytest.mark.parametrize("kind", ["check", "lint"])
def test_junit_holds_each_box_and_every_count_adds_up(kind: str) -> None:
    broken = Finding("OC-S01", "MUST", NASTY, f"$.{NASTY}", 3, NASTY, NASTY)
    text = told(
        kind,
        "junit",
        verdict("good", seconds=0.25),
        verdict("bad", "fail", broken, broken, origin=NASTY, reproduce="conformance check one", seconds=0.5),
        verdict("odd", "not_judged", reason=NASTY),
        verdict("warned", "pass", Finding("OC-E04", "SHOULD", "soso"), subject=NASTY),
        trouble=True,
    )
    assert text.isascii()
    read = junit(text)
    assert (read.tests, read.failures, read.skipped, read.errors, read.time) == (5, 1, 1, 1, 0.75)
    suites = list(read)
    assert [len(list(suite)) for suite in suites] == [suite.tests for suite in suites] == [3, 1, 1]
    results = {case.name: case.result for suite in suites for case in suite}
    assert results["good"] == []
    (failure,) = results["bad"]
    assert isinstance(failure, Failure)
    assert failure.type == "OC-S01"
    assert failure.message.startswith("OC-S01: a\\x1b[2J\\x00\\ud800<x")
    assert failure.message.endswith("(and 1 more)")
    assert "frame 3, $.a\\x1b[2J" in failure.text
    assert "expected: a\\x1b" in failure.text
    assert "reproduce: conformance check one" in failure.text
    assert [type(one) for one in results["odd"]] == [Skipped]
    assert results["odd"][0].message.startswith("a\\x1b")
    assert [type(one) for one in results["trouble 1"]] == [Error]
    warned = next(case for case in suites[1])
    assert warned.result == []
    assert "SHOULD OC-E04" in warned.system_out


def test_junit_says_what_it_left_out_and_which_verdict_decides() -> None:
    survived = Finding("OC-S01", "MUST", "bad", survived="nobody reads it")
    one = verdict("bad", "fail", *[survived] * 9)
    strict, compat = (
        junit(told("check", "junit", one, style=Style(compat=compat, most=2))) for compat in (False, True)
    )
    assert (strict.failures, compat.failures) == (1, 0)
    (failure,) = next(iter(next(iter(strict)))).result
    assert failure.text.count("bad") == 2
    assert "and 7 more of OC-S01" in failure.text
    assert "clients survive it: nobody reads it" in failure.text


def test_junit_knows_only_the_elements_and_attributes_of_the_common_schema(run: Run, copy: Path) -> None:
    (copy / "verify_openai_simple_text.json").write_text("{")
    allowed = {
        "testsuites": {"name", "tests", "failures", "errors", "skipped", "time"},
        "testsuite": {"name", "tests", "failures", "errors", "skipped", "time"},
        "properties": set(),
        "property": {"name", "value"},
        "testcase": {"classname", "name", "time"},
        "failure": {"message", "type"},
        "error": {"message", "type"},
        "skipped": {"message"},
        "system-out": set(),
    }
    for words in (("check", "openai", "--folder", copy, "-t", "conformance"), ("lint", copy)):
        result = run(*words, "--format", "junit")
        assert result.exit_code == 2
        read = junit(result.stdout)
        assert read.errors == 1
        assert {one.tag: set(one.attrib) - allowed[one.tag] for one in ET.fromstring(result.stdout).iter()} == {
            one.tag: set() for one in ET.fromstring(result.stdout).iter()
        }


def test_markdown_shows_the_evidence_and_nothing_that_it_holds_is_markup() -> None:
    broken = Finding("OC-S01", "MUST", NASTY, f"$.{NASTY}", 3, NASTY, NASTY)
    page = told(
        "lint",
        "markdown",
        verdict("good"),
        verdict("bad", "fail", broken, broken, origin=NASTY),
        verdict("odd", "not_judged", reason=NASTY, subject=NASTY),
        trouble=True,
    )
    assert page.isascii()
    parsed = MarkdownIt("commonmark").enable("table").parse(page)
    headings = [parsed[at + 1].content for at, one in enumerate(parsed) if one.type == "heading_open"]
    assert headings == [
        "conformance lint: could not be judged",
        "MUST OC-S01: 1 exchange, 2 findings",
        "Not judged (this is not a pass)",
    ]
    (code,) = [one for one in parsed if one.type == "fence"]
    assert "frame 3, $.a\\x1b[2J\\x00\\ud800<x" in code.content
    assert not [one for one in parsed if one.type == "html_block"]
    kinds = {child.type for one in parsed if one.children for child in one.children}
    assert kinds <= {"text", "text_special", "strong_open", "strong_close"}
    assert sum(one.type == "tr_open" for one in parsed) == 1 + 2 + 1 + 1
    assert all(row.count("|") - row.count("\\|") == row.count(" | ") + 2 for row in page.splitlines() if row[:1] == "|")


@pytest.mark.parametrize("format", ["junit", "markdown"])
def test_the_formats_are_there_for_either_command(run: Run, folder: Path, format: str, tmp_path: Path) -> None:
    file = tmp_path / "report"
    assert run("lint", folder, "--format", format, "--output", file).exit_code == 0
    assert "api.openai.com" in file.read_text()
    result = run("check", "openai", "-s", "simple_text", "-t", "conformance", "--folder", folder, "--format", format)
    assert result.exit_code == 0
    assert "simple_text" in result.stdout or "conforms" in result.stdout


def test_the_text_of_a_check_lists_what_was_broken_once_and_known_failures_apart() -> None:
    """Where many cases fail for one cause, the list of rules is what to work from; a warning is seen there too."""
    broken, warned = Finding("OC-U01", "MUST", "m"), Finding("OC-E04", "SHOULD", "m")
    known = Finding("OC-S03", "SHOULD", "m", excused="known failure: a reason")
    text = told(
        "check",
        "text",
        verdict("a", "pass", warned),
        verdict("b", "fail", broken, broken),
        verdict("c", "fail", broken, known),
        verdict("d", "pass", Finding("OC-S20", "INFO", "m")),
    )
    rows = [line.split()[:3] for line in text.splitlines() if line.startswith(("MUST ", "SHOULD ", "INFO "))]
    assert rows == [["MUST", "OC-U01", "2"], ["SHOULD", "OC-E04", "1"]]
