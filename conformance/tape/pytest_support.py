"""The tape under pytest: pytest-recording's markers and fixtures, with our engine, form and vault behind them.

Rule of the file: a plugin module. It only hooks in; a failed test never overwrites a cassette, a refused write fails
the test, and what a client swallowed comes up again. vcrpy is loaded when the first marked test runs.
"""

from __future__ import annotations

from collections.abc import Collection, Generator
from contextlib import ExitStack
from typing import Any

import pytest

from conformance.errors import UsageError
from conformance.tape.decks import UnusedRecording
from conformance.tape.modes import VCRPY_MODES, mode, strict
from conformance.tape.sockets import no_network

_REFUSED: pytest.StashKey[list[Exception]] = pytest.StashKey()


def pytest_configure(config: pytest.Config) -> None:
    """Let VCR_MODE decide, unless --record-mode was given."""
    config.stash[_REFUSED] = []
    try:
        asked = VCRPY_MODES[mode()]["record_mode"]
        strict()
    except UsageError as fault:
        raise pytest.UsageError(f"{fault}; {fault.hint}") from fault
    if getattr(config.option, "record_mode", "absent") is None:
        config.option.record_mode = asked


@pytest.hookimpl(optionalhook=True)
def pytest_recording_configure(config: pytest.Config, vcr: Any) -> None:
    from conformance.tape.wiring import register

    register(vcr, config.stash[_REFUSED])


@pytest.fixture
def vcr_config(record_mode: str) -> dict[str, Any]:
    """The options of `use_cassette`; a project's own fixture of that name may extend `vcr_options()`."""
    from conformance.tape.wiring import vcr_options

    return {**vcr_options(), "drop_unused_requests": record_mode == "all"}


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Run the test with no way out while a tape is played, then ask the cassette what went wrong unseen."""
    cassette = _cassette(item)
    if cassette is None:
        return (yield)
    with ExitStack() as stack:
        caught = stack.enter_context(no_network(_allowed(item))) if _plays(cassette) else []
        result = yield
    if caught:
        raise caught[0]
    _complain(cassette)
    return result


def _complain(cassette: Any) -> None:
    """Raise for a miss that the client swallowed, and in strict mode for interactions that nobody used."""
    from conformance.tape.vcrdeck import VcrDeck

    if misses := VcrDeck.of(cassette).misses:
        raise misses[0]
    if not strict() or not cassette.write_protected:
        return
    unused = [one for number, one in enumerate(cassette.requests) if not cassette.play_counts[number]]
    if unused:
        named = ", ".join(f"{one.method} {one.uri}" for one in unused[:3])
        raise UnusedRecording(f"{cassette.path}: {len(unused)} of {len(cassette)} interactions were not used: {named}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep what a failed test has recorded from being saved."""
    cassette = _cassette(item)
    if cassette is not None and call.when != "teardown" and call.excinfo is not None:
        cassette.dirty = cassette.drop_unused_requests = False
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    """Raise what the vault refused, once vcrpy has left the cassette and taken its patches out."""
    result = yield
    if refused := item.config.stash[_REFUSED]:
        first = refused[0]
        refused.clear()
        raise first
    return result


def _cassette(item: pytest.Item) -> Any:
    """The cassette that the test has open; None when it has none."""
    return getattr(item, "funcargs", {}).get("vcr")


def _plays(cassette: Any) -> bool:
    return str(getattr(cassette.record_mode, "value", cassette.record_mode)) == "none"


def _allowed(item: pytest.Item) -> Collection[str]:
    """The hosts that pytest-recording's own mark, option or fixture lets through."""
    found = getattr(item, "funcargs", {}).get("allowed_hosts")
    for mark in item.iter_markers("block_network"):
        found = found or mark.kwargs.get("allowed_hosts")
    found = found or item.config.getoption("--allowed-hosts", None)
    return found.split(",") if isinstance(found, str) else (found or ())
