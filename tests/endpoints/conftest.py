"""What the tests of endpoint checks share: a live endpoint, a check of it, and the command line.

Rule of the file: everything goes over sockets of 127.0.0.1; the plain server is ours and owes the kit nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from click.testing import CliRunner, Result

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "sockets"))

from plain_answers import MODEL
from plain_server import KEY, PlainServer
from raw_sockets import behaving, self_signed

from conformance.cases import Verdict
from conformance.endpoints.caller import Caller, Shelf
from conformance.endpoints.checking import check
from conformance.endpoints.endpoint import Endpoint, Limits, speaker_for
from conformance.endpoints.plan import Wanted, plan
from conformance.endpoints.session import Session
from conformance.virtual import VIRTUAL_KEY, VirtualProvider

__all__ = ["behaving", "self_signed"]

Run: TypeAlias = Callable[..., Result]
Judged: TypeAlias = "dict[str, Verdict]"


def endpoint_of(base_url: str, speaks: str = "openai-chat", **more: Any) -> Endpoint:
    """An endpoint with limits that tests have time for, and that a busy machine keeps."""
    limits = more.pop("limits", Limits(health=20, simple=20, streaming=20, stall=20))
    settings = {"model": MODEL, "key": KEY, "key_env": "PLAIN_KEY", **more}
    return Endpoint(base_url=base_url, speaker=speaker_for(speaks), limits=limits, **settings)


def judged(endpoint: Endpoint, *names: str, shelf: Shelf | None = None, **wanted: Any) -> Judged:
    """The verdicts of a check by the names of their cases; `names` narrow it."""
    with Caller(endpoint, shelf) as caller:
        session = Session(endpoint, caller, sleep=lambda seconds: None)
        cases = plan(endpoint, Wanted(scenarios=names, **wanted))
        return {one.case.rpartition("/")[2]: one for one in check(session, cases)}


def rules_of(verdicts: Judged) -> set[tuple[str, str]]:
    """What was found wrong, without what is only told: level and rule."""
    found = (finding for one in verdicts.values() for finding in one.findings)
    return {(one.level, one.rule) for one in found if one.level != "INFO"}


@pytest.fixture(name="endpoint_of")
def _endpoint_of() -> Callable[..., Endpoint]:
    return endpoint_of


@pytest.fixture(name="judged")
def _judged() -> Callable[..., Judged]:
    return judged


@pytest.fixture(name="rules_of")
def _rules_of() -> Callable[..., set[tuple[str, str]]]:
    return rules_of


@pytest.fixture(scope="session")
def plain() -> Iterator[PlainServer]:
    """A sound server."""
    with PlainServer() as server:
        yield server


@pytest.fixture(scope="session")
def virtual() -> Iterator[VirtualProvider]:
    with VirtualProvider() as server:
        yield server


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run `conformance check` with these words in an empty folder; the keys are in the environment."""
    from conformance.cli import cli

    for name in ("VCR_MODE", "TEST_MODE", "CI", "CONFORMANCE_TRACEBACK", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PLAIN_KEY", KEY)
    monkeypatch.setenv("VIRTUAL_KEY", VIRTUAL_KEY)
    monkeypatch.chdir(tmp_path)

    def invoke(*words: str | Path, **environment: str) -> Result:
        spoken = ["check", *map(str, words)]
        return CliRunner().invoke(cli, spoken, env=environment, prog_name="conformance")

    return invoke


@pytest.fixture
def at_plain(plain: PlainServer) -> tuple[str, ...]:
    """The options that name the sound server."""
    return said_of(plain)


def said_of(server: PlainServer) -> tuple[str, ...]:
    at = ("--base-url", server.base_url, "--dialect", "openai-chat")
    return (*at, "--model", MODEL, "--api-key-env", "PLAIN_KEY")


@pytest.fixture(name="said_of")
def _said_of() -> Callable[[PlainServer], tuple[str, ...]]:
    return said_of
