"""What the vendors' SDKs make of a fault: each is asked with the fault in the answer, and without it.

Rule of the file: a test says how an SDK asks and what a program reads of its answer; all else of the claim is here.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from conformance.dialects import dialect
from conformance.faults import Fault, faults
from conformance.selftest import asked, speaker
from conformance.virtual import VIRTUAL_KEY, VirtualProvider

Ask = Callable[[str, dict[str, Any], bool], Any]
"""(base URL, body of the request, whether to stream) -> what the SDK reads: text, calls, why it ended. It may raise."""


@pytest.fixture(scope="module")
def virtual() -> Iterator[VirtualProvider]:
    with VirtualProvider() as running:
        yield running


@pytest.fixture
def survives(virtual: VirtualProvider) -> Callable[[str, Ask], None]:
    """Assert that an SDK tells the same answer in spite of each fault that breaks a rule said to be survived."""

    def check(name: str, ask: Ask) -> None:
        claimed = {rule.id for rule in dialect(name).rules if rule.level == "MUST" and rule.survived}
        tried = made_of(virtual, by_servers(name, claimed), ask)
        assert claimed
        assert set(tried) == claimed, "a fault breaks each of them"
        assert {rule: ids for rule, ids in tried.items() if ids} == {}

    return check


def by_servers(name: str, rules: set[str]) -> list[Fault]:
    """The faults of a dialect's answers that break one of these rules."""
    return [one for one in faults(name) if one.rule in rules and not one.by_client and not one.on.startswith("error_")]


def made_of(virtual: VirtualProvider, tried: list[Fault], ask: Ask) -> dict[str, list[str]]:
    """Each rule with those of its faults of which the SDK makes something else, or nothing."""
    found: dict[str, list[str]] = defaultdict(list)
    sound: dict[str, Any] = {}
    for one in tried:
        body, streamed = _body(one), not one.on.endswith("_whole")
        key = json.dumps([body, streamed])
        if key not in sound:
            sound[key] = ask(virtual.base_url(one.dialect), json.loads(json.dumps(body)), streamed)
        found[one.rule] += (
            [one.id] if _made(ask, virtual.base_url(one.dialect, one.id), body, streamed) != sound[key] else []
        )
    return dict(found)


def _body(one: Fault) -> dict[str, Any]:
    request = asked(speaker(one.dialect), one.on, VIRTUAL_KEY)
    found: dict[str, Any] = (one.asks(request) if one.asks else request).json()
    return found


def _made(ask: Ask, base_url: str, body: dict[str, Any], streamed: bool) -> Any:
    """What the SDK makes of it; whatever it raises, it did not survive."""
    try:
        return ask(base_url, body, streamed)
    except Exception as failure:
        return type(failure).__name__
