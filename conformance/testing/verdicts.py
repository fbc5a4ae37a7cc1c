"""Verdicts under pytest: a pass returns, a failure shows its evidence, what could not be judged is skipped.

Rule of the file: the same words as the command line uses; not judged is never a pass.
"""

from __future__ import annotations

from io import StringIO

from conformance.cases import Case, Verdict
from conformance.errors import ConformanceError


def assert_conforms(case: Case) -> Verdict:
    """Judge a case: fail with all its evidence, skip when it could not be judged, else return the verdict.

    >>> from conformance.cases import Case
    >>> assert_conforms(Case("acme/unit/name", "acme", "unit", "the name", lambda: [])).outcome
    'pass'
    """
    import pytest

    try:
        verdict = case.judge()
    except ConformanceError as error:
        pytest.fail(f"{case.id} could not be judged: {error}; {error.hint}", pytrace=False)
    if verdict.outcome == "not_judged":
        pytest.skip(f"not judged: {verdict.reason}")
    if verdict.outcome == "fail":
        pytest.fail(readable(verdict), pytrace=False)
    return verdict


def readable(verdict: Verdict) -> str:
    """A verdict as text: each finding with the sentence that it breaks, its evidence, and how to see it again."""
    from conformance.report.evidence import write_finding
    from conformance.report.paper import PlainPaper

    out = StringIO()
    page = PlainPaper(out)
    recorded = f" (recorded: {verdict.source})" if verdict.source else ""
    page.line(f"{verdict.case}: {verdict.outcome}{recorded} - {verdict.title}")
    for finding in verdict.findings:
        write_finding(page, finding, 2)
    if verdict.reason:
        page.line(f"not judged: {verdict.reason}", indent=2)
    page.line(f"see it again: {verdict.reproduce}")
    return out.getvalue()
