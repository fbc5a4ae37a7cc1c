"""The pytest face of the kit: an argument `case` takes every case of the plan, and cassettes are ours where asked for.

Rule of the file: pytest loads it in every run of whoever installed us, so it imports nothing but pytest, and nothing
happens until a test takes `case`, or the project says `conformance_tape = true`.

* A test with an argument `case` (and no fixture or parametrize mark of that name) runs once for each case of
  `conformance.plan()`, narrowed by `--provider NAME`, `--tier TIER`, `--scenario NAME` (each may be repeated). When
  another plugin or conftest owns one of these names, ours answers to `--conformance-provider` and so on alone.
* `conformance_tape = true` in the pytest configuration hands pytest-recording's markers our tape (chunks, VCR_MODE,
  VCR_STRICT, scrubbing). Without it pytest-recording works as its own documentation says.
"""

from __future__ import annotations

import os
from argparse import ArgumentError
from collections.abc import Generator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conformance.cases import Case
    from conformance.errors import ConformanceError

FILTERS = {
    "provider": "judge only this provider (a name or alias)",
    "tier": "judge only this tier: unit, contract, errors, conformance, e2e",
    "scenario": "judge only recordings of this scenario",
}
_TAPE = "conformance_tape"
_LACKING: pytest.StashKey[ConformanceError] = pytest.StashKey()
_RECORDED = "conformance_recorded"
"""The property of a test that says what came of its recording; reports carry it to whoever sums up."""
_PLAN: pytest.StashKey[list[Case]] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini(
        _TAPE, "let pytest.mark.vcr use conformance's tape: chunk-faithful, VCR_MODE, scrubbed", "bool", False
    )


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(parser: pytest.Parser) -> Generator[None]:
    """Add our options last: whoever had a name before us keeps it."""
    yield
    group = parser.getgroup("conformance", "narrow the cases of tests that take `case`")
    for name, told in FILTERS.items():
        names = [f"--conformance-{name}", f"--{name}"]
        while names:
            try:
                group.addoption(*names, action="append", default=None, dest=f"conformance_{name}", help=told)
                break
            except (ValueError, ArgumentError):  # another plugin's option
                names.pop()


def pytest_configure(config: pytest.Config) -> None:
    if config.getini(_TAPE) and not config.pluginmanager.has_plugin(_TAPE):
        from conformance.tape import pytest_support

        config.pluginmanager.register(pytest_support, _TAPE)


@pytest.fixture
def case(request: pytest.FixtureRequest) -> Case:
    """One case of the plan, recorded first when VCR_MODE says so; `conformance.testing.assert_conforms` judges it."""
    from conformance.errors import ConformanceError
    from conformance.testing import record_for

    found: Case = request.param
    try:
        if lacking := request.config.stash.get(_LACKING, None):
            raise lacking
        recorded = record_for(found)
    except ConformanceError as error:
        pytest.fail(f"{error}; {error.hint}", pytrace=False)
    if recorded:
        request.node.user_properties.append((_RECORDED, str(recorded)))
    if recorded and recorded.outcome == "failed":
        pytest.fail(f"the recording failed, the old cassette stays: {recorded.reason}", pytrace=False)
    return found


def pytest_collection_finish(session: pytest.Session) -> None:
    """Name every key that a recording run lacks, before its first test sends anything."""
    config = session.config
    if not os.environ.get("VCR_MODE") or _PLAN not in config.stash or config.option.collectonly:
        return
    from conformance.errors import ConformanceError
    from conformance.testing.recording import require_keys_for

    asked = {id(item.callspec.params.get("case")) for item in session.items if hasattr(item, "callspec")}
    try:
        require_keys_for(one for one in config.stash[_PLAN] if id(one) in asked)
    except ConformanceError as error:
        if not hasattr(config, "workerinput"):
            raise pytest.UsageError(f"{error}; {error.hint}") from error
        config.stash[_LACKING] = error  # a worker of pytest-xdist can only fail its tests: see `case`


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell what a recording run recorded, and what moved by it."""
    reports = [one for found in terminalreporter.stats.values() for one in found if hasattr(one, "user_properties")]
    told = {one.nodeid: value for one in reports for name, value in one.user_properties if name == _RECORDED}
    if not told:
        return
    from conformance.calls.recording import summed

    outcomes = [line.split()[0] for line in told.values()]
    changed = [line for line in told.values() if ": " in line]  # what a line says of itself is why, or what moved
    terminalreporter.section("recordings")
    for line in changed:
        terminalreporter.write_line(line)
    terminalreporter.write_line(summed(outcomes, sum(line.startswith("recorded") for line in changed)))


@pytest.hookimpl(trylast=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that takes our `case` once for each case of the plan."""
    if "case" not in metafunc.fixturenames or not _is_ours(metafunc):
        return
    cases = planned(metafunc.config)
    metafunc.parametrize("case", cases, ids=[one.id for one in cases], indirect=True)


def _is_ours(metafunc: pytest.Metafunc) -> bool:
    """Whether `case` is our fixture: not another one of that name, and not parametrized by its own test."""
    for mark in metafunc.definition.iter_markers("parametrize"):
        names = mark.args[0] if mark.args else mark.kwargs.get("argnames", "")
        if "case" in (names.replace(" ", "").split(",") if isinstance(names, str) else names):
            return False
    if any("case" in call.params for call in metafunc._calls):
        return False
    known = metafunc._arg2fixturedefs.get("case", ())
    return bool(known) and known[-1].func.__module__ == __name__


def planned(config: pytest.Config) -> list[Case]:
    """The cases that the command line leaves, planned once a run."""
    if _PLAN not in config.stash:
        from conformance.errors import ConformanceError
        from conformance.run import plan

        names, tiers, scenarios = (config.getoption(f"conformance_{name}", None) for name in FILTERS)
        try:
            config.stash[_PLAN] = list(plan(names, tiers=tiers, scenarios=scenarios))
        except ConformanceError as error:
            raise pytest.UsageError(f"{error}; {error.hint}" if error.hint else str(error)) from error
    return config.stash[_PLAN]
